"""The due-date board and each person's calendar feed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import Pengguna
from tests.client import PageClient

LoggedIn = Callable[[str], PageClient]
ADDRESS = "/dinkes/2026-10/tenggat/"


def feed(page: PageClient) -> str:
    links = page.get(ADDRESS).tree.xpath("//a[contains(@href, '.ics')]/@href")
    return str(links[0])


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


@pytest.mark.parametrize("given", ["3-" + "0" * 32, "x-y", "999999-00", "9" * 30 + "-a", "3"])
def test_no_other_address_is_one(app: Flask, given: str) -> None:
    assert app.test_client().get(f"/tenggat/{given}.ics").status_code == 404


def test_a_new_password_ends_the_old_address(app: Flask, entry: LoggedIn, engine: Engine) -> None:
    address = feed(entry("citra"))
    with writing(engine, EVERY_OPD) as session:
        login = session.query(Pengguna).filter_by(nama_masuk="citra").one()
        login.sandi_hash = "lain"
    assert app.test_client().get(address).status_code == 404
