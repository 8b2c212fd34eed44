"""Movements on ceilings: every movement is a row, and the ceiling's row is their sum (law 6).

Each verb locks its ceilings by ascending id, so that two clerks cannot deadlock, weighs, and writes
in one go. The database's own CHECK has the last word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, insert, or_, select, tuple_
from sqlalchemy.orm import Session

from kkpd.core.choices import Kind
from kkpd.core.db import facts as db_facts
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling, CeilingMovement, Kartu, TahunBuka, Transaksi
from kkpd.pagu.ceilings import rules as ceilings_rules
from kkpd.pagu.ceilings.rules import CeilingState


def dpa_key(sub_kegiatan: str, rekening: str, sumber_dana: str) -> str:
    """The key of a DPA line's ceiling."""
    return f"{sub_kegiatan}|{rekening}|{sumber_dana}"


def payee_key(merchant: str) -> str:
    """The payee's name with letters and digits only, so that spelling does not matter."""
    return re.sub(r"[^a-z0-9]", "", merchant.casefold())[:200]


def penerima(transaksi: Transaksi, name: str) -> Key:
    """The ceiling of a payee in the line's OPD and year."""
    return Key(transaksi.opd_id, transaksi.tahun, "penerima", name)


def keys(session: Session, transaksi: Transaksi) -> list[Key]:
    """The ceilings of this line; those that do not exist are not checked (blank settings)."""
    token = session.get_one(Kartu, transaksi.kartu_id).token
    wanted = {
        "dpa": dpa_key(transaksi.sub_kegiatan, transaksi.rekening, transaksi.sumber_dana),
        "up_kkpd": "UP",
        "kartu": token,
    }
    found = [Key(transaksi.opd_id, transaksi.tahun, *pair) for pair in wanted.items()]
    return [*found, *_later_years(session, transaksi, token)]


_LATER: Final = FixedStatement(
    select(Ceiling.tahun, Ceiling.jenis, Ceiling.kunci)
    .where(
        Ceiling.opd_id == bindparam("opd"),
        Ceiling.tahun > bindparam("year"),
        or_(
            and_(Ceiling.jenis == "kartu", Ceiling.kunci == bindparam("card")),
            and_(
                Ceiling.jenis == "up_kkpd",
                Ceiling.tahun.in_(
                    select(TahunBuka.tahun).where(TahunBuka.opd_id == bindparam("opd"))
                ),
            ),
        ),
    )
    .order_by(Ceiling.id)
)


def _later_years(session: Session, transaksi: Transaksi, token: str) -> list[Key]:
    """Unsettled purchases use card and UP KKPD, also of years opened since (1.5)."""
    rows = _LATER.of(session, opd=transaksi.opd_id, year=transaksi.tahun, card=token)
    return [Key(transaksi.opd_id, tahun, jenis, kunci) for tahun, jenis, kunci in rows]


_MOVEMENT: Final = Ceiling.metadata.tables["ceiling_movement"]
_ANEW: Final[tuple[Kind, ...]] = ("reserve", "post")


@dataclass(frozen=True, slots=True)
class Key:
    """What a ceiling limits: its kind and the thing, within an OPD and year."""

    opd_id: int
    tahun: int
    jenis: str
    kunci: str


Step = tuple[Ceiling, Kind, Rupiah]
#: A ceiling, and what a purchase holds of it.
Holding = tuple[Ceiling, Rupiah]


def state_of(ceiling: Ceiling) -> CeilingState:
    """Its sums as the rules read them."""
    return CeilingState(ceiling.limit, ceiling.reserved, ceiling.posted)


def locked(session: Session, keys: Iterable[Key]) -> list[Ceiling]:
    """The existing ceilings of these keys, locked by ascending id. A missing one is not checked."""
    columns = (Ceiling.opd_id, Ceiling.tahun, Ceiling.jenis, Ceiling.kunci)
    wanted = {astuple(key) for key in keys}
    return _locked(session, tuple_(*columns).in_(wanted)) if wanted else []


