"""Pages of a PDF as they are drawn: turned, marked across, letters drawn twice, pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import parse

_ROWS = (
    ("Tanggal Transaksi", "Tanggal Posting", "Keterangan", "Jumlah"),
    ("13/02/2026", "14/02/2026", "SPBU 14.201 LUBUK PAKAM", "250.000,00"),
    ("15/02/2026", "15/02/2026", "HOTEL", "1.250.000,50"),
    ("27/02/2026", "28/02/2026", "TOKO BUKU", "75.000,00"),
)
_SUM = Decimal("1575000.50")

Draw = Callable[[Canvas], object]


def rows(canvas: Canvas, size: float = 8) -> None:
    """The table as if on a page 600 points wide and high; the first titles nearly touch."""
    canvas.setFont("Helvetica", size)
    for number, (first, second, text, amount) in enumerate(_ROWS):
        top = 500 - number * 14
        canvas.drawString(60, top, first)
        canvas.drawString(128, top, second)
        canvas.drawString(200, top, text)
        canvas.drawRightString(520, top, amount)


def drawn(*draws: Draw) -> bytes:
    """A PDF with each drawing on a page of its own."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(600, 600), invariant=True)
    for draw in draws:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def turned(canvas: Canvas, quarter: int) -> None:
    canvas.translate(300, 300)
    canvas.rotate(90 * quarter)
    canvas.translate(-300, -300)
    rows(canvas)


def marked(canvas: Canvas) -> None:
    """A word across the page and a note up its margin, with a date and an amount in it."""
    rows(canvas)
    canvas.saveState()
    canvas.rotate(90)
    canvas.drawString(440, -30, "SAH 01/01/2026 1.000.000,00")
    canvas.restoreState()
    canvas.translate(300, 460)
    canvas.rotate(30)
    canvas.setFont("Helvetica-Bold", 40)
    canvas.drawCentredString(0, 0, "SALINAN")


def bold(canvas: Canvas) -> None:
    rows(canvas)
    canvas.translate(0.3, 0)
    rows(canvas)


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (60, 60), 200)), 0, 0, 600, 600)
    canvas.drawString(40, 20, "Dipindai dengan ponsel")


@pytest.mark.parametrize(
    "draw", [rows, *(lambda c, q=q: turned(c, q) for q in (1, 2, 3)), marked, bold]
)
def test_the_table_is_read_however_the_page_is_drawn(draw: Draw) -> None:
    read = parse(drawn(draw))
    assert [str(line.posting_date)[8:] for line in read.lines] == ["14", "15", "28"]
    assert sum(line.amount for line in read.lines) == _SUM
    assert read.rows == len(read.lines) + len(read.skipped)


def test_what_stands_aside_is_a_skipped_row() -> None:
    texts = [one.text for one in parse(drawn(marked)).skipped]
    assert "SALINAN" in texts
    assert "SAH 01/01/2026 1.000.000,00" in texts


def test_a_page_turned_by_its_reader() -> None:
    """Also a page that is lower than wide once it is turned: none of its digits are cut off."""

    def sideways(canvas: Canvas) -> None:
        canvas.translate(500, 0)
        canvas.rotate(90)
        canvas.translate(60, -60)
        rows(canvas)

    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn(sideways))) as document:
        document.pages[0].MediaBox = pikepdf.Array([0, 0, 500, 600])
        document.pages[0].rotate(90, relative=True)
        document.save(file)
    assert sum(line.amount for line in parse(file.getvalue()).lines) == _SUM


def test_pages_that_are_pictures_are_told() -> None:
    read = parse(drawn(rows, picture))
    assert len(read.lines) == 3
    assert "Halaman 2 " in next(f.message for f in read.findings if f.rule == "halaman_gambar")
    with pytest.raises(Unreadable, match="pindai"):
        parse(drawn(picture, picture))


def test_a_font_that_keeps_no_meaning_of_its_letters() -> None:
    """Without its table the signs of a composite font are numbers; nobody may guess at them."""

    def pairs(canvas: Canvas) -> None:
        for number, row in enumerate(_ROWS):  # two bytes make one sign of such a font
            canvas.drawString(60, 500 - number * 14, "  ".join(row).ljust(60)[:60])

    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn(pairs))) as document:
        for font in document.pages[0].Resources.Font.values():
            font.Subtype, font.Encoding = pikepdf.Name.Type0, pikepdf.Name("/Identity-H")
            font.DescendantFonts = pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Font,
                        Subtype=pikepdf.Name.CIDFontType2,
                        BaseFont=pikepdf.Name.Tanpa,
                        CIDSystemInfo=pikepdf.Dictionary(
                            Registry="Adobe", Ordering="Identity", Supplement=0
                        ),
                    )
                ]
            )
        document.save(file)
    with pytest.raises(Unreadable, match="Huruf"):
        parse(file.getvalue())


def test_a_locked_document_is_called_so() -> None:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn(rows))) as document:
        document.save(file, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(Unreadable, match="sandi"):
        parse(file.getvalue())


def framed(canvas: Canvas, rows: int) -> None:
    """A table with lines between its columns, and lines between its rows or only around them.

    Dates stand in the middle of a text of two lines, the amount's mark below it.
    """
    canvas.setFont("Helvetica", 8)
    edges, top, height = (40, 110, 180, 400, 480), 560, 30
    bottom = top - height * (rows + 1)
    for edge in edges:
        canvas.line(edge, top, edge, bottom)
    for level in (top, top - height, *(top - height * n for n in range(2, rows + 1)), bottom):
        canvas.line(edges[0], level, edges[-1], level)
    for edge, title in zip(
        edges, ("Tgl Transaksi", "Tgl Posting", "Keterangan", "Jumlah"), strict=False
    ):
        canvas.drawString(edge + 3, top - 12, title)
    for row in range(rows):
        middle = top - height * (row + 1.5)
        canvas.drawString(edges[0] + 3, middle, f"{13 + row}/02/2026")
        canvas.drawString(edges[1] + 3, middle, f"{14 + row}/02/2026")
        canvas.drawString(edges[2] + 3, middle + 5, "TOKO SINAR JAYA")
        canvas.drawString(edges[2] + 3, middle - 5, "DELI SERDANG")
        canvas.drawRightString(edges[4] - 3, middle + 5, f"{row + 1}.000,00")
        canvas.drawRightString(edges[4] - 3, middle - 5, "CR" if row % 2 else "")


def test_what_a_frame_holds_is_one_cell() -> None:
    read = parse(drawn(lambda canvas: framed(canvas, 4)))
    assert [str(line.amount) for line in read.lines] == [
        "1000.00",
        "-2000.00",
        "3000.00",
        "-4000.00",
    ]
    assert {line.description for line in read.lines} == {"TOKO SINAR JAYA DELI SERDANG"}


def test_a_frame_around_all_rows_parts_none_of_them() -> None:
    def draw(canvas: Canvas) -> None:
        rows(canvas)
        for edge in (55, 124, 196, 400, 530):
            canvas.line(edge, 515, edge, 440)
        for level in (515, 495, 440):
            canvas.line(55, level, 530, level)

    assert len(parse(drawn(draw)).lines) == 3


def test_an_amount_over_the_edge_of_its_page_is_whole() -> None:
    """Half a number would be another number."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn(rows))) as document:
        document.pages[0].MediaBox = pikepdf.Array([0, 0, 515, 600])
        document.save(file)
    assert sum(line.amount for line in parse(file.getvalue()).lines) == _SUM
