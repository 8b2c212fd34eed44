"""Cached results of reads between requests, valid while nothing was written.

Every verb appends to its chain of the event log in its own transaction (law 9), so the heads of an
OPD's chain and of the administration's chain identify the version of everything that a page of that
OPD shows. A result is cached under the heads read *before* it, in this process only; the least
recently used are dropped.

A write without an event would leave pages stale; in tests this includes rows that a fixture adds
between two requests.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, TypeVar, cast

from flask import Flask, current_app

from kkpd.core.permissions import require
from kkpd.ledger import standing
from kkpd.reconciliation import month as reconciliation_month
from kkpd.records.log_check import ujung
from kkpd.web.globals import today
from kkpd.web.request.permissions import actor
from kkpd.web.request.transaction import reading

T = TypeVar("T")

_NAME: Final = "kkpd.ingatan"
#: Rows of all cached results together, about 1 kB each.
MAX_WEIGHT: Final = 20_000


class ReadCache:
    """Results by key, each with its weight in rows; the least recently used are dropped."""

    def __init__(self, berat: int = MAX_WEIGHT) -> None:
        self._limit = berat
        self._contents: OrderedDict[Hashable, tuple[int, object]] = OrderedDict()
        self._key = Lock()

    def fetch(self, kunci: Hashable) -> object | None:
        """The cached result for that key, or None."""
        with self._key:
            if kunci not in self._contents:
                return None
            self._contents.move_to_end(kunci)
            return self._contents[kunci][1]

    def save(self, kunci: Hashable, berat: int, isi: object) -> None:
        """Cache a result; one that is too large for the whole cache is not kept."""
        with self._key:
            self._contents[kunci] = (berat, isi)
            while sum(one_item for one_item, _ in self._contents.values()) > self._limit:
                self._contents.popitem(last=False)


def remember(
    opd_id: int, kunci: tuple[Hashable, ...], build: Callable[[], T], berat: Callable[[T], int]
) -> T:
    """The result of `build` about an OPD, cached while its books do not change.

    `kunci` must contain everything that the result depends on besides the books, permissions
    included. `berat` returns the number of rows of a result.
    """
    remembered: ReadCache = current_app.extensions[_NAME]
    tempat = (opd_id, _version(opd_id), *kunci)
    isi = remembered.fetch(tempat)
    if isi is None:
        isi = build()
        remembered.save(tempat, berat(isi), isi)
    return cast(T, isi)


def working(opd_id: int, periode: tuple[int, int]) -> reconciliation_month.MonthWork:
    """The month's reconciliation; matching does not run again for each page."""
    who = actor()
    require(who, "cocok:lihat", opd_id)
    return remember(
        opd_id,
        ("kerja", periode),
        lambda: reconciliation_month.working(reading(), who, opd_id, periode),
        lambda work: len(work.baris) + len(work.belanja),
    )


def books(opd_id: int) -> standing.Standing:
    """The OPD's books as of today; the caller has checked the permission."""
    day = today()
    return remember(
        opd_id,
        ("books", day),
        lambda: standing.standing(reading(), [opd_id], day),
        lambda found: len(found.parts) + len(found.facts.lines) + len(found.facts.purchases),
    )


def summary(opd_id: int) -> standing.StandingSummary:
    """The same in a few figures, for pages about many OPDs."""
    day = today()
    return remember(
        opd_id,
        ("summary", day),
        lambda: standing.summary(standing.standing(reading(), [opd_id], day)),
        lambda found: len(found.months) + len(found.due) + 1,
    )


def _version(opd_id: int) -> tuple[bytes, ...]:
    """The heads of both chains, read once per session, before the results cached under them."""
    known: dict[int, tuple[bytes, ...]] = reading().info.setdefault(_NAME, {})
    if opd_id not in known:
        known[opd_id] = ujung(reading(), opd_id)
    return known[opd_id]


def setup(app: Flask) -> None:
    """Start with an empty cache."""
    app.extensions[_NAME] = ReadCache()
