"""Fixtures for everyone: a database of one's own on SQLite and on PostgreSQL.

A test that takes `engine` or `session` runs once on each. `session` is the cheap one: its database
is lent from test to test and what was written is rolled back. A folder whose tests all start from
the same content overrides `database_fill`; one that needs a single kind overrides `database_kind`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from tests.databases import Databases, Fill, PostgresDatabases, SqliteDatabases

# How fast a machine is tonight says nothing about the program: no test fails for time.
settings.register_profile("kkpd", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# `pytest` searches anew each time; `script/test` tries the same examples, so that a red run speaks
# of the change and not of the day. What a search finds becomes an `@example`.
settings.register_profile("same", settings.get_profile("kkpd"), derandomize=True)
settings.register_profile("few", settings.get_profile("same"), max_examples=10)
settings.load_profile("kkpd")

os.umask(0o077)  # as the service has it: what tests put into an instance is its owner's alone

#: These take longest; begun first, no process waits at the end for one of them.
_LONGEST = ("tests/simulation/", "tests/server/", "tests/browser/test_delapan_langkah")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, else in the (random) order they come in."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut() -> Iterator[None]:
    """A database that lives for one test need not survive a power cut: nobody waits for a disk."""
    from kkpd.core.db import engine

    careful = "PRAGMA synchronous=FULL"
    assert careful in engine._ON_CONNECT
    fast = tuple(line for line in engine._ON_CONNECT if line != careful)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_ON_CONNECT", (*fast, "PRAGMA synchronous=OFF"))
        yield


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabases]:
    """Where SQLite databases come from."""
    from tests.databases import SqliteDatabases

    with contextlib.closing(SqliteDatabases(tmp_path_factory.mktemp("sqlite"))) as databases:
        yield databases


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The PostgreSQL server of this run, shared by all its processes."""
    from tests.databases import postgres_server

    return postgres_server(os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid())))


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> Iterator[PostgresDatabases]:
    """Where PostgreSQL databases come from."""
    from tests.databases import PostgresDatabases

    owner = f"{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    with contextlib.closing(PostgresDatabases(postgres_url, owner)) as databases:
        yield databases


@pytest.fixture(params=["sqlite", "postgres"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kinds of database a test runs on."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """What a database holds when a test begins: nothing but its structure."""
    from tests.databases import nothing

    return nothing


@pytest.fixture
def database(
    request: pytest.FixtureRequest, database_kind: str, database_fill: Fill
) -> Iterator[str]:
    """The address of a database that only this test uses."""
    databases: Databases = request.getfixturevalue(f"{database_kind}_databases")
    url = databases.new(database_fill)
    yield url
    databases.drop(url)


@pytest.fixture
def opened_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are opened in this process, so that the rules about them are traced; the child that
    opens them otherwise is tested in tests/core/test_sandbox.py, and by every upload of a page.
    """
    from kkpd.core import sandbox

    def run(function: str, *args: object, **_bounds: object) -> object:
        module, name = function.split(":")
        return getattr(import_module(module), name)(*args)

    monkeypatch.setattr(sandbox, "run", run)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An engine on the test's own database."""
    from kkpd.core.db.engine import create_engine

    engine = create_engine(database)
    yield engine
    engine.dispose()


class _TestOver(Exception):
    """Ends the transaction of `session` without committing."""


@pytest.fixture
def session(
    request: pytest.FixtureRequest, database_kind: str, database_fill: Fill
) -> Iterator[Session]:
    """A writing session that sees every OPD; what it wrote is rolled back when the test is over.

    Together with `engine` it works on that engine's database.
    """
    from kkpd.core.db.session import EVERY_OPD, writing

    databases: Databases = request.getfixturevalue(f"{database_kind}_databases")
    with contextlib.ExitStack() as stack:
        if "engine" in request.fixturenames:
            engine: Engine = request.getfixturevalue("engine")
        else:
            engine = stack.enter_context(databases.lent(database_fill))
        with contextlib.suppress(_TestOver), writing(engine, EVERY_OPD) as session:
            yield session
            raise _TestOver
