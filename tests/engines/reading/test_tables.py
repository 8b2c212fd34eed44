"""Tables of every kind: separators, headers, dates, amounts, signs, totals, questions, refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from kkpd.core.errors import DomainError, TooLarge, Unreadable
from kkpd.engines.reading import Line, Statement, parse

D = Decimal


def read(text: str, **more: object) -> Statement:
    return parse(text.encode(), "x.csv", **more)  # type: ignore[arg-type]  # passed through


def amounts(text: str) -> list[str]:
    return [str(line.amount) for line in read(text).lines]


def days(text: str) -> list[date | None]:
    return [line.transaction_date for line in read(text).lines]


def reasons(statement: Statement) -> Counter[str]:
    return Counter(row.reason for row in statement.skipped)


COUNCIL = (
    "Directorate,Date,Merchant Category,Supplier Name,Gross Amount,VAT Amount,Net Amount\n"
    'Adults,03/01/2018,Food,TESCO STORES 3021,"£1,234.50",205.75,"1,028.75"\n'
    "Adults,28/01/2018,Food,TESCO,(£10.00),0,(10.00)\n"
    ',,,Total,"1,224.50",,\n'
)
STATE = (
    "YEAR_MONTH,AGENCYNAME,CARDHOLDER_LAST_NAME,DESCRIPTION,AMOUNT,VENDOR,TRANSACTIONDATE\n"
    "201307,STATE UNIVERSITY,Mason,GENERAL,890.00,NACAS,07/30/2013 12:00:00 AM\n"
    "201307,STATE UNIVERSITY,Mason,ROOM,-368.96,HOTEL,07/30/2013 12:00:00 AM\n"
)
AGENCY = (
    "OBJECTID,AGENCY,TRANSACTION_DATE,TRANSACTION_AMOUNT,VENDOR_NAME\n"
    "1,DCPS,2013/01/31 05:00:00+00,100.5,STAPLES\n2,DCPS,2013/02/01 05:00:00+00,20,AMAZON\n"
)
PER_HOLDER = (
    "Cardholder;Trans Date;Post Date;Merchant;Trans Amt;Curr\n"
    "JOHN;1/31/2012;2/1/2012;SHELL;45.30;USD\n"
    "Subtotal for JOHN;;;;45.30;\nMARY;1/15/2012;1/16/2012;BP;12.00-;USD\n"
    "Subtotal for MARY;;;;-12.00;\nGrand Total;;;;33.30;\n"
)
DEBIT_CREDIT = (
    "Date|Description|Debit|Credit|Balance\n13/01/2025|OPENING BALANCE|||100.00\n"
    "14/01/2025|SHOP|10.00||90.00\n15/01/2025|REFUND||5.00|95.00\n"
)
INDONESIAN = (
    "Laporan Transaksi\n\nNo;Tanggal;Uraian;Nominal;D/K\n"
    "1;17 Agustus 2025;Beli ATK;Rp 1.500.000;D\n"
    "2;18 Agustus 2025;Retur;Rp 500.000,-;K\n;;Jumlah;Rp 1.000.000;\n"
)
ISSUER = (
    "Transaction Date,Post Date,Description,Category,Type,Amount\n"
    "01/15/2024,01/16/2024,AMAZON,Shopping,Sale,-45.10\n"
    "01/20/2024,01/21/2024,Payment Thank You,,Payment,500.00\n"
    "01/22/2024,01/23/2024,TARGET,Shopping,Return,20.00\n"
)
ACCOUNT = (
    "Buchungstag;Valuta;Verwendungszweck;Betrag;Saldo\n02.01.2025;02.01.2025;EDEKA;-10,00;90,00\n"
    "03.01.2025;03.01.2025;GEHALT;1.000,00;1.090,00\n05.01.2025;05.01.2025;SHELL;-40,00;1.050,00\n"
    "15.01.2025;15.01.2025;X;-50,00;1.000,00\n"
)
TWO_HEADERS = (
    "Transaction,,Posting,Merchant,Amount,\nDate,Time,Date,Name,Local,Currency\n"
    "2025-01-03,10:00,2025-01-04,TOKO A,12.50,USD\n2025-01-05,10:00,2025-01-06,TOKO B,1.50,USD\n"
)
BROKEN_QUOTE = (
    'Date,Merchant,Amount\n2025-01-03,"12 inch pipe,12.50\n2025-01-04,B,1.00\n'
    '2025-01-05,C "x",2.00\n'
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (COUNCIL, ["1234.50", "-10.00"]),
        (STATE, ["890.00", "-368.96"]),
        (AGENCY, ["100.5", "20"]),
        (PER_HOLDER, ["45.30", "-12.00"]),
        (DEBIT_CREDIT, ["10.00", "-5.00"]),
        (INDONESIAN, ["1500000", "-500000"]),
        (ISSUER, ["45.10", "-500.00", "-20.00"]),
        (ACCOUNT, ["10.00", "-1000.00", "40.00", "50.00"]),
        (TWO_HEADERS, ["12.50", "1.50"]),
        (BROKEN_QUOTE, ["12.50", "1.00", "2.00"]),
        ("2025-01-03,TOKO A,12.50\n2025-01-04,TOKO B,13.75\n", ["12.50", "13.75"]),
        ("sep=;\nDate;Merchant;Amount\n2025-01-03;A;1,50\n", ["1.50"]),
        ("Date^Merchant^Amount\n2025-01-13^A^1.50\n", ["1.50"]),
        ("Tanggal\tToko\tJumlah\tDB/CR\n13/01/2025\tA\t1.000,50\tCR\n", ["-1000.50"]),
        ("Date,Merchant,Amount\n2025-01-13,A,1.00 CR\n2025-01-13,B,2.00 DB\n", ["-1.00", "2.00"]),
        ("Date;Amount;Shop\n2025-01-13;1'234.50;A\n", ["1234.50"]),
        ("Date;Amount;Shop\n2025-01-13;1 234,50;A\n", ["1234.50"]),
        ("Date;Billing Amount;Original Amount;Shop\n2025-01-13;5.00;9.99;A\n", ["5.00"]),
        ("Date,Merchant,Amount\n2025-01-13,A,1.25E+02\n", ["125"]),
        ("Date,Original Gross Amt,Original Net Amt,Tax Amt,Shop\n2025-01-13,9,7,2,A\n", ["9"]),
        ("Date,Net Amt,Tax Amt,Total,Shop\n2025-01-13,7,2,9,A\n", ["9"]),
        ("Date,Net Amt,Tax Rate,Shop\n2025-01-13,7,0.2,A\n", ["7"]),
        ("Date,Merchant,Amount\n2025-01-13,TOTAL WINE,9.00\n", ["9.00"]),
    ],
)  # fmt: skip
def test_amounts(text: str, wanted: Sequence[str]) -> None:
    statement = read(text)
    assert [str(line.amount) for line in statement.lines] == wanted
    assert statement.rows == len(statement.lines) + len(statement.skipped)
    assert not statement.questions


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["13/01/2025", "02/01/2025"], [date(2025, 1, 13), date(2025, 1, 2)]),
        (["01/31/2025", "02/01/2025"], [date(2025, 1, 31), date(2025, 2, 1)]),
        (["31-Jan-12", "02-Feb-12"], [date(2012, 1, 31), date(2012, 2, 2)]),
        (["17 Mei 2025", "1 Desember 2025"], [date(2025, 5, 17), date(2025, 12, 1)]),
        (["Jan 31, 2025", "Feb 1, 2025"], [date(2025, 1, 31), date(2025, 2, 1)]),
        (["20250131", "20250201"], [date(2025, 1, 31), date(2025, 2, 1)]),
        (["41305", "41306"], [date(2013, 1, 31), date(2013, 2, 1)]),
        (["2013-07-30T00:00:00.000Z"], [date(2013, 7, 30)]),
        (["31.12.24", "01.01.25"], [date(2024, 12, 31), date(2025, 1, 1)]),
        (["25-03-04", "25-03-31", "25-01-08", "25-02-11", "25-04-22"], [date(2025, 3, 4), None]),
        (["13/01/2025", "N/A", "-", "*****"], [date(2025, 1, 13), None]),
        (["03/03/2025"], [date(2025, 3, 3)]),
        (["31012025", "01022025"], [date(2025, 1, 31), date(2025, 2, 1)]),
    ],
)
def test_dates(cells: list[str], wanted: list[date | None]) -> None:
    rows = "".join(f"{cell};TOKO {n};R{n};{n},50\n" for n, cell in enumerate(cells, 1))
    got = days("Tanggal;Toko;Ref;Jumlah\n" + rows)
    assert got[: len(wanted)] == [day or got[1] for day in wanted]
    assert len(got) == len(cells)


def test_a_date_without_a_year_takes_the_bill_dates() -> None:
    rows = "Tgl Transaksi;Keterangan;Jumlah\n28/12;A;1,50\n05/01;B;2,50\n"
    text = f"Tanggal Tagihan;10/01/2025\n\n{rows}"
    assert days(text) == [date(2024, 12, 28), date(2025, 1, 5)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Tanggal;Keterangan;Jumlah\n03/04/2025;KOPI;1.234,50\n", ["urutan_tanggal"]),
        ("Tanggal;Keterangan;Jumlah\n03/04/2025;A;1.234\n", ["urutan_tanggal"]),
    ],
)
def test_what_a_file_cannot_decide_is_asked_not_guessed(text: str, keys: list[str]) -> None:
    statement = read(text)
    assert [question.key for question in statement.questions] == keys
    assert all(line.transaction_date is None for line in statement.lines) or "urutan" not in keys[0]
    order = "dmy" if "13/04" in text else "mdy"
    answers = {"urutan_tanggal": order, "tanda_desimal": ","}
    answered = read(text, answers=answers)
    assert not answered.questions
    assert answered.lines[0].amount in (D("1234.50"), D(1234))
    if keys[0] == "urutan_tanggal":
        assert answered.lines[0].transaction_date == date(2025, 3, 4)


def test_an_answer_that_is_none_is_refused() -> None:
    with pytest.raises(Unreadable, match="urutan_tanggal"):
        read("Tanggal;Jumlah;Toko\n03/04/2025;1,50;A\n", answers={"urutan_tanggal": "ydm"})


def test_one_day_beyond_the_twelfth_settles_the_whole_column_even_far_below() -> None:
    rows = "".join(f"03/04/2025;T{n};1,5\n" for n in range(5_000)) + "04/13/2025;Z;1,5\n"
    assert set(days("Tanggal;Toko;Jumlah\n" + rows)) == {date(2025, 3, 4), date(2025, 4, 13)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Tanggal;Toko;Jumlah\n31/02/2025;B;1,00\n", "Baris 2"),
        ("Date,Vendor,Amount\n1/31/12,A,$1,000.00\n", "terpotong oleh koma"),
        ("Nama;Alamat\nAni;Medan\n", "kolom tanggal dan kolom jumlah"),
        ("hello\n", "kolom tanggal dan kolom jumlah"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_row(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said.replace("(", r"\(")) as refusal:
        read(text)
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("31/02/2025;B;1,00", "tanggal “31/02/2025” tidak ada di kalender"),
        ("04/14/2025;B;1,00", "tanggal “04/14/2025” tidak ada di kalender"),
        ("14/04/2025;B;1,234.5.6", "jumlah “1,234.5.6” tidak terbaca"),
        ("14/04/2025;B;1;000", "jumlah terpotong oleh koma tanpa tanda kutip"),
    ],
)
def test_one_row_that_cannot_be_read_is_skipped_and_named(row: str, said: str) -> None:
    statement = read(f"Tanggal;T;Jumlah\n13/04/2025;A;1,00\n{row}\n14/04/2025;C;2,00\n")
    assert [line.amount for line in statement.lines] == [D(1), D(2)]
    assert [skipped.reason.split()[-1] for skipped in statement.skipped] == ["kolom", "terbaca"]
    assert statement.unread == (
        f"Baris 3: {said}. Perbaiki di berkas atau minta ulang dari bank, lalu unggah lagi."
    )
    found = [finding for finding in statement.findings if finding.rule == "baris_tidak_terbaca"]
    assert [(finding.message, finding.row) for finding in found] == [(statement.unread, 3)]


def test_many_wrong_rows_are_one_sentence() -> None:
    rows = "".join(f"31/02/2025;T{n};1,00\n" for n in range(9))
    with pytest.raises(Unreadable, match="dan 4 baris lain"):
        read("Tanggal;Toko;Jumlah\n13/04/2025;A;1,00\n" + rows)


def test_rows_that_are_no_lines_have_a_reason() -> None:
    statement = read(
        "Laporan\n\nTanggal;Toko;Ref;Jumlah\n13/03/2025;A;1;1,50\n;;;\nTanggal;Toko;Ref;Jumlah\n"
        "14/03/2025;B;2;2,50\n;SALDO PINDAHAN;;9,00\n15/03/2025;C;3;\n16/03/2025;D;4;gratis\n"
        ";catatan kaki;;\n;;;4,00\n"
    )
    assert [line.row for line in statement.lines] == [4, 7]
    assert reasons(statement) == {
        "di atas tabel": 1,
        "baris kosong": 2,
        "judul kolom": 1,
        "judul kolom yang berulang": 1,
        "saldo pindahan": 1,
        "tanpa jumlah": 1,
        "jumlah bukan angka": 1,
        "bukan transaksi: tanpa tanggal dan jumlah": 1,
        "total": 1,
    }
    assert [finding.row for finding in statement.findings] == [9, 10]


def test_a_fee_without_a_date_is_a_line_and_said() -> None:
    rows = "13/03/2025;A;1.000,00\n;BEA METERAI;10.000,00\n;TOTAL;11.000,00\n"
    statement = read(f"Tgl Transaksi;Keterangan;Jumlah\n{rows}")
    assert [(line.kind, line.transaction_date) for line in statement.lines][1] == ("meterai", None)
    assert [finding.rule for finding in statement.findings] == ["tanpa_tanggal"]


def test_kinds_come_from_words_and_sign() -> None:
    text = (
        "Tanggal;Keterangan;Jumlah\n13/03/2025;KOPI;1,50\n13/03/2025;BIAYA TAHUNAN;1,50\n"
        "13/03/2025;BEA METERAI;1,50\n13/03/2025;KOPI;-1,50\n"
        "13/03/2025;PEMBAYARAN - TERIMA KASIH;-1,50\n13/03/2025;PEMBAYARAN TAGIHAN PDAM;1,50\n"
    )
    assert [line.kind for line in read(text).lines] == [
        *("belanja", "biaya", "meterai", "refund", "pembayaran", "belanja")
    ]  # fmt: skip


def test_a_card_number_goes_in_whole_and_comes_out_cut() -> None:
    statement = read(
        "Date,Merchant,Amount,Card Number,Ref\n2025-01-03,PAY 4111 1111 1111 1111,1.50,"
        "4111111111111111,4111111111111111\nNOTE 4111-1111-1111-1111,,,,\n"
        "Subtotal 4111111111111111,,1.50,,\n"
    )
    assert statement.lines[0].card_last4 == "1111"
    assert "41111111" not in repr(statement).replace(" ", "").replace("-", "")


def test_cards_announced_above_their_lines() -> None:
    statement = read(
        "Nomor Kartu;512345******1111\nTanggal;Toko;Jumlah\n13/03/2025;A;1,50\n"
        "Nomor Kartu;512345******2222;\n14/03/2025;B;2,50\n"
    )
    assert [line.card_last4 for line in statement.lines] == ["1111", "2222"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_encodings(encoding: str) -> None:
    text = "Date\tMerchant\tAmount\r\n2025-01-03\tCAFÉ\t1.50\r\n2025-01-04\tB\t2.50\r\n"
    lines = parse(text.encode(encoding)).lines
    assert [line.merchant for line in lines] == ["CAFÉ", "B"]


def test_quoted_line_breaks_stay_in_their_cell() -> None:
    rows = '2025-01-03,"A ""B""","one\ntwo",1.50\n2025-01-04,C,"x",1.00\n'
    first, second = read("Date,Merchant,Purpose,Amount\n" + rows).lines
    assert (first.merchant, first.description, second.row) == ('A "B"', "one\ntwo", 3)


