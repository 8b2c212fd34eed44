"""Rows of text from budget tables become typed lines; every wrong row is listed, not only the
first.

The layouts are SIPD's: DPA by sub kegiatan, account and fund source; SPD and anggaran kas with one
column or one row per month; UP by OPD (kkpd.md 1.5, 3.3).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Generic, TypeVar

from kkpd.core.errors import DomainError, Finding
from kkpd.core.moments import MONTHS
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.reference_row import TOTAL_MARK, ReferenceRow

_REKENING: Final = re.compile(r"[1-9]\.\d\.\d{2}\.\d{2}\.\d{2}\.\d{4}", re.ASCII)
_SUB_KEGIATAN: Final = re.compile(r"[\dX]\.[\dX]{2}\.\d{2}\.\d\.\d{2}\.\d{2,4}", re.ASCII)
_WIDTH: Final = {"rekening": (1, 1, 2, 2, 2, 4), "sub_kegiatan": (1, 2, 2, 1, 2, 4)}
#: The advice for an unknown code.
_WITHOUT_CODE: Final = (
    "Isi pada setiap baris; sel gabungan hanya berisi pada baris pertamanya. Baris penjumlahan "
    "menyebut dirinya Jumlah atau Total."
)


def rekening_code(row: ReferenceRow, *, required: bool = True) -> str:
    """The level-6 code, dotted, four digits at the end; a name behind it is dropped."""
    code = _code(row["rekening"], "rekening")
    if not code and not required:
        return ""
    if not code:
        raise DomainError(f"kolom rekening kosong, bukan kode rekening tingkat 6. {_WITHOUT_CODE}")
    head, _, tail = code.rpartition(".")
    code = f"{head}.{tail:0>4}" if head else code
    if not _REKENING.fullmatch(code):
        raise DomainError(
            f"“{row['rekening'][:40]}” bukan kode rekening tingkat 6, mis. 5.1.02.01.01.0024."
        )
    return code


def sub_kegiatan_code(row: ReferenceRow) -> str:
    """The sub kegiatan's code, dotted; a name behind it is dropped."""
    code = _code(row["sub_kegiatan"], "sub_kegiatan")
    if not code:
        raise DomainError(f"kolom sub_kegiatan kosong, bukan kode sub kegiatan. {_WITHOUT_CODE}")
    if not _SUB_KEGIATAN.fullmatch(code):
        raise DomainError(
            f"“{row['sub_kegiatan'][:40]}” bukan kode sub kegiatan, mis. 1.02.02.2.02.0010."
        )
    return code


def _code(text: str, jenis: str) -> str:
    """The first word; twelve characters without dots get their dots (kkpd.md 3.1, 3.3)."""
    word = (text.split() or [""])[0].strip(".")
    widths = _WIDTH[jenis]
    if "." in word or len(word) != sum(widths):
        return word
    starts = [sum(widths[:at]) for at in range(len(widths))]
    return ".".join(word[at : at + width] for at, width in zip(starts, widths, strict=True))


_DECIMAL: Final = re.compile(r"-?\d+\.\d{1,2}", re.ASCII)
_TOTAL: Final = ("jumlah", "total", "grand total")
_EMPTY: Final = (
    "kosong. Tulis 0 bila memang tidak ada; sel rumus baru berisi sesudah berkasnya disimpan "
    "dari aplikasi tabelnya, dan sel yang galat (#REF!) tidak berisi."
)
#: Month names and their short forms -> 1..12.
MONTH_NUMBERS: Final = {
    form: number
    for number, name in enumerate(MONTHS, 1)
    for form in (name.casefold(), name[:3].casefold(), str(number), f"{number:02d}")
} | {"ags": 8, "agt": 8}
#: The columns of a wide table, one a month.
MONTH_COLUMNS: Final = tuple(name.casefold() for name in MONTHS)


@dataclass(frozen=True, slots=True)
class BudgetHead:
    """The document that a row belongs to; fields are empty where the file does not say."""

    opd: str = ""
    nomor: str = ""
    tanggal: str = ""
    versi: str = ""


@dataclass(frozen=True, slots=True)
class DpaLine:
    """One line of a DPA."""

    nomor: int
    header: BudgetHead
    sub_kegiatan: str
    rekening: str
    sumber_dana: str
    pagu: Rupiah

    @property
    def kunci(self) -> tuple[str, str, str]:
        """The key of a line, unique within a DPA."""
        return self.sub_kegiatan, self.rekening, self.sumber_dana

    @property
    def nilai(self) -> Rupiah:
        """The line's amount."""
        return self.pagu


