"""What speaks against one line: named points; so many together make a hit."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from statistics import median
from typing import Final, NamedTuple

from kkpd.core.money import Rupiah
from kkpd.engines import matching
from kkpd.engines.audit import reference
from kkpd.engines.watch import rules, words
from kkpd.engines.watch.rules import Rulings
from kkpd.engines.watch.shapes import WatchedLine
from kkpd.engines.watch.words import FAMILIES, Sign

#: So many points of a line make a hit.
THRESHOLD: Final = 4
#: Below so many payments nothing is said of a habit, nor of a shop that is new.
LEAST: Final = 8
_SATURDAY: Final = 5
#: A card whose payments hardly differ still has some spread: half of an e-fold.
_NARROWEST: Final = 0.5
_OF_MAD: Final = 1.4826


class Point(NamedTuple):
    """One thing against a line: the rule, its worth, and what was seen."""

    rule: str
    worth: int
    seen: str


@dataclass(frozen=True, slots=True)
class Habit:
    """What a card usually pays: median and spread of the value of its amounts."""

    count: int
    middle: float
    spread: float

    @classmethod
    def of(cls, amounts: Sequence[Rupiah]) -> Habit:
        """The habit that these positive amounts show."""
        logs = [math.log(amount.sen) for amount in amounts if amount.sen > 0]
        if not logs:
            return cls(0, 0.0, _NARROWEST)
        middle = median(logs)
        spread = _OF_MAD * median(abs(one - middle) for one in logs)
        return cls(len(logs), middle, max(spread, _NARROWEST))

    def above(self, amount: Rupiah) -> float:
        """How many spreads an amount lies above the middle."""
        value = math.log(amount.sen)
        return (value - self.middle) / self.spread


@dataclass(frozen=True, slots=True)
class WatchWorld:
    """What lines are judged by: settings in force, and what the books know from before.

    `lines` are judged; `around` are others of the same cards and days, to see what belongs
    together. `shops` and `cities` were seen before on cards of the office, `count` payments long.
    """

    lines: Sequence[WatchedLine]
    rulings: Rulings
    around: Sequence[WatchedLine] = ()
    habits: Mapping[str, Habit] = field(default_factory=dict)
    shops: Collection[str] = frozenset()
    cities: Collection[str] = frozenset()
    count: int = 0
    limits: Sequence[Rupiah] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)


def card_of(line: WatchedLine) -> str:
    """The card of a line as causes name it."""
    return card_key(line.card_id, line.card_last4)


def card_key(card_id: int | None, last4: str) -> str:
    """A card as causes name it: its id, else the digits that the bank prints."""
    return str(card_id) if card_id is not None else f"*{last4}"


@lru_cache(maxsize=16_384)
def shop_key(merchant: str) -> str:
    """The shop of a line in the form by which matching knows it again."""
    return matching.text_key(merchant) or merchant.casefold().strip()


def points_of(line: WatchedLine, world: WatchWorld) -> list[Point]:
    """All points against one line; each rule that is turned on is asked."""
    if line.amount.sen <= 0:
        return []
    found = [*_of_text(line.merchant, line.description, line.mcc)]
    if line.kind == "belanja":
        found += _of_trade(line.mcc, line.card_kind)
        for one in (_card, _time, _limit, _habit, _shop, _city, _recorder):
            found += one(line, world)
    return [point for point in found if point.rule in world.rulings]


@lru_cache(maxsize=65_536)
def _of_text(merchant: str, description: str, mcc: str) -> Sequence[Point]:
    """Words of the families; shops of everyday trades need more than one weak word."""
    told = [words.said(text) for text in dict.fromkeys((merchant, description)) if text]
    found = []
    for family in FAMILIES:
        signs = [sign for one in told if (sign := one.of(family)) is not None]
        if signs:
            best: Sign = max(signs, key=lambda sign: sign.points)
            less = 2 if best.points < THRESHOLD and mcc in rules.trades() else 0
            if best.points > less:
                found.append(Point(family, best.points - less, best.words))
    between = next((one.go_between for one in told if one.go_between), "")
    if found and between:
        strongest = max(found, key=lambda point: point.worth)
        found.append(Point(strongest.rule, 1, f"lewat {between.upper()}"))
    return tuple(found)


@lru_cache(maxsize=4_096)
def _of_trade(mcc: str, card_kind: str) -> Sequence[Point]:
    """A category that is forbidden, doubtful, digital, or not this card's."""
    if not mcc:
        return ()
    weighed = reference.weighed(mcc)
    if weighed is not None:
        worth = THRESHOLD if weighed[0] == "larangan" else THRESHOLD - 1
        return (Point("mcc", worth, f"{mcc}, {weighed[1]}"),)
    kind = rules.kinds().get(mcc)
    if kind == "digital":
        return (Point("mcc", 1, f"{mcc}, barang digital atau tanpa kategori"),)
    if kind in ("barang", "perjalanan") and card_kind not in ("", kind):
        return (Point("mcc", 1, f"{mcc}, bukan belanja kartu {card_kind}"),)
    return ()


