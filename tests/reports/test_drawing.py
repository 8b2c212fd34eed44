"""What the pages show: totals carried, heads repeated, signatures whole, hostile text harmless."""

from __future__ import annotations

import base64
import dataclasses
import io
import re
from datetime import date
from typing import Literal

import pdfplumber
import pytest
from PIL import Image

from kkpd.approval.forms.dpt import DptInput, dpt
from kkpd.core.money import Rupiah, total
from kkpd.engines.paper import (
    Column,
    FrozenDocument,
    Letterhead,
    Person,
    SignatureBlock,
    data_table,
)
from kkpd.engines.paper.forms import dokumen
from kkpd.engines.paper.pdf import reader as pdf_reader
from kkpd.engines.paper.pdf.fonts import REGULAR, Letters
from kkpd.engines.paper.sheet import draw
from tests.reports import extract
from tests.reports.forms import FORMS
from tests.reports.samples import DEWI, RANGKA, a_dpt, dpt_rows, issue

COLUMNS = (Column("uraian", "Uraian", "teks", 200), Column("nilai", "Nilai", "uang", 80, "", True))


def a_list(texts: list[str], amounts: list[Rupiah] | None = None) -> FrozenDocument:
    amounts = amounts or [Rupiah.of(1)] * len(texts)
    rows = list(zip(texts, amounts, strict=True))
    signer = SignatureBlock("Pengguna Anggaran", Person("Dewi Contoh"))
    return dokumen(RANGKA, "dpt", "Daftar", [data_table(COLUMNS, [("", rows)])], [signer])


def objects(data: bytes) -> str:
    parts = pdf_reader.parse(data).parts
    return "\n".join(
        part.content.decode("ascii") for part in parts if part.entries.startswith(b"/Type/ObjStm")
    )


def amount(text: str) -> Rupiah:
    return Rupiah.parse(text)


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 8, 9, 10, 11, 40, 333])
def test_amounts_are_carried_from_page_to_page(rows: int) -> None:
    pages = extract.pages(draw(a_dpt(rows)))
    carried = []
    for number, lines in enumerate(pages, 1):
        assert f"Halaman {number}" in lines
        assert lines[0].startswith(f" dari {len(pages)}")
        assert "No KKPD" in "".join(lines)
        for line in lines:
            if line.startswith("Jumlah dipindahkan"):
                carried.append(line.removeprefix("Jumlah dipindahkan"))
            if line.startswith("Jumlah pindahan"):
                assert line.removeprefix("Jumlah pindahan") == carried[number - 2]
    whole = total(row.jumlah for row in dpt_rows(rows))
    lines = pages[-1]
    assert amount(lines[lines.index("Jumlah") + 1]) == whole


@pytest.mark.parametrize("rows", range(60))
def test_no_signature_and_no_total_stands_alone(rows: int) -> None:
    last = extract.pages(draw(a_dpt(rows)))[-1]
    assert last.count("Pengguna Anggaran") == 1
    assert "Jumlah" in last
    assert last.count("•••• 4821") >= min(rows, 2)


@pytest.mark.parametrize("form", FORMS)
def test_the_proof_stands_on_the_page_of_the_last_signature(form: str) -> None:
    for rows in (0, 1, 2, 3, 6, 9, 14, 21, 28, 35):
        document = FORMS[form](rows)
        last = extract.pages(draw(*issue(document)))[-1]
        assert any(line.startswith("Berkas ini membawa data") for line in last)
        for signature in document.tanda_tangan[-2:]:
            assert signature.orang.nama in last, f"{rows} rows"


@pytest.mark.parametrize("signers", [0, 1, 2, 3])
@pytest.mark.parametrize("arah", ["tegak", "mendatar"])
def test_the_proof_beside_or_under_any_number_of_signatures(
    signers: int, arah: Literal["tegak", "mendatar"]
) -> None:
    sides: tuple[Literal["kanan", "kiri"], ...] = ("kanan", "kiri", "kanan")
    blocks = tuple(SignatureBlock("PA", DEWI, side) for side in sides[:signers])
    for rows in (24, 29, 33, 38, 42):
        document = dataclasses.replace(a_dpt(rows), tanda_tangan=blocks, arah=arah)
        for words in pdfplumber.open(io.BytesIO(draw(*issue(document)))).pages[-1:]:
            found = [c for c in words.extract_words() if c["bottom"] > float(words.height) - 40]
            assert {word["text"] for word in found} >= {"Sidik", "Halaman"}
            assert all(word["top"] > float(words.height) - 45 for word in found)