@dataclass(frozen=True, slots=True)
class FundPlanLine:
    """One month of one line of an SPD or anggaran kas; `rekening` empty: the whole sub kegiatan."""

    nomor: int
    header: BudgetHead
    sub_kegiatan: str
    rekening: str
    bulan: int
    nilai: Rupiah

    @property
    def kunci(self) -> tuple[str, str, int]:
        """The key of a line, unique within a document."""
        return self.sub_kegiatan, self.rekening, self.bulan


Row = TypeVar("Row", DpaLine, FundPlanLine)


@dataclass
class BudgetReading(Generic[Row]):
    """The lines read so far, the errors, and the sums to compare with printed totals."""

    baris: list[Row] = field(default_factory=list)
    mistakes: list[Finding] = field(default_factory=list)
    present: set[object] = field(default_factory=set)
    #: Sums by (OPD, month), '' and 0 for all of them; and of the lines below the last total row.
    jumlah: Counter[tuple[str, int]] = field(default_factory=Counter)
    bagian: Counter[tuple[str, int]] = field(default_factory=Counter)

    def refuse(self, nomor: int, sentence: str) -> None:
        """One wrong row."""
        message = f"Baris {nomor}: {sentence}"
        self.mistakes.append(Finding("anggaran:baris", message, "salah", row=nomor))

    def add_in(self, row: Row, label_text: str) -> None:
        """Add the line; a duplicate key is an error."""
        key = (row.header, row.kunci)
        if key in self.present:
            self.refuse(row.nomor, f"{label_text} sudah ada di atasnya. Gabungkan kedua baris itu.")
            return
        self.present.add(key)
        self.baris.append(row)
        months = (0, row.bulan) if isinstance(row, FundPlanLine) else (0,)
        for opd in {"", row.header.opd}:
            for bulan in months:
                self.jumlah[opd, bulan] += row.nilai.sen
                self.bagian[opd, bulan] += row.nilai.sen


def dpa(rows: Sequence[ReferenceRow]) -> BudgetReading[DpaLine]:
    """Lines of one or more DPAs; a total row must be the sum of the lines above it."""
    found: BudgetReading[DpaLine] = BudgetReading()
    for row in rows:
        try:
            pagu = nilai(row, "pagu")
            if _is_total(row):
                _compare(found, row, pagu, *_sums(found, row))
                found.bagian.clear()
                continue
            sub_kegiatan, rekening = sub_kegiatan_code(row), rekening_code(row)
            assert rekening
            line = DpaLine(row.nomor, _dated(row), sub_kegiatan, rekening, row["sumber_dana"], pagu)
            found.add_in(line, f"{line.sub_kegiatan} {line.rekening} {line.sumber_dana}".strip())
        except DomainError as refusal:
            found.refuse(row.nomor, refusal.message)
    return found


def plan(rows: Sequence[ReferenceRow]) -> BudgetReading[FundPlanLine]:
    """Lines of SPDs or of an anggaran kas; row totals and total rows must be sums."""
    found: BudgetReading[FundPlanLine] = BudgetReading()
    for row in rows:
        try:
            months = _months(row)
            if _is_total(row):
                _compare_months(found, row, months)
                found.bagian.clear()
                continue
            _add_months(found, row, months)
        except DomainError as refusal:
            found.refuse(row.nomor, refusal.message)
    return found


def _add_months(
    found: BudgetReading[FundPlanLine], row: ReferenceRow, months: dict[int, Rupiah]
) -> None:
    sub_kegiatan, rekening = sub_kegiatan_code(row), rekening_code(row, required=False)
    head = _dated(row)
    if row["jumlah"]:
        _compare(found, row, nilai(row, "jumlah"), total(months.values()))
    for bulan, amount in months.items():
        line = FundPlanLine(row.nomor, head, sub_kegiatan, rekening, bulan, amount)
        found.add_in(line, f"{sub_kegiatan} {rekening} bulan {bulan}")


def _compare_months(
    found: BudgetReading[FundPlanLine], row: ReferenceRow, months: dict[int, Rupiah]
) -> None:
    """A total row: each month's own sum where the table is wide, the sum of all where it is not."""
    if row["jumlah"]:
        _compare(found, row, nilai(row, "jumlah"), *_sums(found, row))
    if row["nilai"]:
        _compare(found, row, nilai(row, "nilai"), *_sums(found, row))
        return
    for bulan, amount in months.items():
        if row[MONTH_COLUMNS[bulan - 1]]:
            _compare(found, row, amount, *_sums(found, row, bulan))


