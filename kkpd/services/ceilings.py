"""Ceilings kept in the database: every movement is a row, and the ceiling row is their sum (law 6).

Lock order: ceilings are always locked by ascending id, so two clerks cannot deadlock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from kkpd.domain import ceilings
from kkpd.domain.ceilings import Kind, State
from kkpd.domain.errors import Conflict, DomainError
from kkpd.domain.money import NOL, Rupiah
from kkpd.models import Ceiling, CeilingMovement

_LAGI: Final[tuple[Kind, ...]] = ("reserve", "post")
_KUNCI: Final = (Ceiling.opd_id, Ceiling.tahun, Ceiling.jenis, Ceiling.kunci)


@dataclass(frozen=True, slots=True)
class Key:
    """What a ceiling limits: its kind and the thing, within an OPD and year."""

    opd_id: int
    tahun: int
    jenis: str
    kunci: str


def locked(session: Session, keys: Iterable[Key]) -> list[Ceiling]:
    """The existing ceilings of these keys, locked in ascending id. A missing one is not checked."""
    wanted = sorted({(key.opd_id, key.tahun, key.jenis, key.kunci) for key in keys})
    if not wanted:
        return []
    return list(
        session.scalars(
            select(Ceiling)
            .where(tuple_(*_KUNCI).in_(wanted))
            .order_by(Ceiling.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def move(
    session: Session,
    found: Sequence[Ceiling],
    transaksi_id: int,
    kind: Kind,
    amount: Rupiah,
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """One movement on each of these locked ceilings: all of them, or Conflict and none."""
    states = [ceilings.move(ceiling.jenis, state_of(ceiling), kind, amount) for ceiling in found]
    for ceiling, state in zip(found, states, strict=True):
        ceiling.reserved, ceiling.posted = state.reserved, state.posted
        if ceiling.sasaran is not None:
            _limit(ceiling, ceiling.sasaran)
        session.add(
            CeilingMovement(
                ceiling_id=ceiling.id,
                opd_id=ceiling.opd_id,
                tahun=ceiling.tahun,
                transaksi_id=transaksi_id,
                kind=kind,
                amount=amount,
                at=now,
                oleh_id=oleh_id,
            )
        )
    session.flush()


def try_reserve(
    session: Session,
    keys: Iterable[Key],
    transaksi_id: int,
    amount: Rupiah,
    *,
    oleh_id: int,
    now: datetime,
) -> DomainError | None:
    """Reserve on all, or on none and the refusal back: a fact is recorded either way (law 1)."""
    try:
        move(
            session,
            locked(session, keys),
            transaksi_id,
            "reserve",
            amount,
            oleh_id=oleh_id,
            now=now,
        )
    except Conflict as refusal:
        return refusal
    return None


def settle(
    session: Session, transaksi_id: int, kind: Kind, *, oleh_id: int, now: datetime
) -> Rupiah:
    """Post or void what this purchase still has reserved (restore: what it has posted).

    Returns the amount moved on its ceilings, zero when there was nothing to move.
    """
    open_amounts = held(session, transaksi_id, posted=kind == "restore")
    moved = NOL
    for ceiling in _locked_by_id(session, open_amounts):
        amount = open_amounts[ceiling.id]
        move(session, [ceiling], transaksi_id, kind, amount, oleh_id=oleh_id, now=now)
        moved = amount
    return moved


def post_part(
    session: Session, transaksi_id: int, amount: Rupiah, *, oleh_id: int, now: datetime
) -> None:
    """Post this much of what the purchase has reserved on each ceiling and void the rest."""
    reserved = held(session, transaksi_id)
    for ceiling in _locked_by_id(session, reserved):
        rest = reserved[ceiling.id] - amount
        move(session, [ceiling], transaksi_id, "post", amount, oleh_id=oleh_id, now=now)
        if rest:
            move(session, [ceiling], transaksi_id, "void", rest, oleh_id=oleh_id, now=now)


def unpost(session: Session, transaksi_id: int, *, oleh_id: int, now: datetime) -> None:
    """What the purchase has posted is reserved again: its DPT was taken back."""
    posted = held(session, transaksi_id, posted=True)
    for ceiling in _locked_by_id(session, posted):
        amount = posted[ceiling.id]
        move(session, [ceiling], transaksi_id, "unpost", amount, oleh_id=oleh_id, now=now)


def charge_again(
    session: Session,
    transaksi_id: int,
    amount: Rupiah,
    jenis: Collection[str],
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Post so much again on the ceilings of these kinds that a DPT of this purchase charged.

    Conflict when the room that had come back is used by others meanwhile.
    """
    charged: Counter[int] = Counter()
    for ceiling_id, kind in session.execute(
        select(CeilingMovement.ceiling_id, CeilingMovement.kind).where(
            CeilingMovement.transaksi_id == transaksi_id
        )
    ):
        charged[ceiling_id] += {"post": 1, "unpost": -1}.get(kind, 0)
    for ceiling in _locked_by_id(session, [id_ for id_, times in charged.items() if times > 0]):
        if ceiling.jenis in jenis:
            for kind in _LAGI:
                move(session, [ceiling], transaksi_id, kind, amount, oleh_id=oleh_id, now=now)


