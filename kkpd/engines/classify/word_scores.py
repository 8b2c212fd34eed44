"""What the words of a line say, before any rule: the kind, the chances and the class."""

from __future__ import annotations

from functools import lru_cache
from operator import mul, sub
from typing import NamedTuple

from kkpd.engines.classify import calibration, rekening
from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import packages as classify_packages
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.name_cache import CachedName
from kkpd.engines.classify.policy import ClassLimits, LimitSteps, PriceStanding
from kkpd.engines.classify.shapes import AccountProposal, CertainKelas, Item
from kkpd.engines.classify.words import features as words_features
from kkpd.engines.classify.words import packed_scores

#: How many different lines are remembered: a line hangs on its words and on which side of the
#: limits it stands, not on the price itself.
MAX_REMEMBERED = 16_384
#: Where every limit is reached, only the kinds that are never capital carry an operational answer.
REACHED = (1.0, 1.0)


class WordVerdict(NamedTuple):
    """The words' verdict: the scores of the kinds, their share of capital, the calibrated chance.

    `scores` is packed (`dense`), `reached` what the price reaches; `raw_chance` the chance of
    capital that follows, `modal` the same after calibration or, of a package, out of `paket`.
    `jenis` is the kind that carries the forced answer `kelas`, and `keyakinan` the chance that it
    is right.
    """

    scores: int
    reached: tuple[float, float]
    raw_chance: float
    modal: float
    jenis: Kind
    kelas: CertainKelas
    keyakinan: float

    @property
    def peluang(self) -> list[float]:
        """The chances of the kinds."""
        return packed_scores.peluang(self.scores, len(classify_policy.urutan()))

    @property
    def durable(self) -> float:
        """The chance of a thing that could be capital, whatever its price."""
        pairs = zip(self.peluang, classify_policy.urutan(), strict=True)
        return sum([chance for chance, kind in pairs if kind.kelas == "modal"])

    def deciding_kind(self, kelas: CertainKelas) -> Kind:
        """The kind that carries a class: the likeliest of those that lead to it."""
        chances = self.peluang
        return _deciding_kind(chances, _parts(chances, self.reached), kelas)


def _parts(peluang: list[float], reached: tuple[float, float]) -> list[float]:
    """The part of each kind's chance that is capital."""
    return list(map(mul, peluang, classify_policy.data_table(*reached)))


def _deciding_kind(peluang: list[float], bagian: list[float], kelas: CertainKelas) -> Kind:
    shares = list(map(sub, peluang, bagian)) if kelas == "operasi" else bagian
    return classify_policy.urutan()[shares.index(max(shares))]


def scores(thing: Item, nama: CachedName, spesifikasi: tuple[str, ...]) -> int:
    """The scores of the kinds, packed: of name and unit, specification and merchant."""
    score = nama.scores
    if spesifikasi:
        score += classify_model.model().specification_score(spesifikasi)
    if thing.merchant:
        score += classify_model.model().merchant_score(thing.merchant)
    if thing.mcc:
        score += classify_model.model().category_score(thing.mcc)
    return score


def satuan(scores: int, standing: PriceStanding, *, recognised: bool) -> WordVerdict:
    """Single goods: the kinds weighed by the policy where their price stands, and calibrated."""
    chances = packed_scores.peluang(scores, len(classify_policy.urutan()))
    shares = _parts(chances, standing.reached)
    family = "tak_dikenal"
    if recognised:
        leading = _deciding_kind(chances, shares, "modal")
        family = classify_policy.line_family(standing.band, leading)
    modal = calibration.modal(family, sum(shares))
    return _words(scores, standing.reached, chances, shares, modal)


_unit = lru_cache(maxsize=MAX_REMEMBERED)(satuan)


def baca(
    thing: Item, steps: LimitSteps, nama: CachedName, spesifikasi: tuple[str, ...]
) -> WordVerdict:
    """Score the words, those of the specification too, and weigh the kinds by the policy."""
    score = scores(thing, nama, spesifikasi)
    where = steps.standing(classify_policy.harga_satuan(thing), thing.nilai)
    if not words_features.paket(thing):
        return _unit(score, where, recognised=nama.recognised)
    reach = where.reached
    chances = packed_scores.peluang(score, len(classify_policy.urutan()))
    shares = _parts(chances, reach)
    raw = sum(shares)
    modal = _package(thing, steps.bound, chances, raw)
    if not nama.recognised:
        modal = calibration.modal("tak_dikenal", modal)
    found = _words(score, reach, chances, shares, modal)
    if found.kelas == "operasi" and not classify_policy.below(thing.nilai, steps.bound):
        # No unit price makes a durable thing operational here: its weights did, and name a kind.
        found = found._replace(jenis=_deciding_kind(chances, _parts(chances, REACHED), "operasi"))
    return found


def weighted(thing: Item, bound: ClassLimits, peluang: list[float], modal: float) -> WordVerdict:
    """The verdict for given chances of the kinds and of capital: those of weights in training."""
    reach = classify_policy.reached(classify_policy.harga_satuan(thing), thing.nilai, bound)
    shares = _parts(peluang, reach)
    return _words(0, reach, peluang, shares, modal)


def _words(
    scores: int,
    reached: tuple[float, float],
    peluang: list[float],
    bagian: list[float],
    modal: float,
) -> WordVerdict:
    raw = sum(bagian)
    if modal > 0.5:
        return WordVerdict(
            scores, reached, raw, modal, _deciding_kind(peluang, bagian, "modal"), "modal", modal
        )
    kind = _deciding_kind(peluang, bagian, "operasi")
    return WordVerdict(scores, reached, raw, modal, kind, "operasi", 1 - modal)


def _package(thing: Item, bound: ClassLimits, chances: list[float], raw: float) -> float:
    """The chance of capital of a package, as packages were charged."""
    found = classify_packages.paket().modal(thing, chances, raw)
    if classify_policy.below(thing.nilai, bound):
        found = min(found, raw)
    return found


def usul(
    nama: CachedName,
    kelas: CertainKelas,
    jenis: Kind,
    *,
    certain: bool = False,
    primary: str | None = None,
) -> tuple[AccountProposal, ...]:
    """Accounts that a rule proposes: by the words, or for the one kind it named (`certain`)."""
    named = jenis.jenis if certain else None
    return _proposed(nama, kelas, jenis.bound == "ya" and kelas == "operasi", named, primary)


@lru_cache(maxsize=16_384)
def _proposed(
    nama: CachedName, kelas: CertainKelas, below: bool, certain: str | None, primary: str | None
) -> tuple[AccountProposal, ...]:
    kinds = (
        rekening.log_kinds(classify_model.model().vector(nama.scores))
        if certain is None
        else rekening.log_one_kind(certain)
    )
    return rekening.usul(nama.kata, nama.satuan, kelas, kinds, below_limit=below, primary=primary)
