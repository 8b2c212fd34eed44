"""At the edges of what banks write: printed totals nobody can read, sheets out of order, parsers
that panic, rows that are almost lines.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import python_calamine

from kkpd.core.errors import DomainError, TooLarge, Unreadable
from kkpd.engines.reading import parse
from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.custody import keepable
from kkpd.engines.reading.formats import csvtable, workbook
from kkpd.engines.reading.guess import keep
from kkpd.engines.reading.recognise import fitting
from kkpd.engines.reading.statement import text_of
from tests.engines.reading.bills import as_csv
from tests.engines.reading.test_bills import BILL
from tests.engines.reading.test_tables import read
from tests.engines.reading.test_workbooks import TABLE, book, rows

HEAD = "Tanggal;Keterangan;Jumlah\n"


class TestTotalTercetak:
    """A printed total or day that is written wrong is refused with its row, never passed over."""

    @pytest.mark.parametrize(
        ("label", "wrong", "said"),
        [
            ("Tagihan Bulan Lalu", "1,234.5.6", "Baris {row}: jumlah “1,234.5.6” tidak terbaca"),
            ("Total Tagihan", "12.34.567", "Baris {row}: jumlah “12.34.567” tidak"),
            ("Pembayaran", "(1.2.3)", "jumlah “(1.2.3)” tidak terbaca"),
            ("Tanggal Tagihan", "31/02/2026", "Baris {row}: tanggal “31/02/2026” tidak terbaca"),
            ("Tanggal Jatuh Tempo", "00/13/2026", "tanggal “00/13/2026” tidak terbaca"),
        ],
    )
    @pytest.mark.parametrize("form", ["beside", "with colon", "below"])
    def test_is_refused_with_its_row(self, label: str, wrong: str, said: str, form: str) -> None:
        lines = as_csv(BILL).decode().splitlines()
        row = next(n for n, line in enumerate(lines, 1) if line.startswith(f"{label};"))
        lines[row - 1] = {
            "beside": f"{label};;{wrong};;;;;;",
            "with colon": f"{label}: {wrong};;;;;;;;",
            "below": f"{label};;;;;;;;\n{wrong};;;;;;;;",
        }[form]
        with pytest.raises(Unreadable) as refusal:
            parse("\n".join(lines).encode(), "t.csv")
        assert said.format(row=row) in refusal.value.message
        assert refusal.value.message.endswith("lalu unggah lagi.")

    def test_of_the_other_notation_is_read_where_only_one_fits(self) -> None:
        text = "Total Tagihan;1,234.50\nTanggal Tagihan;10/25/2026\n" + HEAD
        found = read(text + "13/10/2026;KOPI;1.234,50\n14/10/2026;ROTI;10,00\n").bills[0]
        assert (found.total_due, found.bill_date) == (Decimal("1234.50"), date(2026, 10, 25))

    @pytest.mark.parametrize("beside", ["lihat lampiran", "-", "12-10-2026", "x" * 70])
    def test_a_label_beside_other_words_is_no_total(self, beside: str) -> None:
        found = read(f"Total Tagihan;{beside}\n{HEAD}13/10/2026;KOPI;1.234,50\n")
        assert found.bills == ()

    def test_of_a_typed_cell_is_a_number_or_nothing(self) -> None:
        head = (("Total Tagihan", 125.5), ("Pembayaran", True))
        found = parse(book(rows(*head, *TABLE))).bills[0]
        assert (found.total_due, found.payments) == (Decimal("125.5"), None)

    def test_a_card_announced_between_lines_is_checked_too(self) -> None:
        text = "Nomor Kartu;512345******1111\nTanggal;Toko;Jumlah\n13/03/2025;A;1,50\n"
        with pytest.raises(Unreadable, match=r"Baris 4: jumlah “12\.34\.567” tidak"):
            read(text + "Total Tagihan: 12.34.567;;\n")


class TestBaris:
    """Rows that are almost lines."""

    def test_a_dated_balance_or_total_is_none(self) -> None:
        found = read(
            f"{HEAD}01/10/2026;SALDO AWAL BULAN;9,00\n13/10/2026;KOPI;1,50\n14/10/2026;TOTAL;1,50\n"
        )
        assert [line.description for line in found.lines] == ["KOPI"]
        assert [one.reason for one in found.skipped[1:]] == ["saldo pindahan", "total"]

    def test_an_undated_remark_with_a_number_is_none(self) -> None:
        head = "Tanggal;Toko;Ref;Kota;Keterangan;Jumlah\n"
        found = read(
            f"{head}13/10/2026;A;1;MEDAN;KOPI;1,50\n14/10/2026;B;2;MEDAN;ROTI;2,50\n;;;;lihat;9,00\n"
        )
        assert [line.row for line in found.lines] == [2, 3]
        assert found.skipped[-1].reason == "bukan transaksi: tanpa tanggal"

    def test_wide_rows_are_said_once(self) -> None:
        found = read("Date,Merchant,Amount\n2025-01-03,A,1.50,why\n2025-01-04,B,2.50,why\n")
        assert [(one.rule, one.row) for one in found.findings] == [("kolom_berlebih", 2)]

    def test_both_sides_of_the_books_empty_is_no_amount(self) -> None:
        found = read(
            "Tanggal;Keterangan;Debit;Kredit\n13/10/2026;A;1,50;\n14/10/2026;B;;\n15/10/2026;C;;2,00\n"
        )
        assert [(line.description, line.amount) for line in found.lines] == [
            ("A", Decimal("1.50")),
            ("C", Decimal("-2.00")),
        ]

    def test_days_without_a_year_that_fit_two_orders_are_asked(self) -> None:
        head = "Tanggal Tagihan;25 Oktober 2026\nTanggal;Keterangan;Jumlah\n"
        found = read(f"{head}03/04;KOPI;1,50\n05/06;ROTI;2,50\n")
        (question,) = found.questions
        assert "tanggal 3 bulan 4" in next(choice.label for choice in question.choices)
        answered = read(f"{head}03/04;KOPI;1,50\n05/06;ROTI;2,50\n", answers={question.key: "mdy"})
        assert [line.transaction_date for line in answered.lines] == [
            date(2026, 3, 4),
            date(2026, 5, 6),
        ]


def test_more_rows_than_a_bank_writes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvtable, "MAX_ROWS", 4)
    with pytest.raises(TooLarge, match="Bagi"):
        read(HEAD + "13/10/2026;KOPI;1,50\n" * 5)
    monkeypatch.setattr(workbook, "MAX_ROWS", 1)
    with pytest.raises(TooLarge, match="Lembar “S1” terlalu besar"):
        parse(book(rows(*TABLE, *TABLE)))


@pytest.mark.parametrize(
    ("text", "code"),
    [("Rp", "IDR"), ("$", "USD"), ("idr", "IDR"), ("usd", "USD"), ("rupiah kita", None)],
)
def test_signs_and_names_of_money_are_codes(text: str, code: str | None) -> None:
    assert amounts.currency_code(text) == code


@pytest.mark.parametrize(
    ("cell", "found"),
    [("12 Maretto", None), ("Maretto 12, 2026", None), ("2026 Maretto 12", None)],
)
def test_a_month_that_is_none(cell: str, found: object) -> None:
    assert dates.fixed(cell) is found
    assert dates.without_year(cell) is None


@pytest.mark.parametrize(("cell", "text"), [(12.0, "12"), (12.5, "12.5"), (1e300, "1e+300")])
def test_a_number_as_text(cell: float, text: str) -> None:
    assert text_of(cell) == text


class TestProfilTersimpan:
    """A layout that was kept is found again by its columns."""

    def test_the_first_whose_columns_are_there(self) -> None:
        data = b"Kapan;Siapa;Berapa\n03/04/2025;TOKO;1.234\n"
        roles = {"transaction_date": "Kapan", "merchant": "Siapa"}
        other = keep("lain", "Lain", {"transaction_date": "Hari", "amount": "Uang"})
        made = keep("bank_x", "Bank X", roles | {"amount": "Berapa"})
        assert fitting(data, [other, made]) == [made]
        assert fitting(data, [other]) == []
        assert fitting(b":20:X\n:61:2001050105D1,00NTRFX\n-", [made]) == []


class TestLembarKerja:
    """Workbooks that are not as a spreadsheet program writes them."""

    @pytest.mark.parametrize(
        ("raised", "expected"),
        [(type("PanicException", (BaseException,), {}), Unreadable), (KeyboardInterrupt,) * 2],
    )
    def test_a_parser_that_panics_is_a_damaged_file_and_a_stop_is_a_stop(
        self,
        monkeypatch: pytest.MonkeyPatch,
        raised: type[BaseException],
        expected: type[BaseException],
    ) -> None:
        def panic(_: object) -> object:
            raise raised

        monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", panic)
        with pytest.raises(expected):
            parse(book(rows(*TABLE)))

    def test_rows_in_any_order_are_measured_right(self) -> None:
        data = _changed(
            book(rows(*TABLE)),
            lambda sheet: sheet.replace(b"<row r=", b"<!--first--><row r=", 1),
        )
        turned = _changed(data, _rows_turned)
        assert len(parse(turned).lines) == 1

    def test_an_old_workbook_has_nothing_outside_its_cells(self) -> None:
        from tests.engines.reading import samples

        data = samples.read("pcard/kota_b_2.xls.gz")
        kept = keepable(data, "lama.xls")
        assert kept.data == data


def _changed(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its first sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part) if name.endswith("sheet1.xml") else part)
    return out.getvalue()


def _rows_turned(sheet: bytes) -> bytes:
    """The rows from last to first."""
    before, body = sheet.split(b"<sheetData>")
    body, after = body.split(b"</sheetData>")
    parts = [part + b"</row>" for part in body.split(b"</row>") if part.strip()]
    return b"%b<sheetData>%b</sheetData>%b" % (before, b"".join(reversed(parts)), after)


class TestBentukLain:
    """Formats of accounts and pages."""

    def test_an_mt940_file_cut_in_its_first_tag(self) -> None:
        with pytest.raises(DomainError):
            parse(b":20", "x.sta")

    def test_a_camt_entry_outside_a_statement(self) -> None:
        text = (
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
            "<Ntry><Amt Ccy='IDR'>1.00</Amt></Ntry></BkToCstmrStmt></Document>"
        )
        with pytest.raises(Unreadable, match="bukan rekening koran"):
            parse(text.encode(), "x.xml")

    def test_small_tables_of_a_page_are_no_bill(self) -> None:
        cells = "".join(f"<td>{cell}</td>" for cell in ("13/10/2026", "KOPI", "1.234,50"))
        titles = "".join(f"<th>{cell}</th>" for cell in ("Tanggal", "Keterangan", "Jumlah"))
        page = (
            "<html><body><table><tr><td>menu</td></tr></table>"
            f"<table><tr>{titles}</tr><tr>{cells}</tr></table></body></html>"
        )
        (line,) = parse(page.encode(), "x.html").lines
        assert (line.description, line.sheet) == ("KOPI", "tabel 2")

    def test_two_sheets_ask_the_same_question_once(self) -> None:
        table = (("Tanggal", "Toko", "Jumlah"), ("03/04/2025", "A", 1), ("05/06/2025", "B", 2))
        found = parse(book(rows(*table), rows(*table)))
        assert [question.key for question in found.questions] == ["urutan_tanggal"]


def test_a_qif_is_named() -> None:
    with pytest.raises(Unreadable, match="QIF"):
        parse(b"!Type:Bank\nD01/25/26\nT-12.50\nPTOKO\n^\n")
