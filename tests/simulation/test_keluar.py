"""Imports taken out and in again, in any order, with crashes between any two writes: at every
moment the books hold, of each line, the greatest count that an import in force shows.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import reading, writing
from kkpd.ledger.active import is_given, withdrawn_files
from kkpd.models import BarisBank, BarisKeluar, Impor
from kkpd.tagihan.withdraw.withdraw import TakeOut, take_out
from tests.cast import ACTORS, DINKES, fill
from tests.databases import Databases
from tests.simulation.potongan import Crash, Line, books, counted, dying, export, pieces
from tests.worlds.bills import SEKARANG, ambil

#: A month that no line of the file is of: the answer of who chose wrongly.
SALAH = (2031, 1)


@dataclass(frozen=True)
class Berkas:
    """An export, and what the books hold of it alone."""

    data: bytes
    isi: Counter[Line] = field(compare=False)


@dataclass
class World:
    """The imports in force."""

    engine: Engine
    folder: Path
    chance: random.Random
    effective: dict[Berkas, int]

    def ambil(self, one: Berkas, periode: tuple[int, int] | None = None) -> None:
        def act() -> int:
            with writing(self.engine, {DINKES}) as session:
                return ambil(session, self.folder, one.data, periode=periode).impor_id

        self._maybe_die(act)
        self.effective[one] = act()

    def keluarkan(self, one: Berkas) -> None:
        command = TakeOut(DINKES, self.effective[one], "Salah menjawab pertanyaan")

        def act() -> int:
            with writing(self.engine, {DINKES}) as session:
                return take_out(session, ACTORS["citra"], command, SEKARANG).baris

        self._maybe_die(act, once=True)
        act()
        del self.effective[one]

    def _maybe_die(self, act: object, *, once: bool = False) -> None:
        """Die before some statement; a death after the last one would be no crash at all."""
        if self.chance.random() < 0.5:
            after = self.chance.randrange(8 if once else 25)
            with suppress(Crash), dying(self.engine, after):
                act()  # type: ignore[operator]  # one of the two above
                raise AssertionError("more statements than the crash waits for")

    def periksa(self) -> None:
        """The books are what the imports in force say, and nothing of others is left."""
        wanted = reduce(or_, (one.isi for one in self.effective), Counter[Line]())
        with reading(self.engine, {DINKES}) as session:
            assert books(session) == wanted
            months = session.execute(
                select(BarisBank.tahun, BarisBank.bulan).where(is_given()).distinct()
            )
            assert SALAH not in {(tahun, bulan) for tahun, bulan in months}
            alone = select(BarisBank.id).where(BarisBank.berkas_id.in_(withdrawn_files()))
            kept = set(session.scalars(alone)) - set(
                session.scalars(select(BarisKeluar.baris_bank_id))
            )
            assert len(kept) <= sum(wanted.values())
            for receipt in session.scalars(select(Impor)):
                parts = receipt.baris_baru + receipt.baris_lama + receipt.baris_lewat
                assert receipt.baris_masuk == parts


def _hidup(worlds: World) -> None:
    chance = worlds.chance
    files = [
        Berkas(export(piece, chance), counted(piece))
        for piece in (*pieces(chance), *pieces(chance))
    ]
    files = list({one.data: one for one in files}.values())
    chance.shuffle(files)
    for one in files[:5]:
        if chance.random() < 0.4:
            worlds.ambil(one, SALAH)
            worlds.keluarkan(one)
            worlds.periksa()
        worlds.ambil(one)
        if len(worlds.effective) > 1 and chance.random() < 0.7:
            out = chance.choice(list(worlds.effective))
            worlds.keluarkan(out)
            worlds.periksa()
            if chance.random() < 0.7:
                worlds.ambil(out)
                worlds.periksa()
    for one in chance.sample(list(worlds.effective), len(worlds.effective)):
        worlds.keluarkan(one)
    worlds.periksa()


def _run(databases: Databases, chance: random.Random) -> None:
    engine = create_engine(databases.new(fill))
    try:
        with tempfile.TemporaryDirectory() as folder:
            _hidup(World(engine, Path(folder), chance, {}))
    finally:
        engine.dispose()


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_what_is_taken_out_leaves_no_trace_in_the_sums_on_sqlite(
    sqlite_databases: Databases, seed: int
) -> None:
    _run(sqlite_databases, random.Random(seed))


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_what_is_taken_out_leaves_no_trace_in_the_sums_on_postgres(
    postgres_databases: Databases, seed: int
) -> None:
    _run(postgres_databases, random.Random(seed))
