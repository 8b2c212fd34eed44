"""PDF pages with drawn lines or stripes, heads on each page, and other tables."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from kkpd.engines.reading import parse
from tests.engines.reading.test_pdf_layouts import lines, typed
from tests.engines.reading.test_pdf_pages import drawn


def striped(mark: Callable[[Canvas, float, float], object]) -> bytes:
    """Rows whose texts are centred beside their dates, with something drawn between them."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        for row, (texts, amount) in enumerate(
            (
                (("Keterangan",), ("Jumlah",)),
                (("TOKO SINAR JAYA", "DELI SERDANG"), ("1.000,00",)),
                (("HOTEL",), ("2.000,00", "CR")),
                (("TOKO SINAR", "JAYA", "MEDAN"), ("3.000,00",)),
            )
        ):
            top = 560.0 - row * 40
            mark(canvas, top, top - 40)
            canvas.setFillGray(0)
            days = (f"{12 + row}/02/2026", f"{13 + row}/02/2026")
            for left, text in zip((40, 110), days if row else ("Tgl Trx", "Tgl Post"), strict=True):
                canvas.drawString(left, top - 23, text)
            for at, text in enumerate(texts):
                canvas.drawString(180, top - 23 + 5 * (len(texts) - 1) - 10 * at, text)
            for at, text in enumerate(amount):
                canvas.drawRightString(480, top - 23 + 5 * (len(amount) - 1) - 10 * at, text)

    return drawn(draw)


def _stripe(canvas: Canvas, top: float, bottom: float) -> None:
    canvas.setFillGray(0.9)
    canvas.rect(36, bottom, 450, top - bottom, stroke=0, fill=1)


def _line(canvas: Canvas, top: float, bottom: float) -> None:
    del top
    canvas.line(36, bottom, 486, bottom)


@pytest.mark.parametrize("mark", [_line, _stripe])
def test_rows_between_level_lines_or_on_stripes(mark: Callable[..., object]) -> None:
    read = parse(striped(mark))
    found = [
        (str(one.transaction_date)[8:], one.description, str(one.amount)) for one in read.lines
    ]
    assert found == [
        ("13", "TOKO SINAR JAYA DELI SERDANG", "1000.00"),
        ("14", "HOTEL", "-2000.00"),
        ("15", "TOKO SINAR JAYA MEDAN", "3000.00"),
    ]


def test_the_head_of_a_page_announces_no_card_within_a_block() -> None:
    """The account that every page names at its top is not the card of the block that goes on."""

    def page(first: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(40, 580, "Rekening 9988 77XX XXXX 0000")
            canvas.drawString(40, 30, "Transfer ke 8801 00XX XXXX 9999")
            canvas.drawString(40, 560, "Tanggal")
            canvas.drawString(140, 560, ": 12 Maret 2026")
            rows = [("Tgl Trx", "Keterangan", "Jumlah")] if first == 13 else []
            rows += [("4377 01XX XXXX 1111 ANI", "", "")] if first == 13 else []
            rows += [(f"{first + at}/02/2026", "TOKO", "1.000,50") for at in range(3)]
            for at, (day, text, amount) in enumerate(rows):
                canvas.drawString(40, 540 - 12 * at, day)
                canvas.drawString(180, 540 - 12 * at, text)
                canvas.drawRightString(480, 540 - 12 * at, amount)

        return draw

    read = parse(drawn(page(13), page(20)))
    assert [line.card_last4 for line in read.lines] == ["1111"] * 6


def test_a_table_of_points_and_a_name_behind_a_card() -> None:
    read = parse(
        typed(
            """
No   No Kartu         Nama     Tgl Transaksi   Merchant     Jumlah (Rp)
1    489764******7002 ANI      13-02-2026      HOTEL          13.000,00
2    489764******7001 BUDI     14-02-2026      TOKO           14.000,00

Tgl Transaksi   Kegiatan       Poin
13-02-2026      Perolehan                                      1.130,00
14-02-2026      Perolehan                                      1.150,00
"""
        )
    )
    assert lines(read) == [("2026-02-13", "13000.00"), ("2026-02-14", "14000.00")]
    assert [line.card_last4 for line in read.lines] == ["7002", "7001"]
    told = next(one for one in read.findings if one.rule == "mungkin_transaksi")
    assert told.message.startswith("2 baris memuat tanggal dan jumlah")


@pytest.mark.parametrize(
    ("first", "wanted"), [("07MAY 06MAY", "2026-05-06"), ("06MAY 07MAY", "2026-05-06")]
)
def test_without_titles_the_purchase_is_never_after_its_posting(first: str, wanted: str) -> None:
    read = parse(
        typed(
            f"""
Statement period 11 May 2026 - 10 Jun 2026
{first}     KOPI SENJA JAKARTA        127,050
08MAY 08MAY     PAYMENT                 8,786,844CR
"""
        )
    )
    assert lines(read) == [(wanted, "127050"), ("2026-05-08", "-8786844")]
    assert str(read.lines[0].posting_date) == "2026-05-07"
