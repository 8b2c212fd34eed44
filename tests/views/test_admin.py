"""The administrator's pages: every form by hand, every refusal at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.client import PageClient

LoggedIn = Callable[[str], PageClient]


@pytest.fixture
def joko(entry: LoggedIn) -> PageClient:
    """The administrator's browser."""
    return entry("joko")


def test_every_page_opens(joko: PageClient) -> None:
    for path in ("", "opd", "opd/baru", "opd/1", "pengguna", "pengguna?cari=citra", "pengguna/3",
                 "pengguna/baru", "penugasan", "kartu", "kartu/1", "setelan", "acuan",
                 "anggaran", "up"):  # fmt: skip
        assert joko.get(f"/admin/{path}").h1
    for path in ("opd/999", "pengguna/999", "kartu/999"):
        joko.get(f"/admin/{path}", 404)


def test_an_opd(joko: PageClient) -> None:
    page = joko.get("/admin/opd/baru")
    refused = joko.submit(page, "/admin/opd/baru", 409, kode="1.02", slug="dinkes", nama="Lain")
    assert "Nama pendek itu sudah dipakai" in refused.text
    joko.submit(page, "/admin/opd/baru", kode="1.09", slug="dinsos", nama="Dinas Sosial")
    page = joko.get("/admin/opd/3")
    joko.submit(page, "/admin/opd/3", nama="Dinas Sosial Baru", induk_id="1")
    assert "Dinas Sosial Baru" in joko.get("/admin/opd").text


def test_nobody_alone_puts_an_office_below_another(joko: PageClient) -> None:
    """Its parent's PA and treasurer would be its own: a grant that nobody confirmed."""
    page = joko.get("/admin/opd/2")
    refused = joko.submit(page, "/admin/opd/2", 409, induk_id="1")
    assert "induknya tidak dapat diubah" in refused.text
    joko.submit(page, "/admin/opd/2", alamat="Jalan Lain 2")


def test_a_person_login_and_role(joko: PageClient, entry: LoggedIn) -> None:
    page = joko.get("/admin/pengguna/baru")
    joko.submit(page, "/admin/pengguna/baru", 422, nama="")
    joko.submit(page, "/admin/pengguna/baru", nama="Wira Baru", nip="199001", opd_id="1")
    page = joko.get("/admin/pengguna/14")
    joko.submit(page, "/admin/pengguna/14", jabatan="Penata")
    refused = joko.submit(page, "/admin/pengguna/14/masuk", 422, nama_masuk="Wi ra")
    assert "Nama masuk: huruf kecil" in refused.errors()[0]
    assert refused.form("/admin/pengguna/14").fields["jabatan"] == "Penata"
    joko.submit(page, "/admin/pengguna/14/masuk", 200, nama_masuk="wira")
    page = joko.get("/admin/penugasan")
    role: dict[str, Any] = {
        "orang_id": "14",
        "peran": "pptk",
        "opd_id": "1",
        "mulai": "01/01/2026",
        "dasar": "SK 1",
        "tanggal_dasar": "01/01/2026",
    }
    refused = joko.submit(page, "/admin/penugasan", 422, **role | {"opd_id": ""})
    assert "terikat satu OPD" in refused.text
    refused = joko.submit(page, "/admin/penugasan", 422, **role)
    assert "mengapa berlaku mundur" in refused.text
    joko.submit(page, "/admin/penugasan", **role, alasan_mundur="SK terlambat diterima")
    mira = entry("mira")
    mira.submit(mira.get("/admin/penugasan"), "/admin/penugasan/14/konfirmasi")
    page = joko.get("/admin/penugasan")
    joko.submit(page, "/admin/penugasan/14/akhiri", 422, sampai="kapan")
    joko.submit(page, "/admin/penugasan/14/akhiri", sampai="31/12/2026")


