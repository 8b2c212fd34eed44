"""The pages of the chain: DPR, check, six tests, DPT, payment, reports, the public check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kkpd.core.config import Settings
from kkpd.core.db import facts as db_facts
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.moments import business_day
from kkpd.engines.paper.verify import verify
from kkpd.models import Dokumen, Event, Transaksi
from kkpd.web.globals import engine
from kkpd.web.request.rate_limit import ADDRESS, PER_MINUTE, RateCounter
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank, berbukti, pair_in_order

LoggedIn = Callable[[str], PageClient]
AREA = "/dinkes/2026-10"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def belanja(app: Flask, settings: Settings, tmp_path: Path) -> list[int]:
    """Two purchases with evidence and their bank lines; their ids."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        rows = [
            berbukti(session, settings.instance, 1),
            berbukti(session, settings.instance, 2, rupiah=250_000),
        ]
        baris_bank(session, 750_000, 257_500)
        return [row.id for row in rows]


def status(app: Flask, transaksi_id: int) -> str:
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return session.get_one(Transaksi, transaksi_id).status


def pair(app: Flask, ids: list[int]) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        pair_in_order(session, *ids)


def forward(entry: LoggedIn, ids: list[int]) -> None:
    """The treasurer puts the lines forward and the PPTK signs."""
    citra, budi = entry("citra"), entry("budi")
    page = citra.get(f"{AREA}/dpr/")
    assert "2 belanja siap diajukan" in page.text
    citra.submit(page, f"{AREA}/dpr/ajukan", transaksi=[str(id_) for id_ in ids])
    page = budi.get(f"{AREA}/persetujuan/")
    assert "Persetujuan Oktober 2026: 2 menunggu" in page.h1
    stale = {"transaksi": str(ids[0]), f"putusan-{ids[0]}": "setuju", f"versi-{ids[0]}": "1"}
    stale |= {"meja": "pptk", "tanda_tangan": "1"}
    told = budi.post(f"{DESK}putuskan", stale, 409).text
    assert "berubah sejak" in told
    signed = sign(budi, **{f"putusan-{id_}": "setuju" for id_ in ids})
    assert "1 DPR ditandatangani" in budi.follow(signed).text


DESK = f"{AREA}/persetujuan/"


def sign(client: PageClient, **marks: Any) -> Page:
    """Choose on the desk, look at the check-answers page, sign."""
    review = client.submit(client.get(DESK), f"{DESK}putuskan", 200, **marks)
    return client.submit(review, f"{DESK}putuskan", tanda_tangan="1")


def answer(client: PageClient, id_: int, word: str = "setuju", **more: Any) -> PageClient:
    sign(client, **{f"putusan-{id_}": word} | {f"{k}-{id_}": v for k, v in more.items()})
    return client


def test_a_stranger_asks_the_public_page_so_often_and_no_more(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "kkpd.web.request.rate_limit.now", lambda: datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    )
    for _ in range(PER_MINUTE):
        assert client.http.get("/periksa/").status_code == 200
    assert "Terlalu banyak" in client.get(f"/periksa/{'ab' * 32}", 429).h1


def test_the_counts_are_bounded_and_forgotten() -> None:
    counts, at = RateCounter(), datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert all(counts.allowed("a", at) for _ in range(PER_MINUTE))
    assert not counts.allowed("a", at)
    assert counts.allowed("b", at)
    assert counts.allowed("a", at + timedelta(minutes=1))
    for number in range(ADDRESS + 1):
        counts.allowed(str(number), at)
    assert len(counts.arithmetic) <= ADDRESS


