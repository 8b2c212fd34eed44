"""Each form against docs/formulir.md, which stands beside what kkpd.md 1.10 and 2 say of it."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest

from kkpd.engines.paper import Entries, FrozenDocument, Paragraph
from kkpd.engines.paper.parts import Column, Table
from tests.reports.forms import FORMS

_DOC: Final = Path(__file__).parents[2] / "docs" / "formulir.md"
_ROW: Final = re.compile(r"\| ([a-z0-9_]+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|")
TABLE: Final = {
    name: cells for name, *cells in _ROW.findall(_DOC.read_text("utf-8")) if name != "form"
}


def columns(document: FrozenDocument) -> str:
    """The columns as the document names them."""
    return " / ".join(_table(table) for table in document.data_table) or "-"


def _table(table: Table) -> str:
    found = []
    for group, members in groupby(table.kolom, key=lambda kolom: kolom.grup):
        names = [f"{kolom.judul}{'+' if kolom.dijumlah else ''}" for kolom in members]
        found += [f"{group} {{{', '.join(names)}}}"] if group else names
    return "; ".join(found)


def signatures(document: FrozenDocument) -> str:
    """Side, words before and capacity of every block."""
    return "; ".join(
        " ".join(part for part in (one.sisi, one.pembuka, one.selaku) if part)
        for one in document.tanda_tangan
    )


def test_the_document_has_every_form() -> None:
    assert TABLE.keys() == FORMS.keys()


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_as_written_down_and_as_its_source_says(form: str) -> None:
    document = FORMS[form](3)
    title, ours, source, signed = TABLE[form]
    assert (document.judul, columns(document), signatures(document)) == (title, ours, signed)
    plain = ours.replace("+", "").replace(" (Rp)", "").replace("/ ", "/")
    first = plain.partition(" /")[0]  # the closing of a book is a table of our own under it
    assert source in ("-", plain, first)
    assert document.tempat
    assert all(one.orang.nip and one.orang.pangkat for one in document.tanda_tangan)


def _labels(document: FrozenDocument) -> list[str]:
    return [b.label for part in document.isi if isinstance(part, Entries) for b in part.butir]


def _said(document: FrozenDocument, label: str) -> str:
    rows = [part.butir for part in document.isi if isinstance(part, Entries)]
    return next(b.isi for butir in rows for b in butir if b.label == label)


#: form -> the label rows that its source asks for, in order
LABELS: Final = {
    "dpr": ["Nama", "NIP", "Pangkat/Gol. Ruang", "Jabatan", "SKPD", "Nomor KKPD"],
    "spp_gu_pengantar": [
        "Nama SKPD", "Sub kegiatan", "Pengguna Anggaran", "PPTK", "Bendahara Pengeluaran",
        "NPWP Bendahara Pengeluaran", "Bank dan rekening", "Untuk keperluan", "Dasar pengeluaran",
        "Lembar asli", "Salinan 1", "Salinan 2", "Salinan 3",
    ],
    "sptb": [
        "OPD", "Satuan kerja", "Nomor dan tanggal DPA", "Tahun anggaran", "Jumlah belanja",
    ],
    "lpj": [
        "Uang Persediaan KKPD awal periode", "Dikurangi DPT periode ini",
        "Ditambah pelunasan kepada bank", "Perubahan belanja yang belum masuk DPT",
        "Perubahan Uang Persediaan KKPD", "Uang Persediaan KKPD akhir periode",
    ],
    "pernyataan_up": [
        "Nama", "NIP", "Pangkat/Gol. Ruang", "Jabatan", "SKPD", "Bagian UP Tunai",
        "Bagian UP KKPD",
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", LABELS)
def test_label_rows_stand_in_the_order_of_the_source(form: str) -> None:
    wanted = LABELS[form]
    assert [label for label in _labels(FORMS[form](3)) if label in wanted] == wanted


def test_what_the_source_says_in_words() -> None:
    letter = FORMS["spp_gu_pengantar"](3)
    assert _said(letter, "Dasar pengeluaran") == (
        "SPD Nomor SPD/1/2026 tanggal 9 Januari 2026, sebesar Rp 900.000.000 "
        "(sembilan ratus juta rupiah)"
    )
    first, second = (
        part.teks for part in FORMS["dpr"](3).isi if isinstance(part, Paragraph) and part.nomor
    )
    assert "pembayaran riil dengan menggunakan KKPD dari Uang Persediaan" in first
    assert "menyetorkan kelebihan tersebut ke Rekening Kas Umum Daerah" in second
    summary = FORMS["spp_gu_ringkasan"](3)
    assert [table.judul[:2] for table in summary.data_table] == ["I.", "II"]


def test_the_book_opens_with_what_was_there() -> None:
    first: tuple[Column, ...] = next(FORMS["bku"](3).data_table).kolom
    opening = next(iter(next(FORMS["bku"](3).data_table).baris))
    assert dict(zip((k.kunci for k in first), opening, strict=True))["uraian"] == "Saldo lalu"
    assert opening[0] is None