def _locked(session: Session, *conditions: ColumnElement[bool]) -> list[Ceiling]:
    found = select(Ceiling).where(*conditions).order_by(Ceiling.id).with_for_update()
    return list(session.scalars(found, execution_options={"populate_existing": True}))


def _moved_by(session: Session, ids: Collection[int]) -> list[Ceiling]:
    """The ceilings on which these purchases ever moved, locked: what is held is read afterwards."""
    moved = select(CeilingMovement.ceiling_id).where(CeilingMovement.transaksi_id.in_(ids))
    return _locked(session, Ceiling.id.in_(moved))


def _movements(session: Session, ids: Collection[int]) -> Iterable[tuple[int, int, Kind, Rupiah]]:
    """(purchase, ceiling id, kind, amount) of every movement of these purchases, oldest first."""
    rows = session.execute(
        select(
            CeilingMovement.transaksi_id,
            CeilingMovement.ceiling_id,
            CeilingMovement.kind,
            CeilingMovement.amount,
        )
        .where(CeilingMovement.transaksi_id.in_(ids))
        .order_by(CeilingMovement.id)
    )
    return [(id_, ceiling_id, kind, amount) for id_, ceiling_id, kind, amount in rows]


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
    steps: list[Step] = [(ceiling, kind, amount) for ceiling in found]
    _move(session, steps, transaksi_id, oleh_id, now)


def _move(
    session: Session, steps: Sequence[Step], transaksi_id: int, oleh_id: int, now: datetime
) -> None:
    """These movements, all checked before any of them is written."""
    states: dict[int, CeilingState] = {}
    for ceiling, kind, amount in steps:
        before = states.get(ceiling.id) or state_of(ceiling)
        states[ceiling.id] = ceilings_rules.move(ceiling.jenis, before, kind, amount)
    for ceiling, _, _ in steps:
        ceiling.reserved, ceiling.posted = states[ceiling.id].reserved, states[ceiling.id].posted
        if ceiling.sasaran is not None:
            _limit(ceiling, ceiling.sasaran)
    session.flush()
    rows = [
        {
            "ceiling_id": ceiling.id,
            "opd_id": ceiling.opd_id,
            "tahun": ceiling.tahun,
            "transaksi_id": transaksi_id,
            "kind": kind,
            "amount": amount,
            "at": now,
            "oleh_id": oleh_id,
        }
        for ceiling, kind, amount in steps
    ]
    if rows:
        session.execute(insert(CeilingMovement), rows)
        db_facts.inserted(session, _MOVEMENT, rows)


def try_reserve(
    session: Session,
    found: Sequence[Ceiling],
    transaksi_id: int,
    amount: Rupiah,
    *,
    oleh_id: int,
    now: datetime,
) -> DomainError | None:
    """Reserve on all, else on none and return the refusal; the fact is recorded anyway (law 1)."""
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
    found = _moved_by(session, [transaksi_id])
    charged: Counter[int] = Counter()
    for _, ceiling_id, kind, _ in _movements(session, [transaksi_id]):
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
    session: Session,
    holding: Sequence[Holding],
    transaksi_id: int,
    amount: Rupiah,
    *,
    oleh_id: int,
    now: datetime,
) -> None:
    """Reserve this amount, no more and no less, on each ceiling on which the purchase holds
    something; Conflict when there is no room.
    """
    more: list[Step] = [(one, "reserve", amount - had) for one, had in holding if had < amount]
    less: list[Step] = [(one, "void", had - amount) for one, had in holding if had > amount]
    for steps in filter(None, (more, less)):
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
    moved = {ceiling.id: ceiling for ceiling in _moved_by(session, [refund_id])}
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


