"""A real Chromium against a real server: desktop and phone, light and dark.

Chromium is Debian's, or the one `KKPD_TEST_CHROMIUM` names. `open_page("citra", "/sandi")` gives a
page that is logged in; `Look` names the four ways in which every page is looked at.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from kkpd.app import create_app
from kkpd.config import Settings
from kkpd.web.ground import engine as engine_of
from tests import cast, gallery
from tests.client import SANDI
from tests.databases import SqliteDatabases

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

OpenPage: TypeAlias = Callable[..., Page]


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The program behind an address of this machine, for as long as the block lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of this run."""
    found = os.environ.get("KKPD_TEST_CHROMIUM") or shutil.which("chromium")
    assert found, "no chromium: apt-get install chromium, or name one in KKPD_TEST_CHROMIUM"
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
    app = create_app(config)
    gallery.add_to(app)
    with served(app) as found:
        yield found
    with app.app_context():
        engine_of().dispose()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """`open_page(masuk, path, look, **context)`: a page in a browser context of its own.

    `masuk` is a login name of the cast, or None for a stranger.
    """
    contexts: list[BrowserContext] = []

    def opened(masuk: str | None, path: str, look: Look = LOOKS[0], **options: object) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,
            locale="id-ID",
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]  # passed through to Playwright
        )
        contexts.append(context)
        page = context.new_page()
        if masuk is not None:
            log_in(page, masuk)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def log_in(page: Page, masuk: str) -> None:
    """Through the login page, as a person does."""
    page.goto("/masuk")
    page.get_by_label("Nama masuk").fill(masuk)
    page.get_by_label("Kata sandi").fill(SANDI)
    page.get_by_role("button", name="Masuk").click()
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
