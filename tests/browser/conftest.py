"""A real Chromium against a real server: desktop and phone, light and dark.

Chromium is Debian's, or the one `KKPD_TEST_CHROMIUM` names. `open_page("citra", "/sandi")` gives a
page that is logged in; `Look` names the four ways in which every page is looked at.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from kkpd.core.config import Settings
from tests import cast, gallery
from tests.client import DEMO_LOGIN_WORD
from tests.databases import SqliteDatabases
from tests.program import leave, program

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Look(NamedTuple):
    """One way to look at a page."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = (
    Look("meja-terang", 1280, 900, "light"),
    Look("meja-gelap", 1280, 900, "dark"),
    Look("telepon-terang", 375, 812, "light"),
    Look("telepon-gelap", 375, 812, "dark"),
)

#: How long a page may take on a busy machine before a test gives it up (milliseconds).
PATIENCE: Final = 120_000

OpenPage: TypeAlias = Callable[..., Page]


class _Counted:
    """A program that knows how many requests it is at work on (sending is the server's work).

    An answer is whole, and its file closed, before it is sent: the server leaves it open where a
    browser goes away in the middle, and the warning comes up in whatever test runs then.
    """

    def __init__(self, app: Flask) -> None:
        self._app, self._open, self._changed = app, 0, threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        self._count(1)
        try:
            answer = self._app(environ, start)
            whole = [b"".join(answer)]
            if hasattr(answer, "close"):
                answer.close()
            return whole
        finally:
            self._count(-1)

    def _count(self, one: int) -> None:
        with self._changed:
            self._open += one
            self._changed.notify_all()

    def settle(self) -> None:
        """Wait for the last answer."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._open == 0, 120), "a request never ended"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The program behind an address of this machine, for as long as the block lasts.

    It ends with its last request: a page closed in the middle of one leaves it running, and its log
    line and its database connection would come up in the tests after this one.
    """
    counted = _Counted(app)
    server = make_server("127.0.0.1", 0, counted, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        counted.settle()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this run."""
    found = os.environ.get("KKPD_TEST_CHROMIUM") or shutil.which("chromium")
    assert found, "no chromium: apt-get install chromium, or name one in KKPD_TEST_CHROMIUM"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A program with the cast and the gallery, served over plain http as the demo is."""
    config = Settings.load(
        {
            "KKPD_INSTANCE": str(tmp_path_factory.mktemp("instance")),
            "KKPD_DATABASE_URL": sqlite_databases.new(cast.fill),
            "KKPD_DEMO": "1",
        }
    )
    app = program(config)
    gallery.add_to(app)
    with served(app) as found:
        yield found
    leave(app)


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """`open_page(masuk, path, look, **context)`: a page in a browser context of its own.

    `entry` is a login name of the cast, or None for a stranger.
    """
    contexts: list[BrowserContext] = []

    def opened(entry: str | None, path: str, look: Look = LOOKS[0], **options: object) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,
            locale="id-ID",
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]  # passed through to Playwright
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if entry is not None:
            log_in(page, entry)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def log_in(page: Page, entry: str) -> None:
    """Through the login page, as a person does."""
    page.goto("/masuk")
    page.get_by_label("Nama masuk").fill(entry)
    page.get_by_label("Kata sandi").fill(DEMO_LOGIN_WORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/masuk" not in url)


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture when `KKPD_TEST_PICTURES` names a folder for them."""
    folder = os.environ.get("KKPD_TEST_PICTURES")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep
