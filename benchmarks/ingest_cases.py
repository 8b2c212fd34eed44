"""What `script/bench ingest` measures, each in a process of its own: ours, the limit, a peer.

Reading includes sums, findings, card masking and base keys; storing includes besides the look at
what the books know, custody of the bytes, findings and the event. The limit inserts the very rows
that storing wrote, from memory, into a table without indexes, keys or triggers.
"""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, select, text

from benchmarks.bills import as_csv, as_xlsx

if TYPE_CHECKING:
    from tests.databases import PostgresDatabases

NOW = datetime(2026, 1, 5, tzinfo=UTC)
Run = Callable[[], object]


def read(data: bytes) -> Callable[[], object]:
    """Our reading with base keys."""
    from kkpd.engines.reading import parse
    from kkpd.tagihan.identity import base_key

    return lambda: list(map(base_key, parse(data).lines))


def bare_csv(data: bytes) -> Callable[[], object]:
    """`csv.reader` over the same bytes, rows thrown away."""
    return lambda: [
        None for _ in csv.reader(io.TextIOWrapper(io.BytesIO(data), newline=""), delimiter=";")
    ]


def bare_calamine(data: bytes) -> Callable[[], object]:
    """calamine alone, the rows as lists."""
    from python_calamine import CalamineWorkbook

    return lambda: (
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    )


def books(url: str) -> Engine:
    """A database with the structure and the cast of the tests in it."""
    from kkpd.core.db.engine import create_engine
    from tests.cast import fill
    from tests.databases import prepared

    prepared(url, fill)
    return create_engine(url)


def address(kind: str) -> str:
    if kind == "sqlite":
        return f"sqlite:///{tempfile.mkdtemp()}/books.sqlite3"
    from tests.databases import nothing

    return _server().new(nothing)


@cache
def _server() -> PostgresDatabases:
    """One server for the process: a second of its name would drop the databases of the first."""
    from tests.databases import PostgresDatabases, postgres_server

    return PostgresDatabases(postgres_server("bench"), "bench")


def take(engine: Engine, data: bytes, name: str) -> object:
    """The file from bytes into the books, as the command line and the worker do it."""
    from kkpd.core.db.session import reading, writing
    from kkpd.records.custody import Store
    from kkpd.tagihan import receive
    from kkpd.worker import take_in
    from kkpd.worker.take_in import TakeInChoice
    from tests.cast import ACTORS, DINKES

    store, chosen = Store(Path(tempfile.mkdtemp())), TakeInChoice()
    kept = take_in.prepare(data, name)
    with reading(engine, {DINKES}) as session:
        done = receive.already(session, ACTORS["citra"], DINKES, kept.data, jenis=None, jawaban={})
        if done is not None:
            return done
        read = take_in.parsed(session, DINKES, kept.data, chosen)
    with writing(engine, {DINKES}) as session:
        file = receive.UploadFile.of(DINKES, kept)
        berkas = receive.upload(session, ACTORS["citra"], file, store, NOW)
        command = chosen.command(DINKES, berkas.id, read)
        return receive.take_in(session, ACTORS["citra"], command, NOW)


def store(kind: str, count: int, *, by_day: bool = False) -> Run:
    """The whole way, into a new database each time."""
    data = as_csv(count, by_day=by_day)
    engines = [books(address(kind)) for _ in range(3)]
    return lambda: take(engines.pop(), data, "tagihan.csv")


def again(kind: str, count: int) -> Run:
    """The same file a second time."""
    data, engine = as_csv(count), books(address(kind))
    take(engine, data, "tagihan.csv")
    return lambda: take(engine, data, "tagihan.csv")


def limit(kind: str, count: int) -> Run:
    """The rows that storing wrote, from memory: executemany, or COPY."""
    from kkpd.core.db.session import EVERY_OPD, reading
    from kkpd.models import BarisBank

    engine = books(address(kind))
    take(engine, as_csv(count), "tagihan.csv")
    with reading(engine, EVERY_OPD) as session:
        rows = session.execute(select(BarisBank.__table__)).all()
        plain = [tuple(map(_plain, row)) for row in rows]
    engine = _owning(engine)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE bare AS SELECT * FROM baris_bank WHERE 1 = 0"))
        connection.commit()
    if kind == "postgres":
        return lambda: _copy(engine, plain)
    path = engine.url.database
    return lambda: _executemany(str(path), plain)


def _owning(engine: Engine) -> Engine:
    """The same database as its owner, who may make a table."""
    from kkpd.core.db.engine import create_engine
    from tests.databases import owner_url

    address = owner_url(engine.url.render_as_string(hide_password=False))
    return create_engine(address, owner=True)


def _plain(value: Any) -> Any:
    from kkpd.core.money import Rupiah

    if isinstance(value, Rupiah):
        return value.sen
    return value.isoformat() if hasattr(value, "isoformat") else value


def _executemany(path: str, rows: list[tuple[Any, ...]]) -> None:
    database = sqlite3.connect(path)
    for pragma in ("cache_size=-65536", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    marks = ", ".join("?" * len(rows[0]))
    database.executemany(f"INSERT INTO bare VALUES ({marks})", rows)  # noqa: S608 (our own names)
    database.commit()
    database.close()


def _copy(engine: Engine, rows: list[tuple[Any, ...]]) -> None:
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()


def peer(kind: str, count: int) -> Run:
    """pandas: read_csv and to_sql of the same file, nothing recognised, counted or kept."""
    import pandas as pd
    import sqlalchemy as sa

    data = as_csv(count)
    engine = _owning(sa.create_engine(address(kind).replace("postgresql:", "postgresql+psycopg:")))

    def run() -> object:
        frame = pd.read_csv(io.BytesIO(data), sep=";", decimal=",", thousands=".")
        return frame.to_sql("peer", engine, if_exists="replace", index=False)

    return run


def seconds(run: Run, clock: str) -> float:
    """Processor time where one process does the work, else the clock on the wall."""
    tell = time.process_time if clock == "cpu" else time.perf_counter
    start = tell()
    run()
    return tell() - start


#: name -> (what to run, which clock)
CASES: dict[str, tuple[Callable[[int], Run], str]] = {
    "read.csv": (lambda count: read(as_csv(count)), "cpu"),
    "csv.reader": (lambda count: bare_csv(as_csv(count)), "cpu"),
    "read.xlsx": (lambda count: read(as_xlsx(count)), "cpu"),
    "calamine": (lambda count: bare_calamine(as_xlsx(count)), "cpu"),
    "store.sqlite": (lambda count: store("sqlite", count), "cpu"),
    "store.by_day": (lambda count: store("sqlite", count, by_day=True), "cpu"),
    "again.sqlite": (lambda count: again("sqlite", count), "cpu"),
    "executemany": (lambda count: limit("sqlite", count), "cpu"),
    "to_sql.sqlite": (lambda count: peer("sqlite", count), "cpu"),
    "store.postgres": (lambda count: store("postgres", count), "wall"),
    "COPY": (lambda count: limit("postgres", count), "wall"),
    "to_sql.postgres": (lambda count: peer("postgres", count), "wall"),
}
