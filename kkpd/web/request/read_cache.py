"""What the program keeps between requests: answers of reads, good while nothing was written.

Every verb appends to its chain of the event log in its own transaction (law 9), so the heads of an
OPD's chain and of the administration's are the version of all that a page of that OPD shows. An
answer is kept under the heads read *before* it, in this process only, and the oldest make room.

A write without an event would leave pages stale; in tests this includes rows that a fixture adds
between two requests.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, TypeVar, cast

from flask import Flask, current_app

from kkpd.core.authorise import require
from kkpd.ledger import standing
from kkpd.reconciliation import month as reconciliation_month
from kkpd.records.log_check import ujung
from kkpd.web.globals import today
from kkpd.web.request.permissions import actor
from kkpd.web.request.transaction import reading

T = TypeVar("T")

_NAME: Final = "kkpd.ingatan"
#: Rows of all kept answers together: about 1 kB each.
MAX_WEIGHT: Final = 20_000


class ReadCache:
    """Answers by key, each with its weight in rows; the least lately used make room."""

    def __init__(self, berat: int = MAX_WEIGHT) -> None:
        self._limit = berat
        self._contents: OrderedDict[Hashable, tuple[int, object]] = OrderedDict()
        self._key = Lock()

    def ambil(self, kunci: Hashable) -> object | None:
        """The answer kept under that key, or None."""
        with self._key:
            if kunci not in self._contents:
                return None
            self._contents.move_to_end(kunci)
            return self._contents[kunci][1]

    def simpan(self, kunci: Hashable, berat: int, isi: object) -> None:
        """Keep an answer; one heavier than all there is room for is not kept."""
        with self._key:
            self._contents[kunci] = (berat, isi)
            while sum(one_item for one_item, _ in self._contents.values()) > self._limit:
                self._contents.popitem(last=False)


def remember(
    opd_id: int, kunci: tuple[Hashable, ...], build: Callable[[], T], berat: Callable[[T], int]
) -> T:
    """What `build` answers about an OPD, kept while its books stand as they are.

    `kunci` names all that the answer depends on beside the books; never keep what a permission
    decides without naming it. `berat` tells how many rows an answer holds.
    """
    remembered: ReadCache = current_app.extensions[_NAME]
    tempat = (opd_id, _version(opd_id), *kunci)
    isi = remembered.ambil(tempat)
    if isi is None:
        isi = build()
        remembered.simpan(tempat, berat(isi), isi)
    return cast(T, isi)


def working(opd_id: int, periode: tuple[int, int]) -> reconciliation_month.MonthWork:
    """The month's reconciliation; what matching proposes is not reckoned again for each page."""
    who = actor()
    require(who, "cocok:lihat", opd_id)
    return remember(
        opd_id,
        ("kerja", periode),
        lambda: reconciliation_month.working(reading(), who, opd_id, periode),
        lambda work: len(work.baris) + len(work.belanja),
    )


def books(opd_id: int) -> standing.Standing:
    """The OPD's books as they stand today; whoever asks has looked at the permission."""
    day = today()
    return remember(
        opd_id,
        ("books", day),
        lambda: standing.standing(reading(), [opd_id], day),
        lambda found: len(found.parts) + len(found.facts.lines) + len(found.facts.purchases),
    )


def summary(opd_id: int) -> standing.StandingSummary:
    """The same in few figures, for those who look at many OPDs."""
    day = today()
    return remember(
        opd_id,
        ("summary", day),
        lambda: standing.summary(standing.standing(reading(), [opd_id], day)),
        lambda found: len(found.months) + len(found.due) + 1,
    )


def _version(opd_id: int) -> tuple[bytes, ...]:
    """The heads of both chains, read once a session and before what is kept under them."""
    known: dict[int, tuple[bytes, ...]] = reading().info.setdefault(_NAME, {})
    if opd_id not in known:
        known[opd_id] = ujung(reading(), opd_id)
    return known[opd_id]


def setup(app: Flask) -> None:
    """Begin with nothing."""
    app.extensions[_NAME] = ReadCache()
