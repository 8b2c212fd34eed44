"""What may be kept: no card number in it, and it still reads like the file that was sent."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from reportlab.pdfgen.canvas import Canvas

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask
from kkpd.engines import reading as engines_reading
from kkpd.engines.reading import recognise
from kkpd.engines.reading.custody import keepable
from kkpd.engines.reading.statement import text_of

CARD = "4111111111111111"
SPACED = "4111 1111 1111 1111"
DASHED = "4111-1111-1111-1111"
HEAD = "Tgl Transaksi;Nomor Kartu;Keterangan;Jumlah (Rp)\n"


def _members(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def _workbook(card: object, comment: str = "") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Tagihan")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(1, 0, ["Tgl Transaksi", "Nomor Kartu", "Keterangan", "Jumlah (Rp)"])
        for row in (2, 3):
            page.write_datetime(row, 0, date(2026, 10, 10 + row), day)
            page.write(row, 1, card)
            page.write(row, 2, f"TOKO {row}")
            page.write(row, 3, 125_000.5)
        if comment:
            page.write_comment(5, 5, comment)
    return out.getvalue()


@pytest.mark.parametrize("card", [CARD, SPACED, DASHED])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_keeps_its_form(card: str, encoding: str) -> None:
    body = "".join(f"{day}/10/2026;{card};KAFÉ {card} OK;25.000,00\n" for day in (13, 14))
    data = (HEAD + body).encode(encoding)
    kept = keepable(data, f"tagihan {card}.csv")
    assert kept.sha256_sent is not None
    text = kept.data.decode(encoding)
    assert card not in text
    assert text == (HEAD + body).replace(card, "****1111")
    assert card not in kept.name
    lines = engines_reading.parse(kept.data, kept.name).lines
    assert [line.card_last4 for line in lines] == ["1111", "1111"]


def test_a_file_without_card_numbers_is_kept_byte_for_byte() -> None:
    data = (HEAD + "13/10/2026;512345******4821;KOPI;25.000,00\n").encode("cp1252")
    kept = keepable(data, "tagihan.csv")
    assert (kept.data, kept.sha256_sent, kept.media) == (data, None, "text/csv")
    workbook = _workbook("512345******4821")
    assert keepable(workbook, "tagihan.xlsx").data == workbook


@pytest.mark.parametrize("card", [CARD, SPACED, int(CARD)])
def test_a_workbook_is_written_anew(card: object) -> None:
    kept = keepable(_workbook(card), "tagihan.xlsx")
    assert kept.sha256_sent is not None
    assert CARD.encode() not in _members(kept.data)
    assert SPACED.encode() not in _members(kept.data)
    before, after = (engines_reading.parse(one, "t.xlsx") for one in (_workbook(card), kept.data))
    assert [(line.row, line.amount, line.transaction_date, line.card_last4) for line in after.lines]
    assert [line[:8] for line in before.lines] == [line[:8] for line in after.lines]
    assert kept.data == keepable(_workbook(card), "tagihan.xlsx").data


def test_a_workbook_comment_hides_no_number() -> None:
    kept = keepable(_workbook("x4821", comment=f"kartu {CARD}"), "tagihan.xlsx")
    assert CARD.encode() not in _members(kept.data)


@pytest.mark.parametrize(
    "text",
    [
        "20261013153045",
        "20261013 153045",
        "2026-10-13 2026-10-14",
        "20261013153045123",
        "000000099998",
        "1.234.567.890.123,00",
    ],
)
def test_moments_and_amounts_are_no_card_numbers(text: str) -> None:
    assert mask(text) == text


def test_every_kind_of_cell_keeps_its_place_and_meaning() -> None:
    """A workbook is written anew with dates, moments, times, numbers and truths as they were."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Tagihan")
        form = {
            "day": "dd/mm/yyyy",
            "moment": "dd/mm/yyyy hh:mm",
            "time": "hh:mm",
            "span": "[h]:mm",
        }
        looks = {name: book.add_format({"num_format": text}) for name, text in form.items()}
        page.write_string(0, 0, SPACED)
        page.write_datetime(0, 1, date(2026, 10, 14), looks["day"])
        page.write_datetime(0, 2, datetime(2026, 10, 14, 9, 30), looks["moment"])  # noqa: DTZ001 -- a sheet's moment
        page.write_datetime(0, 3, time(9, 30), looks["time"])
        page.write_datetime(0, 4, timedelta(hours=30), looks["span"])
        page.write_boolean(0, 5, True)
        page.write_number(0, 6, 125_000.5)
        page.write_number(0, 7, 42)
        page.write_string(1, 0, "=HYPERLINK(1)")
        page.write_number(2, 2, float(CARD))
    kept = keepable(out.getvalue(), "tagihan.xlsx")
    assert kept.sha256_sent is not None
    again = recognise.sheets("xlsx", kept.data)
    cells = [text_of(cell) for cell in next(iter(again[0].rows()))]
    assert cells[0] == "****1111"
    before = [
        text_of(cell) for cell in next(iter(recognise.sheets("xlsx", out.getvalue())[0].rows()))
    ]
    assert cells[1:] == before[1:]
    assert CARD.encode() not in _members(kept.data)


@pytest.mark.parametrize("where", ["line", "title", "nowhere"])
def test_of_a_pdf_with_a_card_number_its_table_is_kept(where: str) -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    paper = Canvas(out, invariant=1)
    paper.setTitle(f"Tagihan {CARD}" if where == "title" else "Tagihan")
    rows = [
        ("Tgl Transaksi", "Nomor Kartu", "Keterangan", "Jumlah (Rp)"),
        ("14/10/2026", CARD if where == "line" else "4821", "TOKO SUMBER", "125.000,00"),
        ("15/10/2026", "4821", "TOKO REJEKI", "75.000,00"),
    ]
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            paper.drawString(40 + 130 * column, 760 - 20 * number, cell)
    paper.showPage()
    paper.save()
    kept = keepable(out.getvalue(), "tagihan.pdf")
    if where == "nowhere":
        assert (kept.data, kept.sha256_sent) == (out.getvalue(), None)
        return
    assert kept.name == "tagihan.pdf.csv"
    assert b"125.000,00" in kept.data
    assert CARD.encode() not in kept.data


def test_a_damaged_pdf_says_nothing_of_itself_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What pdfminer cannot read it logs word by word: a card number where a place should be."""
    out = io.BytesIO()
    page = Canvas(out, pageCompression=0)
    page.drawString(72, 700, "10/10/2026 TOKO 25.000,00")
    page.save()
    data = out.getvalue().replace(b"1 0 0 1 72 700 Tm", f"/{CARD} 0 0 1 72 700 Tm".encode())
    assert CARD.encode() in data
    with suppress(Unreadable):
        keepable(data, "tagihan.pdf")
    with suppress(Unreadable):
        engines_reading.parse(data)
    assert CARD not in caplog.text
