"""Every form of the program, empty and wrong: refused where it stood, with what was typed, a
sentence on top and at the field that the refusal names, and nothing written.

The forms are those on the pages that the cast can reach; what has no form on a page in this small
world is held by the test of its own area.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from flask import Flask
from lxml.html import FormElement
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.errors import DomainError, FormRefused
from kkpd.models import Event
from kkpd.web.globals import engine
from kkpd.web.request import http
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.views.test_rantai import LoggedIn, belanja
from tests.worlds import office

__all__ = ["belanja"]

#: Sent in every field that takes text: no number, no day, no code, and too long for a name.
WRONG: Final = "bukan-isian " * 900
#: The page that asks for a proof before acts on accounts.
ASKED_FIRST: Final = "Buktikan bahwa ini Anda"
_TYPED: Final = frozenset({"text", "search", "email", "tel", "number", "textarea"})
#: Acts without a field that could be wrong, and those that end the visit.
_NOT_HERE: Final = ("masuk.keluar", "preferensi.simpan", "belanja.sisa", "belanja_saya.sisa")


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def _endpoint(app: Flask, path: str, method: str = "GET") -> str:
    adapter = app.url_map.bind("localhost")
    return str(adapter.match(path.partition("?")[0], method=method)[0])


def _pages(client: PageClient) -> Iterator[tuple[str, Page]]:
    """Pages from the first screen on, one of each endpoint."""
    waiting, seen = ["/", "/admin/", "/masuk", "/kode", "/lupa"], set[str]()
    while waiting:
        path = waiting.pop(0)
        try:
            endpoint = _endpoint(client.app, path)
        except (HTTPException, RequestRedirect):  # no page of ours
            continue
        if endpoint in seen or endpoint == "static":
            continue
        seen.add(endpoint)
        answer = client.http.get(path)
        if answer.status_code in {302, 303}:
            seen.discard(endpoint) if answer.location != path else None
            if answer.location.startswith("/") and path == "/":
                waiting.append(answer.location)
            continue
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = Page(client.app, answer)
        yield path, page
        hrefs = [str(one) for one in page.tree.xpath("//a/@href")]
        waiting += [one.partition("#")[0] for one in hrefs if one.startswith("/")]


def _count(app: Flask) -> int:
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


def _sent(form: FormElement, *, wrong: bool) -> dict[str, list[str]]:
    """What a careless person sends: hidden fields and choices as they are, texts empty or
    nonsense.
    """
    fields: dict[str, list[str]] = {}
    for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        kind = one.get("type", "text") if one.tag == "input" else one.tag
        if kind == "hidden" or one.tag == "select":
            fields.setdefault(one.get("name"), []).append(one.value or "")
        elif kind in _TYPED:
            text = (WRONG[:40] if kind == "text" else WRONG) if wrong else ""
            fields.setdefault(one.get("name"), []).append(text)
    for pressed in form.xpath("(.//button[not(@type='button')])[1][@name]"):  # as Enter does
        fields.setdefault(pressed.get("name"), []).append(pressed.get("value", ""))
    return fields


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[DomainError]:
    """What the program refused, in order."""
    found: list[DomainError] = []
    monkeypatch.setattr(http, "note_refusal", found.append)
    return found


def _nowhere(page: Page, refusal: DomainError) -> list[str]:
    """The fields that a refusal names without a sentence standing there."""
    told = refusal.errors if isinstance(refusal, FormRefused) else [(refusal.field, "", "")]
    return [name for name, _label, _said in told if name and not page.error_at(name)]


@pytest.mark.parametrize("person", ["citra", "ani", "budi", "dewi", "joko", "hana"])
@pytest.mark.parametrize("wrong", [False, True], ids=["empty", "wrong"])
def test_every_form_refuses_where_it_stands(
    app: Flask,
    entry: LoggedIn,
    belanja: list[int],
    refusals: list[DomainError],
    person: str,
    wrong: bool,
) -> None:
    client, tried, bad = entry(person), set[str](), list[str]()
    for path, page in _pages(client):
        for form in page.tree.xpath("//form[@method='post']"):
            action = (form.get("action") or path).partition("?")[0]
            endpoint = _endpoint(app, action, "POST")
            if endpoint in tried or endpoint in _NOT_HERE:
                continue
            fields = _sent(form, wrong=wrong)
            typed = {
                name: texts[0] for name, texts in fields.items() if texts[0].startswith("bukan")
            }
            if set(fields) <= {"csrf_token"} or (wrong and not typed):
                continue
            tried.add(endpoint)
            before = _count(app)
            refusals.clear()
            answer = client.http.post(action, data=fields, headers={"Referer": path})
            if answer.status_code < 400:
                continue  # nothing of it was wrong
            if answer.mimetype != "text/html" or answer.status_code >= 500:
                bad.append(f"{endpoint}: {answer.status_code}")
                continue
            again = Page(app, answer)
            if _count(app) != before:
                bad.append(f"{endpoint}: something was written")
            if again.h1 == ASKED_FIRST:
                continue  # what was sent goes with the proof
            if not again.errors():
                bad.append(f"{endpoint}: {answer.status_code} on “{again.h1}” says no error")
            shown = again.body.decode()
            nowhere = [name for one in refusals[-1:] for name in _nowhere(again, one)]
            if nowhere:
                bad.append(f"{endpoint}: no sentence at {nowhere}: {again.errors()}")
            lost = [name for name, text in typed.items() if text.strip() not in shown]
            lost = [] if endpoint == "belanja.catat_banyak" else lost  # pasted text becomes cells
            if lost:
                bad.append(f"{endpoint}: lost {lost}")
    assert tried, "no form was found"
    assert not bad, "\n".join(bad)
