"""The guided month: only in the demo, its files, a login as each person straight to the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import Pengguna
from kkpd.oversight.guided_month import ALL_RECEIPTS, BILL, FILES
from kkpd.views import guided_month
from kkpd.views.guided_month import STEPS
from kkpd.web.globals import engine
from tests.client import DEMO_LOGIN_WORD, PageClient
from tests.program import leave, program

PAGE = "/panduan/bulan/"


@pytest.fixture
def files(settings: Settings) -> None:
    """What the build of a demo puts there."""
    folder = settings.instance / FILES
    folder.mkdir(parents=True)
    for name in (BILL, ALL_RECEIPTS, "2026-11-04-toko.png"):
        (folder / name).write_bytes(b"isi")


@pytest.fixture
def demo(settings: Settings, files: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The program as a demo, with the cast and its password."""
    monkeypatch.setattr(guided_month, "DEMO_LOGIN_WORD", DEMO_LOGIN_WORD)
    app = program(dataclasses.replace(settings, demo=True))
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.execute(update(Pengguna).values(demo=True))
    yield app
    leave(app)


def test_outside_the_demo_there_is_no_such_page(client: PageClient, files: None) -> None:
    assert "hanya ada dalam demo" in client.get(PAGE, 404).text
    client.get(f"{PAGE}berkas/{BILL}", 404)
    assert PAGE not in client.get("/masuk").links.values()


def test_its_logins_are_refused_outside_the_demo(demo: Flask, app: Flask) -> None:
    given = dict(PageClient(demo).get(PAGE).form("/masuk").form_values())
    for program_, status in ((demo, 303), (app, 422)):
        client = PageClient(program_)
        client.post("/masuk", given | {"csrf_token": client.csrf_token()}, status)
        client.get("/akun/", 200 if status == 303 else 303)


def test_nine_steps_lead_to_pages_that_their_people_may_open(demo: Flask) -> None:
    page = PageClient(demo).get(PAGE)
    assert page.h1 == "Bulan terpandu: 0 dari 9 langkah selesai"
    assert len(STEPS) == 9
    forms = [form for form in page.tree.forms if form.action == "/masuk"]
    assert len(forms) == sum(len(step.acts) for step in STEPS.values())
    for form in forms:
        person = PageClient(demo)
        after = person.post(
            "/masuk", dict(form.form_values()) | {"csrf_token": person.csrf_token()}
        )
        assert after.location == form.fields["lanjut"]
        assert "/dinkes/2026-11/" in after.location
        person.follow(after)


def test_only_the_files_of_the_month_are_given(demo: Flask) -> None:
    client = PageClient(demo)
    page = client.get(PAGE)
    names = [name for name in page.links if name.endswith((".csv", ".zip", ".png"))]
    assert names == [BILL, ALL_RECEIPTS, "2026-11-04-toko.png"]
    assert client.http.get(page.links[BILL]).data == b"isi"
    client.get(f"{PAGE}berkas/secret_key", 404)
    client.get(f"{PAGE}berkas/..%2Fsecret_key", 404)


def test_the_login_page_and_every_foot_lead_there(demo: Flask) -> None:
    assert PageClient(demo).get("/masuk").links["Bulan terpandu: sembilan langkah"] == PAGE
    citra = PageClient(demo).entry("citra")
    assert citra.get("/akun/").links["Bulan terpandu"] == PAGE
    citra.get(PAGE)
