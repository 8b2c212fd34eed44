"""Which bank lines a page shows and in what order, as the address asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import request

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.reconciliation.matching_input import Row
from kkpd.web.request.converters import whole_number

#: Lines on one page of the list.
PORTION: Final = 20

_ORDERS: Final[dict[str, Callable[[Row], Any]]] = {
    "tanggal": lambda row: row.tanggal or date.min,
    "nilai": lambda row: row.nilai,
    "penyedia": lambda row: (row.merchant or row.keterangan).casefold(),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked: words, an amount, or a day; a card; an order. Empty texts ask nothing."""

    cari: str = ""
    kartu: str = ""
    urut: str = ""

    @classmethod
    def asked(cls) -> Wanted:
        """As the address says; an order that is none is none."""
        order = request.args.get("urut", "")
        return cls(
            request.args.get("cari", "").strip()[:80],
            request.args.get("kartu", "").strip()[:20],
            order if order.removeprefix("-") in _ORDERS else "",
        )

    def address(self) -> dict[str, str | None]:
        """The same for an address, empty ones left out."""
        return {name: getattr(self, name) or None for name in ("cari", "kartu", "urut")}

    @property
    def filtered(self) -> bool:
        """Whether lines are left out."""
        return bool(self.cari or self.kartu)

    def fits(self, row: Row) -> bool:
        """Whether the line is of the card and every word is in its text, amount or day."""
        card = whole_number(self.kartu)
        if card is not None and row.kartu_id != card:
            return False
        if self.amount is not None and self.amount in (abs(row.nilai), abs(row.sisa)):
            return True
        day = f"{row.tanggal:%d/%m/%Y %Y-%m-%d}" if row.tanggal else ""
        text = f"{row.merchant} {row.keterangan} {row.kartu_akhir} {day}".casefold()
        return all(word in text for word in self.cari.casefold().split())

    @property
    def amount(self) -> Rupiah | None:
        """The amount that was typed, None where it is something else."""
        try:
            return abs(Rupiah.parse(self.cari)) if self.cari else None
        except DomainError:
            return None


def in_order(rows: Sequence[Row], wanted: Wanted) -> list[Row]:
    """The lines that fit, in the order asked for; they come oldest first."""
    found = [row for row in rows if wanted.fits(row)] if wanted.filtered else list(rows)
    if wanted.urut:
        order = _ORDERS[wanted.urut.removeprefix("-")]
        found.sort(key=order, reverse=wanted.urut.startswith("-"))
    return found


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list: its rows, how many there are, and a row of the page before and after it."""

    rows: Sequence[Row]
    total: int
    before: int | None
    after: int | None


def page_with(rows: Sequence[Row], chosen: Row | None) -> ListPage:
    """The page on which the chosen line stands: the line is the key, so the place is kept."""
    at = next((n for n, row in enumerate(rows) if row is chosen), 0)
    start = at - at % PORTION
    end = start + PORTION
    return ListPage(
        rows[start:end],
        len(rows),
        rows[start - PORTION].id if start else None,
        rows[end].id if end < len(rows) else None,
    )