def test_from_dpr_to_a_verified_dpt(app: Flask, entry: LoggedIn, belanja: list[int]) -> None:
    pair(app, belanja)
    forward(entry, belanja)
    dewi = entry("dewi")
    assert dewi.get(f"{DESK}uji/{belanja[0]}", 303).location.endswith(f"#baris-{belanja[0]}")
    answer(dewi, belanja[0])
    assert "Uji belanja: Toko" in dewi.get(f"{DESK}uji/{belanja[0]}").h1
    answer(dewi, belanja[1], "tolak", gagal="4", alasan="Tagihan lebih dari nota.")
    check = dewi.get(f"{AREA}/persetujuan/terbit")
    assert "Rp 750.000" in check.h1
    assert "Tagihan lebih dari nota." in check.text
    other = {"jenis": "dpt", "terlihat": "1", "csrf_token": dewi.csrf_token()}
    assert "berubah sejak" in dewi.post(f"{AREA}/persetujuan/terbit", other, 409).text
    issued = dewi.submit(check, f"{AREA}/persetujuan/terbit")
    detail = dewi.follow(issued)
    assert "0001/DPT-KKPD/DINKES/X/2026" in detail.h1
    dewi.post(
        f"{AREA}/persetujuan/terbit",
        {"jenis": "penolakan", "csrf_token": dewi.csrf_token()},
    )
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        kinds = [row.jenis for row in session.scalars(select(Dokumen).order_by(Dokumen.id))]
        dpt = session.scalars(select(Dokumen).where(Dokumen.jenis == "dpt")).one()
        sidik, dpt_id = dpt.data_sha256, dpt.id
        notice = session.scalars(select(Dokumen.id).where(Dokumen.jenis == "penolakan")).one()
    assert kinds == ["dpr", "dpt", "penolakan"]
    page = dewi.get(f"/dokumen/{notice}")
    assert "isinya menunggu surat yang baru" in page.text
    dewi.submit(page, f"/dokumen/{notice}/batalkan", alasan="alamat keliru")
    assert "alamat keliru" in dewi.get(f"/dokumen/{notice}").text
    assert "Tagihan lebih dari nota." in dewi.get(f"{AREA}/persetujuan/terbit").text
    gilang = entry("gilang")
    listed = gilang.get("/laporan/")
    assert "0001/DPT-KKPD/DINKES/X/2026" in listed.text
    pdf = gilang.post(
        f"/dokumen/{dpt_id}/unduh", {"csrf_token": gilang.csrf_token()}, status=200
    ).body
    assert verify(pdf).exit_status == 4
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        event = session.scalars(select(Event).where(Event.jenis == "laporan:unduh")).one()
    assert event.subjek == f"dokumen:{dpt_id}"
    assert "Diunduh oleh" in gilang.get(f"/dokumen/{dpt_id}").text
    assert "Dokumen ini terbit" in PageClient(app).get(f"/periksa/{sidik}").h1


def test_refusals_stand_on_the_page(app: Flask, entry: LoggedIn, belanja: list[int]) -> None:
    forward(entry, belanja)
    dewi = entry("dewi")
    page, first = dewi.get(DESK), belanja[0]
    assert not page.tree.xpath("//input[@checked]"), "nothing is chosen before a person decides"
    assert "Pilih putusan" in dewi.submit(page, f"{DESK}putuskan", 422).text
    for word, more, told in (
        ("sebagian", {"nilai": "banyak", "alasan": "Sebagian saja"}, "bukan nilai rupiah"),
        ("tolak", {"alasan": "Bukan untuk dinas"}, "sedikitnya satu uji"),
        ("tolak", {"gagal": "2"}, "Tulis alasan penolakan"),
        ("setuju", {"gagal": "2"}, "Uji 2 tidak lulus"),
    ):
        sent = {f"putusan-{first}": word} | {f"{k}-{first}": v for k, v in more.items()}
        sent |= {f"putusan-{belanja[1]}": "setuju"}
        refused = dewi.submit(page, f"{DESK}putuskan", 422, **sent)
        assert told in refused.text
        kept = refused.tree.xpath("//input[@type='radio'][@checked]/@id")
        assert kept == [f"{word}-{first}", f"setuju-{belanja[1]}"], "every choice stays"
        (linked,) = refused.tree.xpath("//*[@data-error-summary]//a/@href")
        assert linked.endswith(f"-{first}")
    assert status(app, first) == "diperiksa"


