"""The ground on PostgreSQL: the same login, read-only GETs, and sight of one's own OPD only."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from kkpd.models import Kartu, Opd
from kkpd.web.request.permissions import needs
from kkpd.web.request.transaction import reading
from tests.client import DEMO_LOGIN_WORD, PageClient

LoggedIn = Callable[[str], PageClient]


@pytest.fixture
def database_kind() -> str:
    """The other database."""
    return "postgres"


def test_login_password_and_logout(entry: LoggedIn) -> None:
    citra = entry("citra")
    baru = "empat kata yang lain"
    citra.submit(citra.get("/sandi"), "/sandi", lama=DEMO_LOGIN_WORD, baru=baru, ulang=baru)
    citra.submit(citra.get("/sandi"), "/keluar")
    citra.get("/sandi", 303)
    assert citra.http.get("/sehat").status_code == 200


def test_an_invited_person_sets_a_password_and_sees_the_own_account(
    app: Flask, entry: LoggedIn
) -> None:
    """With the program's own rights: before a login nobody is known, and no OPD is seen."""
    joko, wira, baru = entry("joko"), PageClient(app), "perahu kuning sore hari"
    joko.submit(joko.get("/admin/pengguna/baru"), "/admin/pengguna/baru", nama="Wira", opd_id="2")
    address = joko.get("/admin/pengguna").links["Wira"]
    made = joko.submit(joko.get(address), f"{address}/masuk", 200, nama_masuk="wira").text
    code = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", made)[0]
    fields = {"nama": "wira", "kode": code, "baru": baru, "ulang": baru}
    wira.submit(wira.get("/kode"), "/kode", **fields)
    wira.entry("wira", baru).get("/akun/")
    feed = wira.post("/akun/kalender", {"bukti-lama": baru}, 200)
    joko.submit(joko.get(address), f"{address}/masuk/kode", 200)
    wira.get("/akun/", 303)
    assert ".ics" in feed.text


@pytest.mark.parametrize(("nama", "seen"), [("citra", 1), ("eko", 1), ("fitri", 2), ("joko", 2)])
def test_a_query_that_forgets_the_opd_sees_only_ones_own(
    app: Flask, entry: LoggedIn, nama: str, seen: int
) -> None:
    def view() -> str:
        return str(reading().scalar(select(func.count()).select_from(Kartu)))

    app.add_url_rule("/coba", endpoint="coba", view_func=needs("akun:sendiri")(view))
    assert entry(nama).http.get("/coba").data == str(seen).encode()


def test_a_get_cannot_write(app: Flask, entry: LoggedIn) -> None:
    app.testing = False

    def view() -> str:
        reading().add(Opd(kode="x", slug="x", nama="x"))
        reading().flush()
        return "ditulis"

    app.add_url_rule("/coba", endpoint="coba", view_func=needs("akun:sendiri")(view))
    page = entry("citra").get("/coba", 500)
    assert "ditulis" not in page.html
