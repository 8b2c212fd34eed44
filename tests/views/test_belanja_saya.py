"""The card holder's own purchases on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import Kartu, Transaksi
from kkpd.web.globals import engine as engine_of
from kkpd.web.globals import now, today
from tests.cast import ACTORS, ORANG, given
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import ATK, KARTU_DINAS, PAD, SUB

BASIS = "/dinkes/2026-10/belanja-saya"
MASUK = Callable[[str], PageClient]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


@pytest.fixture
def kemarin(app: Flask) -> str:
    """Yesterday, as typed."""
    with app.app_context():
        return f"{today() - timedelta(days=1):%d/%m/%Y}"


def isi(**changes: object) -> dict[str, Any]:
    """What the short form is filled with."""
    return {
        "nilai": "48.500",
        "merchant": "Warung Sate",
        "uraian": "Kertas HVS",
        "pembebanan": f"{SUB}|{ATK}|{PAD}",
    } | changes


def test_photo_first_then_what_is_missing(entry: MASUK) -> None:
    ani = entry("ani")
    page = ani.get(f"{BASIS}/")
    assert "Foto nota pertama Anda." in page.text
    page = ani.get(page.links["Catat belanja"])
    camera = page.tree.xpath("//input[@type='file']")[0]
    assert camera.get("capture") == "environment"
    saved = ani.follow(ani.submit(page, f"{BASIS}/baru", **isi()))
    assert "Yang masih kurang: bukti." in saved.text
    assert "1 belanja belum berbukti." in ani.get(f"{BASIS}/").text
    action = f"{BASIS}/1/bukti"
    refused = ani.submit(saved, action, 422, berkas=[(b"x", "a.jpg")])
    assert "bukan foto atau PDF" in refused.text
    ani.submit(saved, action, berkas=[(worlds.foto(), "nota.jpg")])
    page = ani.get(f"{BASIS}/1")
    assert "Berbukti" in page.text
    assert ani.get(page.tree.xpath("//figure//img/@src")[0]).body == worlds.foto()
    wrong = ani.submit(page, f"{BASIS}/1/bukti/1/cabut", 422, alasan="")
    assert "Tulis mengapa" in wrong.text
    ani.submit(page, f"{BASIS}/1/bukti/1/cabut", alasan="Foto orang lain")
    assert "Belum ada bukti" in ani.get(f"{BASIS}/1").text
    ani.post(f"{BASIS}/1/bukti/1/cabut", {"alasan": "Foto orang lain"}, 404)


def test_saved_with_its_photo(entry: MASUK, kemarin: str) -> None:
    ani = entry("ani")
    page = ani.get(f"{BASIS}/baru")
    fields = isi(bukti=[(worlds.foto(), "n.jpg")], tanggal=kemarin, kartu_id="1")
    saved = ani.follow(ani.submit(page, f"{BASIS}/baru", **fields))
    assert "Bendahara akan memeriksanya." in saved.text
    assert "Semua belanja Anda sudah berbukti." in ani.get(f"{BASIS}/").text


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"nilai": "sepuluh"}, 422, "bukan nilai rupiah"),
        ({"bukti": [(b"x" * (20 * 1024 * 1024), "besar.jpg")]}, 413, "besar.jpg lebih besar"),
        ({"tanggal": "31/12/2098"}, 422, "belum terjadi"),
    ],
)
def test_refusals(entry: MASUK, changes: dict[str, Any], status: int, words: str) -> None:
    ani = entry("ani")
    page = ani.get(f"{BASIS}/baru")
    refused = ani.submit(page, f"{BASIS}/baru", status, **isi(**changes))
    assert words in " ".join(refused.errors())
    assert "Foto nota pertama Anda." in ani.get(f"{BASIS}/").text


def test_the_photo_of_a_refused_form_waits_in_the_inbox(entry: MASUK, kemarin: str) -> None:
    ani = entry("ani")
    page = ani.get(f"{BASIS}/baru")
    wrong = isi(nilai="sepuluh", bukti=[(worlds.foto(), "nota.jpg")], tanggal=kemarin)
    refused = ani.submit(page, f"{BASIS}/baru", 422, **wrong)
    assert "menunggu di Kotak bukti" in " ".join(refused.errors())
    saved = ani.follow(ani.submit(refused, f"{BASIS}/baru", **isi(tanggal=kemarin)))
    inbox = ani.get(saved.links["Kotak bukti"])
    ani.submit(inbox, "/dinkes/2026-10/kotak-bukti/1/pasang", transaksi="1")
    assert "Semua belanja Anda sudah berbukti." in ani.get(f"{BASIS}/").text


def test_weighing(entry: MASUK) -> None:
    ani = entry("ani")
    page = ani.get(f"{BASIS}/baru")
    weighed = ani.submit(page, f"{BASIS}/baru", 200, **isi(tindakan="periksa"))
    assert "Sisa pagu sub kegiatan" in weighed.text
    assert "Usul: operasi" in ani.post(f"{BASIS}/timbang", {"uraian": "Kertas"}, 200).json["html"]


def test_another_s_purchase_is_not_there(entry: MASUK, app: Flask) -> None:
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        session.get_one(Kartu, KARTU_DINAS).pemegang_id = ORANG["hana"]
        command = worlds.belanja(kartu_id=KARTU_DINAS, rekening=worlds.DINAS, uraian="Tiket")
        number = belanja_verbs.record(session, ACTORS["citra"], command, now()).id
    ani = entry("ani")
    ani.get(f"{BASIS}/{number}", 404)
    ani.post(f"{BASIS}/{number}/bukti", {"berkas": [(worlds.foto(), "a.jpg")]}, 404)
    assert "Tiket" not in ani.get(f"{BASIS}/").text
    page = ani.get(f"{BASIS}/baru")
    ani.submit(page, f"{BASIS}/baru", 422, **isi(kartu_id=str(KARTU_DINAS)))


def test_who_holds_no_card_is_told_so(entry: MASUK, app: Flask) -> None:
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        for card in (1, KARTU_DINAS):
            session.get_one(Kartu, card).pemegang_id = ORANG["hana"]
        given(session)
    ani = entry("ani")
    assert "belum memegang kartu" in ani.get(f"{BASIS}/").text
    assert "belum memegang kartu" in ani.get(f"{BASIS}/baru").text


def test_it_is_the_holder_s_page(entry: MASUK) -> None:
    entry("citra").get(f"{BASIS}/", 403)
    entry("eko").get(f"{BASIS}/", 404)


@pytest.fixture
def milik_ani(app: Flask) -> int:
    """A purchase on Ani's card that the treasurer recorded."""
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        return belanja_verbs.record(session, ACTORS["citra"], worlds.belanja(), now()).id


