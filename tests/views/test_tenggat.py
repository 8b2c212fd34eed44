"""The due-date board and each person's calendar feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, Update, select, update

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import CalendarFeed, Event, Orang, Pengguna, Penugasan
from tests.cast import ORANG
from tests.client import DEMO_LOGIN_WORD, PageClient

LoggedIn = Callable[[str], PageClient]
ADDRESS = "/dinkes/2026-10/tenggat/"
END = "/akun/kalender/cabut"


def feed(page: PageClient) -> str:
    """A new address of the person's feed, as their page shows it this one time."""
    made = page.post("/akun/kalender", {"bukti-lama": DEMO_LOGIN_WORD}, 200)
    return str(made.tree.xpath("//a[contains(@href, '.ics')]/@href")[0])


def test_the_board_says_what_is_not_checked(entry: LoggedIn) -> None:
    page = entry("citra").get(ADDRESS)
    words = page.tree.text_content()
    assert "Hari kerja membayar sesudah dana masuk" in words
    assert "days_to_pay_after_funds" not in words
    assert "hanya Sabtu dan Minggu" in words


def test_the_feed_is_read_without_a_login(app: Flask, entry: LoggedIn) -> None:
    address = feed(entry("citra"))
    stranger = app.test_client()
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize("given", ["3-" + "0" * 32, "x-y", "1-é", "9" * 300, "3"])
def test_no_other_address_is_one(app: Flask, given: str) -> None:
    assert app.test_client().get(f"/tenggat/{given}.ics").status_code == 404


def test_a_new_password_ends_the_old_address(app: Flask, entry: LoggedIn) -> None:
    citra, baru = entry("citra"), "perahu kuning sore hari"
    address = feed(citra)
    citra.submit(citra.get("/sandi"), "/sandi", lama=DEMO_LOGIN_WORD, baru=baru, ulang=baru)
    assert app.test_client().get(address).status_code == 404


def test_a_feed_is_renewed_and_taken_back_by_its_owner(app: Flask, entry: LoggedIn) -> None:
    citra, stranger = entry("citra"), app.test_client()
    first, second = feed(citra), feed(citra)
    assert [stranger.get(one).status_code for one in (first, second)] == [404, 200]
    page = citra.get("/akun/kalender")
    citra.submit(page, END)
    assert stranger.get(second).status_code == 404
    assert "Belum ada alamat kalender" in citra.get("/akun/kalender").text


@pytest.mark.parametrize(
    "change",
    [
        update(Pengguna).where(Pengguna.orang_id == ORANG["citra"]).values(aktif=False),
        update(Orang).where(Orang.id == ORANG["citra"]).values(aktif=False),
        update(Penugasan)
        .where(Penugasan.orang_id == ORANG["citra"])
        .values(sampai=date(2026, 1, 2)),
    ],
    ids=["disabled", "gone", "in no office"],
)
def test_a_feed_ends_with_its_owner(
    app: Flask, entry: LoggedIn, engine: Engine, change: Update
) -> None:
    address = feed(entry("citra"))
    with writing(engine, EVERY_OPD) as session:
        session.execute(change)
    assert app.test_client().get(address).status_code == 404


def test_the_token_of_a_feed_is_kept_nowhere(
    app: Flask, entry: LoggedIn, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    address = feed(entry("citra"))
    app.test_client().get(address)
    token = address.rpartition("/")[2].removesuffix(".ics")
    assert len(token) > 40
    told = [str(record.__dict__) for record in caplog.records]
    assert any("tenggat.langganan_ics" in one for one in told)
    assert not any(token in one for one in told)
    with reading(engine, EVERY_OPD) as session:
        assert not any(token.encode() in isi for isi in session.scalars(select(Event.isi)))
        assert token not in session.scalars(select(CalendarFeed.token_hash)).one()
