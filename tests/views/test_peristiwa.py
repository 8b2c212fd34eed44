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