def top_up(
    session: Session, transaksi_id: int, amount: Rupiah, *, oleh_id: int, now: datetime
) -> None:
    """Reserve up to this amount where the purchase holds less; Conflict when there is no room."""
    reserved = held(session, transaksi_id)
    for ceiling in _locked_by_id(session, reserved):
        short = amount - reserved[ceiling.id]
        if short > NOL:
            move(session, [ceiling], transaksi_id, "reserve", short, oleh_id=oleh_id, now=now)


def restore(
    session: Session,
    transaksi_id: int,
    jenis: Collection[str],
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Payment frees what the purchase has posted on ceilings of these kinds."""
    posted = held(session, transaksi_id, posted=True)
    for ceiling in _locked_by_id(session, posted):
        if ceiling.jenis in jenis:
            amount = posted[ceiling.id]
            move(session, [ceiling], transaksi_id, "restore", amount, oleh_id=oleh_id, now=now)


def give_back(
    session: Session, transaksi_id: int, amount: Rupiah, *, oleh_id: int, now: datetime
) -> None:
    """A refund of this purchase: free as much of what it has posted."""
    posted = held(session, transaksi_id, posted=True)
    for ceiling in _locked_by_id(session, posted):
        part = min(amount, posted[ceiling.id])
        move(session, [ceiling], transaksi_id, "restore", part, oleh_id=oleh_id, now=now)


def held(session: Session, transaksi_id: int, *, posted: bool = False) -> dict[int, Rupiah]:
    """ceiling id -> what the purchase has reserved there (or posted), where that is not zero."""
    sums: dict[int, State] = {}
    rows = session.execute(
        select(CeilingMovement.ceiling_id, CeilingMovement.kind, CeilingMovement.amount)
        .where(CeilingMovement.transaksi_id == transaksi_id)
        .order_by(CeilingMovement.id)
    )
    for ceiling_id, kind, amount in rows:
        sums[ceiling_id] = sums.get(ceiling_id, State(NOL)).after(kind, amount)
    amounts = {id_: state.posted if posted else state.reserved for id_, state in sums.items()}
    return {id_: amount for id_, amount in amounts.items() if amount}


def set_limit(session: Session, key: Key, limit: Rupiah, *, decided: bool = False) -> Ceiling:
    """Open the ceiling or change its limit; below what is used only by a named decision."""
    found = locked(session, [key])
    ceiling = found[0] if found else _opened(session, key)
    short = _limit(ceiling, limit)
    if short is not None and not decided:
        raise Conflict(
            f"Batas baru Rp {limit} di bawah yang sudah dipesan dan terpakai (Rp {short}) pada "
            f"{ceilings.NAMA[key.jenis]}. Selesaikan belanjanya dahulu."
        )
    session.flush()
    return ceiling


def set_limits(
    session: Session, opd_id: int, tahun: int, jenis: str, limits: Mapping[str, Rupiah]
) -> list[Ceiling]:
    """Make the ceilings of one kind follow a document: a key it lacks has limit zero.

    Where more is used already the limit stays at the use and sinks with it (hard-parts 5); those
    ceilings are returned, so that the caller asks for the decision.
    """
    rows = session.scalars(
        select(Ceiling)
        .where(Ceiling.opd_id == opd_id, Ceiling.tahun == tahun, Ceiling.jenis == jenis)
        .order_by(Ceiling.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    known = {row.kunci: row for row in rows}
    for kunci in sorted(set(limits) - set(known)):
        known[kunci] = _opened(session, Key(opd_id, tahun, jenis, kunci))
    ordered = [known[kunci] for kunci in sorted(known)]
    short = [row for row in ordered if _limit(row, limits.get(row.kunci, NOL)) is not None]
    session.flush()
    return short


def _opened(session: Session, key: Key) -> Ceiling:
    row = Ceiling(
        opd_id=key.opd_id,
        tahun=key.tahun,
        jenis=key.jenis,
        kunci=key.kunci,
        limit=NOL,
        reserved=NOL,
        posted=NOL,
    )
    session.add(row)
    return row


def _limit(ceiling: Ceiling, limit: Rupiah) -> Rupiah | None:
    """Set the limit; what is used comes back when it is more, and the limit waits to sink."""
    used = ceiling.reserved + ceiling.posted
    ceiling.limit = max(limit, used)
    ceiling.sasaran = limit if limit < used else None
    return used if limit < used else None


def state_of(ceiling: Ceiling) -> State:
    """The ceiling's sums as the domain reads them."""
    return State(ceiling.limit, ceiling.reserved, ceiling.posted)


def _locked_by_id(session: Session, ids: Iterable[int]) -> list[Ceiling]:
    return list(
        session.scalars(
            select(Ceiling)
            .where(Ceiling.id.in_(list(ids)))
            .order_by(Ceiling.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
