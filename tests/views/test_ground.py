"""Law 4, errors, headers, health, the request log, and the choice of OPD and period."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort, render_template, request
from sqlalchemy import text

from kkpd.core.errors import Conflict
from kkpd.models import Opd
from kkpd.records.security_log import JsonLines
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing
from tests.cast import DINKES, given
from tests.client import PageClient

LoggedIn = Callable[[str], PageClient]
Lines = list[dict[str, Any]]
AREA = "/<opd:opd>/<periode:periode>/coba"


def _add(app: Flask, view: Callable[..., Any], rule: str = "/coba", **options: Any) -> None:
    app.add_url_rule(rule, endpoint="coba", view_func=needs("akun:sendiri")(view), **options)


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """The JSON lines that this test's own requests write: the client asks in this thread."""
    found: list[dict[str, Any]] = []
    ours = threading.get_ident()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == ours:
                found.append(json.loads(JsonLines().format(record)))

    keeper = Keep()
    logging.getLogger("kkpd").addHandler(keeper)
    yield found
    logging.getLogger("kkpd").removeHandler(keeper)


def test_a_get_cannot_write(app: Flask, entry: LoggedIn, lines: Lines) -> None:
    def view() -> str:
        reading().add(Opd(kode="x", slug="x", nama="x"))
        reading().flush()
        return "ditulis"

    _add(app, view)
    entry("citra").get("/coba", 503)
    (line,) = [line for line in lines if "trace" in line]
    assert "attempt to write a readonly database" in line["trace"]


def test_a_post_is_one_transaction(app: Flask, entry: LoggedIn) -> None:
    def view() -> str:
        with writing() as session:
            session.add(Opd(kode="3", slug="baru", nama="Baru"))
            given(session)
            if request.form.get("batal"):
                raise Conflict("Keadaan sudah berubah. Muat ulang halaman.")
        return str(reading().scalar(sa.select(sa.func.count()).select_from(Opd)))

    _add(app, view, methods=["POST"])
    citra = entry("citra")
    page = citra.post("/coba", {"batal": "1"}, 409)
    assert "Keadaan sudah berubah. Muat ulang halaman." in page.text
    assert citra.http.post("/coba", data={"csrf_token": citra.csrf_token()}).data == b"3"


def test_a_post_without_token_is_refused(entry: LoggedIn) -> None:
    answer = entry("citra").http.post("/sandi", data={"lama": "x"})
    assert answer.status_code == 400
    assert "terlalu lama terbuka" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "method", "status", "words"),
    [
        ("/tidak-ada", "GET", 404, "Halaman ini tidak ada"),
        ("/dinkes/2026-13/coba", "GET", 404, "Halaman ini tidak ada"),
        ("/dinkes/1999-01/coba", "GET", 404, "Halaman ini tidak ada"),
        ("/preferensi", "GET", 405, "pakai tombol"),
    ],
)
def test_plain_error_pages(
    app: Flask, entry: LoggedIn, path: str, method: str, status: int, words: str
) -> None:
    _add(app, lambda **_: "ada", AREA)
    for client in (PageClient(app), entry("citra")):
        page = client.get(path, status)
        assert words in page.text
        assert page.response.headers["X-Request-ID"] in page.text


def test_a_programmers_error_is_a_500_with_an_id_and_a_line(
    app: Flask, entry: LoggedIn, lines: Lines
) -> None:
    app.testing = False

    def view() -> str:
        raise ZeroDivisionError("nomor kartu 4111 1111 1111 1111")

    _add(app, view)
    page = entry("citra").get("/coba?sandi=rahasia", 500)
    identifier = page.response.headers["X-Request-ID"]
    assert identifier in page.text
    assert "ZeroDivision" not in page.html
    (line,) = [line for line in lines if "trace" in line]
    assert line["request_id"] == identifier
    assert "ZeroDivisionError" in line["trace"]
    assert "4111 1111" not in json.dumps(lines)
    assert "****1111" in line["trace"]
    assert "rahasia" not in json.dumps(lines)


def test_what_is_too_large_is_refused_with_a_sentence(app: Flask, entry: LoggedIn) -> None:
    def view() -> str:
        return str(len(request.files))

    _add(app, view, methods=["POST"])
    app.config["MAX_CONTENT_LENGTH"] = 2000
    big = {"x": (b"y" * 3000, "x.bin")}
    page = entry("citra").post("/coba", big, 413)
    assert "Perkecil" in page.text


