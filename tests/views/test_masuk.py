"""Login, logout, time-outs and the own password, through the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import Event, Pengguna, Sesi
from kkpd.organisation import login as services
from kkpd.organisation.guessing import LIMITS, WINDOW
from kkpd.web.globals import engine
from tests.cast import ORANG
from tests.client import DEMO_LOGIN_WORD, Page, PageClient

LoggedIn = Callable[[str], PageClient]
FIRST_DAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def _try(client: PageClient, nama: str, sandi: str, status: int = 422) -> Page:
    return client.submit(client.get("/masuk"), "/masuk", status, nama=nama, sandi=sandi)


def _change(app: Flask, nama: str, **values: object) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.execute(update(Pengguna).where(Pengguna.nama_masuk == nama).values(**values))


def test_who_is_not_logged_in_is_sent_to_the_login_page_and_back(client: PageClient) -> None:
    page = client.get("/sandi?x=1", 303)
    assert page.location == "/masuk?lanjut=/sandi?x%3D1"
    login = client.follow(page)
    after = client.submit(login, "/masuk", nama=" Citra", sandi=DEMO_LOGIN_WORD)
    assert after.location == "/sandi?x=1"
    assert client.follow(after).h1 == "Ganti kata sandi"
    assert client.get("/masuk", 303).location == "/"


@pytest.mark.parametrize("lanjut", ["//jahat.id", "https://jahat.id", "/\\jahat.id", "jahat", ""])
def test_login_never_leads_to_another_site(client: PageClient, lanjut: str) -> None:
    page = client.get("/masuk", query_string={"lanjut": lanjut})
    assert client.submit(page, "/masuk", nama="citra", sandi=DEMO_LOGIN_WORD).location == "/"


def test_every_failure_is_the_same_sentence(app: Flask, client: PageClient) -> None:
    _change(app, "budi", aktif=False)
    _change(app, "dewi", demo=True)
    said = {
        tuple(_try(client, nama, sandi).errors())
        for nama, sandi in (
            ("citra", "salah"),
            ("tidak-ada", DEMO_LOGIN_WORD),
            ("budi", DEMO_LOGIN_WORD),
            ("dewi", DEMO_LOGIN_WORD),
        )
    }
    assert said == {(services.LOGIN_FAILED,)}


def test_a_demo_login_does_not_exist_outside_demo_mode(app: Flask, entry: LoggedIn) -> None:
    """Not at login, and not in a session that is open already."""
    citra = entry("citra")
    citra.get("/sandi")
    _change(app, "citra", demo=True)
    citra.get("/sandi", 303)
    assert _try(PageClient(app), "citra", DEMO_LOGIN_WORD).errors() == [services.LOGIN_FAILED]


def test_a_demo_login_works_in_demo_mode(app: Flask, settings: Settings) -> None:
    import dataclasses

    _change(app, "citra", demo=True)
    app.extensions["kkpd.settings"] = dataclasses.replace(settings, demo=True)
    PageClient(app).entry("citra").get("/sandi")


@pytest.mark.parametrize("nama", ["citra", "tidak-ada"])
def test_too_many_failures_wait_whether_the_account_exists_or_not(
    client: PageClient, nama: str
) -> None:
    with time_machine.travel(FIRST_DAY, tick=False) as clock:
        for _ in range(LIMITS["akun"][0]):
            _try(client, nama, "salah")
        refused = _try(client, nama, DEMO_LOGIN_WORD, 429)
        assert "Tunggu 15 menit" in refused.errors()[0]
        _try(client, "budi", DEMO_LOGIN_WORD, 303)
        clock.shift(WINDOW)
        _try(PageClient(client.app), nama, DEMO_LOGIN_WORD, 303 if nama == "citra" else 422)


def test_logout_ends_the_session_on_the_server(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    page = citra.get("/sandi")
    kept = citra.http.get_cookie("__Host-kkpd")
    assert kept is not None
    assert (kept.http_only, kept.secure, kept.same_site) == (True, True, "Lax")
    out = citra.submit(page, "/keluar")
    assert "Anda sudah keluar." in citra.follow(out).text
    thief = PageClient(app)
    thief.http.set_cookie("__Host-kkpd", kept.value)
    thief.get("/sandi", 303)
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        kinds = session.scalars(select(Event.jenis).order_by(Event.seq)).all()
    assert kinds == ["akun:sesi:masuk", "akun:sesi:keluar"]


def test_the_cookie_changes_at_login_and_the_database_keeps_no_token(
    app: Flask, client: PageClient
) -> None:
    client.get("/masuk")
    before = client.http.get_cookie("__Host-kkpd")
    client.entry("citra")
    after = client.http.get_cookie("__Host-kkpd")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    with client.http.session_transaction() as cookie:
        token = cookie["_user_id"]
        assert set(cookie) <= {"_user_id", "_fresh", "_id", "csrf_token"}
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        hashes = session.scalars(select(Sesi.token_hash)).all()
    assert hashes == [services.hash_token(token)]
    assert token not in hashes


def test_a_session_ends_after_idle_time_and_says_so(entry: LoggedIn) -> None:
    with time_machine.travel(FIRST_DAY, tick=False) as clock:
        citra = entry("citra")
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            citra.get("/sandi")
        clock.shift(timedelta(minutes=30))
        page = citra.follow(citra.get("/sandi", 303))
        assert "Sesi Anda sudah berakhir" in page.text


def test_a_session_ends_after_the_absolute_time_however_busy(entry: LoggedIn) -> None:
    with time_machine.travel(FIRST_DAY, tick=False) as clock:
        citra = entry("citra")
        for _ in range(12 * 3 - 1):
            clock.shift(timedelta(minutes=20))
            citra.get("/sandi")
        clock.shift(timedelta(minutes=20))
        citra.get("/sandi", 303)


def test_a_session_is_noted_as_seen_at_most_once_a_minute(app: Flask, entry: LoggedIn) -> None:
    def seen() -> datetime:
        with app.app_context(), reading(engine(), EVERY_OPD) as session:
            return session.scalars(select(Sesi.terlihat_at)).one()

    with time_machine.travel(FIRST_DAY, tick=False) as clock:
        citra = entry("citra")
        clock.shift(timedelta(seconds=59))
        citra.get("/sandi")
        assert seen() == FIRST_DAY
        clock.shift(timedelta(seconds=1))
        citra.get("/sandi")
        assert seen() == FIRST_DAY + timedelta(minutes=1)


def test_a_blocked_account_is_out_at_once(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    _change(app, "citra", aktif=False)
    citra.get("/sandi", 303)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    app: Flask, entry: LoggedIn
) -> None:
    here, elsewhere = entry("citra"), entry("citra")
    baru = "empat kata yang lain"
    after = here.submit(here.get("/sandi"), "/sandi", lama=DEMO_LOGIN_WORD, baru=baru, ulang=baru)
    assert "Kata sandi sudah diganti" in here.follow(after).text
    elsewhere.get("/sandi", 303)
    assert _try(PageClient(app), "citra", DEMO_LOGIN_WORD).errors() == [services.LOGIN_FAILED]
    PageClient(app).entry("citra", baru)


@pytest.mark.parametrize(
    ("lama", "baru", "ulang", "sentence"),
    [
        ("salah", "empat kata yang lain", "empat kata yang lain", "Kata sandi sekarang salah"),
        (DEMO_LOGIN_WORD, "pendek", "pendek", "harus 15 sampai 200 huruf"),
        (DEMO_LOGIN_WORD, "citra dan kawannya", "citra dan kawannya", "terlalu mudah ditebak"),
        (DEMO_LOGIN_WORD, "aaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa", "terlalu mudah ditebak"),
        (DEMO_LOGIN_WORD, "empat kata yang lain", "empat kata yang lama", "tidak sama"),
        ("", "", "", "Isian ini wajib diisi"),
    ],
)
def test_a_bad_new_password_is_refused(
    entry: LoggedIn, lama: str, baru: str, ulang: str, sentence: str
) -> None:
    citra = entry("citra")
    page = citra.submit(citra.get("/sandi"), "/sandi", 422, lama=lama, baru=baru, ulang=ulang)
    assert sentence in page.errors()[0]
    assert DEMO_LOGIN_WORD not in page.html


def test_rights_are_read_anew_at_every_request(app: Flask, entry: LoggedIn) -> None:
    from datetime import date

    from kkpd.models import Penugasan

    citra = entry("citra")
    assert "Bendahara Pengeluaran" in citra.get("/sandi").text
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.execute(
            update(Penugasan)
            .where(Penugasan.orang_id == ORANG["citra"])
            .values(sampai=date(2026, 1, 2))
        )
    page = citra.get("/")
    assert page.h1 == "Belum ada penugasan yang berlaku"
    assert "Belum ada penugasan" in page.text
