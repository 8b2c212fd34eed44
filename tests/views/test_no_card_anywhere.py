"""Law 8: whatever is uploaded, no whole card number lies anywhere in the instance afterwards."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import DomainError
from kkpd.engines.reading import recognise
from kkpd.engines.reading.custody import keepable
from kkpd.engines.reading.statement import text_of
from kkpd.web.globals import engine, now
from tests import carriers
from tests.carriers import CARD, HEAD
from tests.cast import ACTORS
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.needle import files_with, holds
from tests.worlds import office

LoggedIn = Callable[[str], PageClient]
BILLS, EVIDENCE = carriers.bills(), carriers.photos() | carriers.pdfs()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


#: Drawn in pieces, written as codes, in numbers or over cells: no search of bytes sees these.
UNSEEN = {"cap.pdf", "entitas.html", "angka.xlsx", "sel.xlsx"}


@pytest.mark.parametrize("name", sorted((BILLS.keys() | EVIDENCE.keys()) - UNSEEN))
def test_each_hostile_file_holds_the_number(name: str) -> None:
    """So that a test which finds none afterwards says something."""
    assert holds((BILLS | EVIDENCE)[name], CARD)


@pytest.mark.parametrize("name", sorted(BILLS))
def test_what_is_kept_of_a_bill_holds_no_card_number(name: str) -> None:
    kept = keepable(BILLS[name], f"{CARD}-{name}")
    assert kept.sha256_sent is not None
    assert not holds(kept.data, CARD)
    assert CARD not in kept.name


@pytest.mark.parametrize("name", ["camt", "ofx"])
def test_a_number_that_cannot_be_cut_is_refused_with_a_sentence(name: str) -> None:
    coded = "".join(f"&#{ord(one)};" for one in CARD)
    head = '<?xml version="1.0"?>' if name == "camt" else "OFXHEADER:100\n\n<OFX>"
    with pytest.raises(DomainError, match="ditulis dengan kode"):
        keepable(f"{head}<Stmt><Ref>{coded}</Ref></Stmt>".encode(), f"a.{name}")


def test_a_number_over_cells_is_taken_out_of_each() -> None:
    kept = keepable(BILLS["sel.xlsx"], "sel.xlsx")
    rows = list(recognise.sheets("xlsx", kept.data)[0].rows())
    assert list(map(text_of, rows[2]))[-1] == "****1111"
    assert "4111" not in str(rows)


def _send(client: PageClient, page: Page, address: str, name: str, data: bytes) -> TestResponse:
    sent = dict(page.form(address).form_values())
    return client.http.post(address, data={**sent, "berkas": (BytesIO(data), f"{CARD} {name}")})


def _kept_nowhere(settings: Settings) -> None:
    database = Path(make_url(settings.database_url).database or "")
    assert files_with(settings.instance, CARD) == []
    for path in database.parent.glob(f"{database.name}*"):
        assert not holds(path.read_bytes(), CARD), path.name


def test_nothing_in_the_instance_holds_one_after_all_were_sent(
    app: Flask, settings: Settings, entry: LoggedIn, caplog: pytest.LogCaptureFixture
) -> None:
    citra = entry("citra")
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        row = belanja_verbs.record(session, ACTORS["citra"], office.belanja(), now()).id
    page = citra.get(f"/dinkes/2026-10/belanja/{row}")
    for name, data in EVIDENCE.items():
        answer = _send(citra, page, f"/dinkes/2026-10/belanja/{row}/bukti", name, data)
        assert answer.status_code in {400, 413, 422}, name
        assert not holds(answer.data, CARD), name
    page = citra.get("/dinkes/2026-10/tagihan/unggah")
    for name, data in BILLS.items():
        answer = _send(citra, page, "/dinkes/2026-10/tagihan/unggah", name, data)
        assert answer.status_code in {303, 422}, name
        assert not holds(answer.data, CARD), name
    assert len([*(settings.instance / "berkas").rglob("*")]) > 10, "the bills are kept"
    _kept_nowhere(settings)
    assert not holds(caplog.text.encode(), CARD)


#: A table of the administrator with a number in its cells: address, fields of its form, rows.
TABLES: dict[str, tuple[str, dict[str, str], str]] = {
    "/admin/lembar/periksa": (
        "/admin/lembar/usulkan",
        {},
        "kode_opd;nama_opd;nama_pendek;alamat_opd;nama;jabatan;peran\n"
        f"1.06;Dinas {CARD};dinsos;Jalan {CARD};Wira {CARD};{CARD};\n",
    ),
    "/admin/anggaran/periksa": (
        "/admin/anggaran/muat",
        {
            "jenis": "dpa",
            "opd": "dinkes",
            "nomor": "DPA/9",
            "tahun": "2026",
            "versi": "perubahan",
            "keputusan": "SK 1",
        },
        "sub_kegiatan;rekening;sumber_dana;pagu;nama_rekening\n"
        f"1.02.02.2.02.0010;5.1.02.01.01.0024;PAD;1000;ATK {CARD}\n",
    ),
    "/admin/acuan": (
        "",
        {"jenis": "rekening", "tahun": "2026"},
        f"kode;nama;deskripsi\n5.1.02.01.01.0077;ATK {CARD};{CARD}\n",
    ),
}


@pytest.mark.parametrize("address", TABLES)
def test_tables_of_the_administrator_keep_none(
    app: Flask, settings: Settings, entry: LoggedIn, address: str
) -> None:
    joko, (then, fields, rows) = entry("joko"), TABLES[address]
    page = joko.get(address.removesuffix("/periksa"))
    sent = dict(page.form(address).form_values()) | fields
    file = (BytesIO(rows.encode()), f"{CARD}.csv")
    answer = joko.http.post(address, data={**sent, "berkas": file})
    assert answer.status_code == (200 if then else 303), answer.text
    assert not holds(answer.data, CARD)
    if then:
        joko.submit(Page(app, answer), then)
    _kept_nowhere(settings)


@pytest.mark.parametrize("field", ["nip", "nama"])
def test_a_person_keeps_none_in_any_field(entry: LoggedIn, settings: Settings, field: str) -> None:
    joko = entry("joko")
    page = joko.get("/admin/pengguna/baru")
    given = {"nama": "Wira Contoh", "jabatan": "Pelaksana", field: CARD}
    answer = joko.submit(page, "/admin/pengguna/baru", 422 if field == "nip" else 303, **given)
    assert field != "nip" or "Ini nomor kartu, bukan NIP" in answer.text
    _kept_nowhere(settings)


def test_what_is_no_card_number_is_kept_byte_for_byte() -> None:
    innocent = (
        "1234567890123", "126-2345678909", "01.234.567.8-901.000", "198001012005011001",
        "VA 8881081234567890", "1.234.567.890.123,00", "20261013153045", "5.1.02.01.01.0024",
    )  # fmt: skip
    data = (HEAD + "".join(f"13/10/2026;x4821;{one};25.000,00\n" for one in innocent)).encode()
    kept = keepable(data, "tagihan.csv")
    assert (kept.data, kept.sha256_sent) == (data, None)
