"""A real purchase-card file cut into overlapping pieces, exported anew; and a process that dies."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from kkpd.ledger.active import effective
from kkpd.models import BarisBank
from kkpd.tagihan.identity import normalise

_FILE = Path(__file__).parent.parent / "data" / "pcard" / "kota_a_2.csv.gz"
_COLUMNS = ("Transaction Date", "Card Posting Dt", "Merchant Name", "Transaction Amt.", "Purpose")
#: So many rows of the file, and every seventh of them twice: equal purchases of one day.
_ROWS = 90

Row = tuple[str, ...]
Line = tuple[str, str, int]


class Crash(RuntimeError):
    """The process dies here."""


@cache
def rows() -> tuple[Row, ...]:
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


def counted(lines: Iterable[Row]) -> Counter[Line]:
    """What the books hold of these rows."""
    return Counter(
        (row[0], normalise(row[2]), int(Decimal(row[3].replace(",", "")) * 100)) for row in lines
    )


def books(session: Session) -> Counter[Line]:
    """The lines that count."""
    found = session.execute(
        select(BarisBank.tanggal_transaksi, BarisBank.merchant, BarisBank.nilai).where(effective())
    )
    return Counter((str(day), normalise(merchant), nilai.sen) for day, merchant, nilai in found)


def pieces(chance: random.Random) -> list[list[Row]]:
    """Runs of whole posting days that overlap and together hold every day."""
    days = sorted({row[1] for row in rows()})
    cuts = sorted(chance.sample(range(1, len(days)), k=min(3, len(days) - 1)))
    spans = [
        (max(0, start - chance.randrange(3)), min(len(days), stop + chance.randrange(3)))
        for start, stop in zip([0, *cuts], [*cuts, len(days)], strict=True)
    ]
    return [[row for row in rows() if row[1] in days[start:stop]] for start, stop in spans]


def export(lines: Sequence[Row], chance: random.Random) -> bytes:
    """The same rows in another order of rows and columns, with other blanks."""
    order = chance.sample(range(len(_COLUMNS)), len(_COLUMNS))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice(";\t,"))
    writer.writerow([_COLUMNS[index] for index in order])
    for row in chance.sample(lines, len(lines)):
        writer.writerow([_blanks(row[index], chance) for index in order])
    return out.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"]))


def _blanks(text: str, chance: random.Random) -> str:
    return text.replace(" ", "  ") + " " * chance.randrange(2)


@contextmanager
def dying(engine: Engine, after: int) -> Iterator[None]:
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
