"""Login, logout and the own password, through the pages."""

from __future__ import annotations

from collections.abc import Callable

from tests.client import SANDI, PageClient


def test_who_is_not_logged_in_is_sent_to_the_login_page_and_back(client: PageClient) -> None:
    page = client.get("/sandi?x=1", 303)
    assert page.location == "/masuk?lanjut=/sandi?x%3D1"
    login = client.follow(page)
    after = client.submit(login, "/masuk", nama="Citra ", sandi=SANDI)
    assert after.location == "/sandi?x=1"
    assert client.follow(after).h1 == "Ganti kata sandi"


def test_logout(masuk: Callable[[str], PageClient]) -> None:
    citra = masuk("citra")
    page = citra.get("/sandi")
    out = citra.submit(page, "/keluar")
    assert "Anda sudah keluar." in citra.follow(out).text
    citra.get("/sandi", 303)