def test_a_stranger_may_send_little(client: PageClient) -> None:
    answer = client.http.post("/masuk", data={"nama": "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413


def test_one_line_a_request_without_secrets(entry: LoggedIn, lines: Lines) -> None:
    citra = entry("citra")
    citra.get("/sandi?kunci=rahasia")
    line = lines[-1]
    assert (line["path"], line["status"], line["pengguna_id"]) == ("/sandi", 200, 3)
    assert line["request_id"]
    assert line["ms"] > 0
    said = json.dumps(lines)
    assert "rahasia" not in said
    assert "para pemeran" not in said


def test_the_id_of_a_trusted_proxy_is_kept_and_others_are_not(app: Flask) -> None:
    import dataclasses

    client = app.test_client()
    given = {"X-Request-ID": "dari-perantara-1"}
    assert client.get("/masuk", headers=given).headers["X-Request-ID"] != "dari-perantara-1"
    settings = app.extensions["kkpd.settings"]
    app.extensions["kkpd.settings"] = dataclasses.replace(settings, trusted_proxies=1)
    assert client.get("/masuk", headers=given).headers["X-Request-ID"] == "dari-perantara-1"
    bad = {"X-Request-ID": "<script>"}
    assert "script" not in client.get("/masuk", headers=bad).headers["X-Request-ID"]


def test_security_headers(client: PageClient) -> None:
    first, second = (client.get("/masuk").response for _ in range(2))
    policy = first.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy != second.headers["Content-Security-Policy"]
    assert first.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["X-Frame-Options"] == "DENY"
    assert first.headers["Cache-Control"] == "private, no-store"
    static = client.http.get("/static/css/2-dasar.css")
    assert "max-age=31536000" in static.headers["Cache-Control"]
    static.close()


def test_healthy(client: PageClient) -> None:
    answer = client.http.get("/sehat")
    assert answer.status_code == 200
    assert answer.json == {"keadaan": "sehat", "versi": "0.2.0"}
    assert "Set-Cookie" not in answer.headers


def test_unhealthy_when_the_structure_is_old(app: Flask, client: PageClient) -> None:
    with app.extensions["kkpd.engine"].begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = client.http.get("/sehat")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "kkpd db upgrade" in answer.json["pesan"]


def test_unhealthy_when_the_database_is_away(app: Flask, entry: LoggedIn, tmp_path: Path) -> None:
    from kkpd.core.db.engine import create_engine

    client = entry("citra")
    broken = create_engine(f"sqlite:///{tmp_path}/tidak/ada/kkpd.sqlite3")
    kept, app.extensions["kkpd.engine"] = app.extensions["kkpd.engine"], broken
    answer = client.http.get("/sehat")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "Basis data tidak menjawab" in answer.json["pesan"]
    assert "Basis data sedang tidak menjawab" in client.get("/sandi", 503).text
    app.extensions["kkpd.engine"] = kept


def test_links_keep_opd_and_period(app: Flask, entry: LoggedIn) -> None:
    from flask import url_for

    def view(opd: str, periode: Any) -> str:
        assert actor().opd_id == DINKES
        return url_for("coba")

    _add(app, view, AREA)
    citra = entry("citra")
    assert citra.http.get("/dinkes/2025-03/coba").data == b"/dinkes/2025-03/coba"


def test_links_from_outside_an_area_lead_to_the_open_period(app: Flask, entry: LoggedIn) -> None:
    from flask import url_for

    app.add_url_rule(AREA, endpoint="area", view_func=needs("akun:sendiri")(lambda **_: abort(404)))
    _add(app, lambda: url_for("area"))
    assert entry("citra").http.get("/coba").data == b"/dinkes/2026-10/coba"
    assert entry("eko").http.get("/coba").data == b"/disdik/2026-10/coba"


@pytest.mark.parametrize(
    ("query", "status", "location"),
    [
        ("opd=dinkes&periode=2026-03&halaman=coba", 303, "/dinkes/2026-03/coba"),
        ("opd=dinkes&periode=2026-03&halaman=tidak.ada", 303, None),
        ("opd=dinkes&periode=2026-03&halaman=//jahat.id", 303, None),
        ("opd=dinkes&periode=2026-03&halaman=masuk.keluar", 303, None),
        ("opd=disdik&periode=2026-03&halaman=coba", 404, ""),
        ("opd=dinkes&periode=2026-33&halaman=coba", 404, ""),
        ("", 404, ""),
    ],
)
def test_choosing_opd_and_period(
    app: Flask, entry: LoggedIn, query: str, status: int, location: str | None
) -> None:
    """Where the page asked for does not take an OPD, the first of the menu opens (None)."""
    _add(app, lambda **_: "ada", AREA)
    found = entry("citra").get(f"/pilih?{query}", status).location
    assert found == location or (location is None and found.startswith("/dinkes/2026-03/"))


def test_a_page_that_only_a_post_opens_is_not_led_back_to(app: Flask, entry: LoggedIn) -> None:
    def view() -> tuple[str, int]:
        return render_template("pages/beranda/kosong.html"), 422

    _add(app, view, methods=["POST"])
    citra = entry("citra")
    page = citra.post("/coba", status=422)
    assert citra.submit(page, "/preferensi", tema="gelap").location == "/"
