"""What people do and try leaves a line in the security log, without what they typed."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kkpd.core.config import Settings
from kkpd.core.errors import Forbidden, NotFound, Unreadable
from kkpd.records import security_log
from kkpd.web.request import http
from kkpd.web.request.permissions import needs
from tests.client import DEMO_LOGIN_WORD, PageClient

LoggedIn = Callable[[str], PageClient]


@pytest.fixture
def told(settings: Settings) -> Callable[[], list[dict[str, Any]]]:
    """The lines so far."""
    path = settings.instance / security_log.FILE
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


def test_good_and_failed_logins_say_from_where(
    app: Flask, client: PageClient, told: Callable[[], list[dict[str, Any]]]
) -> None:
    page = client.get("/masuk")
    client.submit(page, "/masuk", 422, nama="citra", sandi="sandi yang bukan miliknya")
    client.submit(page, "/masuk", 422, nama="sandi saya di sini", sandi="sandi lain lagi")
    client.entry("citra")
    known, unknown, good = told()
    assert [line["outcome"] for line in (known, unknown, good)] == ["gagal", "gagal", "berhasil"]
    assert {line["message"] for line in (known, unknown, good)} == {"akun:sesi:masuk"}
    assert known["subject"] == good["subject"] == "pengguna:3"
    mark = security_log.digest("sandi saya di sini")
    assert unknown["subject"] == f"pengguna:{mark}"
    assert {line["address"] for line in (known, unknown, good)} == {"127.0.0.1"}
    assert len({line["request_id"] for line in (known, unknown, good)}) == 3
    said = json.dumps(told())
    for secret in ("sandi saya", "bukan miliknya", "sandi lain", DEMO_LOGIN_WORD):
        assert secret not in said


def test_a_page_of_others_and_a_forged_form_are_told_with_account_and_session(
    entry: LoggedIn, told: Callable[[], list[dict[str, Any]]]
) -> None:
    citra = entry("citra")
    citra.get("/disdik/2026-10/belanja/", 404)
    citra.get("/admin/", 403)
    citra.http.post("/sandi", data={"lama": "x"})
    scope, permission, form = told()[-3:]
    assert [line["message"] for line in (scope, permission, form)] == [
        "akses:lingkup",
        "akses:izin",
        "akses:formulir",
    ]
    for line in (scope, permission, form):
        assert line["outcome"] == "ditolak"
        assert line["pengguna_id"] == 3
        assert line["session_id"] > 0


def test_an_ended_session_and_a_download_are_told(
    entry: LoggedIn, app: Flask, told: Callable[[], list[dict[str, Any]]]
) -> None:
    citra = entry("citra")
    citra.get("/dinkes/2026-10/belanja/unduh.csv")
    assert (told()[-1]["message"], told()[-1]["outcome"]) == ("berkas:unduh", "berhasil")
    with app.extensions["kkpd.engine"].begin() as connection:
        connection.exec_driver_sql(
            "UPDATE sesi SET dicabut_at = '2026-10-01' WHERE dicabut_at IS NULL"
        )
    citra.get("/sandi", 303)
    assert told()[-1]["message"] == "akun:sesi:berakhir"


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Unreadable("Berkas rusak."), "berkas:baca"),
        (NotFound("Tidak ada."), "akses:lingkup"),
        (Forbidden("Tidak boleh."), "akses:izin"),
    ],
)
def test_a_refusal_is_told_once_without_its_words(
    app: Flask,
    entry: LoggedIn,
    told: Callable[[], list[dict[str, Any]]],
    refusal: Exception,
    kind: str,
) -> None:
    from kkpd.web.request.transaction import writing

    def view() -> str:
        with writing():
            raise refusal

    app.add_url_rule("/coba", "coba", needs("akun:sendiri")(view), methods=["POST"])
    citra = entry("citra")
    before = len(told())
    citra.post("/coba", {}, refusal.status)  # type: ignore[attr-defined]  # a DomainError
    (line,) = told()[before:]
    assert (line["message"], line["outcome"], line["path"]) == (kind, "ditolak", "/coba")
    assert str(refusal) not in json.dumps(line)


def test_an_event_and_its_request_share_an_id(
    entry: LoggedIn, told: Callable[[], list[dict[str, Any]]]
) -> None:
    citra = entry("citra")
    page = citra.get("/sandi")
    answer = citra.post("/keluar", {"csrf_token": citra.csrf_token()}, 303)
    assert page.status == 200
    line = told()[-1]
    assert line["message"] == "akun:sesi:keluar"
    assert line["request_id"] == answer.response.headers["X-Request-ID"]
    assert line["chain"] == "adm"


def test_a_token_in_an_address_is_not_logged(
    client: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(security_log.JsonLines().format(record)))

    keeper = Keep()
    http._log.addHandler(keeper)
    client.http.get("/tenggat/3-abcdefabcdef.ics")
    client.http.get("/undangan/rahasia/yang-tidak-ada")
    http._log.removeHandler(keeper)
    assert [line["path"] for line in found] == ["/tenggat/….ics", "/undangan"]


def test_a_closed_standard_error_of_the_start_is_not_written_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, later = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    handler = http.StandardError()
    first.close()
    monkeypatch.setattr(sys, "stderr", later)
    handler.handle(logging.makeLogRecord({"msg": "acuan:rekening:muat"}))
    assert later.getvalue() == "acuan:rekening:muat\n"
