"""How we connect: SQLite as WAL with IMMEDIATE transactions, or PostgreSQL through psycopg.

With plain BEGIN eight writers on SQLite meet "database is locked"; with IMMEDIATE none do, because
a writer waits for its turn before it reads. A connection may write unless the execution option
`read_only` is set: then the database itself refuses writes (law 4).
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from kkpd.core.db import roles
from kkpd.core.db.raw_sql import execute_raw
from kkpd.core.errors import DomainError

_ON_CONNECT = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA synchronous=FULL",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cache_size=-65536",  # KiB: a long import stays in memory until its commit
    "PRAGMA temp_store=MEMORY",
)


#: `connection.info[SEAL_KEY]`: the key by which a connection to PostgreSQL seals its scope.
SEAL_KEY: Final = "seal_key"


def create_engine(url: str, *, owner: bool = False) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://...`; any other is refused.

    On PostgreSQL a login that owns the tables is refused at connecting (DomainError), but for
    `owner`, which is for migrations alone.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DomainError(
            "KKPD_DATABASE_URL bukan alamat basis data. Tulis seperti "
            "sqlite:////folder/kkpd.sqlite3 atau postgresql://pengguna@komputer/kkpd."
        ) from error
    if parsed.get_backend_name() == "sqlite":
        engine = sa.create_engine(parsed)
        event.listen(engine, "do_connect", _before_sqlite_connects)
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        return engine
    if parsed.get_backend_name() == "postgresql":
        engine = sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        event.listen(engine, "begin", _on_postgresql_begin)
        if not owner:
            event.listen(engine, "connect", _on_postgresql_connect)
        return engine
    raise DomainError(
        f"KKPD_DATABASE_URL menunjuk {parsed.get_backend_name()}; "
        "yang didukung sqlite dan postgresql."
    )


def _before_sqlite_connects(_dialect: object, _record: object, place: Any, _named: object) -> None:
    """A new file is its owner's alone from the start; SQLite gives its companions the same mode."""
    if place and not str(place[0]).startswith((":", "file:")):
        with suppress(OSError):  # there already, or SQLite says what is wrong
            os.close(os.open(place[0], os.O_CREAT | os.O_EXCL, 0o600))


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _ON_CONNECT:
        connection.execute(pragma)


def _on_sqlite_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    known = connection.info  # kept with the pooled connection: the pragma is sent when it changes
    if known.get("read_only") is not read_only:
        execute_raw(connection, f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        known["read_only"] = read_only
    execute_raw(connection, "BEGIN" if read_only else "BEGIN IMMEDIATE")


def _on_postgresql_connect(connection: Any, record: Any) -> None:
    roles.refuse_owner(connection)
    record.info[SEAL_KEY] = roles.connection_key(connection)
    connection.commit()


def _on_postgresql_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("read_only", False):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
