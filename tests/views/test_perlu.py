"""What waits for the person who is logged in: the page and the quiet count."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import Selisih, Transaksi
from tests.cast import ACTORS, DINKES, FIRST_DAY, ORANG
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia

LoggedIn = Callable[[str], PageClient]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_nothing_waits(entry: LoggedIn) -> None:
    page = entry("dewi").get("/perlu/")
    assert "Tidak ada yang menunggu Anda hari ini." in page.tree.text_content()


def test_each_thing_leads_to_where_it_is_done(entry: LoggedIn, engine: Engine) -> None:
    with writing(engine, EVERY_OPD) as session:
        row = belanja_verbs.record(
            session, ACTORS["citra"], belanja_dunia.belanja(), belanja_dunia.NOW
        )
        _difference(session, row)
    browser = entry("citra")
    page = browser.get("/perlu/")
    words = page.tree.text_content()
    assert "Lengkapi bukti 1 belanja Oktober 2026" in words
    assert "Selesaikan selisih Oktober 2026: belum ditagih bank" in words
    for link in page.tree.xpath("//main//td/a/@href"):
        browser.get(link)
    assert browser.get("/dinkes/2026-10/bulan-ini/").tree.xpath(
        "//a[@href='/perlu/'][contains(.,'2 hal')]"
    )
    assert "Foto bukti 1 belanja Anda" in entry("ani").get("/perlu/").tree.text_content()


def _difference(session: Session, row: Transaksi) -> None:
    session.add(
        Selisih(
            opd_id=DINKES,
            tahun=2026,
            bulan=10,
            jenis="belum_ditagih",
            nilai=row.nilai,
            catatan="bank belum menagih",
            at=FIRST_DAY,
            oleh_id=ORANG["citra"],
            pemilik_id=ORANG["citra"],
            jatuh_tempo=row.tanggal,
            transaksi_id=row.id,
        )
    )
