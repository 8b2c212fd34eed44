"""The log's part of an audit package: where it ends, which checkpoint proves it, its events.

A package of closed months ends with the last event about them, not with the newest event, so it is
the same package on any later day until something in it changes.

A new kind of event that only reads belongs in `READING_KINDS`, or it would change packages of
months that are still open.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from datetime import time as clock
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span
from kkpd.core.proof import events
from kkpd.core.proof.merkle import Frontier
from kkpd.models import (
    BarisBank,
    Chain,
    Checkpoint,
    Dokumen,
    Event,
    Impor,
    Opd,
    Periode,
    Selisih,
    Tagihan,
    Transaksi,
)
from kkpd.reports.package.contents import berkas, within

_AT_ONCE: Final = 500
#: Events that only record a download: they change nothing in a package.
READING_KINDS: Final = (
    "laporan:unduh",
    "laporan:paket:buat",
    "laporan:paket:unduh",
    "laporan:sipd:unduh",
)


@dataclass(frozen=True, slots=True)
class LogExcerpt:
    """Events of the OPD's chain from `start` (counted from 1) to its end, with their proof."""

    of_chain: str
    start: int
    earlier: str
    puncak: tuple[str, ...]
    log_events: tuple[bytes, ...]


def bound(session: Session, opd: Opd, span: Span) -> int:
    """The number in the OPD's chain of the last event that the package must hold.

    While a month is open this is the last event that is not a download; once all months are closed,
    only events about them count.
    """
    chain = _chain(session, opd)
    told = Event.jenis.not_in(READING_KINDS)
    if not _closed(session, opd.id, span):
        newest = select(func.max(Event.seq)).where(Event.chain_id == chain.id, told)
        return session.scalar(newest) or 0
    return _of_subjects(session, chain, opd.id, span, func.max, told)[-1]


def _closed(session: Session, opd_id: int, span: Span) -> bool:
    closed = session.scalar(
        select(func.count())
        .select_from(Periode)
        .where(*within(Periode, opd_id, span), Periode.status != "terbuka")
    )
    return closed == span.finish - span.start + 1


def point(
    session: Session, opd: Opd, ukuran: int, owned: Callable[[bytes, bytes], bool]
) -> Checkpoint | None:
    """The oldest checkpoint over this many events of the OPD's chain that this key has signed.

    None where there is none yet. `owned` checks whether a signature is the key's.
    """
    name = _chain(session, opd).nama
    last = session.scalar(select(func.max(Checkpoint.seq))) or 0

    def size(seq: int) -> int:
        row = session.scalars(select(Checkpoint).where(Checkpoint.seq == seq)).one()
        return chain_size(row.isi, name)

    for seq in range(bisect_left(range(1, last + 1), ukuran, key=size) + 1, last + 1):
        row = session.scalars(select(Checkpoint).where(Checkpoint.seq == seq)).one()
        if owned(row.isi, row.tanda):
            return row
    return None


def chain_size(checkpoint: bytes, of_chain: str) -> int:
    """How many events of this chain a checkpoint covers; 0 if the chain is not in it."""
    heads = events.LogCheckpoint.from_bytes(checkpoint).heads
    return next((head.size for head in heads if head.name == of_chain), 0)


def _chain(session: Session, opd: Opd) -> Chain:
    return session.scalars(select(Chain).where(Chain.opd_id == opd.id)).one()


def excerpt(session: Session, opd: Opd, span: Span, ukuran: int) -> LogExcerpt:
    """The events from the first that concerns the months to number `ukuran` of the OPD's chain."""
    chain = _chain(session, opd)
    first = min(_first(session, chain, opd.id, span), ukuran + 1)
    before = session.execute(
        select(Event.daun)
        .where(Event.chain_id == chain.id, Event.seq < first)
        .order_by(Event.seq)
        .execution_options(yield_per=5_000)
    )
    frontier, previous = Frontier(), bytes(32)
    for (leaf,) in before:
        frontier, previous = frontier.append(leaf), leaf
    rows = session.scalars(
        select(Event.isi)
        .where(Event.chain_id == chain.id, Event.seq >= first, Event.seq <= ukuran)
        .order_by(Event.seq)
    )
    peaks = tuple(peak.hex() for peak in frontier.peaks)
    return LogExcerpt(chain.nama, first, previous.hex(), peaks, tuple(rows))


def _first(session: Session, chain: Chain, opd_id: int, span: Span) -> int:
    """The sequence number with which the extract must begin."""
    midnight = datetime.combine(span.mulai, clock(), ZoneInfo("Asia/Jakarta"))
    since = select(func.min(Event.seq)).where(Event.chain_id == chain.id, Event.at >= midnight)
    found = [session.scalar(since), *_of_subjects(session, chain, opd_id, span, func.min)]
    return min((seq for seq in found if seq), default=chain.ukuran + 1)


def _of_subjects(
    session: Session, chain: Chain, opd_id: int, span: Span, ends: Any, *where: Any
) -> list[int]:
    """First or last numbers (`ends`) of events about what the package holds, ascending; [0] where
    there are none.
    """
    mine = select(ends(Event.seq)).where(Event.chain_id == chain.id, *where)
    subjects, found = list(_subjects(session, opd_id, span)), [0]
    for at in range(0, len(subjects), _AT_ONCE):
        seq = session.scalar(mine.where(Event.subjek.in_(subjects[at : at + _AT_ONCE])))
        found.append(seq or 0)
    issued = select(Dokumen.event_id).where(*within(Dokumen, opd_id, span))
    found.append(session.scalar(mine.where(Event.id.in_(issued))) or 0)
    return sorted(found)


def _subjects(session: Session, opd_id: int, span: Span) -> Iterator[str]:
    """The subjects of events about the months' purchases, papers, bills, files and closings."""
    for name, model in (
        ("transaksi", Transaksi),
        ("dokumen", Dokumen),
        ("baris_bank", BarisBank),
        ("tagihan", Tagihan),
        ("selisih", Selisih),
    ):
        keys = session.scalars(select(model.id).where(*within(model, opd_id, span)))
        yield from (f"{name}:{key}" for key in keys)
    files = berkas(opd_id, span)
    yield from (f"berkas:{key}" for key in session.scalars(files))
    received = select(Impor.id).where(Impor.opd_id == opd_id, Impor.berkas_id.in_(files))
    yield from (f"impor:{key}" for key in session.scalars(received))
    for month in range(span.start, span.finish + 1):
        yield f"periode:{span.tahun}-{month:02d}"
