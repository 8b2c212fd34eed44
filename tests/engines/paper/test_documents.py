"""Frozen documents: totals asserted, text made harmless, bytes there and back."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.money import Rupiah
from kkpd.core.proof import canonical
from kkpd.engines.paper import (
    Column,
    Entries,
    FrozenDocument,
    LabelRow,
    Letterhead,
    Paragraph,
    Person,
    RowGroup,
    SignatureBlock,
    Table,
    Terbilang,
    TotalsDiffer,
    data_table,
)
from kkpd.engines.paper.forms import Frame, dokumen, masked_card, money, pembebanan
from kkpd.engines.paper.forms import percent as persen_kolom
from kkpd.engines.paper.parts import MAX_TEXT, display, percent, percentage, trimmed

RANGKA = Frame(kop=Letterhead("Pemerintah", "Dinas"), tanggal=date(2026, 1, 2))
COLUMNS = (Column("a", "A"), Column("n", "N", "uang", dijumlah=True))
AMOUNTS = st.integers(-(10**18), 10**18).map(Rupiah)
ROWS = st.lists(st.tuples(st.none() | st.text(max_size=20), st.none() | AMOUNTS), max_size=5)


def a_document(*parts: Any) -> FrozenDocument:
    return dokumen(RANGKA, "dpt", "Judul", parts)


@given(st.lists(st.tuples(st.text(max_size=10), ROWS), max_size=4))
def test_there_and_back(groups: list[tuple[str, list[Any]]]) -> None:
    document = a_document(
        data_table(COLUMNS, groups),
        Paragraph("Teks", "1.", tebal=True),
        Entries((LabelRow("a", "Rp 123,45"),)),
        Terbilang.dari(Rupiah(12345)),
    )
    document = dataclasses.replace(
        document, tanda_tangan=(SignatureBlock("PA", Person("N"), "kiri"),), subjudul=("x",)
    )
    data = document.to_json()
    assert FrozenDocument.from_json(data) == document
    assert FrozenDocument.from_json(data).to_json() == data
    assert len(document.sidik()) == 64


@given(ROWS, st.integers(1, 10**6))
def test_a_total_that_is_not_the_sum_is_refused(rows: list[Any], more: int) -> None:
    good = data_table(COLUMNS, [("", rows)])
    wrong = (good.jumlah[0] + Rupiah(more),)
    with pytest.raises(TotalsDiffer):
        dataclasses.replace(good, jumlah=wrong)
    with pytest.raises(TotalsDiffer):
        Table(COLUMNS, (RowGroup("", tuple(rows), wrong),), wrong)
    with pytest.raises(TotalsDiffer):
        dataclasses.replace(good, jumlah=())


def test_words_that_are_not_the_amount_are_refused() -> None:
    with pytest.raises(TotalsDiffer):
        Terbilang(Rupiah.of(2), "tiga rupiah")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("biasa", "biasa"),
        ("a\tb\r\nc\u2028d", "a b c d"),
        ("\x00\x1b\x9f", "\ufffd\ufffd\ufffd"),
        ("\u202eabc\u2066", "\ufffdabc\ufffd"),
        ("\ud800x", "\ufffdx"),
        ("e\u0301", "é"),
        ("\uffff\U0001ffff\U000e0001", "\ufffd\ufffd\ufffd"),
        ("<b>&", "<b>&"),
    ],
)
def test_text_is_made_showable(raw: str, clean: str) -> None:
    assert trimmed(raw) == clean
    assert trimmed(clean) == clean


@given(st.text(st.characters(), max_size=60))
def test_cleaning_is_done_once(text: str) -> None:
    once = trimmed(text)
    assert trimmed(once) == once
    once.encode("utf-8")


def test_text_without_end_is_refused() -> None:
    with pytest.raises(ValueError):
        trimmed("x" * (MAX_TEXT + 1))


@pytest.mark.parametrize("row", [("a",), ("a", Rupiah(1), "b")])
def test_a_row_has_a_cell_for_each_column(row: Any) -> None:
    with pytest.raises(ValueError, match="cells under"):
        Table(COLUMNS, (RowGroup("", (row,), ()),), ())


@pytest.mark.parametrize("row", [(1, Rupiah(1)), ("a", "b"), (True, None)])
def test_a_cell_is_of_its_columns_kind(row: Any) -> None:
    with pytest.raises(TypeError):
        Table(COLUMNS, (RowGroup("", (row,), (Rupiah(0),)),), (Rupiah(0),))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Column("a", "A", "teks", dijumlah=True),
        lambda: Column("a", "A", "lain"),  # type: ignore[arg-type]  # the point
        lambda: Column("a", "A", lebar=0),
        lambda: data_table((), []),
        lambda: data_table((Column("a", "A"), Column("a", "B")), []),
        lambda: dokumen(RANGKA, "DPT!", "Judul", []),
        lambda: dokumen(RANGKA, "dpt", "", []),
        lambda: replace(dokumen(RANGKA, "dpt", "Judul", []), versi=0),
        lambda: replace(dokumen(RANGKA, "dpt", "Judul", []), kertas="A3"),  # type: ignore[arg-type]  # the point
        lambda: Letterhead("a", "b", lambang="x" * 200_001),
        lambda: masked_card("5412753456789010"),
        lambda: masked_card("12a4"),
        lambda: pembebanan("1", "5.1.02.01.01.0024.7"),
    ],
)
def test_what_cannot_be_is_refused(make: Any) -> None:
    with pytest.raises(ValueError):
        make()


def test_budget_columns() -> None:
    assert pembebanan("1.02", "5.1.02.01.01.0024") == ("1.02", "5", "1", "02", "01", "01", "0024")
    assert pembebanan("1.02", "5.1") == ("1.02", "5", "1", None, None, None, None)
    assert pembebanan("1.02", "") == ("1.02", *[None] * 6)
    assert masked_card("") == ""


def spoiled(change: Any) -> bytes:
    value = canonical.loads(
        a_document(data_table(COLUMNS, [("", [("x", Rupiah.of(1))])])).to_json()
    )
    assert isinstance(value, dict)
    change(value)
    return canonical.dumps(value)


def set_cell(value: Any, cell: Any) -> None:
    value["isi"][0]["kelompok"][0]["baris"][0][1] = cell


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update(v=2),
        lambda v: v.pop("v"),
        lambda v: v.update(more=1),
        lambda v: v.pop("judul"),
        lambda v: v.update(judul=7),
        lambda v: v.update(judul="a\nb"),
        lambda v: v.update(versi=True),
        lambda v: v.update(tanggal="2026-13-01"),
        lambda v: v.update(tanggal="20260102"),
        lambda v: v.update(kertas="A3"),
        lambda v: v.update(isi=None),
        lambda v: v.update(isi=[7]),
        lambda v: v.update(isi=[{"bagian": "lain"}]),
        lambda v: v.update(subjudul="x"),
        lambda v: v["isi"][0].update(kelompok=None),
        lambda v: v["isi"][0].update(kelompok=[7]),
        lambda v: v["isi"][0].pop("judul"),
        lambda v: v["isi"][0]["kelompok"][0].update(baris=None),
        lambda v: v["isi"][0]["kelompok"][0].update(baris=[["x"]]),
        lambda v: v["isi"][0].update(jumlah=["2.00"]),
        lambda v: v["isi"][0].update(jumlah=["1"]),
        lambda v: set_cell(v, "1"),
        lambda v: set_cell(v, "1.0"),
        lambda v: set_cell(v, "01.00"),
        lambda v: set_cell(v, "x.00"),
        lambda v: set_cell(v, 1),
        lambda v: set_cell(v, f"{'9' * 30}.00"),
        lambda v: set_cell(v, f"{'9' * 5000}.00"),
    ],
)
def test_other_bytes_are_no_document(change: Any) -> None:
    with pytest.raises(ValueError):
        FrozenDocument.from_json(spoiled(change))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 99_999, b"1.5"])
def test_no_document_at_all(data: bytes) -> None:
    with pytest.raises(ValueError):
        FrozenDocument.from_json(data)


def test_a_second_spelling_is_no_document() -> None:
    data = a_document().to_json()
    with pytest.raises(ValueError):
        FrozenDocument.from_json(data.replace(b'"judul":', b'"judul": '))


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("uang", Rupiah.of(1_234_567), "1.234.567"),
        ("uang", Rupiah(150), "1,50"),
        ("persen", 4532, "45,32%"),
        ("persen", -5, "-0,05%"),
        ("tanggal", date(2026, 1, 2), "02-01-2026"),
        ("angka", 1234, "1234"),
        ("teks", "x", "x"),
        ("teks", None, ""),
    ],
)
def test_how_cells_read(kind: Any, cell: Any, text: str) -> None:
    assert display(kind, cell) == text


def test_sen_for_a_whole_column() -> None:
    assert display("uang", Rupiah.of(2), sen=True) == "2,00"
    assert display("uang", Rupiah(250), sen=True) == "2,50"
    assert percent(10_000) == "100,00%"


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(1, 3, 3333), (2, 3, 6667), (0, 5, 0), (5, 0, None), (12_345, 100_000, 1235), (7, 7, 10_000)],
)
def test_shares(part: int, whole: int, share: int | None) -> None:
    assert percentage(Rupiah.of(part), Rupiah.of(whole)) == share


def ratio(rows: list[tuple[Any, ...]], rasio: str = "sudah/pagu") -> Table:
    columns = (money("pagu", "Pagu"), money("sudah", "Sudah"), persen_kolom("p", "%", rasio=rasio))
    return data_table(columns, [("", rows)])


def test_a_percentage_stands_under_totals_and_is_asserted_in_rows() -> None:
    rows = [(Rupiah.of(300), Rupiah.of(100), 3333), (Rupiah.of(0), Rupiah.of(0), None)]
    table = ratio(rows)
    assert table.percent(table.jumlah) == {2: 3333}
    assert ratio([]).percent((Rupiah(0), Rupiah(0))) == {2: None}
    assert ratio([(None, Rupiah.of(1), None)]).percent((Rupiah.of(4), Rupiah.of(1))) == {2: 2500}
    with pytest.raises(TotalsDiffer, match="percentage"):
        ratio([(Rupiah.of(300), Rupiah.of(100), 3334)])


@pytest.mark.parametrize("rasio", ["sudah/lain", "lain/pagu", "sudah", "/"])
def test_a_ratio_of_columns_that_are_none(rasio: str) -> None:
    with pytest.raises(ValueError, match="two totalled columns"):
        ratio([], rasio)
    with pytest.raises(ValueError, match="only a percentage"):
        Column("x", "X", "uang", rasio=rasio)
