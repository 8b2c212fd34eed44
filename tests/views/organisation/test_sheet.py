"""One sheet for OPDs, people, roles and cards, confirmed by one deliberate act."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.reference_row import ReferenceRow
from kkpd.models import Kartu, Opd, Orang, Pengguna, Penugasan
from kkpd.organisation.setup import sheet
from kkpd.web.globals import engine
from tests.client import Page, PageClient

LoggedIn = Callable[[str], PageClient]

HEAD = (
    "kode_opd;nama_opd;nama_pendek;alamat_opd;npwp_opd;nama;nip;nama_masuk;peran;mulai;nomor_sk;"
    "tanggal_sk;jenis_kartu;empat_angka;bank;limit;nomor_usul;tanggal_usul"
)
NEW = "1.06;Dinas Sosial;dinsos;Jalan Sosial 1;01.2"
ROWS = (
    f"{NEW};Wira Contoh;199001;wira;pa;02/01/2026;SK 1;02/01/2026;;;;;;",
    "1.06;;;;;Yani Contoh;199002;yani;Bendahara Pengeluaran;02/01/2026;SK 1;02/01/2026;;;;;;",
    "1.06;;;;;Zaki Contoh;199003;zaki;pemegang;02/01/2026;SK 1;02/01/2026;barang;0150;Bank Sumut;"
    "50.000.000;Usul 1;02/01/2026",
    "CONTOH-1;;;;;Orang Contoh;;;;;;;;;;;;",
)


@pytest.fixture
def joko(entry: LoggedIn) -> PageClient:
    """The administrator's browser."""
    return entry("joko")


def _check(joko: PageClient, rows: tuple[str, ...], status: int = 200) -> Page:
    data = "\n".join([HEAD, *rows]).encode()
    page = joko.get("/admin/lembar")
    return joko.submit(page, "/admin/lembar/periksa", status, berkas=(data, "lembar.csv"))


def _count(app: Flask, model: type[Opd | Orang | Penugasan | Kartu | Pengguna]) -> int:
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_sheet_has_so_many_rows_that_nobody_waits_for_it(joko: PageClient, app: Flask) -> None:
    before = _count(app, Orang)
    said = _check(joko, ("1.02;;;;;Orang Contoh;;;;;;;;;;;;",) * (sheet.MOST_ROWS + 1), 422).text
    assert "76 baris; paling banyak 75 sekali kirim" in said
    assert _count(app, Orang) == before


def test_no_transaction_is_open_while_the_child_reads_the_sheet(
    joko: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else writes meanwhile, both times that the sheet is read."""
    read, written = sheet.read, []

    def reads(data: bytes, name: str) -> list[ReferenceRow]:
        with writing(engine(), EVERY_OPD) as session:
            session.execute(text("UPDATE opd SET nama = nama"))
        written.append(name)
        return read(data, name)

    monkeypatch.setattr(sheet, "read", reads)
    joko.submit(_check(joko, ROWS), "/admin/lembar/usulkan")
    assert written == ["lembar.csv", "lembar.csv"]


def test_the_sheet_is_proposed_and_confirmed_at_once(
    joko: PageClient, entry: LoggedIn, app: Flask
) -> None:
    before = _count(app, Orang)
    seen = _check(joko, ROWS)
    assert "kartu 0150" in seen.text
    assert "Orang Contoh" not in seen.text
    assert _count(app, Orang) == before, "a check keeps nothing"
    joko.submit(seen, "/admin/lembar/usulkan")
    assert _count(app, Orang) == before + 3
    assert "Konfirmasi semua" not in joko.get("/admin/penugasan").links, "not by the proposer"
    again = _check(joko, ROWS)
    assert again.text.count("sudah tercatat") == 3
    mira = entry("mira")
    page = mira.get("/admin/penugasan/semua")
    for said in ("3 peran dan 1 kartu", "Zaki Contoh", "Rp 50.000.000"):
        assert said in page.text
    mira.submit(page, "/admin/penugasan/semua", 422, nomor_dokumen="SK 9", tanggal="03/01/2026")
    mira.submit(page, "/admin/penugasan/semua", nomor_dokumen="SK 9", tanggal="03/01/2026",
                benar="y")  # fmt: skip
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        card = session.scalars(select(Kartu).where(Kartu.nomor_akhir == "0150")).one()
        assert card.status == "aktif"
        waiting = select(func.count()).select_from(Penugasan).where(Penugasan.status == "usulan")
        assert session.scalar(waiting) == 0
    codes = mira.post("/admin/pengguna/kode", status=200)
    for name in ("wira", "yani", "zaki"):
        assert name in codes.text


def test_a_wrong_row_names_row_and_column_and_nothing_is_kept(joko: PageClient, app: Flask) -> None:
    before = _count(app, Opd)
    wrong = (
        ROWS[0],
        "1.06;;;;;Yani;199002;yani;raja;02/01/2026;SK 1;02/01/2026;;;;;;",
        "1.06;;;;;Zaki;199003;zaki;pemegang;31/02/2026;SK 1;02/01/2026;;;;;;",
        "9.99;;;;;Tono;199004;tono;pa;02/01/2026;SK 1;02/01/2026;;;;;;",
    )
    page = _check(joko, wrong, 422)
    for said in (
        "Baris 3, kolom peran: “raja” bukan peran",
        "Baris 4, kolom mulai: “31/02/2026” bukan tanggal",
        "Baris 5, kolom kode_opd: OPD ini belum ada",
    ):
        assert said in page.text
    assert _count(app, Opd) == before


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_is_read_back(joko: PageClient, ending: str) -> None:
    """Its own example row is passed over, so it holds nothing yet."""
    data = joko.get(f"/admin/lembar/contoh/{ending}").body
    page = joko.get("/admin/lembar")
    told = joko.submit(page, "/admin/lembar/periksa", 422, berkas=(data, f"lembar.{ending}"))
    assert "selain baris contoh" in told.text
    assert all(column in page.text for column in sheet.COLUMNS)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (";;;;;Orang Tanpa OPD;;;pa;hari ini;SK 1;02/01/2026;;;;;;", "Baris 3, kolom mulai"),
        ("1.06;;;;;Nama Lain;199001;;;;;;;;;;;", "NIP ini milik Wira Contoh. Periksa namanya."),
        ("1.06;;;;;Wira Contoh;199001;wira2;;;;;;;;;;", "Wira Contoh sudah punya nama masuk wira."),
    ],
)
def test_a_row_that_cannot_be_taken_is_told(joko: PageClient, row: str, sentence: str) -> None:
    assert sentence in _check(joko, (ROWS[0], row), 422).text


def test_a_checked_sheet_is_the_own_upload_of_who_proposes_it(
    joko: PageClient, entry: LoggedIn, app: Flask
) -> None:
    """Another's mark, a mark of nobody, and the bare hash of any kept file: all are refused."""
    seen, before = _check(joko, ROWS), _count(app, Orang)
    mark = seen.form("/admin/lembar/usulkan").form_values()
    sha256 = dict(mark)["sha256"]
    mira = entry("mira")
    for given in (sha256, sha256.partition(".")[0], f"{sha256.partition('.')[0]}.{'0' * 64}", ""):
        data = {"sha256": given, "nama": "lembar.csv", "csrf_token": mira.csrf_token()}
        told = mira.post("/admin/lembar/usulkan", data, 422)
        assert "Berkas yang diperiksa tidak ada lagi" in told.text
    assert _count(app, Orang) == before
    joko.submit(seen, "/admin/lembar/usulkan")
    assert _count(app, Orang) == before + 3
