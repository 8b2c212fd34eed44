"""A made-up bill of any length as CSV and XLSX: 12 columns, `1.234.567,89`, masked cards."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

TITLES = (
    *("Tgl Transaksi", "Tgl Pembukuan", "Nomor Kartu", "No Referensi", "Keterangan", "Merchant"),
    *("MCC", "Mata Uang", "Jumlah (Rp)", "DB/CR", "Kota", "Terminal"),
)


def rows(count: int, *, by_day: bool = False) -> Iterator[list[str]]:
    """A bill's rows, the same for the same count: each in another day, or as banks export them."""
    start = date(2025, 1, 1)
    for n in range(count):
        day = start + timedelta(days=n * 365 // count if by_day else n % 365)
        amount = f"{1000 + n * 7919 % 99_999_999:,}".replace(",", ".") + f",{n % 100:02d}"
        yield [
            day.strftime("%d/%m/%Y"),
            (day + timedelta(days=1)).strftime("%d/%m/%Y"),
            f"512345******{n % 300:04d}",
            f"REF{n:010d}",
            f"PEMBELIAN KE {n} DI TOKO",
            f"TOKO {n % 5000} MEDAN",
            str(5000 + n % 900),
            "IDR",
            amount,
            "DB" if n % 50 else "CR",
            "MEDAN",
            f"T{n % 777:08d}",
        ]


def as_csv(count: int, *, by_day: bool = False) -> bytes:
    """The bill as CSV."""
    data = io.BytesIO()
    with io.TextIOWrapper(data, "utf-8", newline="", write_through=True) as text:
        csv.writer(text, delimiter=";").writerows(chain([TITLES], rows(count, by_day=by_day)))
        return data.getvalue()


def as_xlsx(count: int) -> bytes:
    """The bill as a workbook."""
    import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(chain([TITLES], rows(count))):
        sheet.write_row(number, 0, row)
    book.close()
    return data.getvalue()
