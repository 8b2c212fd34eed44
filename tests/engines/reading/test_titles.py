"""Titles that mislead, or say nothing: the cells of the columns tell what they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kkpd.engines.reading import Statement, parse


def read(*rows: str) -> Statement:
    return parse("\n".join(rows).encode(), "daftar.csv")


def total(statement: Statement) -> Decimal:
    return sum((line.amount for line in statement.lines), Decimal(0))


@pytest.mark.parametrize("paid", ["Spend", "Banked"], ids=["named", "unnamed"])
def test_account_codes_under_a_name_of_amounts_are_no_amounts(paid: str) -> None:
    found = read(
        f"Nominal;Tanggal;Toko;{paid}",
        "*****;28/01/2020;GRAMEDIA;5,52",
        f"Nominal;Tanggal;Toko;{paid}",
        "4823;29/01/2020;KIMIA FARMA;1.107,48",
    )
    assert [line.amount for line in found.lines] == [Decimal("5.52"), Decimal("1107.48")]


def test_whole_amounts_of_one_length_stay_amounts() -> None:
    found = read("Tanggal;Toko;Nominal", "28/01/2020;GRAMEDIA;50000", "29/01/2020;SOLARIA;75000")
    assert total(found) == 125_000


def test_an_amount_that_leaves_out_the_tax_beside_it_gives_way_to_what_was_paid() -> None:
    found = read(
        "Date,Vendor,Amount,HST,Total",
        "2019-07-10,FEDEX,100.00,13.00,113.00",
        "2019-07-11,STAPLES,20.00,0.00,20.00",
        "2019-07-12,REFUND,-10.00,-1.30,-11.30",
    )
    assert total(found) == Decimal("121.70")


def test_a_tax_that_is_in_the_amount_changes_nothing() -> None:
    found = read(
        "Date,Vendor,Amount,Tax,Budget",
        "2019-07-10,FEDEX,113.00,13.00,500.00",
        "2019-07-11,STAPLES,22.60,2.60,500.00",
    )
    assert total(found) == Decimal("135.60")


@pytest.mark.parametrize(
    ("bank", "shop"), [("Pstg Date", "Trans. Dt."), ("Posting Date", "When"), ("Cleared", "When")]
)
def test_the_earlier_of_two_days_is_that_of_the_purchase(bank: str, shop: str) -> None:
    found = read(
        f"{bank},Merchant,{shop},Amount",
        "2011-06-14,RONA,2011-06-10,42.86",
        "2011-06-16,RONA,2011-06-16,12.86",
    )
    line = found.lines[0]
    assert (line.transaction_date, line.posting_date) == (date(2011, 6, 10), date(2011, 6, 14))


def test_titles_that_name_neither_day_nor_amount() -> None:
    found = read("Where,Merchant,When,Rung up", "LEEDS,RONA,2011-06-14,£42.86")
    assert [(line.merchant, line.amount) for line in found.lines] == [("RONA", Decimal("42.86"))]


def test_rows_without_a_day_stay_when_no_column_is_called_a_description() -> None:
    found = read(
        "Setor;Portador;Quem;Data;Valor",
        "26246;Sigiloso;HOTEL;;10,50",
        "26246;Sigiloso;HOTEL;14/06/2011;11,50",
    )
    assert total(found) == 22


def test_a_column_that_marks_credits_alone_gives_their_sign() -> None:
    found = read("Date,Merchant,Amount,", "2014-07-12,RONA,4.10,", "2014-07-13,RONA,1.10,CR")
    assert total(found) == 3


def test_the_parts_of_a_purchase_count_where_its_whole_stands_beside_each() -> None:
    found = read(
        "Txn ID,Transaction Date,Merchant,Transaction Amount,Share",
        "A1,2014-07-12,RONA,30.00,10.00",
        "A1,2014-07-12,RONA,30.00,20.00",
        "A2,2014-07-13,RONA,5.00,5.00",
    )
    assert total(found) == 35


@pytest.mark.parametrize(
    "cell", ["Â£1,234.50", "\ufffd1,234.50", "?1,234.50", "&pound;1,234.50", "'1,234.50"]
)
def test_a_sign_of_money_that_was_lost_on_the_way_takes_no_amount_along(cell: str) -> None:
    found = read("Date|Merchant|Amount", f"2014-07-12|RONA|{cell}", "2014-07-13|RONA|(£2.00)CR")
    assert total(found) == Decimal("1232.50")


def test_one_separator_before_three_digits_parts_thousands() -> None:
    rows = ["2014-07-12;RONA;{}8,814", "2014-07-13;RONA;{}177"]
    for sign in ("£", ""):
        found = read("Date;Merchant;Amount", *(row.format(sign) for row in rows))
        assert total(found) == 8991
        assert not found.questions


def test_a_list_by_month_has_lines_without_a_day() -> None:
    found = read("Month,Merchant,Value", "July 2014,RONA,4.10", "August 2014,RONA,1.10")
    assert [line.transaction_date for line in found.lines] == [None, None]
    assert found.findings


def test_a_month_beside_days_is_no_day() -> None:
    found = read("Month,When,Merchant,Value", *["July 2014,2014-07-12,RONA,4.10"] * 2)
    assert [line.transaction_date for line in found.lines] == [date(2014, 7, 12)] * 2


def test_lines_quoted_whole_and_cells_kept_from_a_spreadsheet() -> None:
    whole = read('"Date,Merchant,Amount"', '"2014-07-12,""RONA, INC"",4.10"')
    cells = read("Date,Merchant,Amount", '="2014-07-12",RONA,="4.10"')
    assert [line.merchant for line in whole.lines + cells.lines] == ["RONA, INC", "RONA"]
    assert [line.amount for line in whole.lines + cells.lines] == [Decimal("4.10")] * 2


def test_a_further_table_on_the_sheet_with_its_columns_in_another_order() -> None:
    found = read(
        "Adults,,",
        "Transaction Date,Merchant,Amount",
        *["2014-07-12,RONA,4.10"] * 3,
        "Children,,",
        "Supplier,Amount,Date,Purpose",
        "LEGO,1.10,2014-07-13,Toys",
        "Total,5.20,,",
    )
    assert [(line.row, line.merchant, line.amount) for line in found.lines] == [
        *((row, "RONA", Decimal("4.10")) for row in (3, 4, 5)),
        (8, "LEGO", Decimal("1.10")),
    ]
    assert found.rows == 9


def test_a_text_that_begins_like_a_picture_is_a_table() -> None:
    assert total(read("BM Merchant,Date,Amount", "RONA,2014-07-12,4.10")) == Decimal("4.10")


def test_what_was_spent_and_what_came_back_in_columns_of_their_own() -> None:
    found = read("Date,Merchant,Spend,Refund", "2014-07-12,RONA,4.10,", "2014-07-13,RONA,0.00,1.10")
    assert total(found) == 3


def test_rows_of_another_table_far_below_are_told() -> None:
    lines = [f"{n % 28 + 1:02d}/03/2025;TOKO {n};12.500,00" for n in range(2_100)]
    other = [f"KAFE {n};{n + 13}/04/2025;makan;7.500,00" for n in range(4)]
    found = read("Tanggal;Merchant;Jumlah", *lines, "", "Merchant;Tanggal;Catatan;Jumlah", *other)
    assert (len(found.lines), len(found.skipped)) == (2_100, 7)
    told = [one for one in found.findings if one.rule == "mungkin_transaksi"]
    assert [(one.row, one.message[:21]) for one in told] == [(2_104, "4 baris memuat tangga")]


def test_a_minus_beside_a_mark_says_the_same_where_it_always_does() -> None:
    rows = [
        f"2025-04-{13 + n},SHOP,{text}" for n, text in enumerate(["-12.50DR", "3.00CR", "-4 DB"])
    ]
    assert [one.amount for one in read("Date,Merchant,Amount", *rows).lines] == [
        *(Decimal("12.50"), Decimal("-3.00"), Decimal(4)),
    ]
    rows += ["2025-04-17,SHOP,1.00DR", "2025-04-18,SHOP,-3.00CR"]  # now a minus means more
    assert total(read("Date,Merchant,Amount", *rows)) == Decimal("-21.50")
