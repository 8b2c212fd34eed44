"""Titles that mislead, or say nothing: the cells of the columns tell what they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kkpd.ingest import Statement, parse


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
