"""What every answer tells the browser: headers, cookies, what to forget; no card in an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kkpd.core.config import SettingError, Settings
from kkpd.web.request.permissions import needs
from tests.client import PageClient
from tests.views.test_matrix import _calls, _path

LoggedIn = Callable[[str], PageClient]
CARD = "4111 1111 1111 1111"
EVERYWHERE = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}


def _lacking(answer: TestResponse) -> list[str]:
    policy = answer.headers.get("Content-Security-Policy", "")
    lacks = [name for name, value in EVERYWHERE.items() if answer.headers.get(name) != value]
    if "default-src 'none'" not in policy or "frame-ancestors" not in policy:
        lacks.append("Content-Security-Policy")
    if answer.headers.get("X-Frame-Options") not in {"DENY", "SAMEORIGIN"}:
        lacks.append("X-Frame-Options")
    static = answer.request.path.startswith("/static/") and answer.status_code == 200
    if not static and answer.headers.get("Cache-Control") != "private, no-store":
        lacks.append("Cache-Control")
    answer.close()
    return lacks


def _wrong(answers: Iterable[TestResponse]) -> dict[tuple[str, int], list[str]]:
    found = {(one.request.path, one.status_code): _lacking(one) for one in answers}
    return {answer: lacks for answer, lacks in found.items() if lacks}


def _odd_answers(app: Flask, client: PageClient) -> Iterator[TestResponse]:
    """Answers that no page gives: errors, a strange host, too much, too often."""
    http = client.http
    app.testing = False
    app.add_url_rule("/rusak", "rusak", needs("akun:sendiri")(lambda: str(1 // 0)))
    static = http.get("/static/css/2-dasar.css")
    static.close()
    yield static
    yield http.get("/static/tidak-ada.css")
    yield http.get("/tidak-ada")
    yield http.get("/dinkes/2026-13/belanja/")
    yield http.delete("/masuk")
    yield http.open("/masuk", method="TRACE")
    yield http.get("/sehat")
    yield http.post("/masuk", data={"nama": "x" * (1024 * 1024 + 1)})
    yield http.post("/masuk", data={"nama": "x"})
    yield from (http.get("/periksa/" + "0" * 64) for _ in range(62))
    yield PageClient(app).entry("citra").http.get("/rusak")


@pytest.mark.parametrize("nama", [None, "joko", "citra"])
def test_every_answer_carries_every_header(app: Flask, nama: str | None) -> None:
    client = PageClient(app) if nama is None else PageClient(app).entry(nama)
    calls = [call for call in _calls(app) if call[0].endpoint != "masuk.keluar"]
    answers = [(client.http.open(_path(rule), method=method)) for rule, method in calls]
    assert _wrong(answers) == {}


def test_errors_carry_every_header_too(app: Flask, client: PageClient) -> None:
    answers = list(_odd_answers(app, client))
    assert {400, 404, 405, 413, 429, 500, 200} <= {one.status_code for one in answers}
    assert _wrong(answers) == {}


def test_every_cookie_is_bound_to_this_computer(entry: LoggedIn) -> None:
    citra = entry("citra")
    page = citra.get("/sandi")
    answer = citra.submit(page, "/preferensi", bahasa="en", tema="gelap")
    told = [*answer.response.headers.getlist("Set-Cookie")]
    told += PageClient(citra.app).http.get("/masuk").headers.getlist("Set-Cookie")
    assert {line.partition("=")[0] for line in told} >= {"__Host-bahasa", "__Host-tema"}
    for line in told:
        assert line.startswith("__Host-"), line
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert part in line, line
        assert "Domain" not in line
    assert 'lang="en"' in citra.get("/sandi").html


def test_only_a_demo_sends_cookies_over_plain_http(settings: Settings) -> None:
    given = {"KKPD_INSTANCE": str(settings.instance), "KKPD_SECURE_COOKIES": "0"}
    with pytest.raises(SettingError, match="hanya boleh dalam mode demo"):
        Settings.load(given)


def test_the_browser_forgets_a_session_that_ends(entry: LoggedIn, app: Flask) -> None:
    citra = entry("citra")
    assert "Clear-Site-Data" not in citra.get("/sandi").response.headers
    gone = citra.post("/keluar").response.headers
    assert gone["Clear-Site-Data"] == '"cache", "storage"'
    again = entry("citra")
    with app.extensions["kkpd.engine"].begin() as connection:
        connection.exec_driver_sql(
            "UPDATE sesi SET dicabut_at = '2026-10-01' WHERE dicabut_at IS NULL"
        )
    assert again.get("/sandi", 303).response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in PageClient(app).get("/sandi", 303).response.headers


@pytest.mark.parametrize("nama", ["joko", None])
def test_a_card_number_in_an_address_is_cut_there(
    app: Flask, entry: LoggedIn, nama: str | None
) -> None:
    client = PageClient(app) if nama is None else entry(nama)
    path = "/masuk" if nama is None else "/admin/pengguna"
    answer = client.http.get(path, query_string={"cari": f"kartu {CARD}", "hal": "2"})
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query) == {"cari": ["kartu ****1111"], "hal": ["2"]}
    assert urlsplit(answer.location).path == path


def test_a_staff_number_is_looked_for_as_typed(entry: LoggedIn) -> None:
    entry("joko").get("/admin/pengguna?cari=197901012010011001")