def test_a_card(joko: PageClient, entry: LoggedIn) -> None:
    page = joko.get("/admin/kartu")
    given: dict[str, Any] = {
        "opd_id": "1",
        "jenis": "barang",
        "nomor_akhir": "7730",
        "bank": "Bank Sumut",
        "pemegang_id": "1",
        "limit": "5.000.000",
        "tanggal": "02/01/2026",
        "nomor_dokumen": "Usul/1",
    }
    refused = joko.submit(page, "/admin/kartu", 409, **{**given, "nomor_akhir": "4821"})
    assert "sudah terdaftar" in refused.text
    joko.submit(page, "/admin/kartu", **given)
    step = {"status": "ditetapkan", "tanggal": "03/01/2026", "nomor_dokumen": "SK/1"}
    own = joko.post("/admin/kartu/3", step | {"csrf_token": joko.csrf_token()}, 403)
    assert "Anda yang mengusulkan kartu ini" in own.text
    mira = entry("mira")
    mira.post("/admin/kartu/3", step | {"csrf_token": mira.csrf_token()})
    assert "SK/1" in joko.get("/admin/kartu/3").text


def test_a_setting(joko: PageClient) -> None:
    page = joko.get("/admin/setelan")
    joko.submit(page, "/admin/setelan", 422, kunci="batas_kapitalisasi", nilai="1", mulai="",
                dasar_hukum="")  # fmt: skip
    for nilai in ("500.000", ""):
        joko.submit(page, "/admin/setelan", kunci="batas_kapitalisasi", nilai=nilai,
                    mulai="01/01/2026", dasar_hukum="Perbup 1")  # fmt: skip
    page = joko.get("/admin/setelan")
    assert "tidak diperiksa" in page.text
    assert "500.000" in page.text


def test_reference_data(joko: PageClient) -> None:
    page = joko.get("/admin/acuan")
    none = joko.submit(page, "/admin/acuan", 422, jenis="rekening", tahun="2026")
    assert "Pilih satu berkas" in none.text

    def load(jenis: str, data: bytes, status: int = 303, **more: Any) -> str:
        given: dict[str, Any] = {
            "jenis": jenis,
            "tahun": "2026",
            "berkas": (data, f"{jenis}.csv"),
        } | more
        answer = joko.submit(page, "/admin/acuan", status, **given)
        return answer.text if status != 303 else joko.follow(answer).text

    assert "1 baru" in load("rekening", b"kode,nama\n5.1.02.01.01.0024,ATK\n")
    assert "Baris 2" in load("rekening", b"kode,nama\nx,ATK\n", 422)
    assert "1 baru" in load("sub_kegiatan", b"kode;nama\n1.02.02.2.02.0010;TB\n")


DPA = b"sub_kegiatan,rekening,sumber_dana,pagu\n1.02.02.2.02.0010,5.1.02.01.01.0024,PAD,1000\n"


def _codes(joko: PageClient) -> None:
    page = joko.get("/admin/acuan")
    for jenis, data in (
        ("rekening", b"kode,nama\n5.1.02.01.01.0024,ATK\n"),
        ("sub_kegiatan", b"kode;nama\n1.02.02.2.02.0010;TB\n"),
    ):
        joko.submit(page, "/admin/acuan", jenis=jenis, tahun="2026", berkas=(data, f"{jenis}.csv"))


def test_a_budget_is_seen_before_it_is_loaded(joko: PageClient) -> None:
    _codes(joko)
    page, check = joko.get("/admin/anggaran?tahun=2026"), "/admin/anggaran/periksa"
    given: dict[str, Any] = {"jenis": "dpa", "opd": "dinkes", "nomor": "DPA/1"}
    none = joko.submit(page, check, 422, **given)
    assert "Pilih satu berkas" in none.text
    assert "Isi berkas" in joko.submit(page, check, 422, jenis=None).text
    twice = DPA + DPA.split(b"\n")[1] + b"\n"
    wrong = joko.submit(page, check, 422, **given, berkas=(twice, "dpa.csv"))
    assert "sudah ada di atasnya" in wrong.text
    assert "tidak ada dalam" in joko.submit(page, check, 422, **given, berkas=(b"a", "x")).text
    seen = joko.submit(page, check, 200, **given, berkas=(DPA, "dpa.csv"))
    assert "Belum ada yang disimpan" in seen.text
    assert "DPA/1" not in joko.get("/admin/anggaran?tahun=2026").text
    after = joko.submit(seen, "/admin/anggaran/muat")
    assert "DPA/1" in joko.follow(after).text
    again = joko.submit(page, check, 200, **given, berkas=(DPA, "dpa.csv"))
    assert "sudah dimuat" in again.text
    joko.submit(seen, "/admin/anggaran/muat", 422, sha256="../../etc/passwd")
    gone = joko.submit(seen, "/admin/anggaran/muat", 422, sha256="0" * 64)
    assert "tidak ada lagi" in gone.text


