"""Line or not: titles, subtotals, totals, balances carried forward, empty rows, wrong cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from kkpd.engines.reading.cells import amounts as money
from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.columns import ASKED, WRONG, Amount, Day, all_of
from kkpd.engines.reading.notes import Notes
from kkpd.engines.reading.profile import DAYS, MONEY, Profile
from kkpd.engines.reading.sheet import Block, Row, Sheet, row_text, text_of
from kkpd.engines.reading.tables.layout import Layout
from kkpd.engines.reading.tables.rowparts import HalfDated, Merged, Wide
from kkpd.engines.reading.words import Vocabulary, WordFinder, is_total_of_bill, squash

_EXTRA_KINDS = ("meterai", "biaya", "pembayaran", "refund")
_NOT_TEXT = (
    *("amount", "debit", "credit", "sign", "currency", "balance"),
    *("original_amount", "original_currency"),
)
#: Longer names of a balance are known without their blanks too.
_LONG = 10


class RowJudge:
    """Decides for each row of a sheet, in order; keeps the sums that subtotals must agree with."""

    def __init__(self, layout: Layout, profile: Profile, notes: Notes, sheet: Sheet) -> None:
        self._layout, self._notes, self._sheet = layout, notes, sheet
        self._titles = [squash(title) for title in layout.titles]
        self._numbers = {layout.columns[role] for role in _NOT_TEXT if role in layout.columns}
        self._words = WordFinder(
            [(name, profile.words.get(name, ())) for name in ("saldo", "total")]
        )
        self._kinds = WordFinder([(name, profile.words.get(name, ())) for name in _EXTRA_KINDS])
        self._balances = tuple(
            w for w in map(squash, profile.words.get("saldo", ())) if len(w) > _LONG
        )
        self._group, self._sum = Decimal(0), Decimal(0)
        self._filled, self._kept = 0, 0
        self._cut: set[int] = set()
        self._undated: list[int] = []
        self._merged = Merged()
        self._wide = Wide(layout, notes)
        self.half_dated = HalfDated(notes)
        self._carry = False
        self._last_total: tuple[int, Decimal, Decimal] | None = None

    def rows(
        self,
        number: int,
        block: Block,
        days: Sequence[Day],
        amounts: Sequence[Amount],
        words: Vocabulary,
        written: Sequence[list[Day] | None],
    ) -> list[bool]:
        """Which rows are lines. `words` is the batch's text, to see that no word needs a look.

        `written` are the date columns: a line whose dates stand merged in the row above gets them.
        """
        dated, priced = all_of(days, date), all_of(amounts, Decimal)
        if dated and priced and not self._cut and not self._words.in_any(words):
            whole = cast(Sequence[Decimal], amounts)
            first = [column[0] for column in block.columns]
            self._add(sum(whole, Decimal(0)), block.size, first)
            self._merged.remember(block.size - 1, written)
            return [True] * block.size
        keep = []
        for position, (row, day, amount) in enumerate(zip(block.rows, days, amounts, strict=True)):
            self._carry = False
            keep.append(self._judge(number + position, row, day, amount))
            if self._carry:
                self._merged.take(position, written)
            elif keep[-1] and isinstance(day, date):
                self._merged.remember(position, written)
            elif not any(text_of(cell).strip() for cell in row):
                self._merged.forget()
        return keep

    def widths(self, number: int, block: Block) -> None:
        """Look at rows with more cells than there are titles."""
        self._cut = self._wide.look(number, block)

    def finish(self) -> None:
        """Report rows without a date, merged dates, and what the printed totals say."""
        if self._undated:
            self._notes.find(
                "tanpa_tanggal",
                f"{len(self._undated)} baris transaksi tidak bertanggal, mulai baris "
                f"{self._undated[0]}. Isi tanggalnya saat memeriksa.",
                row=self._undated[0],
            )
        self._merged.say(self._notes)
        if self._last_total is not None:
            number, printed, summed = self._last_total
            self._notes.find(
                "total_berbeda",
                f"Baris {number} menyebut jumlah {printed}, sedangkan jumlah baris di atasnya "
                f"{summed}. Selisih {printed - summed}.",
                row=number,
                tercetak=str(printed),
                dihitung=str(summed),
            )

    def _add(self, amount: Decimal, count: int, row: Row) -> None:
        self._group += amount
        self._sum += amount
        self._kept += count
        if not self._filled:
            self._filled = self._width(row)

    def _width(self, row: Row) -> int:
        return sum(
            bool(text_of(cell).strip()) for i, cell in enumerate(row) if i not in self._numbers
        )

    def _judge(self, number: int, row: Row, day: Day, amount: Amount) -> bool:
        wrong = self._unread(number, row, day, amount)
        if wrong is not None:
            self._notes.fail(number, wrong, row_text(row), self._sheet.label(number))
            return False
        reason = self._reason(number, row, day, amount)
        if reason is None:
            assert isinstance(amount, Decimal), f"row {number} is a line without an amount"
            self._add(amount, 1, row)
            return True
        self._notes.skip(number, reason, row_text(row), self._sheet.label(number))
        return False

    def _unread(self, number: int, row: Row, day: Day, amount: Amount) -> str | None:
        """What of a transaction nobody can read, None when it is none or can be read."""
        if number in self._cut:
            return "jumlah terpotong oleh koma tanpa tanda kutip"
        if amount is WRONG and _is_dated(day):
            text = self._wrong_text(row)
            digits = any(letter.isdigit() for letter in text)
            return f"jumlah “{text[:40]}” tidak terbaca" if digits else None
        if day is WRONG and isinstance(amount, Decimal):
            return self._wrong_date(row)
        return None

    def _reason(self, number: int, row: Row, day: Day, amount: Amount) -> str | None:
        """Why a row is no line, None when it is one."""
        if not any(text_of(cell).strip() for cell in row):
            return "baris kosong"
        if self._is_title(row):
            return "judul kolom yang berulang"
        dated = _is_dated(day)
        if amount is WRONG:
            return self._wrong_amount(number, row, dated)
        if amount is None:
            return self._no_amount(number, row, dated)
        if dated:
            return self._balance_word(row)
        return self._undated_row(number, row, amount)

    def _is_title(self, row: Row) -> bool:
        if not any(self._titles):
            return False
        cells = [squash(cell) if isinstance(cell, str) else "" for cell in row]
        return any(cells) and cells[: len(self._titles)] == self._titles[: len(cells)]

    def _cell(self, row: Row, *roles: str) -> str:
        for role in roles:
            index = self._layout.columns.get(role)
            if index is not None and index < len(row) and text_of(row[index]).strip():
                return text_of(row[index]).strip()
        return ""

    def _wrong_amount(self, number: int, row: Row, dated: bool) -> str:
        if dated:
            self._notes.find(
                "tanpa_jumlah",
                f"Baris {number} bertanggal tetapi jumlahnya “{self._wrong_text(row)[:40]}”.",
                "salah",
                number,
            )
            return "jumlah bukan angka"
        return "bukan transaksi"

    def _wrong_text(self, row: Row) -> str:
        """The cell among the amount columns that is no amount."""
        cells = [self._cell(row, role) for role in MONEY]
        wrong = [cell for cell in cells if cell and money.take_apart(cell) is None]
        return next(iter(wrong or filter(None, cells)), "")

    def _no_amount(self, number: int, row: Row, dated: bool) -> str:
        if dated and not self._balance_word(row):
            self._notes.find(
                "tanpa_jumlah", f"Baris {number} bertanggal tetapi tanpa jumlah.", row=number
            )
            return "tanpa jumlah"
        return "bukan transaksi: tanpa tanggal dan jumlah"

    def _wrong_date(self, row: Row) -> str | None:
        cells = [self._cell(row, role) for role in DAYS]
        written = [cell for cell in cells if dates.is_numeric_date(cell)]
        written.sort(key=lambda cell: bool(dates.orders_of(cell)))  # what no order can read first
        return f"tanggal “{written[0][:40]}” tidak ada di kalender" if written else None

    def _balance_word(self, row: Row) -> str | None:
        """A dated row is no line only when its text begins with a balance or is a bare total."""
        if self._cell(row, "merchant"):
            return None
        text = self._cell(row, "description")
        group = self._words.find(text)
        if self._starts(text):
            return "saldo pindahan"
        return "total" if group and is_total_of_bill(text) else None

    def _starts(self, text: str) -> bool:
        """Whether a text begins with a balance, also where a PDF has lost its blanks."""
        begins = self._words.find(" ".join(text.split()[:3])) == "saldo"
        return (begins or squash(text).startswith(self._balances)) and len(text) < 60

    def _undated_row(self, number: int, row: Row, amount: Decimal) -> str | None:
        texts = [
            text_of(cell).strip()
            for index, cell in enumerate(row)
            if index not in self._numbers and isinstance(cell, str) and cell.strip()
        ]
        group = next(filter(None, map(self._words.find, texts)), None)
        if self._balance_word(row) == "saldo pindahan":
            return "saldo pindahan"
        whole = self._is_whole(row)
        if whole and (self._is_complete(row) or not self._begins_with_total(texts)):
            return self._whole_row(number, row)
        fits_sum = self._kept > 0 and amount in (self._group, self._sum)
        if not texts or group == "total" or fits_sum:
            return self._subtotal(number, amount)
        if group == "saldo":
            return "saldo pindahan"
        described = self._cell(row, "description", "merchant")
        if described and self._kinds.find(described):
            self._undated.append(number)
            return None
        return "bukan transaksi: tanpa tanggal"

    def _is_whole(self, row: Row) -> bool:
        """Whether a row without a date is filled like the lines, so that only its date is missing.

        One text beside an amount is too little: in a narrow table a subtotal looks the same.
        """
        blank = not self._cell(row, *DAYS)
        wanted = self._filled - (sum(role in self._layout.columns for role in DAYS) if blank else 0)
        named = self._cell(row, "merchant", "description")
        worded = any(map(str.isalpha, named)) or not named.strip("*#•")
        return bool(named) and worded and self._width(row) >= max(0.6 * wanted, 2 if blank else 1.2)

    def _is_complete(self, row: Row) -> bool:
        """Whether nothing but the date is missing that the first line had."""
        days = sum(role in self._layout.columns for role in DAYS)
        return self._width(row) >= max(self._filled - days, 3)

    def _begins_with_total(self, texts: Sequence[str]) -> bool:
        return any(self._words.find(" ".join(text.split()[:2])) is not None for text in texts)

    def _whole_row(self, number: int, row: Row) -> str | None:
        """A line: dated by the row above where its cells are merged, else without a date."""
        described = self._cell(row, "description", "merchant")
        of_bank = self._kinds.find(described) not in (None, "refund")
        self._carry = self._merged.known and not of_bank and not self._cell(row, *DAYS)
        if not self._carry:
            self._undated.append(number)
        return None

    def _subtotal(self, number: int, amount: Decimal) -> str:
        if amount == self._sum:
            self._last_total = None
            self._group = Decimal(0)
            return "total"
        if amount == self._group:
            self._group = Decimal(0)
            return "subtotal"
        self._last_total = (number, amount, self._sum if not self._group else self._group)
        self._group = Decimal(0)
        return "subtotal atau total"


def _is_dated(day: Day) -> bool:
    """Whether a row has its date, or waits for the answer how to read it."""
    return isinstance(day, date) or day is ASKED
