"""One transaction a request or command (law 4). The only `commit` of the program is here.

`scope` is what the transaction may see: a set of OPD ids, or EVERY_OPD. On PostgreSQL the
transaction also leaves the owner's role for `kkpd_app`, which row-level security binds; a forgotten
scope sees nothing (law 12).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

APP_ROLE: Final = "kkpd_app"
EVERY_OPD: Final = "*"
#: `session.info[AT_END]` holds what must happen last before the commit, e.g. the log's appends.
AT_END: Final = "at_end"
#: SET LOCAL ROLE and the scope in one way to the server.
_CONFINED: Final = text(
    "SELECT set_config('role', :role, true), set_config('kkpd.opd', :seen, true)"
)

# One writer at a time within a process: SQLite's own waiting is unfair and can starve a thread.
_writers: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
_writers_guard = threading.Lock()


@contextmanager
def reading(engine: Engine, scope: Iterable[int] | str = ()) -> Iterator[Session]:
    """A session in which the database itself refuses writes."""
    with engine.connect().execution_options(read_only=True) as connection:
        _confine(connection, scope)
        with Session(connection, autoflush=False) as session:
            yield session


@contextmanager
def writing(engine: Engine, scope: Iterable[int] | str = ()) -> Iterator[Session]:
    """A session that commits once at the end; any exception rolls everything back."""
    with _writer_lock(engine), engine.connect() as connection, connection.begin() as transaction:
        _confine(connection, scope)
        with Session(connection, join_transaction_mode="conditional_savepoint") as session:
            yield session
            for finish in session.info.pop(AT_END, ()):
                finish(session)
            session.flush()
        transaction.commit()


@contextmanager
def rehearsing(engine: Engine, scope: Iterable[int] | str = ()) -> Iterator[Session]:
    """A writing session that always rolls back: what would become of an act, seen beforehand."""
    with _writer_lock(engine), engine.connect() as connection, connection.begin() as transaction:
        _confine(connection, scope)
        with Session(connection, join_transaction_mode="conditional_savepoint") as session:
            yield session
        transaction.rollback()


@contextmanager
def _writer_lock(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "sqlite":
        yield
        return
    with _writers_guard:
        lock = _writers.setdefault(engine, threading.Lock())
    with lock:
        yield


@contextmanager
def everywhere(session: Session) -> Iterator[None]:
    """For one question that concerns all OPDs, such as "does this card belong to another one":
    row-level security looks away inside the block. The answer must not name what was seen.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    before = session.scalar(text("SELECT current_setting('kkpd.opd', true)"))
    _see(session, EVERY_OPD)
    try:
        yield
    finally:
        _see(session, before or "")


def _see(session: Session, seen: str) -> None:
    session.execute(text("SELECT set_config('kkpd.opd', :seen, true)"), {"seen": seen})


def _confine(connection: Connection, scope: Iterable[int] | str) -> None:
    if connection.dialect.name != "postgresql":
        return
    seen = scope if isinstance(scope, str) else ",".join(str(int(opd)) for opd in scope)
    connection.execute(_CONFINED, {"role": APP_ROLE, "seen": seen})
