"""The program on a database with the cast in it, and browsers for its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from kkpd.core.config import Settings
from tests import cast
from tests.client import PageClient
from tests.databases import Fill
from tests.program import leave, program


@pytest.fixture
def database_kind() -> str:
    """Views are tried on SQLite; what differs on PostgreSQL asks for it by its own fixture."""
    return "sqlite"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """Every database here begins with the cast."""
    return cast.fill


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of a program of this test's own, as in production but over plain http."""
    return Settings.load(
        {
            "KKPD_INSTANCE": str(tmp_path / "instance"),
            "KKPD_DATABASE_URL": database,
            "KKPD_SECRET_KEY": "a secret key of this test and no other",
        }
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The program, ready to be asked."""
    app = program(settings)
    app.testing = True
    yield app
    leave(app)


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser in which nobody is logged in."""
    return PageClient(app)


@pytest.fixture
def entry(app: Flask) -> Callable[[str], PageClient]:
    """A browser in which one of the cast is logged in: `masuk("citra")`."""
    return lambda nama: PageClient(app).entry(nama)