def _make_room(ceiling: Ceiling, amount: Rupiah) -> None:
    """Raise the limit until the amount fits; it sinks again with the use."""
    if state_of(ceiling).available < amount:
        aim = ceiling.limit if ceiling.sasaran is None else ceiling.sasaran
        ceiling.limit = ceiling.reserved + ceiling.posted + amount
        ceiling.sasaran = aim


def held(session: Session, transaksi_id: int, *, posted: bool = False) -> dict[int, Rupiah]:
    """ceiling id -> what the purchase has reserved there (or posted), where that is not zero."""
    return _held(session, [transaksi_id], posted=posted).get(transaksi_id, {})


def _held(session: Session, ids: Collection[int], *, posted: bool) -> dict[int, dict[int, Rupiah]]:
    sums: dict[int, dict[int, CeilingState]] = {}
    for id_, ceiling_id, kind, amount in _movements(session, ids):
        mine = sums.setdefault(id_, {})
        mine[ceiling_id] = mine.get(ceiling_id, CeilingState(ZERO)).after(kind, amount)
    return {
        id_: {
            ceiling_id: amount
            for ceiling_id, state in mine.items()
            if (amount := state.posted if posted else state.reserved)
        }
        for id_, mine in sums.items()
    }


def holding_of(
    session: Session, ids: Collection[int], *, posted: bool = False
) -> dict[int, list[Holding]]:
    """Purchase -> the locked ceilings of which it holds something, and how much; read after the
    lock, so that nobody can move the same purchase in between.
    """
    found = _moved_by(session, ids)
    amounts = _held(session, ids, posted=posted) if found else {}
    return {
        id_: [(one, mine[one.id]) for one in found if one.id in mine]
        for id_, mine in amounts.items()
    }


def _holding(session: Session, transaksi_id: int, *, posted: bool = False) -> list[Holding]:
    return holding_of(session, [transaksi_id], posted=posted).get(transaksi_id, [])


def _limit(ceiling: Ceiling, limit: Rupiah) -> bool:
    """Set the limit; where more is used it stays at the use and waits to sink: True."""
    used = ceiling.reserved + ceiling.posted
    ceiling.limit, ceiling.sasaran = max(limit, used), limit if limit < used else None
    return limit < used


def set_limit(session: Session, key: Key, limit: Rupiah, *, decided: bool = False) -> Ceiling:
    """Create the ceiling or change its limit; below its use only with a named decision."""
    found = locked(session, [key])
    if not found:
        ceiling = _new(key, limit)
        session.add(ceiling)
        session.flush()
        return ceiling
    used = found[0].reserved + found[0].posted
    if limit < used and not decided:
        raise Conflict(
            f"Batas baru Rp {limit} di bawah yang sudah dipesan dan terpakai (Rp {used}) pada "
            f"{ceilings_rules.NAMES[key.jenis]}. Selesaikan belanjanya dahulu."
        )
    _limit(found[0], limit)
    session.flush()
    return found[0]


def _new(key: Key, limit: Rupiah) -> Ceiling:
    return Ceiling(**asdict(key), limit=limit)


def set_limits(
    session: Session, opd_id: int, tahun: int, jenis: str, limits: Mapping[str, Rupiah]
) -> list[Ceiling]:
    """Make the ceilings of one kind follow a document: a key it lacks has limit zero.

    Where more is used already the limit stays at the use and sinks with it; those
    ceilings are returned, so that the caller asks for the decision.
    """
    known = _locked(
        session, Ceiling.opd_id == opd_id, Ceiling.tahun == tahun, Ceiling.jenis == jenis
    )
    missing = sorted(limits.keys() - {row.kunci for row in known})
    session.add_all(_new(Key(opd_id, tahun, jenis, kunci), limits[kunci]) for kunci in missing)
    session.flush()
    short = [row for row in known if _limit(row, limits.get(row.kunci, ZERO))]
    session.flush()
    return sorted(short, key=lambda row: row.kunci)
