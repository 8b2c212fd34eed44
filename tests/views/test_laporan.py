"""Reports on the web: seen, taken, issued, replaced, made in the background, packed for audit."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.verify import verify
from kkpd.models import Berkas, Dokumen, Event, Opd
from kkpd.payment import pay as payment_pay
from kkpd.records import jobs as records_jobs
from kkpd.records.issue import Issuer
from kkpd.reports.package import periksa
from kkpd.web.globals import engine
from kkpd.web.stores import penerbit
from kkpd.worker import loop as pekerja
from kkpd.worker import reports as pekerja_laporan
from kkpd.worker.context import work_stores_in
from tests.cast import ACTORS, DINKES
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.reports.samples import a_dpt
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, setuju
from tests.worlds.office import NOW

LoggedIn = Callable[[str], PageClient]
DI = "opd=dinkes&periode=2026-10"
DIMINTA = {"opd": "dinkes", "periode": "2026-10"}


def ambil(client: PageClient, url: str, status: int = 200, **fields: str) -> Page:
    """Take a file as the page's button does."""
    return client.post(url, DIMINTA | fields, status)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def bulan(app: Flask, settings: Settings) -> Flask:
    """October with two approved purchases, one with a nasty name, and a bill."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        folder = settings.instance
        rows = [
            berbukti(session, folder, 1, merchant="<b>=HYPERLINK(0)</b> \u202etoko"),
            berbukti(session, folder, 2),
        ]
        diperiksa(session, folder, *rows)
        for row in rows:
            approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    return app


def _dpt(app: Flask) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        issue: Issuer = penerbit()
        dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, issue, NOW)


def _issue(client: PageClient, nama: str, where: str = DI) -> Page:
    page = client.get(f"/laporan/susun/{nama}?{where}")
    return client.submit(page, f"/laporan/susun/{nama}/terbit")


def test_the_catalogue_and_every_preview(bulan: Flask, entry: LoggedIn) -> None:
    _dpt(bulan)
    citra = entry("citra")
    page = citra.get(f"/laporan/susun?{DI}")
    links = [url for url in page.links.values() if url.startswith("/laporan/susun/")]
    assert len(links) == 29
    for url in links:
        if not url.startswith(
            ("/laporan/susun/dpr_m", "/laporan/susun/dpr_p", "/laporan/susun/pen")
        ):
            seen = citra.get(url, 404 if "/batas?" in url or "/pernyataan_up?" in url else 200)
            assert "<b>=" not in seen.html
    none = citra.get(f"/laporan/susun/pernyataan_up?{DI}", 404)
    assert none.h1.startswith("Surat Pernyataan")
    assert f"/laporan/susun?{DI}" in none.links.values()
    everything = entry("fitri").get("/laporan/susun/rekap?opd=semua&periode=2026")
    assert "Semua OPD" in everything.h1
    citra.get("/laporan/susun/rekap?opd=semua&periode=2026", 403)
    citra.get("/laporan/susun/rekap?opd=disdik&periode=2026", 404)
    citra.get("/laporan/susun/rekap?opd=dinkes&periode=2026-99", 400)
    citra.get("/laporan/susun/rekap?opd=dinkes&periode=2025", 404)
    entry("gilang").get(f"/laporan/susun/rekap?{DI}", 403)


def test_the_joint_dpt_is_offered_where_there_are_units(app: Flask, entry: LoggedIn) -> None:
    citra, page = entry("citra"), f"/laporan/susun?{DI}"
    assert "DPT Gabungan" not in citra.get(page).links
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.execute(update(Opd).where(Opd.id != DINKES).values(induk_id=DINKES))
    assert "DPT Gabungan" in citra.get(page).links
    assert "DPT Gabungan" in entry("fitri").get("/laporan/susun?opd=semua").links


def test_a_draft_in_three_forms(bulan: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    url = "/laporan/susun/buku_pembantu/unduh"
    pdf = ambil(citra, url, bentuk="pdf")
    assert verify(pdf.body).exit_status == 1  # ours, a draft
    assert b"750000.00" in ambil(citra, url, bentuk="csv").body
    assert ambil(citra, url, bentuk="xlsx").body[:2] == b"PK"
    ambil(citra, url, 404, bentuk="doc")


def test_issued_replaced_and_said_on_both(bulan: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    first = _issue(citra, "lpj").location
    page = citra.get(first)
    assert "digantikan" not in page.text.replace("terbit, digantikan, atau", "")
    assert b"Kode Rekening" in ambil(citra, f"{first}/unduh", bentuk="csv").body
    assert ambil(citra, f"{first}/unduh", bentuk="xlsx").body[:2] == b"PK"
    ambil(citra, f"{first}/unduh", 404, bentuk="doc")
    again = citra.get(f"/laporan/susun/lpj?{DI}")
    assert "datanya belum berubah" in again.text
    assert citra.post(f"/laporan/susun/lpj/terbit?{DI}").location == first
    _dpt(bulan)
    assert "sudah berubah sejak dokumen ini terbit" in citra.get(first).text
    assert "Data sudah berubah" in citra.get(f"/laporan/susun/lpj?{DI}").text
    second = _issue(citra, "lpj").location
    assert second != first
    assert "sudah digantikan oleh 0002/LPJ" in citra.get(first).text
    assert "menggantikan 0001/LPJ" in citra.get(second).text


def test_a_report_of_all_opds_is_for_who_sees_all(bulan: Flask, entry: LoggedIn) -> None:
    fitri = entry("fitri")
    where = _issue(fitri, "kelengkapan", "opd=semua&periode=2026-T4").location
    assert "Semua OPD" in fitri.get(where).text
    assert "Triwulan IV" in fitri.get("/laporan/").text
    entry("citra").get(where, 404)
    assert "KELENGKAPAN" not in entry("citra").get("/laporan/").text
    entry("gilang").get(where)


def test_a_long_report_is_made_in_the_background(
    bulan: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kkpd.views.reports.draw_up.LONG_ROW_COUNT", 1)
    monkeypatch.setattr(pekerja, "wake_worker", lambda *_: None)
    citra = entry("citra")
    url = "/laporan/susun/buku_pembantu/unduh"
    there = citra.post(url, DIMINTA | {"bentuk": "csv"}).location
    assert citra.post(url, DIMINTA | {"bentuk": "csv"}).location == there
    waiting = citra.get(there)
    assert "menunggu giliran" in waiting.text
    citra.submit(waiting, f"{there}/batal")
    assert "dibatalkan" in citra.get(there).text
    assert citra.post(url, DIMINTA | {"bentuk": "csv"}).location == there
    citra.post(f"{there}/unduh", status=409)
    with bulan.app_context():
        pekerja.do_work(engine(), work_stores_in(settings.instance))
    done = citra.get(there)
    assert b"750000.00" in citra.submit(done, f"{there}/unduh", 200).body
    entry("eko").get(there, 404)
    entry("gilang").get(there, 403)


def test_a_drawing_at_work_is_called_off_between_two_pages(
    bulan: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kkpd.views.reports.draw_up.LONG_ROW_COUNT", 1)
    monkeypatch.setattr(pekerja, "wake_worker", lambda *_: None)
    monkeypatch.setattr(pekerja_laporan, "PAUSE_SECONDS", 0.0)
    citra = entry("citra")
    url = "/laporan/susun/buku_pembantu/unduh"
    there = citra.post(url, DIMINTA | {"bentuk": "pdf"}).location
    whole: list[bytes] = []

    def called_off(document: Document, bukti: None, between: Callable[[], None]) -> bytes:
        assert document.formulir == "buku_pembantu"
        citra.post(f"{there}/batal")
        whole.append(draw(a_dpt(40), bukti, between))
        return whole[0]

    monkeypatch.setattr(pekerja_laporan, "draw", called_off)
    with bulan.app_context():
        pekerja.do_work(engine(), work_stores_in(settings.instance))
    assert not whole
    assert "dibatalkan" in citra.get(there).text
    citra.post(f"{there}/unduh", status=409)


def test_what_is_called_off_at_work_stops(
    bulan: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pekerja, "wake_worker", lambda *_: None)
    gilang = entry("gilang")
    there = gilang.submit(gilang.get("/laporan/paket"), "/laporan/paket", opd="dinkes").location
    with bulan.app_context():
        with writing(engine(), EVERY_OPD) as session:
            task = records_jobs.claim(session, NOW)
        assert task is not None
        assert "sedang dikerjakan" in gilang.get(there).text
        gilang.post(f"{there}/batal")
        pekerja._do(engine(), work_stores_in(settings.instance), task)
    assert "dibatalkan" in gilang.get(there).text
    gilang.post(f"{there}/unduh", status=409)


def test_an_audit_package_checks_itself_in_an_empty_environment(
    bulan: Flask,
    entry: LoggedIn,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(pekerja, "wake_worker", lambda *_: None)
    _dpt(bulan)
    gilang = entry("gilang")
    page = gilang.get("/laporan/paket?opd=dinkes&periode=2026-10")
    there = gilang.submit(page, "/laporan/paket").location
    with bulan.app_context():
        pekerja.do_work(engine(), work_stores_in(settings.instance))
    data = gilang.submit(gilang.get(there), f"{there}/unduh", 200).body
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert {"PERIKSA.md", "periksa.py", "data/belanja.csv"} <= set(names)
    assert any(name.startswith("bukti/") for name in names)
    entry("citra").get("/laporan/paket", 403)
    entry("eko").get(there, 404)
    target = tmp_path / "paket.zip"
    target.write_bytes(data)
    script = tmp_path / "periksa.py"
    script.write_bytes(zipfile.ZipFile(target).read("periksa.py"))
    key = (settings.instance / "log_key.pub").read_text("ascii").strip()
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(target), "--kunci", key],
        env={}, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    assert "tidak diperiksa" not in run.stdout
    assert run.stdout.count("peristiwanya cocok") == 2, run.stdout
    gilang.post("/laporan/paket", {"opd": "semua"}, 422)


def test_open_data_and_sipd_lines_are_taken_and_noted(bulan: Flask, entry: LoggedIn) -> None:
    lukman, citra = entry("lukman"), entry("citra")
    assert "Belum ada belanja" in lukman.get("/laporan/terbuka?periode=2026-10").text
    lukman.post("/laporan/terbuka", {"periode": "2026-10"}, 404)
    page = citra.get(f"/laporan/sipd?{DI}&isi=tbp")
    assert "NPD Dinas Kesehatan tidak ada untuk Oktober 2026" in page.text
    citra.post("/laporan/sipd", DIMINTA, 404)
    _dpt(bulan)
    with bulan.app_context(), writing(engine(), EVERY_OPD) as session:
        paper = session.scalars(select(Dokumen.id).where(Dokumen.jenis == "dpt")).one()
        payment_pay.issue(session, ACTORS["dewi"], paper, "npd", penerbit(), NOW)
    entry("joko").get("/laporan/terbuka?periode=2026-10")
    fitri = entry("fitri")
    page = fitri.get("/laporan/terbuka?periode=2026-10")
    assert "<b>=" not in page.html
    made = zipfile.ZipFile(io.BytesIO(fitri.submit(page, "/laporan/terbuka", 200).body))
    assert made.namelist() == ["belanja_kkpd.csv", "datapackage.json"]
    for isi, rows in (("npd", 1), ("tbp", 2)):
        page = citra.get(f"/laporan/sipd?{DI}&isi={isi}")
        assert page.text.count("1.500.000") >= 1
        body = citra.post("/laporan/sipd", DIMINTA | {"isi": isi, "bentuk": "csv"}, 200).body
        assert body.count(b"\r\n") == rows + 1
    assert citra.post("/laporan/sipd", DIMINTA | {"bentuk": "xlsx"}, 200).body[:2] == b"PK"
    citra.post("/laporan/sipd", DIMINTA | {"bentuk": "pdf"}, 404)
    citra.get(f"/laporan/sipd?{DI}&isi=lain", 404)
    citra.get("/laporan/sipd?opd=disdik&periode=2026-10", 404)
    citra.get("/laporan/terbuka", 403)
    with bulan.app_context(), reading(engine(), EVERY_OPD) as session:
        taken = select(Event.jenis, Event.subjek).where(Event.jenis.like("laporan:%:unduh"))
        assert sorted(session.execute(taken.order_by(Event.id)).all()) == [
            ("laporan:data_terbuka:unduh", "data_terbuka:2026-10"),
            ("laporan:sipd:unduh", "sipd:npd:2026-10"),
            ("laporan:sipd:unduh", "sipd:npd:2026-10"),
            ("laporan:sipd:unduh", "sipd:tbp:2026-10"),
        ]


def test_a_lost_bank_file_is_told_by_the_verifier(
    bulan: Flask,
    entry: LoggedIn,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(pekerja, "wake_worker", lambda *_: None)
    with bulan.app_context(), writing(engine(), EVERY_OPD) as session:
        lost = session.scalars(select(Berkas.sha256).where(Berkas.jenis == "bank")).one()
    [kept] = [one for one in (settings.instance / "berkas").rglob("*") if lost in one.name]
    kept.unlink()
    gilang = entry("gilang")
    there = gilang.post("/laporan/paket", DIMINTA).location
    with bulan.app_context():
        pekerja.do_work(engine(), work_stores_in(settings.instance))
    target = tmp_path / "paket.zip"
    target.write_bytes(gilang.submit(gilang.get(there), f"{there}/unduh", 200).body)
    assert periksa.main([str(target)]) == 1
