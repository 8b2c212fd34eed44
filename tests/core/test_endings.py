"""The ending of a name and the content under it, in what people send and in an archive's parts."""

from __future__ import annotations

import io
import multiprocessing
import zipfile

import pytest

from kkpd.belanja import evidence
from kkpd.core import endings
from kkpd.core.errors import Unreadable
from kkpd.worker import take_in
from tests.engines.reading.bills import as_csv, as_xlsx
from tests.engines.reading.test_bills import BILL
from tests.server.test_mati import bill
from tests.worlds.office import foto

PDF = b"%PDF-1.4\n%%EOF\n"
HTML = b"<html><table><tr><td>Tanggal</td></tr></table></html>"


def zipped() -> bytes:
    """An archive that is no workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("nota.txt", "x")
    return out.getvalue()


@pytest.mark.usefixtures("opened_here")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tagihan.pdf", zipped()),
        ("tagihan.csv", PDF),
        ("tagihan.xlsx", PDF),
        ("tagihan.xlsx", as_csv(BILL)),
        ("tagihan.html", as_xlsx(BILL)),
        ("tagihan.pdf", as_csv(BILL)),
        ("tagihan.jpg", as_csv(BILL)),
        ("tagihan.exe", as_csv(BILL)),
        ("TAGIHAN.PDF", as_csv(BILL)),
    ],
)
def test_a_bank_file_that_is_not_what_its_name_says_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"berakhiran \.") as refused:
        take_in.prepare(data, name)
    assert refused.value.field == "berkas"


@pytest.mark.usefixtures("opened_here")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tagihan.xls", HTML),
        ("tagihan.xls", as_csv(BILL)),
        ("tagihan.xls", as_xlsx(BILL)),
        ("tagihan.XLSX", as_xlsx(BILL)),
        ("tagihan.txt", as_csv(BILL)),
        ("tagihan", as_csv(BILL)),
        ("tagihan.okt", as_csv(BILL)),
    ],
)
def test_what_banks_give_is_taken(name: str, data: bytes) -> None:
    assert take_in.prepare(data, name).data == data


@pytest.mark.usefixtures("opened_here")
@pytest.mark.parametrize(
    ("name", "data"),
    [("nota.jpg", PDF), ("nota.pdf", foto()), ("nota.png", PDF), ("nota.svg", foto())],
)
def test_evidence_that_is_not_what_its_name_says_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"berakhiran \."):
        evidence.check(data, name, 1 << 20)


@pytest.mark.usefixtures("opened_here")
def test_a_photo_may_have_either_ending_of_photos() -> None:
    for name in ("nota.jpg", "nota.png", "nota", "IMG_1.JPEG"):
        assert evidence.check(foto(), name, 1 << 20) == "image/jpeg"


@pytest.mark.usefixtures("opened_here")
@pytest.mark.parametrize(
    ("part", "content"),
    [("xl/media/image1.png", PDF), ("docProps/extra.xml", zipped()), ("xl/media/a.jpg", b"MZ")],
)
def test_a_part_of_a_workbook_that_is_something_else_is_refused(part: str, content: bytes) -> None:
    out = io.BytesIO(as_xlsx(BILL))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
    with pytest.raises(Unreadable, match="berisi hal lain"):
        take_in.prepare(out.getvalue(), "tagihan.xlsx")


def test_every_ending_names_what_is_known() -> None:
    known = {"csv", "xlsx", "xls", "xml", "html", "pdf", "mt940", "camt", "ofx", *evidence.MEDIA}
    assert {one for kinds in endings.MAY_BE.values() for one in kinds} <= known


def spin() -> None:
    """Use a processor."""
    while True:
        pass


def test_a_long_file_is_kept_on_a_busy_machine() -> None:
    """A hundred thousand lines, while four others want every processor."""
    others = [multiprocessing.get_context("spawn").Process(target=spin) for _ in range(4)]
    for other in others:
        other.start()
    try:
        data = bill(100_000)
        assert take_in.prepare(data, "tagihan.csv").data == data
    finally:
        for other in others:
            other.kill()
            other.join()
