"""Patterns that ask for a look: splits, near limits, round, days off, MCC, concentration.

Each test takes `Rows` and what it needs beside them, and gives hits: rows, rupiah, a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from kkpd.core.moments import brief
from kkpd.core.money import Rupiah
from kkpd.engines import matching

#: Of a limit: pieces of one vendor are at least a fifth of it, those over vendors nearly all.
_PIECE, _NEAR_PIECE = 20, 80
_SATURDAY: Final = 5
_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns side by side; those that the file lacks are empty lists."""

    number: Sequence[int]
    sen: Sequence[int]
    day: Sequence[date | None] = ()
    card: Sequence[str] = ()
    vendor: Sequence[str] = ()
    note: Sequence[str] = ()
    mcc: Sequence[str] = ()
    account: Sequence[str] = ()
    office: Sequence[str] = ()
    reference: Sequence[str] = ()
    item: Sequence[str] = ()
    unit: Sequence[str] = ()
    price: Sequence[int] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class RowPattern:
    """Places of rows that belong together, their rupiah, the kind and the reason."""

    places: tuple[int, ...]
    amount: Rupiah
    kind: str
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


@lru_cache(maxsize=65_536)
def shop_key(vendor: str) -> str:
    """A shop's name in the form by which matching knows it again, so that spellings meet."""
    return matching.text_key(vendor) or vendor.casefold().strip()


def _sum(rows: Rows, places: Iterable[int]) -> Rupiah:
    return Rupiah(sum(rows.sen[at] for at in places))


def splits(rows: Rows, limits: Sequence[Rupiah], days: int) -> list[RowPattern]:
    """Payments each within a limit that together go beyond it: to one vendor within days by any
    card, or by one card on these days to several vendors, each just below the limit.
    """
    hits: list[RowPattern] = []
    taken: set[int] = set()
    for limit in sorted(limits, reverse=True):
        for kind, keys, share in (
            ("vendor", [shop_key(one) for one in rows.vendor], _PIECE),
            ("kartu", rows.card, _NEAR_PIECE),
        ):
            least = limit.sen * share // 100
            groups: dict[tuple[str, str], list[int]] = defaultdict(list)
            for at, key in enumerate(keys):
                if key and least <= rows.sen[at] <= limit.sen and rows.day[at] is not None:
                    office = rows.office[at] if rows.office else ""
                    groups[office, key].append(at)
            for group in groups.values():
                for places in _windows(rows, group, days, taken):
                    if _sum(rows, places) > limit:
                        taken.update(places)
                        hits.append(_split(rows, places, limit, kind))
    return hits


def _windows(rows: Rows, group: list[int], days: int, taken: set[int]) -> Iterable[tuple[int, ...]]:
    """Runs of at least two free rows within so many days."""
    free = sorted((at for at in group if at not in taken), key=lambda at: (rows.day[at], at))
    run: list[int] = []
    for at in free:
        first, now = rows.day[run[0]] if run else None, rows.day[at]
        if first is not None and now is not None and (now - first).days >= days:
            if len(run) > 1:
                yield tuple(run)
            run = []
        run.append(at)
    if len(run) > 1:
        yield tuple(run)


def _split(rows: Rows, places: tuple[int, ...], limit: Rupiah, kind: str) -> RowPattern:
    days = sorted({day for at in places if (day := rows.day[at]) is not None})
    span = f"pada {brief(days[0])}"
    if len(days) > 1:
        span = f"antara {brief(days[0])} dan {brief(days[-1])}"
    where = f"kepada {rows.vendor[places[0]]}" if kind == "vendor" else "dengan satu kartu"
    cards = len({rows.card[at] for at in places}) if rows.card else 0
    over = f", lewat {cards} kartu" if cards > 1 else ""
    whole = _sum(rows, places)
    reason = (
        f"{len(places)} pembayaran {where} {span}{over}, masing-masing tidak lebih dari "
        f"Rp {limit}, berjumlah Rp {whole}: dapat berupa satu pembayaran yang dipecah."
    )
    return RowPattern(places, whole, kind, reason, {"batas": limit})


def near_limits(rows: Rows, limits: Sequence[Rupiah], percent: int) -> list[RowPattern]:
    """Amounts within a few per cent below a limit, the limit itself included."""
    hits = []
    for at, amount in enumerate(rows.sen):
        for limit in limits:
            if limit.sen * (100 - percent) <= amount * 100 <= limit.sen * 100:
                reason = f"Rp {Rupiah(amount)} tepat di bawah batas Rp {limit}."
                if amount == limit.sen:
                    reason = f"Rp {Rupiah(amount)} tepat pada batas."
                hits.append(RowPattern((at,), Rupiah(amount), "batas", reason, {"batas": limit}))
                break
    return hits


def round_amounts(rows: Rows, multiple: Rupiah) -> list[RowPattern]:
    """Positive amounts that are whole multiples: seldom the price of things that were counted."""
    return [
        RowPattern(
            (at,), Rupiah(amount), "bulat", f"Rp {Rupiah(amount)} kelipatan bulat Rp {multiple}."
        )
        for at, amount in enumerate(rows.sen)
        if amount > 0 and amount % multiple.sen == 0
    ]


def days_off(rows: Rows, holidays: Mapping[date, str]) -> list[RowPattern]:
    """Payments on Saturday, Sunday or a day of the calendar."""
    hits = []
    for at, day in enumerate(rows.day):
        if day is None:
            continue
        name = holidays.get(day)
        if name is None and day.weekday() < _SATURDAY:
            continue
        kind = "libur" if name else "akhir_pekan"
        reason = f"Transaksi pada {brief(day)}, hari {name or _DAYS[day.weekday()]}."
        hits.append(RowPattern((at,), Rupiah(rows.sen[at]), kind, reason))
    return hits


def categories(
    rows: Rows,
    weighed: Callable[[str], tuple[str, str] | None],
    unfit: Callable[[str, str], str],
) -> list[RowPattern]:
    """MCCs that are forbidden or unusual, and MCCs that do not fit the account."""
    hits = []
    for at, mcc in enumerate(rows.mcc):
        amount = Rupiah(rows.sen[at])
        if found := weighed(mcc):
            hits.append(
                RowPattern((at,), amount, found[0], f"MCC {mcc}: {found[1]}.", {"mcc": mcc})
            )
        elif rows.account and (why := unfit(mcc, rows.account[at])):
            hits.append(RowPattern((at,), amount, "tidak_cocok", why, {"mcc": mcc}))
    return hits


@dataclass(frozen=True, slots=True)
class Share:
    """One vendor: its spellings' first, rows, rupiah, and share of all."""

    vendor: str
    places: tuple[int, ...]
    amount: Rupiah
    share: float


def concentration(rows: Rows) -> tuple[float, list[Share]]:
    """The Herfindahl-Hirschman index (0 to 10,000), and vendors by falling rupiah."""
    groups: dict[str, list[int]] = defaultdict(list)
    for at, vendor in enumerate(rows.vendor):
        if rows.sen[at] > 0:
            groups[shop_key(vendor)].append(at)
    sums = {key: sum(rows.sen[at] for at in places) for key, places in groups.items()}
    whole = sum(sums.values())
    shares = [
        Share(rows.vendor[places[0]], tuple(places), Rupiah(sums[key]), sums[key] / whole)
        for key, places in groups.items()
    ]
    shares.sort(key=lambda one: (-one.amount.sen, one.vendor))
    return 10_000 * sum(one.share**2 for one in shares), shares
