"""The pages before issuing say what a paper would lack, and where it is filled in."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from kkpd.core.db import facts as db_facts
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import Opd, Orang
from kkpd.web.globals import engine
from tests.cast import ORANG
from tests.client import Page
from tests.databases import Fill
from tests.views.test_conversation import PAY, LoggedIn, paid
from tests.views.test_rantai import AREA, DESK, answer, belanja, forward, pair
from tests.worlds import office
from tests.worlds.chain_steps import baris_bank

__all__ = ["belanja"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def emptied(app: Flask) -> None:
    """The OPD has no address and no NPWP, its PA no NIP."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.execute(update(Opd).values(alamat="", npwp=""))
        session.execute(update(Orang).where(Orang.id == ORANG["dewi"]).values(nip=None))


def told(page: Page) -> str:
    """What the page says that its papers would lack; empty when they are whole."""
    found = page.tree.xpath("//*[@data-kurang]")
    return " ".join(" ".join(one.text_content().split()) for one in found)


def test_the_page_before_a_dpt_says_what_it_lacks(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    pair(app, belanja)
    forward(entry, belanja)
    dewi = entry("dewi")
    for id_ in belanja:
        answer(dewi, id_)
    place = f"{DESK}terbit"
    assert told(dewi.get(place)) == ""
    emptied(app)
    said = told(dewi.get(place))
    for words in ("alamat (Dinas Kesehatan)", "NIP (Dewi Anggaran)"):
        assert words in said
    assert "mintalah administrator mengisinya: Pengaturan, OPD: Alamat" in said
    refused = dewi.post(place, {"jenis": "dpt"}, 422)
    assert "belum dapat diterbitkan" in refused.errors()[0]


def test_the_payment_page_says_what_the_next_paper_lacks(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    paid(app, entry, belanja)
    dewi = entry("dewi")
    assert told(dewi.get(PAY)) == ""
    emptied(app)
    said = told(dewi.get(PAY))
    assert "NPWP (Dinas Kesehatan)" in said
    assert told(entry("citra").get(PAY)) == "", "the NPD is not hers to issue"


def test_the_pptk_sees_it_before_signing_a_dpr(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    citra, budi = entry("citra"), entry("budi")
    citra.submit(citra.get(f"{AREA}/dpr/"), f"{AREA}/dpr/ajukan", transaksi=[str(belanja[0])])
    emptied(app)
    mark: dict[str, str] = {f"putusan-{belanja[0]}": "setuju"}
    review = budi.submit(budi.get(DESK), f"{DESK}putuskan", 200, **mark)
    assert "alamat (Dinas Kesehatan)" in told(review)


def test_the_preview_of_a_report_says_it_to_who_issues_it(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    citra, place = entry("citra"), "/laporan/susun/rekap?opd=dinkes&periode=2026-10"
    assert told(citra.get(place)) == ""
    emptied(app)
    assert "alamat (Dinas Kesehatan)" in told(citra.get(place))
    page = citra.submit(citra.get(place), "/laporan/susun/rekap/terbit", 422)
    assert "belum dapat diterbitkan" in page.errors()[0]
    draft = {"opd": "dinkes", "periode": "2026-10", "bentuk": "pdf"}
    assert citra.post("/laporan/susun/rekap/unduh", draft, 200).body.startswith(b"%PDF")


def test_the_closing_page_says_what_the_minutes_lack(app: Flask, entry: LoggedIn) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        baris_bank(session, 10_000, jenis="meterai")
        db_facts.carried(session)
    citra, place = entry("citra"), f"{AREA}/cocok/tutup"
    emptied(app)
    assert told(citra.get(place)) == "", "what stands in the way of closing comes first"
    citra.submit(citra.get(f"{AREA}/cocok/"), f"{AREA}/cocok/jelaskan?tampil=perlu")
    page = citra.get(place)
    assert "alamat (Dinas Kesehatan)" in told(page)
    refused = citra.submit(page, place, 422)
    assert "belum dapat diterbitkan" in refused.errors()[0]
    assert "alamat (Dinas Kesehatan)" in told(refused)
