"""Line or not: titles, subtotals, totals, balances carried forward, empty rows, wrong cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kkpd.engines.reading.cells import amounts as money
from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import ASKED, WRONG, Amount
from kkpd.engines.reading.cells.dates import Day
from kkpd.engines.reading.profile import DAYS, MONEY, Profile, WordFinder, is_total_of_bill, squash
from kkpd.engines.reading.statement import Notes, Row, Sheet, row_text, text_of
from kkpd.engines.reading.tables.layout import Layout

_EXTRA_KINDS = ("meterai", "biaya", "pembayaran", "refund")
_NOT_TEXT = (
    *("amount", "debit", "credit", "sign", "currency", "balance"),
    *("original_amount", "original_currency"),
)
#: Longer names of a balance are known without their blanks too.
_LONG = 10
_CUT, _CUT_OFF = re.compile(r"\D{0,4}\d{1,3}"), re.compile(r"\d{3}(?:\.\d*)?")

#: The dates of a row by role; a role is missing where the table has no such column.
Days = dict[str, Day]


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
        self._undated: list[int] = []
        self._above: Days = {}
        self._carried = 0
        self._carry = False
        self._wide_said = self._half_said = False
        self._last_total: tuple[int, Decimal, Decimal, bool] | None = None
        self._proven = 0
        self._begins: dict[str, bool] = {}

    def is_line(self, number: int, row: Row, days: Days, amount: Amount) -> bool:
        """Whether a row is a line. One whose dates stand merged in the row above gets them."""
        cut = self._is_cut(number, row)
        self._say_half_dated(number, days)
        self._carry = False
        day = self._day(row, days)
        kept = self._judge(number, row, day, amount, cut)
        if self._carry:
            self._carried += 1
            days |= {role: self._above[role] for role in days if not isinstance(days[role], date)}
        elif kept and isinstance(day, date):
            self._above = dict(days)
        elif not kept and is_blank(row):
            self._above = {}
        return kept

    def _day(self, row: Row, days: Days) -> Day:
        """The first date, else the second; a day that no calendar has makes either WRONG."""
        one, other = (*days.values(), None)[:2]
        if len(days) < 2 or (isinstance(one, date) and isinstance(other, date)):
            return one
        for role, day in days.items():
            if day is WRONG and dates.is_numeric_date(self._cell(row, role)):
                return WRONG
        return one if isinstance(one, date) or one is ASKED or other is None else other

    def _is_cut(self, number: int, row: Row) -> bool:
        """Whether a comma without quotes cut the amount: the row has more cells than titles."""
        width = len(self._layout.titles)
        if not width or len(row) <= width or is_blank(row[width:]):
            return False
        index = self._layout.columns.get("amount", len(row))
        amount, cut = (text_of(cell).strip() for cell in (*row[index : index + 2], "", "")[:2])
        if _CUT_OFF.fullmatch(cut) and _CUT.fullmatch(amount):
            return True
        if not self._wide_said:
            self._wide_said = True
            self._notes.find(
                "kolom_berlebih",
                f"Baris {number} mempunyai lebih banyak kolom daripada judulnya.",
                row=number,
            )
        return False

    def _say_half_dated(self, number: int, days: Days) -> None:
        """Say once that one of two dates cannot be read; the row is dated by the other."""
        read = days.values()
        if not self._half_said and WRONG in read and any(isinstance(day, date) for day in read):
            self._half_said = True
            self._notes.find(
                "tanggal_tidak_terbaca",
                f"Baris {number}: satu dari dua tanggalnya tidak terbaca, "
                "baris memakai tanggal yang lain.",
                row=number,
            )

    def finish(self) -> None:
        """Report rows without a date, merged dates, and what the printed totals say."""
        if self._undated:
            self._notes.find(
                "tanpa_tanggal",
                f"{len(self._undated)} baris transaksi tidak bertanggal, mulai baris "
                f"{self._undated[0]}. Isi tanggalnya saat memeriksa.",
                row=self._undated[0],
            )
        if self._carried:
            self._notes.find(
                "tanggal_digabung",
                f"{self._carried} baris tanpa tanggal sendiri memakai tanggal baris di atasnya, "
                "sebagaimana sel yang digabung.",
                "info",
            )
        if self._last_total is not None:
            number, printed, summed, labelled = self._last_total
            tell = self._notes.doubt if labelled else self._notes.find
            tell(
                "total_berbeda",
                f"Baris {number} menyebut jumlah {money.written(printed)}, sedangkan jumlah baris "
                f"di atasnya {money.written(summed)}. Selisih {money.written(printed - summed)}.",
                row=number,
                tercetak=str(printed),
                dihitung=str(summed),
            )
        elif self._proven:
            self._notes.proofs.append(f"jumlah pada baris {self._proven} cocok")

    def _width(self, row: Row) -> int:
        return sum(
            bool(text_of(cell).strip()) for i, cell in enumerate(row) if i not in self._numbers
        )

    def _judge(self, number: int, row: Row, day: Day, amount: Amount, cut: bool) -> bool:
        wrong = self._unread(row, day, amount, cut)
        if wrong is not None:
            self._notes.fail(number, wrong, row_text(row), self._sheet.label(number))
            return False
        reason = self._reason(number, row, day, amount)
        if reason is None:
            assert isinstance(amount, Decimal), f"row {number} is a line without an amount"
            self._group += amount
            self._sum += amount
            self._kept += 1
            self._filled = self._filled or self._width(row)
            return True
        self._notes.skip(number, reason, row_text(row), self._sheet.label(number))
        return False

    def _unread(self, row: Row, day: Day, amount: Amount, cut: bool) -> str | None:
        """What of a transaction nobody can read, None when it is none or can be read."""
        if cut:
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
        dated = _is_dated(day)
        if dated and isinstance(amount, Decimal):
            return self._balance_word(row)
        if is_blank(row):
            return "baris kosong"
        if self._is_title(row):
            return "judul kolom yang berulang"
        if amount is WRONG:
            return self._wrong_amount(number, row, dated)
        if amount is None:
            return self._no_amount(number, row, dated)
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
        if self._starts(text):
            return "saldo pindahan"
        return "total" if is_total_of_bill(text) and self._words.find(text) else None

    def _starts(self, text: str) -> bool:
        """Whether a text begins with a balance, also where a PDF has lost its blanks."""
        if text not in self._begins:
            begins = self._words.find(" ".join(text.split()[:3])) == "saldo"
            begins = begins or squash(text).startswith(self._balances)
            self._begins[text] = begins and len(text) < 60
        return self._begins[text]

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
            return self._subtotal(number, amount, group == "total")
        if group == "saldo":
            return "saldo pindahan"
        described = self._cell(row, "description", "merchant")
        if described and self._kinds.find(described):
            self._undated.append(number)
            return None
        return "bukan transaksi: tanpa tanggal"

    def _is_whole(self, row: Row) -> bool:
        """Whether a row without a date is filled like the lines, not one text and an amount."""
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
        known = any(isinstance(day, date) for day in self._above.values())
        self._carry = known and not of_bank and not self._cell(row, *DAYS)
        if not self._carry:
            self._undated.append(number)
        return None

    def _subtotal(self, number: int, amount: Decimal, labelled: bool) -> str:
        if abs(amount) == abs(self._sum):
            self._last_total, self._proven = None, number
            self._group = Decimal(0)
            return "total"
        if abs(amount) == abs(self._group):
            self._group = Decimal(0)
            return "subtotal"
        summed = self._group or self._sum
        self._last_total = number, amount, summed, labelled
        self._group = Decimal(0)
        return "subtotal atau total"


def _is_dated(day: Day) -> bool:
    """Whether a row has its date, or waits for the answer how to read it."""
    return isinstance(day, date) or day is ASKED


def is_blank(row: Row) -> bool:
    """Whether no cell holds anything."""
    return not any(text_of(cell).strip() for cell in row)
