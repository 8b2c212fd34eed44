"""Tindak lanjut in the browser: who answers and decides, files both ways, what a list counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.engines.watch.shapes import Hit
from kkpd.oversight.cases import open_from_hits
from kkpd.web.globals import engine
from tests.cast import DINKES, ORANG
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import NOW, foto

LoggedIn = Callable[[str], PageClient]
LIST = "/tindak-lanjut/"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def lines(app: Flask, settings: Settings) -> list[int]:
    """A case about the line of each of these amounts, numbered from 1; Dewi must answer."""
    assert settings.instance
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        rows = baris_bank(session, *range(100_000, 145_000, 1_000))
        said = "Uraiannya memuat kata permainan uang."
        hits = [
            Hit("judi", "salah", (one.id,), one.nilai, f"baris/{one.id}", said, "Surat.", "UU 1")
            for one in rows
        ]
        open_from_hits(session, DINKES, hits, NOW)
        return [row.id for row in rows]


@pytest.mark.usefixtures("lines")
def test_a_list_is_paged_and_counts_all_of_it(entry: LoggedIn) -> None:
    fitri = entry("fitri")
    page = fitri.get(LIST)
    assert page.h1 == "45 tindak lanjut, Rp 5.490.000"
    assert len(page.tree.xpath("//input[@name='kasus']")) == 40
    assert len(fitri.get(f"{LIST}?sesudah=40").tree.xpath("//input[@name='kasus']")) == 5
    assert fitri.get(f"{LIST}?aturan=lain").h1 == "0 tindak lanjut, Rp 0"
    assert fitri.get("/temuan/?opd=dinkes", 301).location == f"{LIST}?opd=dinkes"
    assert entry("eko").get(LIST).h1 == "0 tindak lanjut, Rp 0"


@pytest.mark.usefixtures("lines")
def test_the_files_hold_every_filtered_case(entry: LoggedIn, tmp_path: Path) -> None:
    fitri = entry("fitri")
    page = fitri.get(f"{LIST}?status=terbuka")
    paths = {path.split("?")[0]: path for path in page.links.values() if "/unduh." in path}
    rows = fitri.get(paths[f"{LIST}unduh.csv"]).body.decode("utf-8-sig")
    assert rows.count("permainan uang") == 45
    (tmp_path / "kasus.xlsx").write_bytes(fitri.get(paths[f"{LIST}unduh.xlsx"]).body)
    book = CalamineWorkbook.from_path(tmp_path / "kasus.xlsx")
    cells = [
        cell
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    assert cells.count("judi") == 45
    assert "permainan" not in entry("eko").get(f"{LIST}unduh.csv").body.decode("utf-8-sig")


@pytest.mark.usefixtures("lines")
def test_from_hit_to_outcome_and_open_again(entry: LoggedIn) -> None:
    dewi, fitri = entry("dewi"), entry("fitri")
    case = f"{LIST}1/"
    page = dewi.get(case)
    assert not page.tree.xpath(f"//form[@action='{case}putus']")
    wrong: dict[str, Any] = {
        "tanggapan": "Sudah kami setor. 4111111111111111",
        "berkas": (b"x", "a"),
    }
    told = dewi.submit(page, f"{case}jawab", 422, **wrong)
    assert told.errors()
    assert "Sudah kami setor. ****1111" in told.html
    dewi.submit(page, f"{case}jawab", tanggapan="Sudah kami setor.", berkas=(foto(), "setor.jpg"))
    answered = fitri.get(case)
    file = answered.links["Bukti: setor.jpg"]
    assert fitri.get(file).body == dewi.get(file).body
    entry("eko").get(file, 404)
    fitri.submit(answered, f"{case}kembalikan", kembali="Tanggal setornya kapan?")
    dewi.submit(dewi.get(case), f"{case}jawab", tanggapan="Tanggal 20 Oktober.")
    short = fitri.submit(fitri.get(case), f"{case}putus", 422, hasil="wajar", alasan="x")
    assert "5 sampai 1000 huruf" in short.text
    open_case = fitri.get(case)
    sent = fitri.submit(open_case, f"{case}putus", hasil="pribadi_dikembalikan", alasan="Cocok.")
    assert "selesai" in fitri.follow(sent).text
    fitri.submit(fitri.get(case), f"{case}buka-lagi", alasan_buka="Bank menarik keterangannya.")
    page = fitri.get(case)
    assert "Bank menarik keterangannya." in page.text
    assert page.form(f"{case}putus") is not None


@pytest.mark.usefixtures("lines")
def test_who_may_not_decide_is_refused(entry: LoggedIn) -> None:
    done = {"hasil": "wajar", "alasan": "Saya tahu ini wajar."}
    for who, status in (("dewi", 403), ("gilang", 403), ("eko", 403)):
        entry(who).post(f"{LIST}1/putus", done, status)
        entry(who).post(f"{LIST}1/buka-lagi", {"alasan_buka": "Saya ingin."}, status)
    entry("eko").get(f"{LIST}1/", 404)


@pytest.mark.usefixtures("lines")
def test_several_at_once_and_a_new_owner(entry: LoggedIn) -> None:
    fitri = entry("fitri")
    page = fitri.get(LIST)
    told = fitri.submit(page, f"{LIST}putus", 422, kasus=["1", "2"], hasil="", alasan="Alasan ini.")
    assert "Pilih hasilnya" in told.text
    fitri.submit(page, f"{LIST}putus", kasus=["1", "2"], hasil="wajar", alasan="Satu sebab.")
    assert fitri.get(LIST).h1.startswith("43 tindak lanjut")
    fitri.submit(fitri.get(f"{LIST}3/"), f"{LIST}3/tunjuk", pemilik=str(ORANG["citra"]))
    assert "Citra Bendahara" in fitri.get(f"{LIST}3/").text
    assert entry("citra").get(f"{LIST}?milik=saya").h1.startswith("1 tindak lanjut")


@pytest.mark.usefixtures("lines")
def test_one_owner_for_several_and_the_days_of_a_filter(entry: LoggedIn) -> None:
    fitri = entry("fitri")
    assert "Saring satu OPD dahulu" in fitri.get(LIST).text
    assert "Tunjuk pemilik" in fitri.get(f"{LIST}?opd=dinkes").text
    two, path = {"kasus": ["1", "2"]}, f"{LIST}tunjuk"
    told = fitri.post(path, two | {"pemilik": str(ORANG["eko"])}, 422)
    assert "orang dari OPD kasus ini" in told.text
    fitri.post(path, {"pemilik": str(ORANG["citra"])}, 422)
    fitri.post(path, two | {"pemilik": str(ORANG["citra"])}, 303)
    assert entry("citra").get(f"{LIST}?milik=saya").h1.startswith("2 tindak lanjut")
    assert fitri.get(f"{LIST}?dari=2099-01-01").h1 == "0 tindak lanjut, Rp 0"
    assert fitri.get(f"{LIST}?dari=2026-01-01&sampai=x").h1 == "45 tindak lanjut, Rp 5.490.000"
    entry("dewi").post(path, {"kasus": "1"}, 403)