def test_a_line_that_changed_meanwhile_is_told_and_nothing_is_written(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    forward(entry, belanja)
    dewi, indra = entry("dewi"), entry("indra")
    both = {f"putusan-{id_}": "setuju" for id_ in belanja}
    page = dewi.get(DESK)
    review = dewi.submit(page, f"{DESK}putuskan", 200, **both)
    answer(indra, belanja[0], "tolak", gagal="2", alasan="Nota keliru")
    told = dewi.submit(review, f"{DESK}putuskan", 409, tanda_tangan="1")
    assert "Indra" in told.text, "who changed it, and what"
    assert status(app, belanja[1]) == "diperiksa", "all of the sum that was signed, or nothing"
    kept = told.tree.xpath("//input[@type='radio'][@checked]/@id")
    assert kept == [f"setuju-{belanja[1]}"]


def test_a_decision_is_taken_back(app: Flask, entry: LoggedIn, belanja: list[int]) -> None:
    forward(entry, belanja)
    dewi = answer(entry("dewi"), belanja[0])
    page = dewi.get(f"{AREA}/persetujuan/uji/{belanja[0]}")
    assert "disetujui" in page.text
    dewi.submit(page, f"{AREA}/persetujuan/uji/{belanja[0]}/urungkan")
    assert status(app, belanja[0]) == "diperiksa"


def test_lines_are_pulled_back(app: Flask, entry: LoggedIn, belanja: list[int]) -> None:
    citra = entry("citra")
    page = citra.get(f"{AREA}/dpr/")
    citra.submit(page, f"{AREA}/dpr/ajukan", transaksi=[str(belanja[0])])
    page = citra.get(f"{AREA}/dpr/")
    citra.submit(page, f"{AREA}/dpr/tarik", transaksi=[str(belanja[0])])
    assert status(app, belanja[0]) == "berbukti"


def test_payment_step_by_step(
    app: Flask, entry: LoggedIn, belanja: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(app, belanja)
    forward(entry, belanja)
    people = {who: entry(who) for who in ("dewi", "citra", "hana", "lukman")}
    for id_ in belanja:
        answer(people["dewi"], id_)
    people["dewi"].post(
        f"{AREA}/persetujuan/terbit",
        {"jenis": "dpt", "csrf_token": people["dewi"].csrf_token()},
    )
    pay = f"{AREA}/pembayaran/"
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        dpt_id = session.scalars(select(Dokumen.id).where(Dokumen.jenis == "dpt")).one()
    for who, step in (("dewi", "npd"), ("citra", "spp"), ("dewi", "spm")):
        if step == "spm":
            verified(people["hana"], people["dewi"], pay)
        page = people[who].get(pay)
        people[who].submit(page, f"{pay}{dpt_id}/terbit", langkah=step)
    taken_back(people["dewi"], pay, "/dokumen/")
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        belanja_dunia.setelan(session, "year_end_spm_cutoff", "2026-12-18")
        db_facts.carried(session)
    for day, warned in ((date(2026, 12, 18), False), (date(2026, 12, 19), True)):
        monkeypatch.setattr("kkpd.views.payment.payment.today", lambda day=day: day)
        assert ("Hari terakhir SPM-GU diterima" in people["dewi"].get(pay).text) is warned
    page = people["dewi"].get(pay)
    people["dewi"].submit(page, f"{pay}{dpt_id}/terbit", langkah="spm")
    page = people["lukman"].get(pay)
    refused = people["lukman"].submit(
        page, f"{pay}{dpt_id}/catat", 422, nomor="SP2D/1", tanggal="31/02/2026"
    )
    assert "bukan tanggal yang ada" in refused.text
    today = f"{business_day(datetime.now(UTC)):%d/%m/%Y}"  # no earlier than the step before
    people["lukman"].submit(page, f"{pay}{dpt_id}/catat", nomor="SP2D/1", tanggal=today)
    taken_back(people["lukman"], pay, f"{pay}langkah/")
    page = people["lukman"].get(pay)
    people["lukman"].submit(page, f"{pay}{dpt_id}/catat", nomor="SP2D/1", tanggal=today)
    page = people["citra"].get(pay)
    people["citra"].submit(page, f"{pay}{dpt_id}/catat", nomor="DB/1", tanggal=today)
    assert {status(app, id_) for id_ in belanja} == {"lunas"}
    assert "semua DPT lunas" in people["citra"].get(pay).h1


def verified(hana: PageClient, dewi: PageClient, pay: str) -> None:
    """The PA cannot issue; the PPK-SKPD answers the checklist: nothing preset, nothing left out."""
    assert "menunggu verifikasi PPK-SKPD" in dewi.get(pay).text
    assert not dewi.get(pay).tree.xpath("//input[@name='langkah']/@value")
    (address,) = hana.get(pay).tree.xpath(
        "//a[contains(@class, 'button')]/@href[contains(., 'spp')]"
    )
    page, sign = hana.get(address), f"{address}/verifikasi"
    assert not page.tree.xpath("//input[@type='radio'][@checked]")
    assert "sah tidaknya belum diketahui" in page.text
    assert "belum dijawab" in hana.submit(page, sign, 422).text
    proposed = hana.submit(page, sign, 200, usul="1")
    taken = proposed.tree.xpath("//input[@type='radio'][@checked]/@value")
    assert set(taken) == {"ya"}
    asked = set(proposed.tree.xpath("//input[@type='radio']/@name"))
    no: dict[str, Any] = {str(name): "tidak" for name in asked}
    refused = hana.submit(proposed, sign, 422, **no)
    assert "Kembalikan kepada bendahara" in refused.text
    assert "5 sampai 600 huruf" in hana.submit(page, f"{address}/kembalikan", 422, alasan="x").text
    assert not dewi.get(address).tree.xpath("//form[contains(@action, 'verifikasi')]//button")
    yes: dict[str, Any] = {str(name): "ya" for name in asked}
    hana.submit(page, sign, **yes)


def taken_back(client: PageClient, pay: str, prefix: str) -> None:
    """The last paper on the payment page goes back with a reason; a document's page says so."""
    page = client.get(pay)
    (action,) = [one for one in page.tree.xpath("//form/@action") if one.endswith("/batalkan")]
    assert action.startswith(prefix)
    client.submit(page, action, 422, alasan="x")
    client.submit(page, action, alasan="Tanggalnya keliru")
    if prefix == "/dokumen/":
        shown = client.get(action.removesuffix("/batalkan"))
        assert "Tanggalnya keliru" in shown.text
        assert "Batalkan dokumen ini" not in shown.text
        assert "dibatalkan" in client.get("/laporan/?jenis=spm").text


def test_the_public_check_says_no_more_than_it_must(app: Flask) -> None:
    client = PageClient(app)
    assert client.get("/periksa/").h1 == "Periksa dokumen"
    assert "bukan sidik" in client.get("/periksa/?sidik=abc").text
    client.get(f"/periksa/?sidik={'ab' * 32}", 303)
    assert "tidak dikenal" in client.get(f"/periksa/{'ab' * 32}", 404).h1
    assert "tidak dikenal" in client.get("/periksa/%3Cscript%3E", 404).h1


def test_reports_are_filtered_and_scoped(entry: LoggedIn, belanja: list[int]) -> None:
    forward(entry, belanja)
    gilang = entry("gilang")
    assert "DPR-KKPD" in gilang.get("/laporan/?opd=dinkes&bulan=2026-10&jenis=dpr").text
    for query in ("opd=disdik", "bulan=2026-09", "jenis=dpt", "sesudah=1"):
        assert "Belum ada laporan" in gilang.get(f"/laporan/?{query}").text
    assert "DPR-KKPD" in gilang.get("/laporan/?bulan=kapan&sesudah=x").text
    eko = entry("eko")
    assert "Belum ada laporan" in eko.get("/laporan/").text
    eko.get("/dokumen/1", 404)
    eko.get(f"{AREA}/dpr/", 404)


@pytest.mark.usefixtures("belanja")
class TestCocok:
    """The reconciliation page by forms alone."""

    def test_to_zero_and_closed(self, entry: LoggedIn) -> None:
        citra = entry("citra")
        cocok = f"{AREA}/cocok"
        assert citra.get(f"{cocok}/").h1 == "Selisih Rp 1.007.500"
        preview = citra.get(f"{cocok}/terima")
        assert "Terima" in preview.h1
        citra.submit(preview, f"{cocok}/terima")
        assert "Rp 257.500" in citra.get(f"{cocok}/").h1
        token = {"csrf_token": citra.csrf_token()}
        pair = token | {"baris": "2", "transaksi": "2"}
        refused = citra.post(f"{cocok}/pasangkan", pair, status=422)
        assert "Pilih jenis selisihnya" in refused.text
        named = {"jenis_sisa": "biaya", "catatan": "surcharge merchant"}
        citra.post(f"{cocok}/pasangkan", pair | named)
        page = citra.get(f"{cocok}/?tampil=dijelaskan")
        assert page.h1.startswith("Selisih Rp 0")
        assert "surcharge merchant" in page.text
        citra.post(f"{cocok}/urungkan", token | {"baris": "2"})
        assert "Rp 257.500" in citra.get(f"{cocok}/?tampil=semua").h1
        assert "Periode belum dapat ditutup" in citra.get(f"{cocok}/tutup").text
        assert "belum dapat ditutup" in citra.post(f"{cocok}/tutup", token, status=409).text

    def test_explained_without_a_purchase(self, entry: LoggedIn) -> None:
        citra = entry("citra")
        cocok = f"{AREA}/cocok"
        given = {"csrf_token": citra.csrf_token(), "baris": "1", "jenis": "biaya"}
        assert "Tulis catatan" in citra.post(f"{cocok}/jelaskan", given, status=422).text
        citra.post(f"{cocok}/jelaskan", given | {"catatan": "biaya tahunan"})
        assert "biaya tahunan" in citra.get(f"{cocok}/?tampil=dijelaskan").text
        nothing = {"csrf_token": citra.csrf_token()}
        assert "Pilih barisnya" in citra.post(f"{cocok}/pasangkan", nothing, status=422).text


def test_boards_and_months(entry: LoggedIn, belanja: list[int]) -> None:
    fitri = entry("fitri")
    assert fitri.get("/papan/?tahun=2026").h1.startswith("Selisih Rp 1.007.500 pada 1")
    assert "Tindak lanjut" in fitri.get("/papan/?tahun=abcd").text
    assert "tindak lanjut" in fitri.get("/tindak-lanjut/?opd=dinkes").h1
    assert "Rp 1.007.500" in entry("citra").get(f"{AREA}/bulan-ini/").h1
    assert "Pagu dan UP KKPD 2026" in entry("dewi").get(f"{AREA}/pagu/").h1
    assert entry("budi").get(f"{AREA}/cocok/").h1.startswith("Selisih")
