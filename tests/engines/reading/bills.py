"""Bills in the Bank Sumut/BNI shape (`kkpd/data/bank/README.md`) as CSV, XLSX and PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

TITLES = (
    "Tgl Transaksi",
    "Tgl Pembukuan",
    "Nomor Kartu",
    "No Referensi",
    "Keterangan",
    "MCC",
    "Mata Uang",
    "Jumlah (Rp)",
    "DB/CR",
)


@dataclass(frozen=True)
class Item:
    """One line of a bill; a negative amount is printed with CR."""

    day: date
    amount: Decimal
    text: str
    posted: date | None = None
    card: str = "512345******1234"
    reference: str = ""
    mcc: str = ""


@dataclass(frozen=True)
class BillSheet:
    """What the bank prints: the summary above and the lines below."""

    items: Sequence[Item]
    bill_date: date = date(2025, 3, 25)
    due_date: date = date(2025, 4, 14)
    kind: str = "e-Billing (final)"
    opd: str = "DINAS KESEHATAN"
    previous: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    stamp_duty: Decimal = Decimal(0)
    card: str | None = None
    extra: Sequence[Sequence[str]] = field(default_factory=tuple)

    @property
    def new_charges(self) -> Decimal:
        """Everything on the lines but stamp duty and payments."""
        lines = [item for item in self.items if not _paid(item) and not _stamp(item)]
        return sum((item.amount for item in lines), Decimal(0))

    @property
    def total_due(self) -> Decimal:
        return self.previous - self.paid + self.new_charges + self.stamp_duty

    def rows(self) -> list[list[str]]:
        """The whole sheet as text cells, as wide as the table."""
        head = [
            ["PT BANK SUMUT - KARTU KREDIT PEMERINTAH DAERAH"],
            ["Jenis Tagihan", self.kind],
            ["Satuan Kerja", self.opd],
            *([["Nomor Kartu", self.card]] if self.card else []),
            ["Tanggal Tagihan", day(self.bill_date)],
            ["Tanggal Jatuh Tempo", day(self.due_date)],
            ["Tagihan Bulan Lalu", money(self.previous)],
            ["Pembayaran", money(self.paid)],
            ["Transaksi Baru", money(self.new_charges)],
            ["Bea Meterai", money(self.stamp_duty)],
            ["Total Tagihan", money(self.total_due)],
            [],
            list(TITLES),
            ["", "", "", "", "SALDO PINDAHAN", "", "", money(self.previous), ""],
        ]
        lines = [
            [
                day(item.day),
                day(item.posted or item.day),
                item.card,
                item.reference,
                item.text,
                item.mcc,
                "IDR",
                money(abs(item.amount)),
                "CR" if item.amount < 0 else "DB",
            ]
            for item in self.items
        ]
        total = sum((item.amount for item in self.items), Decimal(0))
        foot = [["", "", "", "", "JUMLAH", "", "", money(total), ""]]
        rows = [*head, *lines, *map(list, self.extra), *foot]
        return [row + [""] * (len(TITLES) - len(row)) for row in rows]


def _paid(item: Item) -> bool:
    return "PEMBAYARAN" in item.text


def _stamp(item: Item) -> bool:
    return "METERAI" in item.text


def day(value: date) -> str:
    """dd/mm/yyyy."""
    return value.strftime("%d/%m/%Y")


def money(value: Decimal) -> str:
    """`1.234.567,89`."""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def as_csv(bill: BillSheet, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(bill.rows())
    return text.getvalue().encode(encoding)


def as_xlsx(bill: BillSheet, *, typed: bool = True) -> bytes:
    """Typed: real dates and numbers in the table, as a portal would export; else all text."""
    import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Tagihan")
    items = iter(bill.items)
    for number, row in enumerate(bill.rows()):
        item = next(items) if typed and row[8] else None
        for column, text in enumerate(row):
            if item is None or row == list(TITLES):
                sheet.write_string(number, column, text)
            elif column in (0, 1):
                value = item.day if column == 0 else item.posted or item.day
                sheet.write_datetime(number, column, value, days)
            elif column == 7:
                sheet.write_number(number, column, float(abs(item.amount)))
            else:
                sheet.write_string(number, column, text)
        if row == list(TITLES):
            items = iter(bill.items)
    book.close()
    return data.getvalue()


def as_pdf(bill: BillSheet, per_page: int = 30) -> bytes:
    """The same sheet on A4 pages, the titles repeated and a carried-forward line on each."""
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(842, 595), invariant=1)
    left = (30, 100, 170, 290, 370, 560, 600, 640, 790)
    rows = bill.rows()
    start = next(n for n, row in enumerate(rows) if row == list(TITLES))
    y = 560.0
    for row in rows[:start]:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(30, y, row[0])
        canvas.drawString(170, y, row[1])
        y -= 12
    table, shown = rows[start:], 0
    while shown < len(table):
        for row in table[shown : shown + per_page]:
            _draw(canvas, left, y, row)
            y -= 12
        shown += per_page
        if shown < len(table):
            carried = ["", "", "", "", "DIPINDAHKAN KE HALAMAN BERIKUTNYA", "", "", "1.000,00", ""]
            _draw(canvas, left, y, carried)
            canvas.showPage()
            y = 560.0
            _draw(canvas, left, y, list(TITLES))
            y -= 12
    canvas.save()
    return data.getvalue()


def _draw(canvas: object, left: Sequence[int], y: float, row: Sequence[str]) -> None:
    from reportlab.pdfgen.canvas import Canvas

    assert isinstance(canvas, Canvas)
    canvas.setFont("Helvetica", 7)
    for index, (x, text) in enumerate(zip(left, row, strict=True)):
        if index == 7:
            canvas.drawRightString(780, y, text)
        else:
            canvas.drawString(x, y, text)
