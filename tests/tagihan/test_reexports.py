"""A bank's list exported again and again, as banks do: nothing doubled or lost unasked.

The purchases come first; each export shows some days and cards of them, with names cut or longer,
references lost, posting days not yet known, lines of the last day pending. `KKPD_FUZZ_CASES` tries
so many.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.models import BarisBank
from tests.cast import fill
from tests.databases import Fill
from tests.worlds.bills import ambil

_CASES = int(os.environ.get("KKPD_FUZZ_CASES", "120"))
_FIRST = date(2026, 10, 1)
_SHOPS = ("RM SEDERHANA LAMA", "KOPI DELI MEDAN", "TOKO SUMBER REJEKI", "PERCETAKAN MAJU JAYA",
          "HOTEL GRAND KANAYA", "APOTEK KIMIA FARMA", "PARKIR MALL", "SPBU 14201")  # fmt: skip
_CARDS = ("4821", "7731", "6604")


@dataclass(frozen=True)
class Bought:
    """A purchase as the bank knows it."""

    day: int
    card: str
    sen: int
    shop: str
    reference: str


@dataclass(frozen=True)
class Export:
    """What an export shows, and how it writes it."""

    first: int
    last: int
    cards: frozenset[str]
    length: int | None
    city: str
    referred: bool
    posted: bool
    pending: bool

    def shows(self, one: Bought) -> bool:
        """Whether this purchase stands in it."""
        return self.first <= one.day <= self.last and one.card in self.cards


def purchases(dice: random.Random) -> list[Bought]:
    """Ten days of one to three cards; some amounts and shops come again."""
    cards = _CARDS[: dice.randint(1, 3)]
    return [
        Bought(
            day,
            card,
            dice.choice((5_000, 25_000, dice.randrange(10_000, 900_000))) * 100,
            dice.choice(_SHOPS),
            f"{dice.randrange(10**12):012d}",
        )
        for day in range(10)
        for card in cards
        for _ in range(dice.choice((0, 1, 1, 2, 4)))
    ]


def export(dice: random.Random) -> Export:
    """One way of a bank to show whole days."""
    first = dice.randrange(8)
    return Export(
        first,
        dice.randrange(first, 10),
        frozenset(dice.sample(_CARDS, dice.choice((1, 3, 3)))),
        dice.choice((None, None, 12, 8)),
        dice.choice(("", "", " MEDAN ID")),
        dice.random() < 0.6,
        dice.random() < 0.8,
        dice.random() < 0.3,
    )


def written(lines: list[Bought], how: Export) -> bytes:
    """The list as a file."""
    rows = ["Tanggal Transaksi;Tanggal Pembukuan;Nomor Kartu;Keterangan;Jumlah;Referensi"]
    for one in lines:
        day = _FIRST + timedelta(days=one.day)
        posted = f"{day + timedelta(days=2):%d/%m/%Y}" if how.posted else ""
        text = f"{one.shop}{how.city}"[: how.length].strip()
        waits = how.pending and one.day == how.last
        text, posted = (f"PEND {text}", "") if waits else (text, posted)
        reference = one.reference if how.referred and not waits else ""
        money = f"{one.sen // 100:,},00".replace(",", ".")[:-3] + ",00"
        rows.append(f"{day:%d/%m/%Y};{posted};{one.card};{text};{money};{reference}")
    return "\n".join(rows).encode()


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


def _tried(session: Session, folder: Path, seed: int) -> str:
    """What came of two to four exports: `right`, `asked`, or what is wrong."""
    dice = random.Random(seed)
    bought = purchases(dice)
    shown: set[Bought] = set()
    for number in range(dice.randint(2, 4)):
        how = export(dice)
        lines = [one for one in bought if how.shows(one)]
        dice.shuffle(lines)
        if not lines:
            continue
        data, name = written(lines, how), f"{seed}-{number}.csv"
        try:
            ambil(session, folder, data, nama=name, jawaban={"urutan_tanggal": "dmy"})
        except DomainError as asked:
            if asked.field != "baris_mirip":
                raise
            return "asked"
        shown.update(lines)
        wanted = Counter[tuple[str | None, int]]((one.card, one.sen) for one in shown)
        rows = session.execute(select(BarisBank.kartu_akhir, BarisBank.nilai))
        books = Counter((card, nilai.sen) for card, nilai in rows)
        if books != wanted:
            return f"doubled {books - wanted}, lost {wanted - books} by export {number} {how}"
    return "right"


def test_nothing_is_doubled_or_lost_unasked(session: Session, tmp_path: Path) -> None:
    told: Counter[str] = Counter()
    for seed in range(_CASES):
        with session.begin_nested() as tried:
            came = _tried(session, tmp_path, seed)
            tried.rollback()
        assert came in ("right", "asked"), f"seed {seed}: {came}"
        told[came] += 1
    assert told["right"] > _CASES / 2, told
