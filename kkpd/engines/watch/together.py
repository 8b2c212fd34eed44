"""What several lines say together: payments in quick succession, and one payment in pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from kkpd.core.money import Rupiah
from kkpd.engines.audit import patterns
from kkpd.engines.watch import rules
from kkpd.engines.watch.points import THRESHOLD, Point, WatchWorld, card_of, shop_key
from kkpd.engines.watch.shapes import WatchedLine

_WINDOW: Final = timedelta(minutes=20)
#: Pieces of one payment lie within so many days.
_DAYS: Final = 3

#: Line -> the points that it gets from those beside it, and the key of the group.
Grouped = dict[int, list[tuple[Point, str]]]


def points_together(world: WatchWorld) -> Grouped:
    """The points of lines that belong together; only lines to be judged get any."""
    every = [*world.around, *world.lines]
    spent = [line for line in every if line.kind == "belanja" and line.amount.sen > 0]
    judged = {line.id for line in world.lines}
    found: Grouped = defaultdict(list)
    for group, point, key in (*_quick(spent, world), *_pieces(spent, world)):
        for line in group:
            if line.id in judged:
                found[line.id].append((point, key))
    return found


_Group = tuple[Sequence[WatchedLine], Point, str]


def _quick(spent: Sequence[WatchedLine], world: WatchWorld) -> Iterator[_Group]:
    """Many payments of one card in minutes, or at one shop that is no journey on one day."""
    ruling = world.rulings.get("cepat")
    if ruling is None:
        return
    least = int(ruling.value)
    days: dict[tuple[str, object], list[WatchedLine]] = defaultdict(list)
    for line in spent:
        days[card_of(line), line.day].append(line)
    for (card, _day), lines in days.items():
        if len(lines) < least:
            continue
        yield from _in_minutes(card, lines, least)
        shops: dict[str, list[WatchedLine]] = defaultdict(list)
        for line in lines:
            if rules.kinds().get(line.mcc) not in ("perjalanan", "umum"):
                shops[shop_key(line.merchant)].append(line)
        for group in shops.values():
            if len(group) >= least:
                seen = f"{len(group)} kali di penjual yang sama sehari"
                yield group, Point("cepat", THRESHOLD - 1, seen), f"kartu:{card}"


def _in_minutes(card: str, lines: Sequence[WatchedLine], least: int) -> Iterator[_Group]:
    timed = sorted(
        ((datetime.combine(line.day, line.time), line) for line in lines if line.time is not None),
        key=lambda one: (one[0], one[1].id),
    )
    taken: dict[int, WatchedLine] = {}
    for at in range(len(timed) - least + 1):
        run = timed[at : at + least]
        if run[-1][0] - run[0][0] <= _WINDOW:
            taken.update((line.id, line) for _, line in run)
    if taken:
        seen = f"{len(taken)} kali, {least} di antaranya dalam 20 menit"
        yield list(taken.values()), Point("cepat", THRESHOLD - 1, seen), f"kartu:{card}"


def _pieces(spent: Sequence[WatchedLine], world: WatchWorld) -> Iterator[_Group]:
    """Payments within a limit that together go beyond it, as the audit's test finds them."""
    ruling = world.rulings.get("pecah")
    if ruling is None:
        return
    limits = [Rupiah.parse(ruling.value), *world.limits]
    least = min(limit.sen for limit in limits) // 5
    large = [line for line in spent if line.amount.sen >= least]
    rows = patterns.Rows(
        number=[line.id for line in large],
        sen=[line.amount.sen for line in large],
        day=[line.day for line in large],
        card=[card_of(line) for line in large],
        vendor=[line.merchant for line in large],
        office=[str(line.opd_id) for line in large],
    )
    for found in patterns.splits(rows, sorted(set(limits)), _DAYS):
        group = [large[at] for at in found.places]
        one, vendor = group[0], found.kind == "vendor"
        key = f"toko:{shop_key(one.merchant)}" if vendor else f"kartu:{card_of(one)}"
        seen = f"{len(group)} pembayaran, bersama Rp {found.amount}"
        yield group, Point("pecah", THRESHOLD, seen), key
