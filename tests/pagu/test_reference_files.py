"""Reference tables as people bring them: separators, workbooks, and what is refused."""

from __future__ import annotations

import io

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

from kkpd.core.errors import DomainError
from kkpd.pagu.budget import reference as acuan

pytestmark = pytest.mark.usefixtures("opened_here")


def workbook(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return out.getvalue()


GOOD = [
    b"kode,nama\n1,a\n\n2,b\n",
    "\ufeffKode;Nama;Lain\n1;a;x\n2;b;y\n".encode(),
    b"KODE\tNama \n1\ta\n2\tb\n",
    workbook(("Kode", "NAMA"), (1.0, "a"), (2, "b"), (None, None)),
]


@pytest.mark.parametrize("data", GOOD)
def test_is_read_by_column_names(data: bytes) -> None:
    rows = acuan.read(data, "berkas", ("kode", "nama"))
    assert [(row["kode"], row["nama"]) for row in rows] == [("1", "a"), ("2", "b")]
    assert rows[0].nomor == 2
    assert rows[0]["tiada"] == ""


BAD = [
    (b"", "kosong"),
    (b"  \n ", "kosong"),
    (b"kode\n1\n", "Kolom “nama” tidak ada"),
    ("kode,nama\nä".encode("latin-1"), "bukan teks UTF-8"),
    (b"PK\x03\x04 terpotong", "bukan buku kerja Excel"),
    (workbook(), "tidak mempunyai baris judul"),
    (b"kode,nama\n" + b"1,a\n" * 200_001, "lebih dari 200000 baris"),
]


@pytest.mark.parametrize(("data", "sentence"), BAD)
def test_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        acuan.read(data, "berkas.csv", ("kode", "nama"))


def test_more_than_64_mb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acuan, "BYTE_LIMIT", 10)
    with pytest.raises(DomainError, match="lebih dari 64 MB"):
        acuan.read(b"kode,nama\n1,a\n", "berkas.csv", ("kode", "nama"))


def test_the_table_may_stand_on_any_sheet() -> None:
    """A cover sheet comes first; rows are counted from the top of their own sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Petunjuk").write_row(0, 0, ("Pagu", "isi lembar Data"))
        book.add_worksheet("Data").write_row(1, 0, ("Kode", "Nama"))
        book.get_worksheet_by_name("Data").write_row(2, 0, ("1", "a"))
    rows = acuan.read(out.getvalue(), "opd.xlsx", ("kode", "nama"))
    assert [(row.nomor, row["kode"], row["nama"]) for row in rows] == [(3, "1", "a")]
    with pytest.raises(DomainError, match="Kolom “kode” tidak ada"):
        acuan.read(out.getvalue(), "opd.xlsx", ("pagu", "kode"))
