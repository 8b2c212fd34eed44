"""Any cut, any order, any number of times, with crashes between any two writes: the same books.

A real purchase-card file is cut at day ends into overlapping pieces; pieces and rows are shuffled,
columns moved, blanks added; each piece comes in several times, sometimes with a crash after some
statement of the database and once more from the start. The books must hold the file's lines.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from kkpd.db.engine import create_engine
from kkpd.db.session import reading, writing
from kkpd.domain.identity import normalise
from kkpd.models import BarisBank, Impor
from tests.cast import DINKES, fill
from tests.databases import Databases
from tests.services.tagihan_bantu import ambil

_FILE = Path(__file__).parent.parent / "data" / "pcard" / "kota_a_2.csv.gz"
_COLUMNS = ("Transaction Date", "Card Posting Dt", "Merchant Name", "Transaction Amt.", "Purpose")
#: So many rows of the file, and every seventh of them twice: equal purchases of one day.
_ROWS = 90

Row = tuple[str, ...]
Line = tuple[str, str, int]


class Crash(RuntimeError):
    """The process dies here."""


@cache
def _rows() -> tuple[Row, ...]:
    """Real purchases, oldest posting first."""
    with gzip.open(_FILE, "rt", encoding="utf-8", errors="replace", newline="") as handle:
        dialect = csv.Sniffer().sniff(handle.readline(), "\t,;")
        handle.seek(0)
        read = [
            tuple(" ".join(row[name].split()) for name in _COLUMNS)
            for row in csv.DictReader(handle, dialect=dialect)
            if row["Transaction Date"]
        ]
    chosen = read[:_ROWS]
    return tuple(sorted([*chosen, *chosen[::7]], key=lambda row: (row[1], row)))


def _truth() -> Counter[Line]:
    return Counter(
        (row[0], normalise(row[2]), int(Decimal(row[3].replace(",", "")) * 100)) for row in _rows()
    )


def _books(session: Session) -> Counter[Line]:
    rows = session.execute(select(BarisBank.tanggal_transaksi, BarisBank.merchant, BarisBank.nilai))
    return Counter((str(day), normalise(merchant), nilai.sen) for day, merchant, nilai in rows)


def _pieces(chance: random.Random) -> list[list[Row]]:
    """Runs of whole posting days that overlap and together hold every day."""
    days = sorted({row[1] for row in _rows()})
    cuts = sorted(chance.sample(range(1, len(days)), k=min(3, len(days) - 1)))
    spans = [
        (max(0, start - chance.randrange(3)), min(len(days), stop + chance.randrange(3)))
        for start, stop in zip([0, *cuts], [*cuts, len(days)], strict=True)
    ]
    return [[row for row in _rows() if row[1] in days[start:stop]] for start, stop in spans]


def _export(rows: Sequence[Row], chance: random.Random) -> bytes:
    """The same rows in another order of rows and columns, with other blanks."""
    rows = chance.sample(rows, len(rows))
    order = chance.sample(range(len(_COLUMNS)), len(_COLUMNS))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice(";\t,"))
    writer.writerow([_COLUMNS[index] for index in order])
    for row in rows:
        writer.writerow([_blanks(row[index], chance) for index in order])
    return out.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"]))


def _blanks(text: str, chance: random.Random) -> str:
    return text.replace(" ", "  ") + " " * chance.randrange(2)


@contextmanager
def _dying(engine: Engine, after: int) -> Iterator[None]:
    """The process dies before its statement number `after`."""
    count = 0

    def before(*_args: object) -> None:
        nonlocal count
        count += 1
        if count > after:
            raise Crash

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)


def _take(engine: Engine, folder: Path, data: bytes, name: str) -> None:
    with writing(engine, {DINKES}) as session:
        ambil(session, folder, data, nama=name)


def _simulate(engine: Engine, folder: Path, chance: random.Random) -> None:
    work = [_export(piece, chance) for piece in _pieces(chance)]
    work += [*chance.choices(work, k=2), _export(_pieces(chance)[0], chance)]
    chance.shuffle(work)
    for number, data in enumerate(work):
        if chance.random() < 0.5:
            with suppress(Crash), _dying(engine, chance.randrange(25)):
                _take(engine, folder, data, f"{number}.csv")
        _take(engine, folder, data, f"{number}.csv")
    with reading(engine, {DINKES}) as session:
        assert _books(session) == _truth()
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
