"""One list of purchases written in many ways, as banks and cities write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Table = list[list[str]]


@dataclass(frozen=True)
class Tongue:
    """Titles of date, posting date, merchant, description, amount, currency, card; and more words.

    `places` are the signs for thousands and decimals, `day` a format of strftime.
    """

    titles: tuple[str, ...]
    debit: tuple[str, str]
    total: str
    places: tuple[str, str]
    day: str

    def money(self, amount: Decimal) -> str:
        """The amount with a leading minus."""
        text = f"{abs(amount):,.2f}".replace(",", "\0").replace(".", self.places[1])
        return ("-" if amount < 0 else "") + text.replace("\0", self.places[0])


def _titles(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


TONGUES = {
    "id": Tongue(
        _titles("Tgl Transaksi|Tgl Pembukuan|Merchant|Keterangan|Jumlah (Rp)|Mata Uang|No. Kartu"),
        ("Debet", "Kredit"),
        "Jumlah",
        (".", ","),
        "%d/%m/%Y",
    ),
    "en": Tongue(
        _titles("Trans Date|Post Date|Supplier|Purpose of Expenditure|Value (£)|Ccy|Card No."),
        ("Debit", "Credit"),
        "Total",
        (",", "."),
        "%m/%d/%Y",
    ),
    "de": Tongue(
        _titles("Buchungstag|Wertstellung|Empfänger|Verwendungszweck|Betrag|Währung|Kartennummer"),
        ("Soll", "Haben"),
        "Gesamt",
        (".", ","),
        "%d.%m.%y",
    ),
    "fr": Tongue(
        _titles("Date d'opération|Date de valeur|Commerçant|Libellé|Montant|Devise|No carte"),
        ("Débit", "Crédit"),
        "Total",
        ("\u202f", ","),
        "%d-%m-%Y",
    ),
    "es": Tongue(
        _titles("Fecha|Fecha valor|Comercio|Concepto|Importe|Divisa|Tarjeta"),
        ("Cargo", "Abono"),
        "Total",
        (".", ","),
        "%Y-%m-%d",
    ),
}


@dataclass(frozen=True)
class Purchase:
    """A line as it must come out."""

    day: date
    posted: date
    merchant: str
    text: str
    amount: Decimal
    card: str


def rows(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """The titles and a row a purchase."""
    body = [
        [
            *(f"{one.day:{tongue.day}}", f"{one.posted:{tongue.day}}", one.merchant, one.text),
            *(tongue.money(one.amount), "CAD", f"************{one.card}"),
        ]
        for one in purchases
    ]
    return [list(tongue.titles), *body]


def _total(purchases: Sequence[Purchase], tongue: Tongue) -> str:
    return tongue.money(sum((one.amount for one in purchases), Decimal(0)))


def titled(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """Lines of text above, a total and remarks below."""
    head = [["Pemerintah Kota"], ["Purchase cards 2024"], [], ["Printed", "12/03/2024"]]
    foot = [[], [tongue.total, "", "", "", _total(purchases, tongue)], ["Page 1 of 1"]]
    return [*head, *rows(purchases, tongue), *foot]


def sectioned(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """A part for each ten lines, with its name above, its subtotal below, the titles again."""
    titles, *body = rows(purchases, tongue)
    table: Table = []
    for start in range(0, len(body), 10):
        part = purchases[start : start + 10]
        table += [[f"Cardholder: Person {start}"], titles, *body[start : start + 10]]
        table += [["", "", "", "", _total(part, tongue), "CAD"], []]
    return [*table, [f"Grand {tongue.total}", "", "", "", _total(purchases, tongue)]]


def two_columns(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """Money out and money in apart."""
    titles, *body = rows(purchases, tongue)
    table = [[*titles[:4], *tongue.debit, *titles[5:]]]
    for one, row in zip(purchases, body, strict=True):
        text = tongue.money(abs(one.amount))
        table.append([*row[:4], *((text, "") if one.amount >= 0 else ("", text)), *row[5:]])
    return table


def marked(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """Amounts without a sign, a column that says which way."""
    titles, *body = rows(purchases, tongue)
    table = [[*titles[:5], "D/C", *titles[5:]]]
    for one, row in zip(purchases, body, strict=True):
        mark = "D" if one.amount >= 0 else "C"
        table.append([*row[:4], tongue.money(abs(one.amount)), mark, *row[5:]])
    return table


def merged(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """A date stands once for the lines of its day, as where cells are merged."""
    table = rows(purchases, tongue)
    for above, row in zip(reversed(table[:-1]), reversed(table[1:]), strict=True):
        if above[:2] == row[:2]:
            row[:2] = ["", ""]
    return table


def spread(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """Empty columns left and between, an empty row after each, the columns from right to left."""
    table: Table = []
    for row in rows(purchases, tongue):
        table += [["", *(cell for text in reversed(row) for cell in (text, ""))], [""]]
    return table


def two_title_rows(purchases: Sequence[Purchase], tongue: Tongue) -> Table:
    """Each title's words in two rows."""
    titles, *body = rows(purchases, tongue)
    parts = [title.partition(" ") for title in titles]
    return [[one for one, _, _ in parts], [two for _, _, two in parts], *body]


