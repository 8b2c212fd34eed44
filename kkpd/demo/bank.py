"""Example bills in the layout of kkpd/data/bank/README.md, marked as examples.

No real Bank Sumut bill is public; these are our own reading of kkpd.md 5.3.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from kkpd.core.money import ZERO, Rupiah, total

#: Banks print merchants in capitals, cut to 22 characters, followed by the city.
_LONGEST: Final = 22

_COLUMNS: Final = (
    "Nomor Kartu",
    "Tgl Transaksi",
    "Tgl Pembukuan",
    "Keterangan",
    "MCC",
    "No Referensi",
    "Jumlah (Rp)",
    "DB/CR",
)


@dataclass(frozen=True, slots=True)
class DemoBillLine:
    """A line as the bank will print it; negative is money back."""

    kartu: str
    transaksi: date
    posted_on: date
    keterangan: str
    mcc: str
    referensi: str
    nilai: Rupiah


@dataclass(frozen=True, slots=True)
class DemoBill:
    """A month's bill of one OPD."""

    opd: str
    tanggal: date
    jatuh_tempo: date
    previous: Rupiah
    pembayaran: Rupiah
    baris: tuple[DemoBillLine, ...]
    printed_totals: Rupiah | None = None

    @property
    def baru(self) -> Rupiah:
        """The sum of the lines, of the whole bill where this is a part of its lines."""
        summed = total(line.nilai for line in self.baris)
        return summed if self.printed_totals is None else self.printed_totals

    @property
    def total(self) -> Rupiah:
        """previous + new - paid."""
        return self.previous + self.baru - self.pembayaran


def bank_text(merchant: str, city: str = "MEDAN ID") -> str:
    """The merchant as a bank writes it: capitals, without common words, cut, with the city."""
    words = [word for word in merchant.upper().split() if word not in {"CV", "PT", "TOKO"}]
    return f"{' '.join(words)} {city}"[:_LONGEST].strip()


def berkas(tagihan: DemoBill) -> list[DemoBill]:
    """The same bill in two files, each with the full head and half of the lines."""
    half = len(tagihan.baris) // 2
    parts = tagihan.baris[:half], tagihan.baris[half:]
    return [replace(tagihan, baris=lines, printed_totals=tagihan.baru) for lines in parts]


def interim_csv(baris: Iterable[DemoBillLine]) -> bytes:
    """An interim list: no head, no posting days, no references yet."""
    lines = [replace(line, referensi="") for line in baris]
    cells = [list(_COLUMNS), *_lines(lines)]
    for row in cells[1:]:
        row[_COLUMNS.index("Tgl Pembukuan")] = ""
    return _csv(cells)


def rows(tagihan: DemoBill) -> list[list[str]]:
    """The whole sheet as text cells: title, summary, header, lines, total."""
    head = [
        ["BANK SUMUT - CONTOH TAGIHAN KKPD (BUKAN TAGIHAN ASLI)"],
        ["Satuan Kerja", tagihan.opd],
        ["Jenis Tagihan", "Final"],
        ["Tanggal Tagihan", _day(tagihan.tanggal)],
        ["Tanggal Jatuh Tempo", _day(tagihan.jatuh_tempo)],
        ["Tagihan Bulan Lalu", jumlah(tagihan.previous)],
        ["Pembayaran", jumlah(tagihan.pembayaran)],
        ["Transaksi Baru", jumlah(tagihan.baru)],
        ["Total Tagihan", jumlah(tagihan.total)],
        [],
        list(_COLUMNS),
    ]
    summed = jumlah(total(line.nilai for line in tagihan.baris))
    return [*head, *_lines(tagihan.baris), ["", "", "", "TOTAL", "", "", summed, ""]]


def _lines(baris: Iterable[DemoBillLine]) -> list[list[str]]:
    return [
        [
            f"601301XXXXXX{line.kartu}",
            _day(line.transaksi),
            _day(line.posted_on),
            line.keterangan,
            line.mcc,
            line.referensi,
            jumlah(abs(line.nilai)),
            "CR" if line.nilai < ZERO else "DB",
        ]
        for line in baris
    ]


def csv_bytes(tagihan: DemoBill) -> bytes:
    """The bill as a semicolon CSV in UTF-8 with a byte order mark, as office programs save it."""
    return _csv(rows(tagihan))


def _csv(cells: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(cells)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(tagihan: DemoBill) -> bytes:
    """The bill as a workbook with one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Tagihan")
        for number, cells in enumerate(rows(tagihan)):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell)
    return out.getvalue()


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def jumlah(amount: Rupiah) -> str:
    """The amount as the bank prints it, always with two digits of sen."""
    return f"{amount}" if "," in f"{amount}" else f"{amount},00"
