"""Habits of publishers and banks met outside the samples, each in a small made-up file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import Statement, parse
from tests.engines.reading.test_workbooks import book, rows

D = Decimal
OFX = "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX>"


def read(text: str, **more: object) -> Statement:
    return parse(text.encode(), "x", **more)  # type: ignore[arg-type]  # passed through


def amounts(statement: Statement) -> list[Decimal]:
    return [line.amount for line in statement.lines]


def found(statement: Statement, rule: str) -> list[str]:
    return [finding.message for finding in statement.findings if finding.rule == rule]


def test_ofx_remarks_between_tags_say_nothing() -> None:
    text = (
        f"{OFX}<STMTRS><CURDEF>USD <!-- dollars -->\n<BANKTRANLIST> <!-- two\nlines -->\n"
        "<STMTTRN><DTPOSTED>20250131 <!-- <TRNAMT>9 -->\n<TRNAMT>-2.00    <!-- $2.00 -->\n<FITID>1"
    )
    (line,) = read(text).lines
    assert (line.amount, line.row, line.transaction_date) == (D(2), 7, date(2025, 1, 31))


def test_ofx_cash_of_an_investment_account_is_a_line_and_what_was_bought_is_not() -> None:
    bought = "<BUYSTOCK><INVBUY><INVTRAN><FITID>1<MEMO>BUY</INVTRAN></INVBUY></BUYSTOCK>"
    cash = "<INVBANKTRAN><STMTTRN><DTPOSTED>20250131<TRNAMT>-2<FITID>2</STMTTRN></INVBANKTRAN>"
    text = f"{OFX}<INVSTMTRS><CURDEF>USD<INVTRANLIST>{bought}{cash}{bought}{cash}</INVTRANLIST>"
    statement = read(text)
    assert amounts(statement) == [D(2), D(2)]
    assert [row.reason[:16] for row in statement.skipped] == ["mutasi investasi"] * 2
    assert (len(statement.bills), statement.lines[0].currency) == (1, "USD")


def test_mt940_balances_without_a_currency() -> None:
    statement = read(":20:A\n:60F:C250131100,\n:61:2501310131D40,NTRF\n:62F:C25013160,00\n-")
    assert (statement.opening, statement.closing, statement.findings) == (D(100), D(60), ())


@pytest.mark.parametrize(
    ("text", "day"),
    [("2012:03:01", date(2012, 3, 1)), ("04/17/2023 as of 04/15/2023", date(2023, 4, 17))],
)
def test_dates_with_colons_and_with_a_second_day(text: str, day: date) -> None:
    (line,) = read(f"Date,Text,Amount\n{text},SHOP,1.50\n").lines
    assert line.transaction_date == day


def test_numbered_titles_are_no_amounts() -> None:
    titles = ";".join(f"VWZ{number}" for number in range(1, 9))
    statement = read(f"Buchungstag;Empfänger;{titles};Betrag\n13.03.2025;LADEN{';' * 8};1,50\n")
    assert amounts(statement) == [D("1.50")]


def test_a_column_that_no_title_names_is_found_by_content_and_said() -> None:
    dated = read("id,created,amount,fee\nch_1,2025-01-31 13:12,25.00,1.03\n")
    assert [(one.transaction_date, one.amount) for one in dated.lines] == [
        (date(2025, 1, 31), D(25))
    ]
    assert "“created” dibaca sebagai tanggal" in found(dated, "kolom_diduga")[0]
    priced = read("Tanggal;Toko;Banyaknya\n13/03/2025;A;1.250,50\n14/03/2025;B;2,00\n")
    assert amounts(priced) == [D("1250.50"), D(2)]
    assert "“Banyaknya” dibaca sebagai jumlah" in found(priced, "kolom_diduga")[0]
    rows = "13/03/2025;A;1,5;\n14/03/2025;B;;2,0\n15/03/2025;C;1,0;\n"
    pair = read(f"Tanggal;Hal;Pergi;Datang\n{rows}")
    assert amounts(pair) == [D("1.5"), D(-2), D(1)]


def test_remarks_under_a_table_do_not_hide_its_columns() -> None:
    remarks = "".join(f'"Remark {number}, that goes on",,\n' for number in range(30))
    statement = read(f"Run Date,Action,Amount\n01/31/2025,SHOP,1.50\n{remarks}")
    assert amounts(statement) == [D("1.50")]
    assert not statement.findings


def test_debit_and_credit_words_without_titles_give_the_sign() -> None:
    rows = 'A,Food,"1,000.00",debit\n6/13/25,B,Food,"2,000.00",credit\n6/14/25,C,Other,3.00,debit\n'
    assert amounts(read(f"6/12/25,{rows}")) == [D(1000), D(-2000), D(3)]


MOSTLY_MINUS = "Date,Text,Amount\n01/31/2025,SHOP,-1.50\n02/01/2025,BACK,1.00\n02/02/2025,X,-2.00\n"


def test_mostly_minus_is_a_question_and_the_answer_turns_it() -> None:
    asked = read(MOSTLY_MINUS)
    assert [(one.key, one.rows) for one in asked.questions] == [("tanda_belanja", (2, 4))]
    assert amounts(asked) == [D("-1.50"), D(1), D(-2)]
    turned = read(MOSTLY_MINUS, answers={"tanda_belanja": "negative"})
    assert (amounts(turned), turned.questions) == ([D("1.50"), D(-1), D(2)], ())
    kept = read(MOSTLY_MINUS, answers={"tanda_belanja": "positive"})
    assert (amounts(kept), kept.questions) == (amounts(asked), ())
    with pytest.raises(Unreadable, match="tanda_belanja"):
        read(MOSTLY_MINUS, answers={"tanda_belanja": "minus"})


def test_a_balance_that_proves_the_sign_is_not_asked_about() -> None:
    rows = [(f"{13 + n}/03/2025,S", n, 50 - n * (n + 1) // 2) for n in range(1, 8)]
    account = "".join(f"{day},-{n}.00,{balance}.00\n" for day, n, balance in rows)
    statement = read(f"Date,Text,Amount,Balance\n{account}")
    assert (amounts(statement), statement.questions) == ([D(n) for _, n, _ in rows], ())


def test_a_movement_that_cannot_be_read_is_skipped_and_named() -> None:
    statement = read(":20:A\n:61:2501310131D40,NTRF\n:61:JUNK\n:61:2501310131C4,NTRF\n-")
    assert amounts(statement) == [D(40), D(-4)]
    assert [(row.row, row.reason) for row in statement.skipped] == [(3, "mutasi tidak terbaca")]
    assert statement.unread is not None
    assert statement.unread.startswith("Baris 3: mutasi “JUNK” tidak terbaca. ")
    assert found(statement, "baris_tidak_terbaca") == [statement.unread]


@pytest.mark.parametrize(
    ("titles", "cells", "ours"),
    [
        ("Debit Amount", ["10.00", "-4.00"], ["10.00", "-4.00"]),
        ("Debit Amount|Dr/Cr", ["10.00|DR", "4.00|CR"], ["10.00", "-4.00"]),
        ("DR|CR", ["10.00|", "|4.00", "-1.00|"], ["10.00", "-4.00", "-1.00"]),
        ("Money Out|Money In", ["-10.00|", "-1.50|", "|4.00"], ["10.00", "1.50", "-4.00"]),
        ("£", ["£10.00", "£2.50"], ["10.00", "2.50"]),
        ("VAT|(£)", ["2.00|10.00", "0.50|2.50"], ["10.00", "2.50"]),
        ("Source Amount|Expenditure", ["13.00|10.00", "3.30|2.50"], ["10.00", "2.50"]),
        ("Rate|Spent on it", ["20.00|10.00", "20.00|2.50"], ["10.00", "2.50"]),
    ],
)
def test_which_column_is_the_money_and_which_way_it_goes(
    titles: str, cells: list[str], ours: list[str]
) -> None:
    rows = "".join(f"{day}/03/2025|SHOP|{cell}\n" for day, cell in enumerate(cells, start=13))
    assert [str(one) for one in amounts(read(f"Date|Merchant|{titles}\n{rows}"))] == ours


def test_two_columns_that_could_be_the_money_are_pointed_out_by_a_person() -> None:
    with pytest.raises(Unreadable, match="tunjukkan kolomnya"):
        read("Date|Merchant|This|That\n13/03/2025|A|1.50|2.50\n14/03/2025|B|3.50|4.50\n")


def test_days_that_a_workbook_holds_as_eight_digits() -> None:
    head = ("Transaction Date", "Merchant", "Amount")
    data = book(rows(head, (20250131, "A", 1.5), (20250228, "B", 2)))
    statement = parse(data)
    assert [(one.transaction_date, one.amount) for one in statement.lines] == [
        (date(2025, 1, 31), D("1.5")),
        (date(2025, 2, 28), D(2)),
    ]
