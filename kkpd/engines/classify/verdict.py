"""The result of a line's words, before any rule: kind, probabilities and class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from kkpd.engines.classify import calibration, model, packages, policy
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.policy import ClassLimits
from kkpd.engines.classify.shapes import CertainKelas, Item
from kkpd.engines.classify.words import tokens

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
    if kelas == "operasi" and packages.is_package(thing):
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
    if packages.is_package(thing):
        charged = packages.weights().modal(thing, chances, modal)
        modal = min(charged, modal) if policy.below(thing.nilai, bound) else charged
        return modal if recognised else calibration.modal(family, modal)
    if recognised:
        leading = deciding_kind(chances, reach, "modal")
        family = policy.line_family(policy.band(price, bound), leading)
    return calibration.modal(family, modal)
