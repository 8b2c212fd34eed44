"""Budget tables as rows of text become typed lines; every wrong row is told, not only the first.

The shapes are SIPD's: DPA by sub kegiatan, account and fund source; SPD and anggaran kas by month,
either a column a month or a row a month; UP by OPD (kkpd.md 1.5, 3.3).
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
from kkpd.core.indonesian_dates import BULAN
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.reference_row import JUMLAH, BarisAcuan
from kkpd.pagu.budget.codes import rekening_kode, sub_kegiatan_kode

_DESIMAL: Final = re.compile(r"-?\d+\.\d{1,2}", re.ASCII)
_TOTAL: Final = ("jumlah", "total", "grand total")
_KOSONG: Final = (
    "kosong. Tulis 0 bila memang tidak ada; sel rumus baru berisi sesudah berkasnya disimpan "
    "dari aplikasi tabelnya, dan sel yang galat (#REF!) tidak berisi."
)
#: Month names and their short forms -> 1..12.
BULAN_KE: Final = {
    form: number
    for number, name in enumerate(BULAN, 1)
    for form in (name.casefold(), name[:3].casefold(), str(number), f"{number:02d}")
} | {"ags": 8, "agt": 8}
#: The columns of a wide table, one a month.
KOLOM_BULAN: Final = tuple(name.casefold() for name in BULAN)


@dataclass(frozen=True, slots=True)
class Kepala:
    """What a row says about the document it belongs to; empty where the file does not say."""

    opd: str = ""
    nomor: str = ""
    tanggal: str = ""
    versi: str = ""


@dataclass(frozen=True, slots=True)
class BarisDpa:
    """One line of a DPA."""

    nomor: int
    kepala: Kepala
    sub_kegiatan: str
    rekening: str
    sumber_dana: str
    pagu: Rupiah

    @property
    def kunci(self) -> tuple[str, str, str]:
        """What two lines of a DPA may not share."""
        return self.sub_kegiatan, self.rekening, self.sumber_dana

    @property
    def nilai(self) -> Rupiah:
        """The line's amount."""
        return self.pagu


@dataclass(frozen=True, slots=True)
class BarisRencana:
    """One month of one line of an SPD or anggaran kas; `rekening` empty: the whole sub kegiatan."""

    nomor: int
    kepala: Kepala
    sub_kegiatan: str
    rekening: str
    bulan: int
    nilai: Rupiah

    @property
    def kunci(self) -> tuple[str, str, int]:
        """What two lines of one document may not share."""
        return self.sub_kegiatan, self.rekening, self.bulan


Baris = TypeVar("Baris", BarisDpa, BarisRencana)


@dataclass
class Bacaan(Generic[Baris]):
    """The lines read so far, what is wrong, and the sums to compare printed totals with."""

    baris: list[Baris] = field(default_factory=list)
    salah: list[Finding] = field(default_factory=list)
    ada: set[object] = field(default_factory=set)
    #: Sums by (OPD, month), '' and 0 for all of them; and of the lines below the last total row.
    jumlah: Counter[tuple[str, int]] = field(default_factory=Counter)
    bagian: Counter[tuple[str, int]] = field(default_factory=Counter)

    def tolak(self, nomor: int, sentence: str) -> None:
        """One wrong row."""
        message = f"Baris {nomor}: {sentence}"
        self.salah.append(Finding("anggaran:baris", message, "salah", row=nomor))

    def tambah(self, row: Baris, sebutan: str) -> None:
        """Keep the line, unless its key is there already."""
        key = (row.kepala, row.kunci)
        if key in self.ada:
            self.tolak(row.nomor, f"{sebutan} sudah ada di atasnya. Gabungkan kedua baris itu.")
            return
        self.ada.add(key)
        self.baris.append(row)
        months = (0, row.bulan) if isinstance(row, BarisRencana) else (0,)
        for opd in {"", row.kepala.opd}:
            for bulan in months:
                self.jumlah[opd, bulan] += row.nilai.sen
                self.bagian[opd, bulan] += row.nilai.sen


def dpa(rows: Sequence[BarisAcuan]) -> Bacaan[BarisDpa]:
    """Lines of one or more DPAs; a total row must be the sum of the lines above it."""
    found: Bacaan[BarisDpa] = Bacaan()
    for row in rows:
        try:
            pagu = nilai(row, "pagu")
            if _is_total(row):
                _compare(found, row, pagu, *_sums(found, row))
                found.bagian.clear()
                continue
            sub_kegiatan, rekening = sub_kegiatan_kode(row), rekening_kode(row)
            assert rekening
            line = BarisDpa(
                row.nomor, _dated(row), sub_kegiatan, rekening, row["sumber_dana"], pagu
            )
            found.tambah(line, f"{line.sub_kegiatan} {line.rekening} {line.sumber_dana}".strip())
        except DomainError as refusal:
            found.tolak(row.nomor, refusal.message)
    return found


def rencana(rows: Sequence[BarisAcuan]) -> Bacaan[BarisRencana]:
    """Lines of SPDs or of an anggaran kas; row totals and total rows must be sums."""
    found: Bacaan[BarisRencana] = Bacaan()
    for row in rows:
        try:
            months = _months(row)
            if _is_total(row):
                _compare_months(found, row, months)
                found.bagian.clear()
                continue
            _add_months(found, row, months)
        except DomainError as refusal:
            found.tolak(row.nomor, refusal.message)
    return found