def test_running_totals_are_those_of_the_rows_above() -> None:
    amounts = [Rupiah.of(n * n + 1) for n in range(200)]
    pages = extract.pages(draw(a_list([f"baris {n}" for n in range(200)], amounts)))
    seen = 0
    for lines in pages[:-1]:
        seen += sum(line.startswith("baris ") for line in lines)
        carried = next(line for line in lines if line.startswith("Jumlah dipindahkan"))
        assert amount(carried.removeprefix("Jumlah dipindahkan")) == total(amounts[:seen])


def test_a_draft_says_so_on_every_page_and_an_issued_one_never() -> None:
    draft = extract.pages(draw(a_dpt(40)))
    assert all("RANCANGAN" in lines for lines in draft)
    assert all("RANCANGAN – belum diterbitkan" in lines[0] for lines in draft)
    assert "RANCANGAN" not in extract.text(draw(*issue(a_dpt(40))))


def test_a_draft_cannot_carry_a_proof_nor_an_issued_one_lack_it() -> None:
    document, bukti = issue(a_dpt(1))
    with pytest.raises(ValueError, match="proof"):
        draw(document)
    with pytest.raises(ValueError, match="proof"):
        draw(a_dpt(1), bukti)
    with pytest.raises(ValueError, match="no drawing"):
        draw(dataclasses.replace(a_dpt(1), versi=99))


def test_a_row_taller_than_a_page_goes_on() -> None:
    words = " ".join(f"kata{n}" for n in range(500))
    text = extract.text(draw(a_list([words, "sesudahnya"])))
    assert all(f"kata{n}" in text for n in range(500))
    assert "sesudahnya" in text


HOSTILE = {
    "markup": "<b>Toko</b> &amp; <script>alert(1)</script> )Tj ET Q",
    "parentheses": "(((\\))) <</S/JavaScript>> endstream endobj",
    "control": "Toko\x00\x01\x1bRejeki\nbaris\tdua",
    "rtl": "\u202egnupac\u202c متجر החנות",
    "emoji": "Kopi ☕😀👩‍🍳 enak",
    "cjk": "商店",
    "name": "A" * 200,
    "long": "x" * 3_000,
    "combining": "e\u0301" * 40,
    "formula": '=HYPERLINK("http://x","y")',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_shown_and_harmless(kind: str) -> None:
    text = HOSTILE[kind]
    document = a_list([text])
    document = dataclasses.replace(
        document,
        judul=text[:300],
        nomor=text[:60],
        kop=Letterhead(text[:120], text[:200]),
        tanda_tangan=(SignatureBlock(text[:200], Person(text[:200], text[:30])),),
    )
    data = draw(document)
    shown = re.sub(r"\s", "", extract.text(data))
    row = next(iter(next(document.data_table).baris))[0]
    assert isinstance(row, str)
    known = Letters(REGULAR).face.glyph
    expected = "".join(char if char in known else "▯" for char in row)
    assert re.sub(r"\s", "", expected) in shown
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        assert pdf.pages[0].extract_text()


def test_what_is_drawn_as_a_box_has_its_text_beside_it() -> None:
    data = objects(draw(a_list(["Kopi 😀"])))
    assert f"/ActualText<FEFF{'Kopi 😀'.encode('utf-16-be').hex().upper()}>" in data
    assert "/ActualText" not in objects(draw(a_list(["Kopi"])))


@pytest.mark.parametrize("sen", [10**17, -(10**17), 2**63 - 1, 1, 0])
def test_very_large_and_small_amounts(sen: int) -> None:
    text = extract.text(draw(a_list(["x"], [Rupiah(sen)])))
    assert str(Rupiah(sen)) in text


def test_a_wide_amount_takes_room_from_the_texts_and_stays_whole() -> None:
    rows = [dataclasses.replace(row, jumlah=Rupiah(10**17 + 7)) for row in dpt_rows(3)]
    document = dpt(DptInput(paper_frame=RANGKA, bank="Bank", kelompok=[("", rows)], signatory=DEWI))
    data = draw(document)
    lines = extract.pages(data)[0]
    assert lines.count("1.000.000.000.000.000,07") == 3
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        words = [word["text"] for word in pdf.pages[0].extract_words()]
    assert words.count("1.000.000.000.000.000,07") == 3
    assert "3.000.000.000.000.000,21" in lines


def test_one_amount_with_sen_gives_sen_to_its_column() -> None:
    text = extract.text(draw(a_list(["a", "b"], [Rupiah(150), Rupiah.of(2)])))
    assert "1,50" in text
    assert "2,00" in text
    assert "3,50" in text


@pytest.mark.parametrize("kertas", ["A4", "F4"])
@pytest.mark.parametrize("arah", ["tegak", "mendatar"])
def test_paper(kertas: Literal["A4", "F4"], arah: Literal["tegak", "mendatar"]) -> None:
    document = dataclasses.replace(a_dpt(3), kertas=kertas, arah=arah)
    width, height = {"A4": ("595.28", "841.89"), "F4": ("609.45", "935.43")}[kertas]
    if arah == "mendatar":
        width, height = height, width
    assert f"/MediaBox[0 0 {width} {height}]" in objects(draw(document))


def an_image(size: tuple[int, int] = (40, 50), form: str = "PNG") -> str:
    out = io.BytesIO()
    Image.new("RGBA", size, (0, 120, 90, 128)).save(out, form)
    return base64.b64encode(out.getvalue()).decode()


def with_arms(encoded: str) -> FrozenDocument:
    kop = Letterhead(
        "Pemerintah Kabupaten Deli Serdang", "Dinas Kesehatan", "Jalan Contoh", encoded
    )
    return dataclasses.replace(a_dpt(1), kop=kop)


def test_the_coat_of_arms_has_its_slot_and_its_words() -> None:
    data = draw(with_arms(an_image()))
    said = "Lambang Pemerintah Kabupaten Deli Serdang".encode("utf-16-be").hex().upper()
    assert "/S/Figure" in objects(data)
    assert f"/Alt<FEFF{said}>" in objects(data)
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages[0].images) == 1


