"""Movements on ceilings: every movement is a row, and the ceiling's row is their sum (law 6).

Each verb locks its ceilings by ascending id (`rows.py`), checks, and writes everything together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.choices import Kind
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.pagu.ceilings import rows as ceilings_rows
from kkpd.pagu.ceilings import rules as ceilings_rules
from kkpd.pagu.ceilings.rows import LockedCeiling, Step
from kkpd.pagu.ceilings.rules import CeilingState

_ANEW: Final[tuple[Kind, ...]] = ("reserve", "post")


@dataclass(frozen=True, slots=True)
class Key:
    """What a ceiling limits: its kind and the thing, within an OPD and year."""

    opd_id: int
    tahun: int
    jenis: str
    kunci: str


def locked(session: Session, keys: Iterable[Key]) -> list[LockedCeiling]:
    """The existing ceilings of these keys, locked by ascending id. A missing one is not checked."""
    wanted = sorted({(key.opd_id, key.tahun, key.jenis, key.kunci) for key in keys})
    return ceilings_rows.of_keys(session, wanted) if wanted else []


def move(
    session: Session,
    found: Sequence[LockedCeiling],
    transaksi_id: int,
    kind: Kind,
    amount: Rupiah,
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """One movement on each of these locked ceilings: all of them, or Conflict and none."""
    steps: list[Step] = [(ceiling, kind, amount) for ceiling in found]
    _move(session, steps, transaksi_id, oleh_id, now)


def _move(
    session: Session, steps: Sequence[Step], transaksi_id: int, oleh_id: int, now: datetime
) -> None:
    """These movements, all checked before any of them is written."""
    states: dict[int, CeilingState] = {}
    for ceiling, kind, amount in steps:
        before = states.get(ceiling.id, ceiling.state)
        states[ceiling.id] = ceilings_rules.move(ceiling.jenis, before, kind, amount)
    for ceiling, _, _ in steps:
        ceiling.reserved, ceiling.posted = states[ceiling.id].reserved, states[ceiling.id].posted
        if ceiling.sasaran is not None:
            ceiling.set_limit(ceiling.sasaran)
    ceilings_rows.record_moves(session, steps, transaksi_id, oleh_id, now)


def try_reserve(
    session: Session,
    keys: Iterable[Key],
    transaksi_id: int,
    amount: Rupiah,
    *,
    oleh_id: int,
    now: datetime,
) -> DomainError | None:
    """Reserve on all, else on none and return the refusal; the fact is recorded anyway (law 1)."""
    found = locked(session, keys)
    try:
        move(session, found, transaksi_id, "reserve", amount, oleh_id=oleh_id, now=now)
    except Conflict as refusal:
        return refusal
    return None


def settle(
    session: Session, transaksi_id: int, kind: Kind, *, oleh_id: int, now: datetime
) -> Rupiah:
    """Post or void what this purchase still has reserved (restore: what it has posted).

    Returns the amount moved on its ceilings, zero when there was nothing to move.
    """
    found = _holding(session, transaksi_id, posted=kind == "restore")
    _move(session, [(one, kind, amount) for one, amount in found], transaksi_id, oleh_id, now)
    return found[-1][1] if found else ZERO


def post_part(
    session: Session, transaksi_id: int, amount: Rupiah, *, oleh_id: int, now: datetime
) -> None:
    """Post this much of what the purchase has reserved on each ceiling and void the rest."""
    steps: list[Step] = []
    for ceiling, reserved in _holding(session, transaksi_id):
        if amount > reserved:
            raise Conflict(
                f"Belanja ini hanya memesan Rp {reserved} pada "
                f"{ceilings_rules.NAMES[ceiling.jenis]}, bukan Rp {amount}. "
                "Urungkan persetujuannya lalu uji kembali."
            )
        steps.append((ceiling, "post", amount))
        if reserved - amount:
            steps.append((ceiling, "void", reserved - amount))
    _move(session, steps, transaksi_id, oleh_id, now)


def unpost(session: Session, transaksi_id: int, *, oleh_id: int, now: datetime) -> None:
    """Reserve again what the purchase has posted, because its DPT was taken back."""
    found = _holding(session, transaksi_id, posted=True)
    _move(session, [(one, "unpost", amount) for one, amount in found], transaksi_id, oleh_id, now)


def charge_again(
    session: Session,
    transaksi_id: int,
    amount: Rupiah,
    jenis: Collection[str],
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Post this amount again on the ceilings of these kinds that a DPT of the purchase charged.

    Conflict when others use the released room meanwhile.
    """
    found = ceilings_rows.moved_by_purchase(session, transaksi_id)
    charged: Counter[int] = Counter()
    for ceiling_id, kind, _ in ceilings_rows.movements_of(session, transaksi_id):
        charged[ceiling_id] += {"post": 1, "unpost": -1}.get(kind, 0)
    steps: list[Step] = [
        (ceiling, kind, amount)
        for ceiling in found
        if charged[ceiling.id] > 0 and ceiling.jenis in jenis
        for kind in _ANEW
    ]
    _move(session, steps, transaksi_id, oleh_id, now)


def top_up(
    session: Session, transaksi_id: int, amount: Rupiah, *, oleh_id: int, now: datetime
) -> None:
    """Reserve up to this amount where the purchase holds less; Conflict when there is no room."""
    steps: list[Step] = [
        (ceiling, "reserve", amount - reserved)
        for ceiling, reserved in _holding(session, transaksi_id)
        if amount > reserved
    ]
    _move(session, steps, transaksi_id, oleh_id, now)


