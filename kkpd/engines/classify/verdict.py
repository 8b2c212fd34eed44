"""What a line's words say, before any rule: kind, probabilities and class; and the evidence table.

The table holds each feature's part in log-odds, adding up to those of the confidence. Parts are
weighed between the kinds that can be capital and those that cannot. What the price and the limit
turn around stands in a line of its own, so that the table always adds up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from kkpd.engines.classify import knowledge, model, policy, tokens
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.model import logit
from kkpd.engines.classify.policy import ClassLimits
from kkpd.engines.classify.shapes import CertainKelas, Classified, EvidencePart, Item

#: If every limit is reached, only kinds that are never capital give an operational answer.
REACHED = (1.0, 1.0)


class WordVerdict(NamedTuple):
    """The words' verdict.

    `peluang` are the chances of the kinds, `reached` what the price reaches, `modal` the chance of
    capital (calibrated or, of a package, out of `packages`), `jenis` the kind that carries the
    answer.
    """

    peluang: Sequence[float]
    reached: tuple[float, float]
    modal: float
    jenis: Kind

    @property
    def kelas(self) -> CertainKelas:
        """The forced answer."""
        return "modal" if self.modal > 0.5 else "operasi"

    @property
    def keyakinan(self) -> float:
        """The probability that the forced answer is right."""
        return max(self.modal, 1 - self.modal)

    @property
    def raw_chance(self) -> float:
        """The chance of capital that follows from kinds and price, before calibration."""
        return raw_chance(self.peluang, self.reached)

    @property
    def durable(self) -> float:
        """The chance of a thing that could be capital, whatever its price."""
        return raw_chance(self.peluang, REACHED)


class Case(NamedTuple):
    """A line for the rules: the question, its words, and their result.

    `parts` is the evidence of the description's words, `name_scores` the scores of the kinds by
    the description and the unit alone.
    """

    thing: Item
    bound: ClassLimits
    threshold: float
    kata: tuple[str, ...]
    parts: list[model.Part]
    name_scores: model.Vector
    words: WordVerdict


def read(thing: Item, bound: ClassLimits, threshold: float) -> Case:
    """Score the words of a line and weigh the kinds by the policy."""
    engine, words = model.model(), tokens.words_token(thing.uraian)
    parts = engine.name_parts(words)
    named = engine.total([*parts, *engine.unit_parts(thing.satuan)])
    chances = softmax(engine.total(engine.more_parts(thing), named))
    modal = _modal(thing, bound, chances, recognised=engine.recognised(words))
    found = of_chances(thing, bound, chances, modal)
    return Case(thing, bound, threshold, words, parts, named, found)


def softmax(scores: model.Vector) -> list[float]:
    """Log scores as chances that add up to one."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def raw_chance(peluang: Sequence[float], reached: tuple[float, float]) -> float:
    """The chance of capital that follows from the chances of the kinds."""
    shares = policy.capital_shares(*reached)
    return sum([chance * share for chance, share in zip(peluang, shares, strict=True)])


def deciding_kind(
    peluang: Sequence[float], reached: tuple[float, float], kelas: CertainKelas
) -> Kind:
    """The kind behind a class: the most likely of those that lead to it."""
    shares = policy.capital_shares(*reached)
    if kelas == "operasi":
        shares = [1 - share for share in shares]
    parts = [chance * share for chance, share in zip(peluang, shares, strict=True)]
    return policy.urutan()[parts.index(max(parts))]


def of_chances(
    thing: Item, bound: ClassLimits, peluang: Sequence[float], modal: float
) -> WordVerdict:
    """The verdict for given chances of the kinds and of capital."""
    reach = policy.reached(policy.harga_satuan(thing), thing.nilai, bound)
    kelas: CertainKelas = "modal" if modal > 0.5 else "operasi"
    deciding = reach
    if kelas == "operasi" and model.is_package(thing):
        # No unit price makes a durable thing operational here: its weights did, and name a kind.
        deciding = reach if policy.below(thing.nilai, bound) else REACHED
    return WordVerdict(peluang, reach, modal, deciding_kind(peluang, deciding, kelas))


