"""One transaction a request or command (law 4). The only `commit` of the program is here.

`scope` is what the transaction may see: a set of OPD ids, or EVERY_OPD; without any it sees
accounts and no row of an OPD (law 12). On PostgreSQL row-level security holds it: the scope is
sealed with the connection's own key (`kkpd/core/db/row_security.py`).
"""

from __future__ import annotations

import fcntl
import hmac
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.db.engine import SEAL_KEY

EVERY_OPD: Final = "*"
#: `session.info[AT_END]` holds functions to run last before the commit, e.g. the log's appends.
AT_END: Final = "at_end"
#: `session.info[AFTERWARDS]` holds functions to run once the commit has succeeded.
AFTERWARDS: Final = "afterwards"
#: Seconds between two tries of a waiting SQLite writer.
_POLL_GAP: Final = 0.002
#: Seconds after which a writer stops queueing.
_PATIENCE: Final = 30.0
_SEE: Final = text("SELECT set_config('kkpd.lingkup', :sealed, true)")


@contextmanager
def reading(engine: Engine, scope: Iterable[int] | str = ()) -> Iterator[Session]:
    """A session in which the database itself refuses writes."""
    with engine.connect().execution_options(read_only=True) as connection:
        _confine(connection, scope)
        with Session(connection, autoflush=False) as session:
            yield session


@contextmanager
def reading_one_moment(engine: Engine, scope: Iterable[int] | str = ()) -> Iterator[Session]:
    """As `reading`; every statement sees the database of one moment, whoever writes meanwhile.

    SQLite reads so anyway.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(engine, scope) as session:
        yield session


@contextmanager
def writing(engine: Engine, scope: Iterable[int] | str = ()) -> Iterator[Session]:
    """A session that commits once at the end; any exception rolls everything back."""
    with _turn(engine), engine.connect() as connection, connection.begin() as transaction:
        _confine(connection, scope)
        with Session(connection, join_transaction_mode="conditional_savepoint") as session:
            yield session
            for finish in session.info.pop(AT_END, ()):
                finish(session)
            session.flush()
            db_facts.refuse_untold(session)
        transaction.commit()
    for tell in session.info.pop(AFTERWARDS, ()):
        tell()


@contextmanager
def rehearsing(engine: Engine, scope: Iterable[int] | str = ()) -> Iterator[Session]:
    """A writing session that always rolls back: to preview what an act would do."""
    with _turn(engine), engine.connect() as connection, connection.begin() as transaction:
        _confine(connection, scope)
        with Session(connection, join_transaction_mode="conditional_savepoint") as session:
            yield session
        transaction.rollback()


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """One writer of a SQLite file at a time, over all threads and processes; a waiter tries again
    every few milliseconds. SQLite's own lock still decides, but its waiting sleeps up to a tenth of
    a second while nobody writes and can starve a thread. A blocking lock that wakes one waiter at a
    time gave half as many commits. Whoever has waited too long goes on to SQLite's own lock and
    gets its error.
    """
    place = engine.url.database if engine.dialect.name == "sqlite" else None
    if not place or place.startswith(("file:", ":")):  # not a named file on disk
        yield
        return
    descriptor = _queue(f"{place}-antre")
    try:
        ends = time.monotonic() + _PATIENCE
        while not _taken(descriptor) and time.monotonic() < ends:
            time.sleep(_POLL_GAP)
        yield
    finally:
        os.close(descriptor)  # releases the lock, also when the process dies


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _queue(path: str) -> int:
    """The descriptor of the lock file."""
    return os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)


@contextmanager
def everywhere(session: Session) -> Iterator[None]:
    """For a question about all OPDs, such as "does this card belong to another one": row-level
    security is off inside the block. The answer must not reveal what was read.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    connection = session.connection()
    before = session.scalar(text("SELECT current_setting('kkpd.lingkup', true)"))
    _see(connection, EVERY_OPD)
    try:
        yield
    finally:
        connection.execute(_SEE, {"sealed": before or ""})


def _confine(connection: Connection, scope: Iterable[int] | str) -> None:
    if connection.dialect.name == "postgresql":
        seen = scope if isinstance(scope, str) else ",".join(str(int(opd)) for opd in scope)
        _see(connection, seen)


def _see(connection: Connection, seen: str) -> None:
    key: bytes | None = connection.info.get(SEAL_KEY)
    if key is None:  # the owner's login, or no structure yet
        return
    seal = hmac.digest(key, seen.encode(), "sha256").hex()
    connection.execute(_SEE, {"sealed": f"{seal}:{seen}"})
