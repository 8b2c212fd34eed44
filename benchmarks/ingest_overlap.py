"""Two overlapping exports of one card: how many lines are lost, how many doubled.

The peer is the usual way: what is dated after the newest line known is new. Card lines post late,
and a day is exported again, so it loses and doubles.
"""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import select

from benchmarks.ingest_cases import address, books, take

LINES = 110_000
Line = tuple[date, date, str, int]


def _lines(chance: random.Random) -> list[Line]:
    """Purchases of 200 days, posted up to nine days later, some of them equal."""
    found = []
    for _ in range(LINES):
        bought = date(2025, 1, 1) + timedelta(days=chance.randrange(200))
        late = chance.choice((1, 1, 1, 2, 2, 3, 5, 9))
        shop = f"TOKO {chance.randrange(900)}"
        found.append((bought, bought + timedelta(days=late), shop, chance.randrange(1, 400) * 1000))
    return found


def _export(lines: list[Line]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["Tgl Transaksi", "Tgl Pembukuan", "Keterangan", "Jumlah"])
    for bought, posted, shop, rupiah in sorted(lines, key=lambda one: one[1]):
        writer.writerow([f"{bought:%d/%m/%Y}", f"{posted:%d/%m/%Y}", shop, f"{rupiah},00"])
    return out.getvalue().encode()


def _difference(books: Counter[Line], truth: Counter[Line]) -> tuple[int, int]:
    return (truth - books).total(), (books - truth).total()


def _watermark(first: list[Line], second: list[Line]) -> Counter[Line]:
    """By date: of the second export only what was bought on or after the newest day known."""
    newest = max(bought for bought, *_ in first)
    return Counter(first) + Counter(line for line in second if line[0] >= newest)


def _ours(first: bytes, second: bytes) -> Counter[Line]:
    from kkpd.models import BarisBank

    engine = books(address("sqlite"))
    take(engine, first, "satu.csv")
    take(engine, second, "dua.csv")
    table = BarisBank.__table__.c
    columns = (table.tanggal_transaksi, table.tanggal_posting, table.keterangan, table.nilai)
    with engine.connect() as connection:
        rows = connection.execute(select(*columns)).all()
    return Counter((day, posted, shop, nilai.sen // 100) for day, posted, shop, nilai in rows)


def run() -> dict[str, object]:
    """Both ways over the same two exports."""
    lines = _lines(random.Random(7))
    first = [line for line in lines if line[1] <= date(2025, 5, 1)]
    second = [line for line in lines if line[1] >= date(2025, 4, 20)]
    lost, doubled = _difference(_ours(_export(first), _export(second)), Counter(lines))
    peer_lost, peer_doubled = _difference(_watermark(first, second), Counter(lines))
    return {
        "bench": "ingest.overlap",
        "n": LINES,
        "lost": lost,
        "doubled": doubled,
        "peer": "date watermark",
        "peer_lost": peer_lost,
        "peer_doubled": peer_doubled,
    }