def _months(row: ReferenceRow) -> dict[int, Rupiah]:
    """Month -> amount of a row: from `bulan` and `nilai`, or from a column a month."""
    if row["nilai"]:
        if _is_total(row) and not row["bulan"]:
            return {}
        return {month_number(row["bulan"]): nilai(row, "nilai")}
    wide = {
        number: nilai(row, column) if row[column] else ZERO
        for number, column in enumerate(MONTH_COLUMNS, 1)
        if column in row.nilai
    }
    if not wide and _is_total(row) and row["jumlah"]:
        return {}
    if not wide:
        raise DomainError("tidak ada nilainya. Isi kolom bulan dan nilai, atau kolom tiap bulan.")
    return wide


def month_number(text: str) -> int:
    """1..12 from `3`, `03`, `Mar`, `Maret`."""
    found = MONTH_NUMBERS.get(text.strip().casefold())
    if found is None:
        raise DomainError(f"“{text[:20]}” bukan bulan. Tulis 1 sampai 12 atau nama bulannya.")
    return found


def _compare(found: BudgetReading[Row], row: ReferenceRow, printed: Rupiah, *sums: Rupiah) -> None:
    if printed not in sums and not found.mistakes:  # with wrong rows a sum means nothing
        shown = " atau ".join(f"Rp {one}" for one in dict.fromkeys(sums))
        found.refuse(
            row.nomor,
            f"jumlah tertulis Rp {printed}, penjumlahan barisnya {shown}. "
            "Periksa nilai barisnya, atau perbaiki baris jumlahnya.",
        )


def _sums(found: BudgetReading[Row], row: ReferenceRow, bulan: int = 0) -> tuple[Rupiah, Rupiah]:
    """The lines above a total row, and those below the total before it (a subtotal): of its OPD
    where the row names one, of its month for a month.
    """
    opd = header(row).opd
    if row[TOTAL_MARK] and opd.casefold().startswith(_TOTAL):
        opd = ""
    return Rupiah(found.jumlah[opd, bulan]), Rupiah(found.bagian[opd, bulan])


def _is_total(row: ReferenceRow) -> bool:
    codes = f"{row['sub_kegiatan']} {row['rekening']}".strip().casefold()
    return codes.startswith(_TOTAL) or (bool(row[TOTAL_MARK]) and not codes)


def nilai(row: ReferenceRow, column: str) -> Rupiah:
    """An amount of zero or more: `1.234.567,50`, or `1234567.50` as programs write it."""
    text = row[column]
    try:
        plain = _DECIMAL.fullmatch(text)
        amount = Rupiah.from_decimal(Decimal(text)) if plain else Rupiah.parse(text)
    except DomainError as error:
        said = error.message if text else _EMPTY
        raise DomainError(f"kolom {column}: {said}", field=column) from error
    if amount < ZERO:
        raise DomainError(f"{column} tidak boleh negatif.", field=column)
    return amount


def header(row: ReferenceRow) -> BudgetHead:
    """Which document the row belongs to."""
    return BudgetHead(
        row["unit"] or row["opd"], row["nomor"], row["tanggal"], row["versi"].casefold()
    )


def _dated(row: ReferenceRow) -> BudgetHead:
    """The same, with a valid date."""
    head = header(row)
    if head.tanggal:
        day(head.tanggal)
    return head


def of_budget_year(day: date, tahun: int) -> date:
    """The day of a document of that budget year: of the year itself, or of the one before it."""
    if day.year not in (tahun - 1, tahun):
        raise DomainError(
            f"tanggal {day:%d-%m-%Y} bukan tanggal dokumen anggaran {tahun}. "
            "Periksa tahunnya, dan tahun anggaran yang Anda sebut.",
            field="tanggal",
        )
    return day


def day(text: str) -> date:
    """A day as `2026-01-31` or `31/01/2026`."""
    day = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text.strip(), re.ASCII)
    try:
        if day:
            return date(int(day[3]), int(day[2]), int(day[1]))
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise DomainError(
            f"“{text[:20]}” bukan tanggal. Tulis seperti 31/01/2026 atau 2026-01-31."
        ) from error
