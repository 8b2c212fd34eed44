"""Bills with a summary: CSV, XLSX and PDF of one bill are read alike, their sums are checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kkpd.core.errors import DomainError, TooLarge, Unreadable
from kkpd.engines.reading import Statement, parse
from tests.engines.reading.bills import BillSheet, Item, as_csv, as_pdf, as_xlsx
from tests.lines import base_keys

D = Decimal
ITEMS = (
    *(
        Item(date(2025, 3, n % 27 + 1), D(n * 1000) + D("0.25"), f"GRAMEDIA MEDAN {n}",
             reference=f"R{n}", mcc="5942")
        for n in range(1, 60)
    ),
    Item(date(2025, 3, 28), D(-100_000), "PENGEMBALIAN TIKET"),
    Item(date(2025, 3, 20), D(-1_500_000), "PEMBAYARAN - TERIMA KASIH"),
    Item(date(2025, 3, 25), D(10_000), "BEA METERAI"),
)  # fmt: skip
BILL = BillSheet(ITEMS, previous=D(1_500_000), paid=D(1_500_000), stamp_duty=D(10_000))
WRITERS: dict[str, Callable[[BillSheet], bytes]] = {"csv": as_csv, "xlsx": as_xlsx, "pdf": as_pdf}


def written(kind: str, bill: BillSheet = BILL) -> Statement:
    return parse(WRITERS[kind](bill), f"tagihan.{kind}")


@pytest.mark.parametrize("kind", WRITERS)
def test_a_bill_is_read_whole(kind: str) -> None:
    statement = written(kind)
    assert (statement.format, statement.profile, statement.currency) == (
        kind,
        "banksumut_bni",
        "IDR",
    )
    assert [line.amount for line in statement.lines] == [item.amount for item in ITEMS]
    assert [line.transaction_date for line in statement.lines] == [item.day for item in ITEMS]
    assert {line.card_last4 for line in statement.lines} == {"1234"}
    assert [line.kind for line in statement.lines[-3:]] == ["refund", "pembayaran", "meterai"]
    assert statement.rows == len(statement.lines) + len(statement.skipped)
    assert not statement.findings
    assert not statement.questions


@pytest.mark.parametrize("kind", WRITERS)
def test_the_summary_is_read(kind: str) -> None:
    statement = written(kind)
    bill = statement.bill
    assert bill is not None
    assert (bill.kind, bill.account) == ("final", "DINAS KESEHATAN")
    assert (bill.bill_date, bill.due_date) == (date(2025, 3, 25), date(2025, 4, 14))
    assert (bill.previous_balance, bill.payments) == (D(1_500_000), D(1_500_000))
    assert (bill.new_charges, bill.stamp_duty) == (BILL.new_charges, D(10_000))
    assert (statement.opening, statement.closing) == (bill.previous_balance, bill.total_due)


def test_csv_xlsx_and_pdf_of_one_bill_have_the_same_lines() -> None:
    keys = [base_keys(written(kind).lines) for kind in WRITERS]
    assert keys[0] == keys[1] == keys[2]


def test_text_cells_and_typed_cells_give_the_same() -> None:
    typed, text = parse(as_xlsx(BILL)), parse(as_xlsx(BILL, typed=False))
    assert base_keys(typed.lines) == base_keys(text.lines)


def test_an_interim_list_and_a_bill_of_one_card() -> None:
    bill = written(
        "csv", replace(BILL, kind="Daftar Tagihan Sementara", card="512345******1234")
    ).bill
    assert bill is not None
    assert (bill.kind, bill.card_last4) == ("dts", "1234")


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("Total Tagihan;1.680.014,75", "Total Tagihan;1.680.014,00", ["tagihan_tidak_cocok"]),
        ("Transaksi Baru;1.670.014,75", "Transaksi Baru;1.670.000,00",
         ["tagihan_tidak_cocok", "jumlah_baris_berbeda"]),
        ("Pembayaran;1.500.000,00", "Pembayaran;1.400.000,00",
         ["tagihan_tidak_cocok", "pembayaran_berbeda"]),
    ],
)  # fmt: skip
def test_sums_that_do_not_agree_are_findings(old: str, new: str, rules: list[str]) -> None:
    text = as_csv(BILL).decode()
    assert old in text
    assert [finding.rule for finding in parse(text.replace(old, new).encode()).findings] == rules


def test_two_bills_in_one_file_are_two() -> None:
    text = (
        "Nomor Kartu;512345******1111\nTanggal Tagihan;25/03/2025\nTotal Tagihan;1,50\n"
        "Tanggal;Keterangan;Jumlah\n13/03/2025;A;1,50\nNomor Kartu;512345******2222;\n"
        "Total Tagihan;2,50;\n14/03/2025;B;2,50\n"
    )
    statement = parse(text.encode())
    assert [(b.card_last4, b.total_due) for b in statement.bills] == [
        ("1111", D("1.50")),
        ("2222", D("2.50")),
    ]
    assert statement.bill is None


def test_a_grid_summary_has_its_values_below_the_labels() -> None:
    text = (
        "Tanggal Tagihan;Jatuh Tempo;Total Tagihan;Nama\n25/03/2025;14/04/2025;1.234,50;ANI\n\n"
        "Tanggal;Keterangan;Jumlah\n13/03/2025;A;1.234,50\n"
    )
    bill = parse(text.encode()).bill
    assert bill is not None
    assert (bill.bill_date, bill.total_due, bill.holder) == (date(2025, 3, 25), D("1234.50"), "ANI")


@pytest.mark.parametrize("data", [as_xlsx(BILL), as_pdf(BILL)], ids=["xlsx", "pdf"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_files_are_refused(data: bytes, share: float) -> None:
    with pytest.raises(Unreadable, match="rusak"):
        parse(data[: int(len(data) * share)])


def _pdf(draw: list[tuple[float, float, str]], pages: int = 1) -> bytes:
    import io

    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, invariant=1)
    for _ in range(pages):
        for x, y, text in draw:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def test_a_scanned_pdf_says_so() -> None:
    with pytest.raises(Unreadable, match="hasil pindai"):
        parse(_pdf([]))


def test_a_pdf_without_titles_is_read_by_dates_and_amounts() -> None:
    statement = parse(
        _pdf([
            (40, 800, "Total Tagihan"), (300, 800, "1.234,50"),
            (40, 780, "13 MAR 2025"), (120, 780, "14 MAR 2025"),
            (200, 780, "TOKO A MEDAN"), (400, 780, "1.234,50"),
            (40, 768, "15 MAR 2025"), (120, 768, "16 MAR 2025"),
            (200, 768, "REFUND"), (400, 768, "1.000,00 CR"),
        ])
    )  # fmt: skip
    assert [(str(line.amount), line.description) for line in statement.lines] == [
        ("1234.50", "TOKO A MEDAN"),
        ("-1000.00", "REFUND"),
    ]
    assert statement.lines[0].posting_date == date(2025, 3, 14)


def test_a_pdf_with_two_title_lines_and_continued_descriptions() -> None:
    statement = parse(
        _pdf([
            (40, 800, "Tanggal"), (120, 800, "Tanggal"),
            (200, 800, "Keterangan"), (400, 800, "Jumlah"),
            (40, 790, "Transaksi"), (120, 790, "Pembukuan"), (400, 790, "(Rp)"),
            (40, 770, "13/03/2025"), (120, 770, "14/03/2025"),
            (200, 770, "HOTEL"), (400, 770, "1.234,50"),
            (200, 760, "KAMAR 12 LANTAI 3"),
            (40, 740, "15/03/2025"), (120, 740, "16/03/2025"),
            (200, 740, "TAKSI"), (400, 740, "10,00"),
        ])
    )  # fmt: skip
    assert [line.description for line in statement.lines] == ["HOTEL KAMAR 12 LANTAI 3", "TAKSI"]
    assert [line.sheet for line in statement.lines] == ["hal. 1", "hal. 1"]
    assert statement.lines[0].currency == "IDR"


def test_hostile_pdfs_are_refused() -> None:
    import zlib

    with pytest.raises(TooLarge):
        parse(b"%PDF-1.4\n<</Filter/FlateDecode>>stream\n" + zlib.compress(bytes(210_000_000)))
    with pytest.raises(Unreadable, match="rusak"):
        parse(b"%PDF-1.4\nstream\nplain\nendstream\n%%EOF")
    with pytest.raises(TooLarge, match="400 halaman"):
        parse(_pdf([(40, 800, "x")], 401))
    with pytest.raises(TooLarge, match="lebih banyak huruf"):
        parse(_pdf([(40, 800, "x" * 100)] * 401))


def test_pages_saved_as_workbooks() -> None:
    rows = "".join(f"<tr><td>1{n}/03/2025<td>TOKO<td>{n},50" for n in range(3, 6))
    page = f"<html><table><tr><th>Tanggal<th>Toko<th>Jumlah{rows}</table></html>"
    statement = parse(page.encode())
    assert (statement.format, len(statement.lines)) == ("html", 3)
    wide = "<html><table>" + 2 * ("<tr>" + "<td>x" * 500) + "</table></html>"
    for wrong in ("<html><body>masuk</body></html>", "<html></html>", wide):
        with pytest.raises(DomainError):
            parse(wrong.encode())