def _add_months(found: Bacaan[BarisRencana], row: BarisAcuan, months: dict[int, Rupiah]) -> None:
    sub_kegiatan, rekening = sub_kegiatan_kode(row), rekening_kode(row, wajib=False)
    head = _dated(row)
    if row["jumlah"]:
        _compare(found, row, nilai(row, "jumlah"), total(months.values()))
    for bulan, amount in months.items():
        line = BarisRencana(row.nomor, head, sub_kegiatan, rekening, bulan, amount)
        found.tambah(line, f"{sub_kegiatan} {rekening} bulan {bulan}")


def _compare_months(
    found: Bacaan[BarisRencana], row: BarisAcuan, months: dict[int, Rupiah]
) -> None:
    """A total row: each month's own sum where the table is wide, the sum of all where it is not."""
    if row["jumlah"]:
        _compare(found, row, nilai(row, "jumlah"), *_sums(found, row))
    if row["nilai"]:
        _compare(found, row, nilai(row, "nilai"), *_sums(found, row))
        return
    for bulan, amount in months.items():
        if row[KOLOM_BULAN[bulan - 1]]:
            _compare(found, row, amount, *_sums(found, row, bulan))


def _months(row: BarisAcuan) -> dict[int, Rupiah]:
    """Month -> amount of a row: from `bulan` and `nilai`, or from a column a month."""
    if row["nilai"]:
        if _is_total(row) and not row["bulan"]:
            return {}
        return {bulan_ke(row["bulan"]): nilai(row, "nilai")}
    wide = {
        number: nilai(row, column) if row[column] else NOL
        for number, column in enumerate(KOLOM_BULAN, 1)
        if column in row.nilai
    }
    if not wide and _is_total(row) and row["jumlah"]:
        return {}
    if not wide:
        raise DomainError("tidak ada nilainya. Isi kolom bulan dan nilai, atau kolom tiap bulan.")
    return wide


def bulan_ke(text: str) -> int:
    """1..12 from `3`, `03`, `Mar`, `Maret`."""
    found = BULAN_KE.get(text.strip().casefold())
    if found is None:
        raise DomainError(f"“{text[:20]}” bukan bulan. Tulis 1 sampai 12 atau nama bulannya.")
    return found


def _compare(found: Bacaan[Baris], row: BarisAcuan, printed: Rupiah, *sums: Rupiah) -> None:
    if printed not in sums and not found.salah:  # among wrong rows a sum says nothing
        shown = " atau ".join(f"Rp {one}" for one in dict.fromkeys(sums))
        found.tolak(
            row.nomor,
            f"jumlah tertulis Rp {printed}, penjumlahan barisnya {shown}. "
            "Periksa nilai barisnya, atau perbaiki baris jumlahnya.",
        )


def _sums(found: Bacaan[Baris], row: BarisAcuan, bulan: int = 0) -> tuple[Rupiah, Rupiah]:
    """The lines above a total row, and those below the total before it (a subtotal): of its OPD
    where the row names one, of its month for a month.
    """
    opd = kepala(row).opd
    if row[JUMLAH] and opd.casefold().startswith(_TOTAL):
        opd = ""
    return Rupiah(found.jumlah[opd, bulan]), Rupiah(found.bagian[opd, bulan])


def _is_total(row: BarisAcuan) -> bool:
    codes = f"{row['sub_kegiatan']} {row['rekening']}".strip().casefold()
    return codes.startswith(_TOTAL) or (bool(row[JUMLAH]) and not codes)


def nilai(row: BarisAcuan, column: str) -> Rupiah:
    """A not negative amount: `1.234.567,50`, or `1234567.50` as programs write it."""
    text = row[column]
    try:
        plain = _DESIMAL.fullmatch(text)
        amount = Rupiah.from_decimal(Decimal(text)) if plain else Rupiah.parse(text)
    except DomainError as error:
        said = error.message if text else _KOSONG
        raise DomainError(f"kolom {column}: {said}", field=column) from error
    if amount < NOL:
        raise DomainError(f"{column} tidak boleh negatif.", field=column)
    return amount


def kepala(row: BarisAcuan) -> Kepala:
    """Which document the row belongs to."""
    return Kepala(row["unit"] or row["opd"], row["nomor"], row["tanggal"], row["versi"].casefold())


def _dated(row: BarisAcuan) -> Kepala:
    """The same, its day one that there is."""
    head = kepala(row)
    if head.tanggal:
        hari(head.tanggal)
    return head


def dalam_tahun(hari: date, tahun: int) -> date:
    """The day of a document of that budget year: of the year itself, or of the one before it."""
    if hari.year not in (tahun - 1, tahun):
        raise DomainError(
            f"tanggal {hari:%d-%m-%Y} bukan tanggal dokumen anggaran {tahun}. "
            "Periksa tahunnya, dan tahun anggaran yang Anda sebut.",
            field="tanggal",
        )
    return hari


def hari(text: str) -> date:
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
