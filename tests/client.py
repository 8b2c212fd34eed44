"""A browser without a screen that checks every page it gets (see pagecheck.py).

    page = client.get("/dinkes/2026-10/belanja/baru")     # status 200 and a good page, or it fails
    after = client.submit(page, "/dinkes/2026-10/belanja/baru", nilai="750.000")  # as one would
    assert after.location == "/dinkes/2026-10/belanja/12"  # a redirect (303)
    client.follow(after)                                   # and where it leads

Each client keeps its own cookies; `client.masuk("citra")` logs in as one of the cast.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Flask
from lxml import html as lxml_html
from lxml.html import FormElement, HtmlElement
from werkzeug.test import TestResponse

from tests.pagecheck import problems, text_of

#: The password of everybody in the cast.
DEMO_LOGIN_WORD = "kata sandi para pemeran"


class Page:
    """One answer of the program; an HTML page has been checked already."""

    def __init__(self, app: Flask, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.is_html = response.mimetype == "text/html" and not 300 <= self.status < 400
        self.html = response.get_data(as_text=True) if self.is_html else ""
        if self.is_html:
            found = problems(app, self.html)
            assert not found, "\n".join([f"{response.request.path}:", *found])

    @property
    def body(self) -> bytes:
        """The bytes of a file."""
        return self.response.get_data()

    @property
    def json(self) -> Any:
        """The parsed JSON answer."""
        return json.loads(self.body)

    @property
    def tree(self) -> HtmlElement:
        """The parsed page, for xpath."""
        return lxml_html.document_fromstring(self.html)

    @property
    def text(self) -> str:
        """All words of the page on one line, ordinary spaces only."""
        body = self.tree.find("body")
        assert body is not None
        return text_of(body).replace("\u00a0", " ")

    @property
    def h1(self) -> str:
        """The heading, ordinary spaces only."""
        return text_of(self.tree.findall(".//h1")[0]).replace("\u00a0", " ")

    @property
    def links(self) -> dict[str, str]:
        """Words of each link -> where it leads."""
        return {
            text_of(a).replace("\u00a0", " "): a.get("href", "")
            for a in self.tree.xpath("//a[@href]")
        }

    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [text_of(li) for li in self.tree.xpath("//*[@data-error-summary]//li")]

    def error_at(self, name: str) -> str:
        """The sentence that stands at the field of this name (or id); empty where none does."""
        for one in self.tree.xpath("//*[@name=$name or @id=$name][@aria-invalid]", name=name):
            for note in one.get("aria-describedby", "").split():
                for told in self.tree.xpath("//*[@id=$note][@class='error']", note=note):
                    return text_of(told)
        return ""

    def form(self, action: str) -> FormElement:
        """The POST form that leads there."""
        for form in self.tree.forms:
            if form.action == action and form.method == "POST":
                assert isinstance(form, FormElement)
                return form
        raise AssertionError(
            f"no form to {action}; there are {[f.action for f in self.tree.forms]}"
        )


class PageClient:
    """One person's browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()

    def get(self, path: str, status: int = 200, **options: Any) -> Page:
        """Open an address; another status than expected fails with the page's words."""
        return self._checked(self.http.get(path, **options), status)

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, status: int = 303, **options: Any
    ) -> Page:
        """Send fields to an address with a valid CSRF token, without opening its form first."""
        sent = {name: _as_sent(value) for name, value in (data or {}).items()}
        fields = {"csrf_token": self.csrf_token(), **sent}
        return self._checked(self.http.post(path, data=fields, **options), status)

    def submit(self, page: Page, action: str, status: int = 303, **changes: Any) -> Page:
        """Fill in the page's form to `action` and send it: what is not changed goes as it stands.

        A file is `(bytes, name)`, several files are a list of those; None leaves a field out.
        """
        form = page.form(action)
        known = set(form.fields.keys()) | {b.get("name") for b in form.xpath(".//button[@name]")}
        strange = set(changes) - known
        assert not strange, f"no such field in the form to {action}: {sorted(strange)}"
        fields: dict[str, Any] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        fields |= {name: _as_sent(value) for name, value in changes.items()}
        sent = {name: value for name, value in fields.items() if value is not None}
        return self._checked(self.http.post(action, data=sent), status)

    def follow(self, page: Page, status: int = 200) -> Page:
        """Go where a redirect leads."""
        assert page.location, "not a redirect"
        return self.get(page.location, status)

    def csrf_token(self) -> str:
        """A token for this browser's session, as the forms carry it."""
        login = self.http.get("/masuk")
        page = Page(self.app, login if login.status_code == 200 else self.http.get("/sandi"))
        return str(page.tree.xpath("//input[@name='csrf_token']/@value")[0])

    def entry(self, nama: str, sandi: str = DEMO_LOGIN_WORD) -> PageClient:
        """Log in as one of the cast; returns itself."""
        self.submit(self.get("/masuk"), "/masuk", nama=nama, sandi=sandi)
        return self

    def _checked(self, response: TestResponse, status: int) -> Page:
        response.request.environ["wsgi.input"].close()  # the client keeps large bodies in a file
        page = Page(self.app, response)
        said = page.text if page.is_html else page.location or repr(page.body[:300])
        assert page.status == status, (
            f"{response.request.path}: {page.status}, not {status}: {said}"
        )
        return page


def _as_sent(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_sent(part) for part in value]
    if isinstance(value, tuple):
        content, name = value
        return (BytesIO(content), name)
    return value
