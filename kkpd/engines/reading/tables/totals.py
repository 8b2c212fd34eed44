"""The summary of a bill: labels such as `Total Tagihan` and the values beside or below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from kkpd.core.errors import Unreadable
from kkpd.core.pan import announced, last_four, mask
from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.cells.amounts import WRONG, AmountColumn
from kkpd.engines.reading.profile import Profile, squash
from kkpd.engines.reading.statement import Bill, Cell, Row, text_of

_INTERIM = ("sementara", "dts", "interim", "provisional")
_SHOWN = 5
#: A heading has so many cells at most.
_HEADING = 4
_PAID_AS_POSITIVE = ("payments",)
_DAYS = ("bill_date", "due_date")
_BALANCES = ("opening", "closing", "debits", "credits", "count")
#: Digits and separators only: meant as an amount, whether or not it can be read as one.
_MEANT = re.compile(r"[-(]?\s*(?:Rp\.?|IDR)?\s*\d[\d.,']*\)?", re.IGNORECASE)


class Totals:
    """Finds the printed totals in rows that are no lines; one `Bill` for each section of a file."""

    def __init__(self, profile: Profile) -> None:
        self._labels = {
            squash(label): role for role, labels in profile.totals.items() for label in labels
        }
        self._found: list[dict[str, Cell]] = [{}]
        self._bad: list[str] = []
        self._account: dict[str, list[Cell]] = {}
        self.order = profile.date_order
        self.decimal = profile.decimal

    def look(self, rows: Iterable[Row]) -> None:
        """Take in the labels and values of some rows, in file order."""
        rows = list(rows)
        for index, row in enumerate(rows):
            below = rows[index + 1] if index + 1 < len(rows) else ()
            self._take(index + 1, row, below)

    def look_at(self, number: int, row: Row) -> None:
        """Take in row `number`, whose values stand beside their labels."""
        self._take(number, row, ())

    def card_of(self, row: Row) -> str | None:
        """The card that a label or a masked number in this row announces for the lines below it."""
        for role, value in self._pairs(row, ()):
            if role == "card" and (four := last_four(text_of(value))):
                return four
        texts = [text for cell in row if (text := text_of(cell).strip())]
        if len(texts) > _HEADING or any(map(_meant, texts)):
            return None
        cards = {four for text in texts if (four := announced(text))}
        return cards.pop() if len(cards) == 1 else None

    def bill_date(self) -> date | None:
        """The bill date found so far, for dates printed without a year."""
        return self._date(self._found[-1].get("bill_date"))

    def balance(self, role: str) -> Decimal | None:
        """An account's printed `opening` or `closing`; None where several accounts print it."""
        values = {self._money(value) for value in self._account.get(role, ())}
        return values.pop() if len(values) == 1 else None

    def bills(self, currency: str | None) -> list[Bill]:
        """The bills found. Unreadable names the rows whose amount or date nobody can read."""
        if self._bad:
            raise Unreadable(
                f"{'; '.join(self._bad[:_SHOWN])}. Tanpa angka ini tagihan tidak dapat diperiksa: "
                "perbaiki di berkas atau minta ulang dari bank, lalu unggah lagi."
            )
        built = [self._bill(values, currency) for values in self._found]
        return [bill for bill in built if _says_something(bill)]

    def _take(self, number: int, row: Row, below: Row) -> None:
        for role, value in self._pairs(row, below):
            if role not in _BALANCES and self._unreadable(role, value):
                what = "tanggal" if role in _DAYS else "jumlah"
                text = mask(text_of(value).strip())[:40]
                self._bad.append(f"Baris {number}: {what} “{text}” tidak terbaca")
            self._keep(role, value)

    def _unreadable(self, role: str, value: Cell) -> bool:
        """A day that no calendar has, or digits that are no amount."""
        if role in _DAYS:
            return dates.fixed(value) is None and not dates.orders_of(text_of(value).strip())
        return role not in _READ and self._money(value) is None

    def _keep(self, role: str, value: Cell) -> None:
        section = self._found[-1]
        if role in _BALANCES:
            self._account.setdefault(role, []).append(value)
        elif role == "card" and "card" in section and section["card"] != value:
            self._found.append({role: value})
        else:
            section.setdefault(role, value)

    def _pairs(self, row: Row, below: Row) -> Iterable[tuple[str, Cell]]:
        for index, cell in enumerate(row):
            if not isinstance(cell, str):
                continue
            label, _, rest = cell.partition(":")
            role = self._labels.get(squash(label)) if len(label) < 60 else None
            if role is None:
                continue
            value = rest.strip() or self._beside(row, index)
            under = below[index] if index < len(below) else None
            if value is None or (len(row) == len(below) and not self._can_be(role, value)):
                value = under if under is not None and self._can_be(role, under) else value
            if value is not None and self._can_be(role, value):
                yield role, value

    def _beside(self, row: Row, index: int) -> Cell:
        """The next cell to the right that holds something, unless that is a label itself."""
        for cell in row[index + 1 :]:
            text = text_of(cell).strip().strip(":=").strip()
            if text in ("", "Rp", "Rp.", "IDR"):
                continue
            if isinstance(cell, str):
                return None if squash(text) in self._labels else text
            return cell
        return None

    def _can_be(self, role: str, value: Cell) -> bool:
        if role in _DAYS:
            text = text_of(value)
            return dates.fixed(value) is not None or dates.is_numeric_date(text)
        if role in ("holder", "account", "kind"):
            return isinstance(value, str) and bool(value.strip())
        if role == "card":
            return last_four(text_of(value)) is not None
        return self._money(value) is not None or _meant(value)

    def _date(self, value: Cell) -> date | None:
        """Under the order of the lines, else under the only one that fits."""
        found = dates.fixed(value)
        if found is None and isinstance(value, str):
            own, certain = dates.decide_order([value])
            orders = [order for order in (self.order, own if certain else None) if order]
            found = next(filter(None, (dates.read(value, order) for order in orders)), None)
        return found

    def _money(self, value: Cell) -> Decimal | None:
        """With the decimal sign of the lines, else with the one that fits."""
        if not isinstance(value, str):
            found = AmountColumn(None)[value]
            return None if found is WRONG else found
        written = amounts.take_apart(value)
        if written is None:
            return None
        own = amounts.decide_decimal([written.core])
        signs = [self.decimal] if self.decimal else []
        read = (AmountColumn(sign)[value] for sign in [*signs, own or ","])
        return next((found for found in read if found is not WRONG), None)

    def _bill(self, values: dict[str, Cell], currency: str | None) -> Bill:
        fields: dict[str, Any] = {"currency": currency}
        for role, value in values.items():
            fields[_FIELD.get(role, role)] = _READ.get(role, Totals._money)(self, value)
        new = fields.pop("new_bill", None)
        if new is not None:
            fields.setdefault("new_charges" if "total_due" in fields else "total_due", new)
        for role in _PAID_AS_POSITIVE:
            if fields.get(role) is not None:
                fields[role] = abs(fields[role])
        return Bill(**fields)

    def _text(self, value: Cell) -> str:
        return mask(text_of(value).strip())

    def _kind(self, value: Cell) -> str | None:
        folded = text_of(value).casefold()
        return "dts" if any(word in folded for word in _INTERIM) else "final"

    def _card(self, value: Cell) -> str | None:
        return last_four(text_of(value))


def _meant(value: Cell) -> bool:
    """Whether a cell that is no amount was meant as one."""
    text = text_of(value).strip()
    return _MEANT.fullmatch(text) is not None and not dates.orders_of(text)


_FIELD = {"card": "card_last4"}
_READ: dict[str, Callable[[Totals, Cell], object]] = {
    "card": Totals._card,
    "holder": Totals._text,
    "account": Totals._text,
    "kind": Totals._kind,
    "bill_date": Totals._date,
    "due_date": Totals._date,
}


def _says_something(bill: Bill) -> bool:
    names = ("bill_date", "due_date", "previous_balance", "new_charges", "total_due", "payments")
    return any(getattr(bill, name) is not None for name in names)
