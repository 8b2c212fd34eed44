"""The charts of the board: each figure by what it is broken down into, and by OPD.

A chart, its table, the page of one cell and `kkpd tieout` all read the same `Breakdowns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from heapq import nsmallest
from typing import Final, TypeAlias

from kkpd.core.moments import period_code
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.oversight.board import BoardRow
from kkpd.oversight.year_figures import YearFigures

#: What a figure is of -> OPD -> the amount.
Breakdown: TypeAlias = Mapping[str, Mapping[int, Rupiah]]
#: Chart -> its breakdown.
Breakdowns: TypeAlias = Mapping[str, Breakdown]

#: Ages of open money: the last day of each class, and its name.
AGES: Final = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (10**6, "91-"))
#: Weeks of the calendar of due days, and the key of what is due before or after them.
WEEKS: Final = 8
LATE, AFTER = "lewat", "nanti"
#: So many shops are named, and the key of all others.
SHOPS, OTHERS = 10, "lainnya"
#: Months of the heat map.
HEAT_MONTHS: Final = 24


def breakdowns(
    rows: Sequence[BoardRow], figures: Mapping[int, YearFigures], tahun: int, day: date
) -> Breakdowns:
    """Every chart of these OPDs, each key of its scale in order."""
    monday = day - timedelta(days=day.weekday())
    weeks = (LATE, *(str(monday + timedelta(weeks=n)) for n in range(WEEKS)), AFTER)
    ages = [name for _last, name in AGES]

    def months(of: Callable[[YearFigures], Mapping[int, Rupiah]]) -> Breakdown:
        told = ((id_, n, one) for id_, found in figures.items() for n, one in of(found).items())
        keys = [period_code(tahun, n) for n in range(1, 13)]
        return _summed(((period_code(tahun, n), id_, one) for id_, n, one in told), keys)

    return {
        "umur": _summed(_aged(rows, day), ages),
        "up": months(lambda one: one.up_used),
        "sisa": months(lambda one: one.up_left),
        "operasi": months(lambda one: one.operasi),
        "modal": months(lambda one: one.modal),
        "toko": _shops(figures),
        "tagihan": _summed(
            (
                (week(one.due_day, day), row.opd_id, one.sisa)
                for row in rows
                for one in row.sums.due
            ),
            weeks,
        ),
        "kasus": _summed(
            (
                (week(due, day), row.opd_id, amount)
                for row in rows
                for due, (_count, amount) in row.cases.items()
            ),
            weeks,
        ),
    }


def week(due: date, day: date) -> str:
    """The Monday of the week of a due day; what is late and what is far away have their own."""
    monday = day - timedelta(days=day.weekday())
    if due < day:
        return LATE
    first = due - timedelta(days=due.weekday())
    return str(first) if first < monday + timedelta(weeks=WEEKS) else AFTER


def week_days(key: str, day: date) -> tuple[date | None, date | None]:
    """The first and last due day of a week; None where it is open at that side."""
    if key == LATE:
        return None, day - timedelta(days=1)
    if key == AFTER:
        return day - timedelta(days=day.weekday()) + timedelta(weeks=WEEKS), None
    first = date.fromisoformat(key)
    return max(first, day), first + timedelta(days=6)


def heat_months(tahun: int, day: date) -> list[tuple[int, int]]:
    """The months of the heat map: up to the month of the day, or to the end of an earlier year."""
    last = tahun * 12 + (day.month if tahun == day.year else 12)
    return [(n // 12, n % 12 + 1) for n in range(last - HEAT_MONTHS, last)]


def _aged(rows: Iterable[BoardRow], day: date) -> Iterator[tuple[str, int, Rupiah]]:
    for row in rows:
        for since, amount in row.sums.open_since.items():
            days = (day - since).days
            yield next(name for last, name in AGES if days <= last), row.opd_id, amount


def _summed(
    found: Iterable[tuple[str, int, Rupiah]], keys: Iterable[str]
) -> dict[str, Mapping[int, Rupiah]]:
    """The sums by key and OPD, added as whole sen: a board adds ten thousand of them."""
    sums: dict[str, dict[int, int]] = {key: {} for key in keys}
    for key, opd_id, amount in found:
        by_opd = sums[key]
        by_opd[opd_id] = by_opd.get(opd_id, 0) + amount.sen
    return {key: {id_: Rupiah(sen) for id_, sen in of.items()} for key, of in sums.items()}


def _shops(figures: Mapping[int, YearFigures]) -> Breakdown:
    """The shops that were charged most over all OPDs, then all others together."""
    sums: dict[str, int] = {}
    for found in figures.values():
        for shop, amount in found.shops.items():
            sums[shop] = sums.get(shop, 0) + amount.sen
    most = [shop for _sen, shop in nsmallest(SHOPS, ((-sen, shop) for shop, sen in sums.items()))]
    top = {
        shop: {id_: one.shops[shop] for id_, one in figures.items() if shop in one.shops}
        for shop in most
    }
    rest = {
        id_: total((*one.operasi.values(), *one.modal.values()))
        - total(one.shops.get(shop, ZERO) for shop in most)
        for id_, one in figures.items()
    }
    return top | {OTHERS: {id_: amount for id_, amount in rest.items() if amount}}