def test_a_holder_corrects_splits_and_cancels_her_purchase(entry: MASUK, milik_ani: int) -> None:
    ani, place = entry("ani"), f"{BASIS}/{milik_ani}"
    page = ani.get(f"{place}/ubah")
    saved = ani.follow(ani.submit(page, f"{place}/ubah", nilai="604.000", nota="N-17"))
    assert "604.000" in saved.h1
    assert "Ani Pemegang" in saved.text
    assert "nilai dari Rp 750.000 menjadi Rp 604.000" in saved.text
    page = ani.get(saved.links["Pecah"])
    parts: dict[str, Any] = {"uraian": ["Kertas", "Pulpen", ""], "nilai": ["600.000", "4.000", ""]}
    charge = f"{SUB}|{ATK}|{PAD}"
    saved = ani.follow(
        ani.submit(
            page, f"{place}/pecah", pembebanan=[charge, charge, ""], tindakan="pecah", **parts
        )
    )
    assert "600.000" in saved.h1
    page = ani.get(saved.links["Batalkan…"])
    assert "sedikitnya 5 huruf" in ani.submit(page, f"{place}/batal", 422, alasan="x").text
    saved = ani.follow(ani.submit(page, f"{place}/batal", alasan="Salah kartu"))
    assert "Dibatalkan" in saved.text
    assert "Ubah" not in saved.links


def test_the_proxy_user_corrects_but_keeps_the_card(
    entry: MASUK, app: Flask, milik_ani: int
) -> None:
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        session.get_one(Kartu, 1).pemegang_id = ORANG["hana"]
        command = worlds.belanja(kunci_kirim="kuasa", pemakai_id=ORANG["ani"], rupiah=9_000)
        number = belanja_verbs.record(session, ACTORS["citra"], command, now()).id
    ani, place = entry("ani"), f"{BASIS}/{number}"
    page = ani.get(f"{place}/ubah")
    saved = ani.follow(ani.submit(page, f"{place}/ubah", uraian="Kertas folio", pemakai_id="1"))
    assert "Kertas folio" in saved.text


def test_others_purchases_cannot_be_changed(entry: MASUK, app: Flask, milik_ani: int) -> None:
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        row = session.get_one(Transaksi, milik_ani)
        row.pemegang_id = row.pemakai_id = ORANG["hana"]
        given(session)
    for act in ("ubah", "pecah", "batal"):
        entry("ani").get(f"{BASIS}/{milik_ani}/{act}", 404)


def test_what_was_put_forward_says_who_gives_it_back(
    entry: MASUK, app: Flask, milik_ani: int
) -> None:
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        session.get_one(Transaksi, milik_ani).status = "diajukan"
        given(session)
    page = entry("ani").get(f"{BASIS}/{milik_ani}")
    assert "Ubah" not in page.links
    assert "Citra Bendahara (Bendahara Pengeluaran)" in page.text
    assert "Budi Teknis (PPTK), dengan mengembalikan kepada bendahara" in page.text


def test_a_double_is_told_on_the_phone_and_saved_by_a_tick(
    entry: MASUK, app: Flask, milik_ani: int
) -> None:
    ani = entry("ani")
    fields = isi(nilai="750.000", merchant="SUMBER REJEKI", tanggal="14/10/2026")
    asked = ani.submit(ani.get(f"{BASIS}/baru"), f"{BASIS}/baru", 409, **fields)
    assert "Sudah ada belanja yang sama" in asked.text
    assert asked.links["14 Okt 2026, Toko Sumber Rejeki, Rp 750.000"] == f"{BASIS}/{milik_ani}"
    saved = ani.submit(asked, f"{BASIS}/baru", tetap="y")
    assert f"{BASIS}/2?" in saved.location


def test_known_shops_and_their_accounts_are_offered(entry: MASUK, milik_ani: int) -> None:
    ani = entry("ani")
    page = ani.get(f"{BASIS}/baru")
    assert page.tree.xpath("//datalist[@id='daftar-penyedia']/option/@value") == [
        "Toko Sumber Rejeki"
    ]
    asked = ani.submit(
        page, f"{BASIS}/baru", 200, tindakan="periksa", merchant="Sumber Rejeki", pembebanan=""
    )
    group = asked.tree.xpath(
        "//optgroup[@label='Terakhir dipakai pada penyedia ini']/option/@value"
    )
    assert group == [f"{SUB}|{ATK}|{PAD}"]