_NOTHING: Final[Sequence[Point]] = ()


def _card(line: WatchedLine, _world: WatchWorld) -> Sequence[Point]:
    if line.card_active is False:
        return [Point("kartu", THRESHOLD, f"{line.card_last4} tidak aktif pada hari itu")]
    if line.card_id is None and line.card_last4:
        return [Point("kartu", THRESHOLD, f"{line.card_last4} bukan kartu OPD ini")]
    return _NOTHING


def _time(line: WatchedLine, world: WatchWorld) -> Sequence[Point]:
    """Night by the setting `22-5`, else a day off."""
    ruling = world.rulings.get("waktu")
    if ruling is not None and line.time is not None:
        start, _, end = ruling.value.partition("-")
        hour = line.time.hour
        if hour >= int(start) or hour < int(end):
            return [Point("waktu", 2, f"pukul {line.time:%H.%M}")]
    name = world.holidays.get(line.day)
    if name or line.day.weekday() >= _SATURDAY:
        return [Point("waktu", 1, f"hari libur: {name or 'akhir pekan'}")]
    return _NOTHING


def _limit(line: WatchedLine, world: WatchWorld) -> Sequence[Point]:
    ruling = world.rulings.get("batas")
    if ruling is None:
        return _NOTHING
    percent = _percent(ruling.value)
    for limit in world.limits:
        if limit.sen * (100 - percent) <= line.amount.sen * 100 <= limit.sen * 100:
            return [Point("batas", THRESHOLD - 1, f"Rp {line.amount} dari batas Rp {limit}")]
    return _NOTHING


@lru_cache(maxsize=64)
def _percent(value: str) -> int:
    return int(float(value.rstrip("% ").replace(",", ".")))


@lru_cache(maxsize=64)
def _rupiah(value: str) -> Rupiah:
    return Rupiah.parse(value)


def _habit(line: WatchedLine, world: WatchWorld) -> Sequence[Point]:
    ruling, habit = world.rulings.get("kebiasaan"), world.habits.get(card_of(line))
    if ruling is None or habit is None or habit.count < LEAST:
        return _NOTHING
    above = habit.above(line.amount)
    if above * 10 < int(ruling.value):
        return _NOTHING
    usual = Rupiah(round(math.exp(habit.middle)))
    worth = THRESHOLD - 1 if above * 10 >= int(ruling.value) + 10 else THRESHOLD - 2
    return [Point("kebiasaan", worth, f"Rp {line.amount}; biasanya sekitar Rp {usual}")]


def _shop(line: WatchedLine, world: WatchWorld) -> Sequence[Point]:
    ruling = world.rulings.get("toko")
    if ruling is None or world.count < LEAST or line.amount < _rupiah(ruling.value):
        return _NOTHING
    if shop_key(line.merchant) in world.shops:
        return _NOTHING
    return [Point("toko", 2, line.merchant)]


def _city(line: WatchedLine, world: WatchWorld) -> Sequence[Point]:
    """Another city than ever before, on a card that does not travel."""
    if line.card_kind == "perjalanan" or world.count < LEAST or line.has_purchase:
        return _NOTHING
    city = words.said(line.merchant).city
    if not city or city in world.cities or city in line.place.casefold():
        return _NOTHING
    return [Point("jauh", 1, city.capitalize())]


def _recorder(line: WatchedLine, _world: WatchWorld) -> Sequence[Point]:
    if line.recorder_id is None or line.recorder_id != line.holder_id:
        return _NOTHING
    return [Point("pencatat", 1, "pencatat adalah pemegang kartu")]
