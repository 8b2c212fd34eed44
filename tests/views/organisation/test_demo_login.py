"""The demo's login page offers its people by office and role; nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.permissions import Role
from kkpd.models import Pengguna
from kkpd.organisation.passwords import hash_password
from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD, demo_logins
from kkpd.web.globals import engine
from tests.client import PageClient
from tests.program import leave, program

MOMENT = datetime(2026, 10, 28, 2, 0, tzinfo=UTC)


@pytest.fixture
def demo(settings: Settings) -> Iterator[Flask]:
    """The program in demo mode, with the cast as people of the demo."""
    app = program(replace(settings, demo=True))
    app.testing = True
    with time_machine.travel(MOMENT, tick=False):
        with app.app_context(), writing(engine(), EVERY_OPD) as session:
            word = hash_password(DEMO_LOGIN_WORD)
            session.execute(update(Pengguna).values(demo=True, sandi_hash=word))
        yield app
    leave(app)


def test_the_demo_offers_its_people(demo: Flask) -> None:
    browser = PageClient(demo)
    page = browser.get("/masuk")
    groups = page.tree.xpath("//select[@id='orang-demo']/optgroup/@label")
    assert groups == ["Dinas Kesehatan", "Dinas Pendidikan", "Semua OPD"]
    assert "Ani Pemegang, Pemegang KKPD" in page.text
    browser.submit(page, "/masuk", nama="ani")
    assert "Ani Pemegang" in browser.get("/akun/").text


def test_nowhere_else(client: PageClient) -> None:
    page = client.get("/masuk")
    assert "orang-demo" not in page.html
    assert DEMO_LOGIN_WORD not in page.html


def test_by_office_then_by_role(demo: Flask) -> None:
    with demo.app_context(), writing(engine(), EVERY_OPD) as session:
        found = demo_logins(session, MOMENT.date())
    health = [one.peran for one in found if one.opd == "Dinas Kesehatan"]
    assert health[0] is Role.BENDAHARA
    assert health[-1] is Role.PEMEGANG
    assert {one.nama_masuk for one in found if not one.opd} >= {"joko", "fitri", "lukman"}