def test_headings_that_are_not_known_are_asked_for(joko: PageClient) -> None:
    """Two title rows and headings of another export; what is chosen goes on to the load."""
    _codes(joko)
    export = (
        b"RINCIAN BELANJA;;;;\n;;;;\nKode Sub Giat;Kode Akun;Asal Dana;Nilai Rincian Objek;Ket\n"
        b"1.02.02.2.02.0010;5.1.02.01.01.0024;PAD;1.000;x\n"
    )
    page, check = joko.get("/admin/anggaran?tahun=2026"), "/admin/anggaran/periksa"
    given: dict[str, Any] = {"jenis": "dpa", "opd": "dinkes", "nomor": "DPA/2"}
    asked = joko.submit(page, check, 200, **given, berkas=(export, "rincian.csv"))
    assert asked.h1 == "Kolom rincian.csv"
    form = asked.form(check)
    assert form.fields["kolom.Kode Akun"] == "rekening"
    some = {"kolom.Kode Sub Giat": "sub_kegiatan", "kolom.Asal Dana": "sumber_dana"}
    left = joko.submit(asked, check, 422, **some)
    assert "Belum diketahui: pagu, rupiah." in left.text
    seen = joko.submit(left, check, 200, **{"kolom.Nilai Rincian Objek": "pagu"})
    assert "Belum ada yang disimpan" in seen.text
    after = joko.submit(seen, "/admin/anggaran/muat")
    assert "DPA/2" in joko.follow(after).text


def test_a_up_is_asked_for_and_decided(joko: PageClient, entry: LoggedIn) -> None:
    dewi, address = entry("dewi"), "/dinkes/2026-10/pagu/"
    asked: dict[str, Any] = {
        "up_kkpd": "60.000.000",
        "alasan": "kebutuhan_naik",
        "uraian": "rata-rata 55 juta",
    }
    page = dewi.get(address)
    assert "Belum ada keputusan UP" in page.text
    dewi.submit(page, f"{address}usulan", 422, **asked | {"uraian": "pendek"})
    dewi.submit(page, f"{address}usulan", 422, **asked | {"up_kkpd": "x"})
    dewi.submit(page, f"{address}usulan", **asked)
    page = joko.get("/admin/up?tahun=2026")
    refuse = "/admin/up/usulan/1/1/tolak"
    assert "Tulis alasan menolak" in joko.submit(page, refuse, 422, alasan="a").text
    joko.submit(page, refuse, alasan="belum perlu tahun ini")
    assert "belum perlu tahun ini" in dewi.get(address).text
    dewi.submit(dewi.get(address), f"{address}usulan", **asked)
    page = joko.get("/admin/up?tahun=2026")
    given: dict[str, Any] = {
        "opd_id": "1",
        "tahun": "2026",
        "nomor": "188/1",
        "mulai": "02/01/2026",
        "up": "150.000.000",
        "dasar_hukum": "Keputusan Bupati 188/2026",
        "usulan_id": "2",
    }
    joko.submit(page, "/admin/up", 422, **given | {"nomor": ""})
    refused = joko.submit(page, "/admin/up", 422, **given | {"dasar_hukum": "keputusan"})
    assert refused.error_at("dasar_hukum").startswith("Tulis dasar hukum dengan nama")
    joko.submit(page, "/admin/up", **given)
    assert "188/1" in joko.get("/admin/up?tahun=2026").text
    text = dewi.get(address).text
    assert "Dijawab dengan keputusan 188/1" in text
    assert "Rp 60.000.000" in text
