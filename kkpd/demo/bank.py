"""Example bills in the shape that kkpd/data/bank/README.md describes, marked as examples.

No real Bank Sumut bill is public; these are our own reading of kkpd.md 5.3.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from kkpd.domain.money import NOL, Rupiah, total

#: Banks print merchants in capitals, cut to 22 characters with the city behind.
_PANJANG: Final = 22

_KOLOM: Final = (
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
class BarisTagihan:
    """A line as the bank will print it; negative is money back."""

    kartu: str
    transaksi: date
    pembukuan: date
    keterangan: str
    mcc: str
    referensi: str
    nilai: Rupiah


@dataclass(frozen=True, slots=True)
class Tagihan:
    """A month's bill of one OPD."""

    opd: str
    tanggal: date
    jatuh_tempo: date
    lalu: Rupiah
    pembayaran: Rupiah
    baris: tuple[BarisTagihan, ...]

    @property
    def baru(self) -> Rupiah:
        """The sum of the lines."""
        return total(line.nilai for line in self.baris)

    @property
    def total(self) -> Rupiah:
        """previous + new - paid."""
        return self.lalu + self.baru - self.pembayaran


def teks_bank(merchant: str, kota: str = "MEDAN ID") -> str:
    """The merchant as a bank writes it: capitals, common words dropped, cut, the city behind."""
    words = [word for word in merchant.upper().split() if word not in {"CV", "PT", "TOKO"}]
    return f"{' '.join(words)} {kota}"[:_PANJANG].strip()


def rows(tagihan: Tagihan) -> list[list[str]]:
    """The whole sheet as text cells: title, summary, header, lines, total."""
    head = [
        ["BANK SUMUT - CONTOH TAGIHAN KKPD (BUKAN TAGIHAN ASLI)"],
        ["Satuan Kerja", tagihan.opd],
        ["Jenis Tagihan", "Final"],
        ["Tanggal Tagihan", _day(tagihan.tanggal)],
        ["Tanggal Jatuh Tempo", _day(tagihan.jatuh_tempo)],
        ["Tagihan Bulan Lalu", jumlah(tagihan.lalu)],
        ["Pembayaran", jumlah(tagihan.pembayaran)],
        ["Transaksi Baru", jumlah(tagihan.baru)],
        ["Total Tagihan", jumlah(tagihan.total)],
        [],
        list(_KOLOM),
    ]
    lines = [
        [
            f"601301XXXXXX{line.kartu}",
            _day(line.transaksi),
            _day(line.pembukuan),
            line.keterangan,
            line.mcc,
            line.referensi,
            jumlah(abs(line.nilai)),
            "CR" if line.nilai < NOL else "DB",
        ]
        for line in tagihan.baris
    ]
    return [*head, *lines, ["", "", "", "TOTAL", "", "", jumlah(tagihan.baru), ""]]


def csv_bytes(tagihan: Tagihan) -> bytes:
    """The bill as a semicolon CSV in UTF-8 with a byte order mark, as office programs save it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows(tagihan))
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(tagihan: Tagihan) -> bytes:
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
