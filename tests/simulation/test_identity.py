"""Any cut, any order, any number of times, with crashes between any two writes: the same books.

A real purchase-card file is cut at day ends into overlapping pieces; pieces and rows are shuffled,
columns moved, blanks added; each piece comes in several times, sometimes with a crash after some
statement of the database and once more from the start. The books must hold the file's lines.
"""

from __future__ import annotations

import random
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import reading, writing
from kkpd.models import Impor
from tests.cast import DINKES, fill
from tests.databases import Databases
from tests.simulation.potongan import Crash, books, counted, dying, export, pieces, rows
from tests.worlds.bills import ambil


def _take(engine: Engine, folder: Path, data: bytes, name: str) -> None:
    with writing(engine, {DINKES}) as session:
        ambil(session, folder, data, nama=name)


def _simulate(engine: Engine, folder: Path, chance: random.Random) -> None:
    work = [export(piece, chance) for piece in pieces(chance)]
    work += [*chance.choices(work, k=2), export(pieces(chance)[0], chance)]
    chance.shuffle(work)
    for number, data in enumerate(work):
        if chance.random() < 0.5:
            with suppress(Crash), dying(engine, chance.randrange(25)):
                _take(engine, folder, data, f"{number}.csv")
        _take(engine, folder, data, f"{number}.csv")
    with reading(engine, {DINKES}) as session:
        assert books(session) == counted(rows())
        for receipt in session.scalars(select(Impor)):
            parts = receipt.baris_baru + receipt.baris_lama + receipt.baris_lewat
            assert receipt.baris_masuk == parts


def _run(databases: Databases, chance: random.Random) -> None:
    engine = create_engine(databases.new(fill))
    try:
        with tempfile.TemporaryDirectory() as folder:
            _simulate(engine, Path(folder), chance)
    finally:
        engine.dispose()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_any_way_in_gives_the_same_books_on_sqlite(sqlite_databases: Databases, seed: int) -> None:
    _run(sqlite_databases, random.Random(seed))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_any_way_in_gives_the_same_books_on_postgres(
    postgres_databases: Databases, seed: int
) -> None:
    _run(postgres_databases, random.Random(seed))
