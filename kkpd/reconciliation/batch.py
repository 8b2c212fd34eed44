"""Recording purchases from bank lines that have none, many at once, each linked with its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.commands import NotAFact
from kkpd.belanja.fields import RecordPurchase
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.models import BarisBank, Kartu, Periode, Temuan, Transaksi
from kkpd.reconciliation.decide import LinkUp, pair_all
from kkpd.records.findings import subjek
from kkpd.tagihan import line_state

#: Lines recorded at once.
MOST: Final = 60


@dataclass(frozen=True, slots=True)
class RecordLine:
    """What the purchase behind a bank line is; card, day and amount are the line's own.

    `terlihat` is the open part of the line that the person saw.
    """

    line_id: int
    terlihat: Rupiah | None
    merchant: str
    uraian: str
    sub_kegiatan: str
    rekening: str
    sumber_dana: str = ""


@dataclass(frozen=True, slots=True)
class RecordedLines:
    """How many purchases were recorded and linked; `over` have no room on a ceiling."""

    count: int
    over: int


def record_lines(
    session: Session, actor: Actor, opd_id: int, commands: Sequence[RecordLine], now: datetime
) -> RecordedLines:
    """Record a purchase for each line and link the two, all or none.

    NotAFact names every wrong row (1-based) and field, a line that was settled meanwhile too.
    """
    require(actor, "cocok:putuskan", opd_id)
    require(actor, "belanja:catat", opd_id)
    if not 1 <= len(commands) <= MOST:
        raise DomainError(f"Pilih satu sampai {MOST} baris untuk dicatat sekaligus.")
    line_state.lock(session, opd_id)
    with _kept(session, opd_id, commands):
        recorded = _recorded(session, actor, opd_id, commands, now)
        links = [
            LinkUp(command.line_id, (row_id,))
            for command, row_id in zip(commands, recorded, strict=True)
        ]
        pair_all(session, actor, opd_id, links, now)
    return RecordedLines(len(recorded), _without_room(session, opd_id, recorded))


def _recorded(
    session: Session, actor: Actor, opd_id: int, commands: Sequence[RecordLine], now: datetime
) -> list[int]:
    """The ids of a new purchase for each line."""
    found: list[Finding] = []
    purchases: list[RecordPurchase] = []
    for number, command in enumerate(commands, 1):
        try:
            purchases.append(_purchase(session, opd_id, command))
        except DomainError as refusal:
            found.append(Finding("bukan_fakta", refusal.message, "salah", number, "baris"))
    if found:
        raise NotAFact(found)
    return [row.id for row in belanja_verbs.record_many(session, actor, purchases, now)]


@contextmanager
def _kept(
    session: Session, opd_id: int, commands: Sequence[RecordLine]
) -> Iterator[Sequence[object]]:
    """The lines, their cards and their months: a session forgets rows that nobody holds, and would
    read them again for each line.
    """
    ids = [command.line_id for command in commands]
    lines = session.scalars(
        select(BarisBank).where(BarisBank.opd_id == opd_id, BarisBank.id.in_(ids))
    ).all()
    cards = select(Kartu).where(Kartu.id.in_({line.kartu_id for line in lines}))
    months = select(Periode).where(Periode.opd_id == opd_id)
    rows = [*lines, *session.scalars(cards), *session.scalars(months)]
    yield rows


def _purchase(session: Session, opd_id: int, command: RecordLine) -> RecordPurchase:
    line = line_state.open_line(session, opd_id, command.line_id)
    line_state.require_seen(session, line, command.terlihat)
    day = line.tanggal_transaksi or line.tanggal_posting
    if line.jenis != "belanja" or line.nilai < ZERO or line.kartu_id is None or day is None:
        raise DomainError(
            "Baris ini bukan belanja dengan kartu yang dikenal. Putuskan baris itu sendiri."
        )
    return RecordPurchase(
        opd_id=opd_id,
        kunci_kirim=_key(session, line),
        nilai=line_state.left_over(session, line),
        merchant=command.merchant,
        uraian=command.uraian,
        tanggal=day,
        kartu_id=line.kartu_id,
        sub_kegiatan=command.sub_kegiatan,
        rekening=command.rekening,
        sumber_dana=command.sumber_dana,
    )


_EARLIER: Final = FixedStatement(
    select(func.count()).where(
        Transaksi.opd_id == bindparam("opd"),
        Transaksi.kunci_kirim.startswith(bindparam("prefix")),
    )
)


def _key(session: Session, line: BarisBank) -> str:
    """A key of its own each time: what was recorded before may have been undone and cancelled."""
    prefix = f"baris-{line.id}-"
    ((earlier,),) = _EARLIER.of(session, opd=line.opd_id, prefix=prefix)
    return f"{prefix}{earlier}"


def _without_room(session: Session, opd_id: int, purchases: Sequence[int]) -> int:
    return (
        session.scalar(
            select(func.count(func.distinct(Temuan.subjek))).where(
                Temuan.opd_id == opd_id,
                Temuan.subjek.in_([subjek(id_) for id_ in purchases]),
                Temuan.aturan.in_(("lewat_batas", "tanpa_pagu")),
                Temuan.selesai_at.is_(None),
            )
        )
        or 0
    )
