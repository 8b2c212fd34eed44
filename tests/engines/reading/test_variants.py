"""The lines of real files written anew in other tongues, shapes and formats: the same come back."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from kkpd.core.errors import DomainError
from kkpd.engines.reading import Statement, parse
from kkpd.engines.reading.pdf import table as pdf_table
from tests.engines.reading import samples
from tests.engines.reading.variants import (
    SHAPES,
    TONGUES,
    WRITERS,
    Purchase,
    laid_out,
    pages,
    rows,
    xml_page,
)

FILES = ("pcard/kota_a_1.csv.gz", "pcard/kota_a_2.csv.gz")


@cache
def purchases(name: str) -> tuple[Purchase, ...]:
    """Thirty lines of a real file in the order of their days, refunds among them, two cards."""
    lines = samples.statement(name).lines
    chosen = [*lines[:24], *[line for line in lines if line.amount < 0][:6]]
    made = [
        Purchase(
            line.transaction_date or line.posting_date,  # type: ignore[arg-type]  # these files have it
            line.posting_date or line.transaction_date,  # type: ignore[arg-type]  # the same
            line.merchant or "?",
            line.description,
            line.amount,
            f"{1000 + number // 12}",
        )
        for number, line in enumerate(chosen)
    ]
    return tuple(sorted(made, key=lambda one: (one.day, one.posted)))


def same(statement: Statement, wanted: tuple[Purchase, ...]) -> bool:
    """Whether every line came back with its day and amount, and no row was lost."""
    assert statement.rows == len(statement.lines) + len(statement.skipped)
    assert not statement.questions
    found = [(line.transaction_date, line.amount, line.card_last4) for line in statement.lines]
    return found == [(one.day, one.amount, one.card) for one in wanted]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tongue", TONGUES)
def test_every_shape_in_every_tongue_and_format(tongue: str, shape: str) -> None:
    for name in FILES:
        wanted = purchases(name)
        table = SHAPES[shape](wanted, TONGUES[tongue])
        for told, write in WRITERS.items():
            assert same(parse(write(table)), wanted), (name, told)


@pytest.mark.parametrize("tongue", ["id", "en", "de"])
def test_text_laid_out_by_blanks(tongue: str) -> None:
    wanted = purchases(FILES[1])
    table = [[" ".join(cell.split()) for cell in row] for row in rows(wanted, TONGUES[tongue])]
    data = laid_out(table)
    assert same(parse(data), wanted)
    assert same(parse(b"KOTA X  KARTU KREDIT\r\n\r\n" + data), wanted)


@pytest.mark.parametrize("shape", ["titled", "sectioned", "marked"])
@pytest.mark.parametrize("tongue", ["id", "en", "fr"])
def test_pages_of_a_pdf(tongue: str, shape: str) -> None:
    wanted = purchases(FILES[1])
    statement = parse(pages(SHAPES[shape](wanted, TONGUES[tongue])))
    assert [(line.transaction_date, line.amount) for line in statement.lines] == [
        (one.day, one.amount) for one in wanted
    ]


def test_dates_merged_with_the_row_above_are_said() -> None:
    statement = parse(
        b"Tanggal;Merchant;Keterangan;Kota;Jumlah\n"
        b"05/03/2025;TOKO A;kertas;Medan;1.000,00\n;TOKO B;tinta;Binjai;2.500,00\n"
        b";TOKO C;total map;Medan;3.000,00\n\n;TOKO D;pena;Medan;700,00\n"
        b";;biaya meterai;;10.000,00\n;Total;;;17.200,00\n31/03/2025;TOKO E;buku;Medan;1,00\n"
    )
    days = [str(line.transaction_date) for line in statement.lines]
    assert days == ["2025-03-05"] * 3 + ["None"] * 2 + ["2025-03-31"]
    said = {finding.rule: finding.message for finding in statement.findings}
    assert said["tanggal_digabung"].startswith("2 baris")
    assert "tanpa_tanggal" in said
    assert sum(line.amount for line in statement.lines) == Decimal("17201.00")


def test_money_out_and_in_without_titles() -> None:
    body = b"05/03/2025;TOKO A;1.000,00;\n06/03/2025;TOKO B;;250,00\n17/03/2025;TOKO C;5,00;\n"
    assert [line.amount for line in parse(body).lines] == [1000, -250, 5]


def test_a_balance_beside_a_card_may_grow_by_spending() -> None:
    rows = b"".join(
        f"{day}/03/2025;TOKO;************1234;{day},00;{owed},00\n".encode()
        for day, owed in ((20, 20), (21, 41), (22, 63), (23, 86), (24, 110))
    )
    found = parse(b"Tanggal;Merchant;No Kartu;Jumlah;Saldo\n" + rows)
    assert [line.amount for line in found.lines] == [20, 21, 22, 23, 24]


def test_an_xml_page_with_places_and_types_and_what_it_refuses() -> None:
    page = xml_page([["Tanggal", "Jumlah", "Merchant"]]).decode()
    typed = (
        '<Row ss:Index="4"><Cell><Data ss:Type="DateTime">2025-03-09T00:00:00.000</Data></Cell>'
        '<Cell><Data ss:Type="Number">12.5</Data></Cell><Cell ss:Index="3"><Data>TOKO</Data></Cell>'
        '</Row><Row><Cell><Data ss:Type="DateTime">x</Data></Cell>'
        '<Cell><Data ss:Type="Number">y</Data></Cell></Row></Table>'
    )
    statement = parse(page.replace("</Table>", typed).encode())
    assert [(line.row, line.amount) for line in statement.lines] == [(4, Decimal("12.5"))]
    for wrong in (
        page.replace("</Table>", '<Row ss:Index="99999999"/></Table>'),
        page.replace("</Table>", '<Row><Cell ss:Index="9999"/></Row></Table>'),
        page.replace("<Workbook", "<!DOCTYPE x []><Workbook", 1),
        page[:-30],
        page.replace("Worksheet", "Other"),
    ):
        with pytest.raises(DomainError) as refused:
            parse(wrong.encode())
        assert str(refused.value).endswith(".")


def test_text_without_end_is_not_laid_out_and_entities_hide_in_no_encoding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf_table, "MAX_LINES", 1)
    with pytest.raises(DomainError, match="Tidak ada tabel"):
        parse(laid_out(rows(purchases(FILES[1]), TONGUES["id"])))
    camt = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><Document/>'
    with pytest.raises(DomainError, match="entitas"):
        parse(camt.encode("utf-16"))
