"""CSV and XLSX: exact values, text that stays text, every row there."""

from __future__ import annotations

import csv as std_csv
import dataclasses
import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.engines.paper import Column, FrozenDocument, csv, data_table, xlsx
from kkpd.engines.paper.forms import dokumen
from tests.reports.forms import FORMS
from tests.reports.samples import RANGKA, a_dpt

COLUMNS = (
    Column("teks", "Teks"),
    Column("kode", "Kode", "kode"),
    Column("tanggal", "Tanggal", "tanggal"),
    Column("angka", "Angka", "angka"),
    Column("persen", "Persen", "persen"),
    Column("uang", "Uang", "uang", dijumlah=True),
)
OURS = re.compile(r"SUBTOTAL\(9,|SUMPRODUCT\(--\(|IF\(")
FORMULAS = ("=1+1", "+62 811", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "=cmd|'/c calc'!A0")


def a_table(*texts: str, money: Rupiah | None = None) -> FrozenDocument:
    money = money or Rupiah(-150)
    lines = [(text, "0012", date(2026, 10, 3), 7, -4532, money) for text in texts]
    return dokumen(RANGKA, "dpt", "=Judul", [data_table(COLUMNS, [("", lines)])])


def read(data: bytes) -> list[list[str]]:
    return list(std_csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def book(data: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(data))


def rows(data: bytes, sheet: str = "1 Tabel 1") -> list[list[object]]:
    return [list(row) for row in book(data).get_sheet_by_name(sheet).to_python()]


def quoted_texts(data: bytes) -> set[str]:
    """The texts of a workbook whose style says: text, even where it looks like a formula."""
    found = set()
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        styles = ElementTree.fromstring(parts.read("xl/styles.xml"))  # noqa: S314 - our own
        quoting = [x.get("quotePrefix") == "1" for x in styles.iterfind("{*}cellXfs/{*}xf")]
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                tree = ElementTree.fromstring(parts.read(name))  # noqa: S314 - our own
                formulas = [formula.text or "" for formula in tree.iter("{*}f")]
                assert all(OURS.match(one) for one in formulas), formulas
                for cell in tree.iterfind(".//{*}c"):
                    if quoting[int(cell.get("s", "0"))]:
                        found.add("".join(cell.itertext()))
    return found


def test_csv_is_exact() -> None:
    found = read(csv.write(a_table('Toko, "A"')))
    assert found[0] == ["Teks", "Kode", "Tanggal", "Angka", "Persen", "Uang"]
    assert found[1:] == [['Toko, "A"', "0012", "2026-10-03", "7", "-45.32", "-1.50"]]


def test_csv_of_groups_and_of_several_tables() -> None:
    grouped = data_table(COLUMNS[:1], [("A", [("x",)]), ("=B", [("y",), (None,)])], judul="Satu")
    document = dokumen(RANGKA, "dpt", "Dua tabel", [grouped, data_table(COLUMNS[1:2], [])])
    assert read(csv.write(document)) == [
        ["Satu"], ["Kelompok", "Teks"], ["A", "x"], ["'=B", "y"], ["'=B", ""], [],
        ["Tabel 2"], ["Kode"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_in_csv(text: str) -> None:
    assert read(csv.write(a_table(text)))[1][0] == f"'{text}"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_in_a_workbook(text: str) -> None:
    data = xlsx.write(a_table(text))
    assert rows(data)[1][0] == text
    assert text in quoted_texts(data)


@pytest.mark.parametrize("text", ["<r><t>x</t></r>", "a & <b>", " tepi ", "_x0041_", "&amp;"])
def test_markup_in_a_workbook_is_text(text: str) -> None:
    data = xlsx.write(a_table(text, "b", text))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet2.xml"))  # noqa: S314 - our own
    found = [
        "".join(cell.itertext()).removesuffix(" " if text.startswith("<r>") else "")
        for cell in sheet.iterfind(".//{*}c[@t='inlineStr']")
    ]
    written = text.replace("_x", "_x005F_x")  # as spreadsheets spell an underscore before an x
    assert found.count(written) == 2
    assert rows(data)[2][0] == "b"


@pytest.mark.parametrize("values", [["a", None, "b,c", 'd "e"', ""], ["=1,2", "x"], [None]])
def test_csv_is_what_the_library_would_write(values: list[str | None]) -> None:
    for columns in (COLUMNS[:1], COLUMNS[:2]):
        cells = [(value, "k")[: len(columns)] for value in values]
        data = csv.write(dokumen(RANGKA, "dpt", "x", [data_table(columns, [("", cells)])]))
        out = io.StringIO(newline="")
        writer = std_csv.writer(out, lineterminator="\r\n")
        writer.writerow([kolom.judul for kolom in columns])
        writer.writerows([[csv.harmless(str(c)) if c else c for c in row] for row in cells])
        assert data == b"\xef\xbb\xbf" + out.getvalue().encode()


def test_a_workbook_has_numbers_dates_and_totals() -> None:
    found = rows(xlsx.write(a_table("a", "b")))
    assert found[1][2:] == [date(2026, 10, 3), 7, pytest.approx(-0.4532), pytest.approx(-1.5)]
    assert not any(found[3])
    assert found[4][0] == "Jumlah"
    assert found[4][5] == pytest.approx(-3.0)


def formulas(data: bytes, sheet: int = 2) -> dict[str, tuple[str, str]]:
    """Cell -> (formula, the value kept with it) of the workbook's sheet of this number."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        tree = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 - our own
    return {
        cell.get("r", ""): (cell.findtext("{*}f", ""), cell.findtext("{*}v", ""))
        for cell in tree.iterfind(".//{*}c")
        if cell.find("{*}f") is not None
    }


def test_groups_are_a_column_and_totals_are_formulas_outside_the_data() -> None:
    line = ("x", "1", None, 1, None)
    groups = [("A*", [(*line, Rupiah.of(2)), (*line, Rupiah.of(3))]), ("=B", [(*line, Rupiah(50))])]
    data = xlsx.write(dokumen(RANGKA, "dpt", "x", [data_table(COLUMNS, groups)]))
    found = rows(data)
    assert [row[0] for row in found] == ["Kelompok", "A*", "A*", "=B", "", "A*", "=B", "Jumlah"]
    assert formulas(data) == {
        "G6": ("SUMPRODUCT(--($A$2:$A$4=$A$6),G$2:G$4)", "5"),
        "G7": ("SUMPRODUCT(--($A$2:$A$4=$A$7),G$2:G$4)", "0.50"),
        "G8": ("SUBTOTAL(9,G$2:G$4)", "5.50"),
    }


def test_a_sheet_is_filtered_frozen_and_printed_on_its_width() -> None:
    data = xlsx.write(FORMS["lpj"](9))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet2.xml"))  # noqa: S314 - our own
        names = ElementTree.fromstring(parts.read("xl/workbook.xml"))  # noqa: S314 - our own
    found = {one.tag.partition("}")[2]: dict(one.attrib) for one in sheet.iter()}
    assert found["autoFilter"] == {"ref": "A1:E10"}
    assert (found["pane"]["topLeftCell"], found["pane"]["state"]) == ("A2", "frozen")
    assert found["pageSetup"]["orientation"] == "landscape"
    assert found["pageSetUpPr"] == {"fitToPage": "1"}
    assert found["pageSetup"]["fitToHeight"] == "0"  # as many pages down as it takes, one across
    titles = names.findall(".//{*}definedName[@name='_xlnm.Print_Titles'][@localSheetId='1']")
    assert [one.text for one in titles] == ["'1 Tabel 1'!$1:$1"]


def test_a_ratio_of_totals_is_a_formula_too() -> None:
    found = formulas(xlsx.write(FORMS["rekap"](3)))
    assert found["E6"][0] == 'IF(C6=0,"",ROUND(D6/C6,4))'
    share = next(FORMS["rekap"](3).data_table).percent(next(FORMS["rekap"](3).data_table).jumlah)[4]
    assert found["E6"][1] == f"{(share or 0) / 10_000:.4f}"


@pytest.mark.parametrize("form", FORMS)
def test_every_total_of_a_workbook_is_the_documents(form: str) -> None:
    document = FORMS[form](6)
    data = xlsx.write(document)
    for number, table in enumerate(document.data_table, 2):
        kept = [float(value or 0) for said, value in formulas(data, number).values()
                if said.startswith("SUBTOTAL")]  # fmt: skip
        assert kept == [pytest.approx(float(one.to_decimal())) for one in table.jumlah]


def test_an_amount_beyond_a_spreadsheets_numbers_is_text() -> None:
    found = rows(xlsx.write(a_table("a", money=Rupiah(10**17 + 1))))
    assert found[1][5] == "1.000.000.000.000.000,01"


def test_a_table_longer_than_a_sheet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_A_SHEET", 4)
    xlsx.write(a_dpt(4))
    with pytest.raises(DomainError, match="lebih dari satu juta baris"):
        xlsx.write(a_dpt(5))


@pytest.mark.parametrize("judul", ["a/b:c*?[d]\\", "'" * 40, "Judul yang sangat panjang " * 5])
def test_any_title_is_a_sheet_name(judul: str) -> None:
    table = dataclasses.replace(next(a_dpt(1).data_table), judul=judul)
    assert len(book(xlsx.write(dokumen(RANGKA, "dpt", "x", [table]))).sheet_names) == 2


@pytest.mark.parametrize("form", FORMS)
def test_every_form_goes_out_whole(form: str) -> None:
    document = FORMS[form](6)
    wanted = sum(1 for table in document.data_table for _ in table.baris)
    titles = sum(3 if n else 0 for n, _ in enumerate(document.data_table))
    heads = len(list(document.data_table)) + (1 if titles else 0)
    assert len(read(csv.write(document))) == wanted + heads + (titles // 3) * 2
    assert len(book(xlsx.write(document)).sheet_names) == 1 + len(list(document.data_table))
