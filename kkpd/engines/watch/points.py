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
    return str(line.card_id) if line.card_id is not None else f"*{line.card_last4}"


def shop_of(line: WatchedLine) -> str:
    """The shop of a line in the form by which matching knows it again."""
    return _key_of(line.merchant)


@lru_cache(maxsize=16_384)
def _key_of(merchant: str) -> str:
    return matching.text_key(merchant) or merchant.casefold().strip()


def points_of(line: WatchedLine, world: WatchWorld) -> list[Point]:
    """All points against one line; each rule that is turned on is asked."""
    found = _of_text(line)
    if line.kind == "belanja" and line.amount.sen > 0:
        for one in (_mcc, _card, _time, _limit, _habit, _shop, _city, _recorder):
            found += one(line, world)
    return [point for point in found if point.rule in world.rulings]


def _of_text(line: WatchedLine) -> list[Point]:
    """Words of the families; shops of everyday trades need more than one weak word."""
    if line.amount.sen <= 0:
        return []
    texts = dict.fromkeys((line.merchant, line.description))
    told = [words.said(text) for text in texts if text]
    found = []
    for family in FAMILIES:
        signs = [sign for one in told if (sign := one.of(family)) is not None]
        if signs:
            best: Sign = max(signs, key=lambda sign: sign.points)
            less = 2 if best.points < THRESHOLD and line.mcc in rules.trades() else 0
            if best.points > less:
                found.append(Point(family, best.points - less, best.words))
    between = next((one.go_between for one in told if one.go_between), "")
    if found and between:
        strongest = max(found, key=lambda point: point.worth)
        found.append(Point(strongest.rule, 1, f"lewat {between.upper()}"))
    return found


def _mcc(line: WatchedLine, _world: WatchWorld) -> list[Point]:
    """A category that is forbidden, doubtful, digital, or not this card's."""
    if not line.mcc:
        return []
    weighed = reference.weighed(line.mcc)
    if weighed is not None:
        worth = THRESHOLD if weighed[0] == "larangan" else THRESHOLD - 1
        return [Point("mcc", worth, f"{line.mcc}, {weighed[1]}")]
    kind = rules.kinds().get(line.mcc)
    if kind == "digital":
        return [Point("mcc", 1, f"{line.mcc}, barang digital atau tanpa kategori")]
    if kind in ("barang", "perjalanan") and line.card_kind not in ("", kind):
        return [Point("mcc", 1, f"{line.mcc}, bukan belanja kartu {line.card_kind}")]
    return []


def _card(line: WatchedLine, _world: WatchWorld) -> list[Point]:
    if line.card_active is False:
        return [Point("kartu", THRESHOLD, f"{line.card_last4} tidak aktif pada hari itu")]
    if line.card_id is None and line.card_last4:
        return [Point("kartu", THRESHOLD, f"{line.card_last4} bukan kartu OPD ini")]
    return []


def _time(line: WatchedLine, world: WatchWorld) -> list[Point]:
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
    return []


def _limit(line: WatchedLine, world: WatchWorld) -> list[Point]:
    ruling = world.rulings.get("batas")
    if ruling is None:
        return []
    percent = int(float(ruling.value.rstrip("% ").replace(",", ".")))
    for limit in world.limits:
        if limit.sen * (100 - percent) <= line.amount.sen * 100 <= limit.sen * 100:
            return [Point("batas", THRESHOLD - 1, f"Rp {line.amount} dari batas Rp {limit}")]
    return []


def _habit(line: WatchedLine, world: WatchWorld) -> list[Point]:
    ruling, habit = world.rulings.get("kebiasaan"), world.habits.get(card_of(line))
    if ruling is None or habit is None or habit.count < LEAST:
        return []
    above = habit.above(line.amount)
    if above * 10 < int(ruling.value):
        return []
    usual = Rupiah(round(math.exp(habit.middle)))
    worth = THRESHOLD - 1 if above * 10 >= int(ruling.value) + 10 else THRESHOLD - 2
    return [Point("kebiasaan", worth, f"Rp {line.amount}; biasanya sekitar Rp {usual}")]


def _shop(line: WatchedLine, world: WatchWorld) -> list[Point]:
    ruling = world.rulings.get("toko")
    if ruling is None or world.count < LEAST or line.amount < Rupiah.parse(ruling.value):
        return []
    if shop_of(line) in world.shops:
        return []
    return [Point("toko", 2, line.merchant)]


def _city(line: WatchedLine, world: WatchWorld) -> list[Point]:
    """Another city than ever before, on a card that does not travel."""
    if line.card_kind == "perjalanan" or world.count < LEAST or line.has_purchase:
        return []
    city = words.said(line.merchant).city
    if not city or city in world.cities or city in line.place.casefold():
        return []
    return [Point("jauh", 1, city.capitalize())]


def _recorder(line: WatchedLine, _world: WatchWorld) -> list[Point]:
    if line.recorder_id is None or line.recorder_id != line.holder_id:
        return []
    return [Point("pencatat", 1, "pencatat adalah pemegang kartu")]
