"""Between pages: nothing is left alone at a foot, and a drawing can be called off."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.paper import Column, FrozenDocument, Paragraph, data_table
from kkpd.engines.paper.forms import dokumen, usual_signers
from kkpd.engines.paper.parts import Piece
from kkpd.engines.paper.sheet import draw
from tests.reports import extract
from tests.reports.forms import FORMS
from tests.reports.samples import CITRA, DEWI, RANGKA, a_dpt


def landscape(document: FrozenDocument, lines: int) -> FrozenDocument:
    """The same on a low page, with so many paragraphs before it."""
    before = [Paragraph("Uraian.")] * lines
    return dataclasses.replace(document, arah="mendatar", isi=(*before, *document.isi))


def test_a_drawing_can_be_called_off_between_pages() -> None:
    pages: list[int] = []
    data = draw(a_dpt(40), None, lambda: pages.append(1))
    assert len(pages) == len(extract.pages(data)) - 1 > 1
    assert data == draw(a_dpt(40))

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        draw(a_dpt(40), None, stop)


@pytest.mark.parametrize("lines", range(0, 24, 2))
def test_neither_a_head_nor_a_signature_is_left_alone(lines: int) -> None:
    pages = extract.pages(draw(landscape(FORMS["pernyataan_up"](1), lines)))
    assert len([page for page in pages if "Pagu DPA" in page]) == 1
    assert next("2.400.000.000" in page for page in pages if "Pagu DPA" in page)
    letter = extract.pages(draw(landscape(FORMS["spp_gu_pengantar"](1), lines)))
    assert "Citra Contoh" in letter[-1]
    assert "Arsip" in letter[-1]


COLUMNS = (Column("uraian", "Uraian", "teks", 300), Column("nilai", "Nilai", "uang", 90, "", True))
LONG = " sub kegiatan yang namanya panjang sekali" * 6


def grouped(versi: int, before: int, sizes: list[int], judul: str = "") -> FrozenDocument:
    """Groups of so many rows under paragraphs; every third heading takes two lines."""
    groups = [
        (f"Kepala {n}{LONG if n % 3 == 2 else ''}", [(f"baris {n}", Rupiah.of(n + 1))] * size)
        for n, size in enumerate(sizes)
    ]
    isi: list[Piece] = [*[Paragraph("Uraian.")] * before, data_table(COLUMNS, groups, judul=judul)]
    signatures = usual_signers(DEWI, CITRA)
    made = dokumen(RANGKA, "lpj", "Daftar", isi, signatures, arah="mendatar")
    return dataclasses.replace(made, versi=versi)


def alone(document: FrozenDocument) -> list[str]:
    """What stands alone: a head without a row below it, a total or signature without one above."""
    found = []
    for page in extract.pages(draw(document)):
        kinds = [kind for line in page if (kind := _kind(line))]
        for kind, following in pairwise([*kinds, ""]):
            wanted = {"title": {"head"}, "head": {"heading", "row"}, "heading": {"row"}}.get(kind)
            if wanted and following not in wanted:
                found.append(kind)
        body = [kind for kind in kinds if kind in ("heading", "row", "total", "signature")]
        if body and body[0] in ("total", "signature"):
            found.append(body[0])
    return found


def _kind(line: str) -> str:
    starts = {"Bagian": "title", "Uraian": "head", "Kepala": "heading", "baris": "row",
              "Jumlah Kepala": "total", "Mengetahui": "signature"}  # fmt: skip
    if line == "Uraian.":
        return ""
    return (
        "total"
        if line == "Jumlah"
        else next((k for s, k in starts.items() if line.startswith(s)), "")
    )


@pytest.mark.parametrize("sizes", [[1] * 30, [2] * 20, [3, 1, 2] * 8, [9, 1], [1], [40], []])
@pytest.mark.parametrize("judul", ["", "Bagian"])
def test_no_head_and_no_total_stands_alone(sizes: list[int], judul: str) -> None:
    for before in range(26):
        document = grouped(2, before, sizes, judul)
        if sizes:
            assert alone(document) == [], before


def test_the_first_drawing_left_heads_alone() -> None:
    left = {kind for before in range(26) for kind in alone(grouped(1, before, [1] * 30))}
    assert left == {"head", "heading", "total"}


@pytest.mark.parametrize("texts", ["kata " * 200, "kata " * 780])
def test_a_row_taller_than_a_page_begins_under_its_heading(texts: str) -> None:
    narrow = (Column("uraian", "Uraian", "teks", 30), Column("n", "N", "uang", 400, "", True))
    table = data_table(narrow, [("Kepala", [(f"baris {texts}", Rupiah.of(1))])])
    made = dokumen(RANGKA, "lpj", "Daftar", [table], arah="mendatar")
    first = extract.pages(draw(made))[0]
    assert any(line.startswith("baris") for line in first)