def test_more_cells_than_titles_are_said() -> None:
    statement = read("Date,Merchant,Amount\n2025-01-03,A,1.50,why\n")
    assert [finding.rule for finding in statement.findings] == ["kolom_berlebih"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Unreadable),
        (b" \r\n\r\n", Unreadable),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, Unreadable),
        (bytes(range(256)) * 40, Unreadable),
        ((",".join(f"c{n}" for n in range(1000)) + "\n").encode() * 3, TooLarge),
        (b"a," * 1_000_000, TooLarge),
        (b"Date,Amount\n" + b"\n" * 2_100_000, TooLarge),
        (b'Date,Amount,Shop\n2025-01-01,1,"' + b"a" * 200_000, Unreadable),
    ],
)
def test_hostile_text_is_refused(data: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error) as refusal:
        parse(data)
    assert refusal.value.message.endswith(".")


def test_one_unreadable_date_of_two_is_said() -> None:
    statement = read("Trans Date;Post Date;Shop;Amount\n2025-01-13;2025-01-14;A;1,50\n"
                     "belum ada;2025-02-28;B;1,50\n00.00.0000;2025-02-28;C;1,50\n")  # fmt: skip
    assert [line.transaction_date for line in statement.lines] == [date(2025, 1, 13), None, None]
    assert [(f.rule, f.row) for f in statement.findings] == [("tanggal_tidak_terbaca", 3)]


def test_a_line_is_a_tuple_of_the_documented_fields() -> None:
    line = read("Date,Merchant,Amount\n2025-01-03,A,1.50\n").lines[0]
    assert isinstance(line, Line)
    assert line == (2, None, None, None, date(2025, 1, 3), None, D("1.50"), "D", "A", "A", None,
                    None, "belanja", ("A",), None)  # fmt: skip