def keep(
    session: Session, transaksi_id: int, amount: Rupiah, *, oleh_id: int, now: datetime
) -> None:
    """Void the reservation beyond this amount, because only part was approved."""
    steps: list[Step] = [
        (ceiling, "void", reserved - amount)
        for ceiling, reserved in _holding(session, transaksi_id)
        if reserved > amount
    ]
    _move(session, steps, transaksi_id, oleh_id, now)


def restore(
    session: Session,
    transaksi_id: int,
    jenis: Collection[str],
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Release what the purchase has posted on ceilings of these kinds, because it was paid."""
    steps: list[Step] = [
        (ceiling, "restore", posted)
        for ceiling, posted in _holding(session, transaksi_id, posted=True)
        if ceiling.jenis in jenis
    ]
    _move(session, steps, transaksi_id, oleh_id, now)


def give_back(
    session: Session,
    transaksi_id: int,
    amount: Rupiah,
    without: Collection[str],
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Release this much of what the purchase has posted, because its refund is on a DPT; not on
    ceilings of the kinds `without`, where the refund itself releases room (`credit`).
    """
    steps: list[Step] = [
        (ceiling, "restore", min(amount, posted))
        for ceiling, posted in _holding(session, transaksi_id, posted=True)
        if ceiling.jenis not in without
    ]
    _move(session, steps, transaksi_id, oleh_id, now)


def credit(
    session: Session,
    keys: Iterable[Key],
    refund_id: int,
    wanted: Mapping[str, Rupiah],
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Let the refund release this much (by kind) on these ceilings: its own sum there is negative.
    On ceilings of a card or year that it had before, it releases nothing any more.

    Room that others use meanwhile is taken back all the same: the limit stays at the use and sinks
    with it.
    """
    mine = {ceiling.id: ceiling for ceiling in locked(session, keys)}
    moved = {ceiling.id: ceiling for ceiling in ceilings_rows.moved_by_purchase(session, refund_id)}
    freed = held(session, refund_id) if moved else {}
    steps: list[Step] = []
    for id_, ceiling in sorted((moved | mine).items()):
        goal = wanted.get(ceiling.jenis, ZERO) if id_ in mine else ZERO
        more = goal + freed.get(id_, ZERO)
        if more > ZERO:
            steps.append((ceiling, "void", more))
        elif more:
            _make_room(ceiling, -more)
            steps.append((ceiling, "reserve", -more))
    _move(session, steps, refund_id, oleh_id, now)


def _make_room(ceiling: LockedCeiling, amount: Rupiah) -> None:
    """Raise the limit until the amount fits; it sinks again with the use."""
    if ceiling.state.available < amount:
        aim = ceiling.limit if ceiling.sasaran is None else ceiling.sasaran
        ceiling.limit = ceiling.reserved + ceiling.posted + amount
        ceiling.sasaran = aim


def held(session: Session, transaksi_id: int, *, posted: bool = False) -> dict[int, Rupiah]:
    """ceiling id -> what the purchase has reserved there (or posted), where that is not zero."""
    sums: dict[int, CeilingState] = {}
    for ceiling_id, kind, amount in ceilings_rows.movements_of(session, transaksi_id):
        sums[ceiling_id] = sums.get(ceiling_id, CeilingState(ZERO)).after(kind, amount)
    amounts = {id_: state.posted if posted else state.reserved for id_, state in sums.items()}
    return {id_: amount for id_, amount in amounts.items() if amount}


def _holding(
    session: Session, transaksi_id: int, *, posted: bool = False
) -> list[tuple[LockedCeiling, Rupiah]]:
    """The locked ceilings of which the purchase holds something, and how much; read after the
    lock, so that nobody can move the same purchase in between.
    """
    found = ceilings_rows.moved_by_purchase(session, transaksi_id)
    amounts = held(session, transaksi_id, posted=posted) if found else {}
    return [(one, amounts[one.id]) for one in found if one.id in amounts]


def set_limit(session: Session, key: Key, limit: Rupiah, *, decided: bool = False) -> LockedCeiling:
    """Create the ceiling or change its limit; below its use only with a named decision."""
    found = locked(session, [key])
    if not found:
        ceilings_rows.buka(session, key.opd_id, key.tahun, key.jenis, {key.kunci: limit})
        return locked(session, [key])[0]
    short = found[0].set_limit(limit)
    if short is not None and not decided:
        raise Conflict(
            f"Batas baru Rp {limit} di bawah yang sudah dipesan dan terpakai (Rp {short}) pada "
            f"{ceilings_rules.NAMES[key.jenis]}. Selesaikan belanjanya dahulu."
        )
    ceilings_rows.write_out(session, found)
    return found[0]


def set_limits(
    session: Session, opd_id: int, tahun: int, jenis: str, limits: Mapping[str, Rupiah]
) -> list[LockedCeiling]:
    """Make the ceilings of one kind follow a document: a key it lacks has limit zero.

    Where more is used already the limit stays at the use and sinks with it (hard-parts 5); those
    ceilings are returned, so that the caller asks for the decision.
    """
    known = ceilings_rows.all_of_kind(session, opd_id, tahun, jenis)
    names = {row.kunci for row in known}
    new = {kunci: limits[kunci] for kunci in sorted(limits) if kunci not in names}
    ceilings_rows.buka(session, opd_id, tahun, jenis, new)
    before = [replace(row) for row in known]
    short = [row for row in known if row.set_limit(limits.get(row.kunci, ZERO)) is not None]
    ceilings_rows.write_out(
        session, [row for row, old in zip(known, before, strict=True) if row != old]
    )
    return sorted(short, key=lambda row: row.kunci)
