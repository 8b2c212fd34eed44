"""The page of the event log: a grant is there at once, with who, what, before and after."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.permissions import Role
from kkpd.records import event_log
from kkpd.web.globals import engine, now
from tests.cast import ACTORS
from tests.client import PageClient


def _grant(session: Session) -> None:
    event_log.record(
        session, ACTORS["joko"], Role.ADMIN, "admin:penugasan:konfirmasi", "penugasan:3", now=now(),
        before={"peran": "bendahara"}, after={"peran": "=pa"},
    )  # fmt: skip


def test_a_grant_is_on_the_page_of_inspector_and_auditor_at_once(
    app: Flask, entry: Callable[[str], PageClient]
) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        _grant(session)
    for nama in ("fitri", "gilang"):
        page = entry(nama).get("/peristiwa/")
        assert "Pemberian wewenang" in page.html
        assert page.html.count("mengonfirmasi usul penugasan") >= 2
        assert "bendahara → =pa" in page.html
        assert "Citra Bendahara bendahara" in page.html
    entry("citra").get("/peristiwa/", 403)


def test_the_file_holds_the_same_and_runs_no_formula(
    app: Flask, entry: Callable[[str], PageClient]
) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        _grant(session)
    answer = entry("fitri").http.get("/peristiwa/unduh.csv?jenis=admin")
    text = answer.data.decode("utf-8-sig")
    assert (
        "Joko Administrator,Administrator,mengonfirmasi usul penugasan,admin:penugasan:konfirmasi"
        in text
    )
    assert ",peran,bendahara,'=pa" in text
    assert "akun:sesi:masuk" not in text
    assert "akun:sesi:masuk" in entry("fitri").http.get("/peristiwa/unduh.csv").data.decode()


def test_a_strange_filter_is_no_error(entry: Callable[[str], PageClient]) -> None:
    entry("fitri").get("/peristiwa/?hari=kemarin&orang=x&jenis=%25&opd=tidak-ada&sesudah=-1")


def test_the_security_log_has_a_page_a_file_and_readers(entry: Callable[[str], PageClient]) -> None:
    """What was tried and wrote nothing is there too: a wrong password, a page of nobody's."""
    stranger = entry("citra")
    stranger.get("/peristiwa/keamanan/", 403)
    stranger.get("/peristiwa/keamanan/unduh.csv", 403)
    for nama in ("fitri", "gilang"):
        page = entry(nama).get("/peristiwa/keamanan/?hasil=ditolak")
        rows = [row.text_content() for row in page.tree.xpath("//main//tbody/tr")]
        assert rows
        assert all("Citra" in row for row in rows), rows
        assert any("127.0.0.1" in row for row in rows)
    answer = entry("fitri").http.get("/peristiwa/keamanan/unduh.csv?hasil=ditolak")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("waktu,siapa,apa")
    assert len(lines) > 2
    assert all(",ditolak," in line for line in lines[1:])


def test_a_strange_filter_of_the_security_log_is_no_error(
    entry: Callable[[str], PageClient],
) -> None:
    page = "/peristiwa/keamanan/?akun=x&jenis=%25&hasil=semua&hari=kemarin&sesudah=2026"
    fitri = entry("fitri")
    fitri.get(page)
    for place in ("/peristiwa/", "/peristiwa/keamanan/"):
        for day in ("9999-12-31", "0001-01-01"):
            fitri.get(f"{place}?akun=99999999999999999999&orang=99999999999999999999&hari={day}")