def _modal(thing: Item, bound: ClassLimits, chances: list[float], *, recognised: bool) -> float:
    """The chance of capital: of single goods by kinds and price, calibrated; of a package as
    packages were charged.
    """
    price = policy.harga_satuan(thing)
    reach = policy.reached(price, thing.nilai, bound)
    modal, family = raw_chance(chances, reach), "tak_dikenal"
    if model.is_package(thing):
        charged = model.package_weights().modal(thing, chances, modal)
        modal = min(charged, modal) if policy.below(thing.nilai, bound) else charged
        return modal if recognised else model.calibrated(family, modal)
    if recognised:
        leading = deciding_kind(chances, reach, "modal")
        family = policy.line_family(policy.band(price, bound), leading)
    return model.calibrated(family, modal)


#: Parts smaller than this are left out; the line `dasar` takes them up.
_SMALLEST = 0.05
#: What the evidence begins from: the share of modal in all purchases.
BASE = "dasar (semua belanja)"


def detail(case: Case, putusan: Classified) -> tuple[EvidencePart, ...]:
    """The evidence, strongest first; a rule that decided over the words stands at the top."""
    thing, words = case.thing, case.words
    rows = _words(thing, words)
    rule = putusan.aturan.partition(":")[0]
    if rule == "kata":
        return rows
    chance = putusan.keyakinan if putusan.best_kelas == "modal" else 1 - putusan.keyakinan
    what = {
        "rekening": f"rekening {thing.kode_rekening}",
        "kode_barang": f"kode barang {thing.kode_barang}",
        "mcc": f"kategori merchant {thing.mcc}",
        "ingatan": "keputusan terdahulu",
        "maksud": "maksud yang tertulis",
        "layanan": "layanan atau pemeliharaan rutin yang tertulis",
        "nama_rekening": f"nama rekening {knowledge.named_rekening(thing.uraian)}",
    }[rule]
    return (*_rule_rows(what, putusan.best_kelas, logit(chance) - logit(words.modal)), *rows)


def _rule_rows(what: str, kelas: CertainKelas, part: float) -> tuple[EvidencePart, ...]:
    """The rule's own row. Words may be surer of the same class than a rule ever is: what the rule's
    confidence takes away from them is no evidence for the other class, and is named as such.
    """
    towards = part > 0 if kelas == "modal" else part < 0
    if towards:
        return (EvidencePart(what, round(part, 2)),)
    return (EvidencePart(what, 0.0), EvidencePart("keyakinan tertinggi aturan ini", round(part, 2)))


def _words(thing: Item, words: WordVerdict) -> tuple[EvidencePart, ...]:
    package = model.is_package(thing)
    parts, base = _package(thing, words) if package else _unit(thing, words)
    kept = {what: round(part, 2) for what, part in parts.items() if abs(part) >= _SMALLEST}
    ordered = sorted(kept.items(), key=lambda item: (-abs(item[1]), item[0]))
    rows = [EvidencePart(what, part) for what, part in ordered]
    rows.append(EvidencePart(BASE, round(base - sum(kept.values()), 2)))
    limit = 0.0 if package else round(logit(words.raw_chance) - base, 2)
    shift = round(logit(words.modal) - base - limit, 2)
    rows.append(EvidencePart("harga terhadap batas kapitalisasi", limit))
    rows.append(EvidencePart("kalibrasi", shift))
    return tuple([row for row in rows if abs(row.bagian) >= _SMALLEST or row.what == BASE])


def _unit(thing: Item, words: WordVerdict) -> tuple[dict[str, float], float]:
    """The parts of single goods, and the log-odds of a kind that can be capital."""
    share = words.durable
    pull = [
        chance / max(share, 1e-12) if kind.kelas == "modal" else -chance / max(1 - share, 1e-12)
        for chance, kind in zip(words.peluang, policy.urutan(), strict=True)
    ]
    parts = [
        (what, (sum(map(mul, weights, pull)),)) for what, weights in model.model().bagian(thing)
    ]
    return model.summed(parts, 0), logit(share)


def _package(thing: Item, words: WordVerdict) -> tuple[dict[str, float], float]:
    """The parts of a package, and the log-odds of capital."""
    engine, raw = model.package_weights(), words.raw_chance
    parts = [(what, (part,)) for what, part in engine.bagian(thing, words.peluang, raw)]
    return model.summed(parts, 0), logit(engine.modal(thing, words.peluang, raw))