SHAPES: dict[str, Callable[[Sequence[Purchase], Tongue], Table]] = {
    "plain": rows,
    "titled": titled,
    "sectioned": sectioned,
    "two columns": two_columns,
    "marked": marked,
    "merged": merged,
    "spread": spread,
    "two title rows": two_title_rows,
}


def separated(table: Table, delimiter: str, encoding: str, quoting: int) -> bytes:
    """CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(table)  # type: ignore[arg-type]  # a csv.QUOTE_ constant
    return out.getvalue().encode(encoding)


def workbook(table: Table) -> bytes:
    """XLSX, everything as text, a cover sheet before it."""
    import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("Cover").write_string(0, 0, "Purchase cards")
    sheet = book.add_worksheet("Data")
    for number, row in enumerate(table):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(number, column, text)
    book.close()
    return out.getvalue()


def laid_out(table: Table) -> bytes:
    """Text in columns of blanks."""
    width = max(map(len, table))
    full = [row + [""] * (width - len(row)) for row in table]
    widths = [max(len(row[i]) for row in full) + 2 for i in range(width)]
    lines = ("".join(map(str.ljust, row, widths)).rstrip() for row in full)
    return "\r\n".join(lines).encode()


def xml_page(table: Table) -> bytes:
    """A workbook as one XML page."""
    from xml.sax.saxutils import escape

    cells = (
        "".join(f'<Cell><Data ss:Type="String">{escape(text)}</Data></Cell>' for text in row)
        for row in table
    )
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    body = "".join(f"<Row>{row}</Row>" for row in cells)
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}">'
        f'<Worksheet ss:Name="Data"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode()


def pages(table: Table) -> bytes:
    """A PDF of landscape pages, a running head and a foot on each."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(842, 595), invariant=1)
    for start in range(0, len(table), 25):
        canvas.drawString(30, 580, "City purchase cards 12/03/2024")
        canvas.drawString(400, 20, f"Page {start // 25 + 1} of 9")
        canvas.setFont("Helvetica", 7)
        for number, row in enumerate(table[start : start + 25]):
            for column, text in enumerate(row):
                left = (30, 100, 170, 330, 560, 620, 660, 710)[column]
                draw = canvas.drawRightString if column == 4 else canvas.drawString
                shift = 40 if column == 4 else 0
                draw(left + shift, 560 - 12 * number, text.replace("\u202f", " ")[:34])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


WRITERS: dict[str, Callable[[Table], bytes]] = {
    "comma": lambda table: separated(table, ",", "utf-8", csv.QUOTE_MINIMAL),
    "semicolon, UTF-16": lambda table: separated(table, ";", "utf-16", csv.QUOTE_ALL),
    "tab, BOM": lambda table: separated(table, "\t", "utf-8-sig", csv.QUOTE_MINIMAL),
    "xlsx": workbook,
    "xml": xml_page,
}