@pytest.mark.parametrize(
    "encoded", ["!!!", base64.b64encode(b"no image").decode(), an_image((1200, 1200))]
)
def test_a_coat_of_arms_that_is_none_is_refused(encoded: str) -> None:
    with pytest.raises(ValueError, match="coat of arms"):
        draw(with_arms(encoded))


def test_several_signatures_stand_beside_and_under_each_other() -> None:
    people = tuple(
        SignatureBlock(
            f"Selaku {n}", Person(f"Nama {n}"), "kiri" if n % 2 else "kanan", "Mengetahui,"
        )
        for n in range(5)
    )
    data = draw(dataclasses.replace(a_dpt(1), tanda_tangan=people))
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "Nama 1 Nama 0" in text
    assert "Nama 3 Nama 2" in text
    assert text.count("Lubuk Pakam, 24 November 2026") == 1


def test_groups_have_headings_and_subtotals() -> None:
    table = data_table(
        COLUMNS,
        [("Kelompok A", [("a", Rupiah.of(1)), ("b", Rupiah.of(2))]), ("Kelompok B", [])],
    )
    lines = extract.pages(draw(dokumen(RANGKA, "dpt", "Daftar", [table])))[0]
    assert lines[lines.index("Kelompok A") + 1] == "a"
    assert lines[lines.index("Jumlah Kelompok A") + 1] == "3"
    assert lines[lines.index("Jumlah Kelompok B") + 1] == "0"


def test_a_table_without_amounts_and_one_that_begins_with_them() -> None:
    plain = data_table((Column("a", "A"), Column("b", "B")), [("", [("x", "y")] * 90)])
    first = data_table((Column("a", "A", "uang", 60, "", True),), [("", [(Rupiah.of(5),)] * 90)])
    text = extract.text(draw(dokumen(RANGKA, "dpt", "Daftar", [plain, first])))
    assert "450" in text
    assert text.count("x\n") == 90


def test_the_files_own_date_is_the_documents() -> None:
    data = draw(dataclasses.replace(a_dpt(1), tanggal=date(2025, 2, 3)))
    assert b"<xmp:CreateDate>2025-02-03T00:00:00Z</xmp:CreateDate>" in data
    assert "CreationDate(D:20250203000000Z)" in objects(data)
