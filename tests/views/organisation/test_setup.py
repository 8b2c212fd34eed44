"""The set-up path, the regulation's defaults, the national codes, the letterhead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import Rekening, Setelan, SubKegiatan
from kkpd.organisation import setting_forms
from kkpd.organisation.setup import setting_defaults
from kkpd.web.globals import engine
from kkpd.web.terms import SETTING_NAMES, SETTING_TOPICS
from tests.client import Page, PageClient

LoggedIn = Callable[[str], PageClient]


@pytest.fixture
def joko(entry: LoggedIn) -> PageClient:
    """The administrator's browser."""
    return entry("joko")


def _step(page: Page, label: str) -> str:
    """The words of one step of the path."""
    steps = page.tree.xpath(f"//ol/li[.//a[contains(., '{label}')]]")
    assert len(steps) == 1, label
    return " ".join(steps[0].text_content().split())


def test_the_first_screen_is_the_path(joko: PageClient) -> None:
    page = joko.get("/admin/")
    assert "dari 9 langkah" in page.text
    assert "selesai" in _step(page, "Administrator kedua")
    assert "Tempat penandatanganan" in _step(page, "Kepala surat")
    assert "Dinas Kesehatan" in _step(page, "DPA tiap OPD")


def test_a_step_is_judged_by_the_books(joko: PageClient) -> None:
    before = joko.get("/admin/")
    assert "sekarang" in _step(before, "Kepala surat")
    page = joko.get("/admin/kepala")
    joko.submit(page, "/admin/kepala", tempat_dokumen="Lubuk Pakam")
    after = joko.get("/admin/")
    assert "selesai" in _step(after, "Kepala surat")
    assert "sekarang" in _step(after, "Bawaan peraturan")


def test_the_defaults_are_one_act_and_keep_what_was_decided(joko: PageClient, app: Flask) -> None:
    first = joko.get("/admin/setelan")
    joko.submit(first, "/admin/setelan", kunci="share_up_kkpd", nilai="30%",
                mulai="01/01/2026", dasar_hukum="Perbup 1")  # fmt: skip
    page = joko.get("/admin/setelan/bawaan")
    for said in ("PMK 59/2022 Pasal 18", "menurut pemberitaan", "ditetapkan daerah"):
        assert said in page.text
    assert "Bagian UP KKPD" not in page.text
    joko.submit(page, "/admin/setelan/bawaan")
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        rows = {row.kunci: row for row in session.scalars(select(Setelan))}
        assert setting_defaults.undecided(session) == ()
    assert rows["share_up_kkpd"].nilai == "30%"
    assert rows["days_to_pay_after_funds"].nilai == "2"
    assert rows["first_limit_goods"].nilai is None
    assert all(row.dasar_hukum for row in rows.values())
    assert "Semua setelan bawaan sudah ditetapkan" in joko.get("/admin/setelan/bawaan").text


def test_every_default_has_a_name_and_is_accepted() -> None:
    for one in setting_defaults.everything():
        setting_forms.check(one.kunci, one.nilai)
        assert one.kunci in SETTING_NAMES
        assert one.certainty in {"peraturan", "berita", "nasional", "kosong"}
        assert (one.nilai is None) == (one.certainty == "kosong")
    named = [key for keys in SETTING_TOPICS.values() for key in keys.split()]
    assert sorted(named) == sorted(SETTING_NAMES)


def test_a_setting_is_changed_by_its_name(joko: PageClient) -> None:
    page = joko.get("/admin/setelan?kunci=bea_meterai")
    assert "Rupiah, misalnya 1.000.000" in page.text
    assert "bea_meterai" not in page.text
    joko.submit(page, "/admin/setelan", nilai="10.000", dasar_hukum="UU 10/2020")
    assert "10.000" in joko.get("/admin/setelan").text
    joko.submit(page, "/admin/setelan", 422, nilai="sepuluh", dasar_hukum="UU 10/2020")


def test_the_national_codes_are_one_act(joko: PageClient, app: Flask) -> None:
    page = joko.get("/admin/acuan")
    assert "Kepmendagri 050-5889/2021" in page.text
    joko.submit(page, "/admin/acuan/nasional", tahun="2026")
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        for model, most in ((Rekening, 4_326), (SubKegiatan, 2_035)):
            found = session.scalar(select(func.count()).where(model.tahun == 2026))
            assert found == most
    assert "4.326" in joko.get("/admin/acuan").text


def test_the_letterhead_has_a_preview_and_a_sample(joko: PageClient) -> None:
    page = joko.get("/admin/kepala?opd=1")
    assert "Pemerintah Kabupaten Contoh" in page.text
    assert "Dewi Anggaran" in page.text
    assert "belum diisi" in page.text
    pdf = joko.get("/admin/kepala/cetak-uji?opd=1")
    assert pdf.body.startswith(b"%PDF")
    joko.get("/admin/kepala?opd=999", 404)
    again = joko.submit(page, "/admin/kepala", 422)
    assert "Tidak ada yang berubah" in again.text
