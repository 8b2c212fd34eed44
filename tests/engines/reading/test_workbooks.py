"""Workbooks: typed cells, many sheets, merged and empty ones, and those made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

from kkpd.core.errors import DomainError, TooLarge, Unreadable
from kkpd.engines.reading import apart, parse
from tests.engines.reading import samples


def book(*fill: Callable[[Any, Any], object]) -> bytes:
    data = io.BytesIO()
    workbook = xlsxwriter.Workbook(data, {"in_memory": True})
    for number, one in enumerate(fill, 1):
        one(workbook, workbook.add_worksheet(f"S{number}"))
    workbook.close()
    return data.getvalue()


def rows(*table: tuple[object, ...]) -> Callable[[Any, Any], None]:
    def fill(workbook: Any, sheet: Any) -> None:
        days = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, days if isinstance(cell, date) else None)

    return fill


TABLE = (("Date", "Merchant", "Card Number", "Amount"), (date(2025, 3, 4), "A", 5804, 0.1 + 0.2))


def test_typed_cells_are_exact() -> None:
    line = parse(book(rows(*TABLE))).lines[0]
    assert (line.amount, line.transaction_date, line.card_last4) == (
        Decimal("0.3"),
        date(2025, 3, 4),
        "5804",
    )


def test_header_anywhere_on_any_sheet() -> None:
    notes = rows(("Ringkasan",), ("Jumlah per dinas", "x"))
    table = rows(("Laporan",), (), (), *TABLE, (date(2025, 3, 5), "B", 5804, 2))
    statement = parse(book(notes, table, rows()))
    assert [(line.sheet, line.row) for line in statement.lines] == [("S2", 5), ("S2", 6)]
    assert statement.rows == len(statement.lines) + len(statement.skipped)


def test_merged_header_cells_and_serial_dates() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 1, "Tanggal")
        sheet.write_row(0, 2, ["Toko", "Jumlah"])
        sheet.write_row(1, 0, ["Transaksi", "Pembukuan"])
        sheet.write_row(2, 0, [45720, 45721, "A", "1.234,50"])

    line = parse(book(fill)).lines[0]
    assert (line.transaction_date, line.posting_date) == (date(2025, 3, 4), date(2025, 3, 5))
    assert line.amount == Decimal("1234.50")


def test_whole_card_numbers_in_number_cells_are_cut() -> None:
    statement = parse(book(rows(*TABLE, (date(2025, 3, 5), "B", 4111111111111111, 2))))
    assert statement.lines[1].card_last4 == "1111"
    assert "411111" not in repr(statement)


def test_old_workbooks_are_read() -> None:
    assert parse(samples.read("pcard/kota_b_2.xls.gz")).format == "xls"


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def lying(data: bytes) -> bytes:
    """The same archive with headers that claim a size of 1,000 bytes."""
    changed = bytearray(data)
    start = changed.find(b"PK\x01\x02")
    changed[start + 24 : start + 28] = changed[22:26] = struct.pack("<I", 1_000)
    return bytes(changed)


BOMB = zipped("xl/worksheets/sheet1.xml", bytes(60_000_000))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (BOMB, TooLarge),
        (lying(BOMB), TooLarge),
        (zipped("a.txt", b"x"), Unreadable),
        (zipped("xl/worksheets/sheet1.xml", b"<x"), Unreadable),
        (b"PK\x03\x04" + bytes(100), Unreadable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000), Unreadable),
        (book(rows()), Unreadable),
        (book(rows(("a",)), rows(("b",))), Unreadable),
        (book(lambda _, s: [s.write(0, 0, "a"), s.write(1_048_575, 16_383, "b")]), TooLarge),
        (book(lambda _, s: [s.write(0, 0, "a"), s.write(1_048_575, 11, "b")]), TooLarge),
        (book(lambda _, s: [s.write(0, 25, "a"), s.write(465_000, 0, "b")]), TooLarge),
        (book(lambda _, s: [s.write(0, 701, "a"), s.write(19_999, 0, "b")]), TooLarge),
        (book(lambda _, s: [s.write(0, 0, "a"), s.write(0, 999, "b")]), TooLarge),
        (book(lambda _, s: [s.write(n, 0, "x" * 30_000) for n in range(9_000)]), TooLarge),
    ],
)
def test_hostile_workbooks_are_refused(data: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error) as refusal:
        parse(data)
    assert refusal.value.message.endswith(".")


def test_long_texts_used_now_and_then_are_no_harm() -> None:
    table = rows(*TABLE, *((date(2025, 3, 5), "x" * 9_000, 5804, n) for n in range(20)))
    assert len(parse(book(table)).lines) == 21


def test_unusual_archives_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"x" * 1000)
    with pytest.raises(Unreadable, match="tidak biasa"):
        parse(out.getvalue())
    locked = bytearray(zipped("xl/worksheets/sheet1.xml", b"x"))
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable):
        parse(bytes(locked))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(5_001):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"")
    with pytest.raises(TooLarge):
        parse(many.getvalue())


LISTED = (
    ("Date", "Merchant", "Amount"),
    *((date(2025, 3, day), f"SHOP {day}", 10 + day) for day in range(1, 7)),
)


def test_hidden_sheets_and_recaps_are_left_out_and_told() -> None:
    """A hidden copy or a list of sums by day would count everything twice."""

    def hidden(workbook: Any, sheet: Any) -> None:
        rows(*LISTED)(workbook, sheet)
        sheet.hide()

    by_day = rows(("Date", "Total"), *((row[0], row[2]) for row in LISTED[1:]))
    statement = parse(book(by_day, rows(*LISTED), hidden))
    assert {line.sheet for line in statement.lines} == {"S2"}
    assert len(statement.lines) == 6
    assert {one.sheet: one.reason for one in statement.skipped} == {
        "S1": "lembar rekapitulasi",
        "S2": "judul kolom",
        "S3": "lembar tersembunyi",
    }
    assert [finding.rule for finding in statement.findings] == ["lembar_dilewati"] * 2

    def only(workbook: Any, sheet: Any) -> None:
        hidden(workbook, sheet)
        workbook.add_worksheet("Sampul").activate()

    assert len(parse(book(only)).lines) == 6, "where no other sheet has lines, it is read"


def test_a_sheet_that_repeats_another_is_a_question() -> None:
    """One sheet a department beside a sheet of all: nobody but the person knows."""
    data = book(rows(*LISTED), rows(*LISTED))
    asked = parse(data)
    assert [question.key for question in asked.questions] == ["lembar_kembar"]
    assert (len(asked.lines), asked.rows) == (12, 14)
    once = parse(data, answers={"lembar_kembar": "sekali"})
    assert (len(once.lines), once.rows, once.questions) == (6, 14, ())
    assert [one.reason for one in once.skipped].count("lembar salinan") == 6
    twice = parse(data, answers={"lembar_kembar": "semua"})
    assert (len(twice.lines), twice.questions) == (12, ())
    with pytest.raises(Unreadable, match="harus salah satu dari"):
        parse(data, answers={"lembar_kembar": "x"})


def test_a_damaged_old_workbook_takes_nothing_along() -> None:
    """Its parser may ask for more memory than there is: only the child that opened it ends."""
    old = samples.read("pcard/kota_b_2.xls.gz")
    for cut in (600, 4_096, len(old) // 2):
        with pytest.raises(DomainError):
            apart.parsed(old[:cut], None, {})
    assert apart.unpacked(io.BytesIO(apart.parsed(old, None, {}))).format == "xls"
