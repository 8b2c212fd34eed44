"""Opening a budget year in an OPD: card limits and unsettled lines are carried over (kkpd.md 1.12).

What is carried is what the ledger says the budget owes on 31 December. A carried line stays a
charge of its own year: its DPA line and number series do not change. It also uses the card's limit
and UP KKPD of the new year, because unsettled amounts use both until the bill is paid (kkpd.md
1.5). Opening again adds lines that came late, and UP KKPD decided since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import ceilings
from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.models import Bawaan, Ceiling, Kartu, Opd, TahunBuka, Transaksi
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import Key
from kkpd.records import event_log
from kkpd.year import reads
from kkpd.year.rules import check_may_open

_Row = tuple[Transaksi, Rupiah]
#: Cards that are no longer used keep no limit.
_ENDED = ("hilang", "ditutup")


@dataclass(frozen=True, slots=True)
class OpenedYear:
    """The result of an opening: whether it was the first, and the limits and lines carried now and
    in total.
    """

    opd: str
    first_one: bool
    kartu: int
    baris: int
    dibawa: int
    nilai: Rupiah


def open_year(session: Session, actor: Actor, opd_id: int, tahun: int, now: datetime) -> OpenedYear:
    """Open the year. A second time carries only what is new; without news nothing changes."""
    role = require(actor, "tahun:buka", opd_id)
    check_may_open(tahun, business_day(now))
    opd = session.get_one(Opd, opd_id, with_for_update=True)  # two openings wait for each other
    limits = _limits(session, opd_id, tahun)
    open_ = _unsettled(session, opd_id, tahun - 1)
    first = _opened(session, actor, opd_id, tahun, open_, now)
    carried, weighed = _carry(session, actor, open_, tahun, now)
    result = OpenedYear(
        opd.nama, first, limits, carried, len(open_), total(borne for _, borne in open_)
    )
    _nothing_lost(session, opd_id, tahun, result)
    if first or limits or carried or weighed:
        event_log.record(
            session,
            actor,
            role,
            "tahun:buku:buka",
            f"tahun:{tahun}",
            now=now,
            opd_id=opd_id,
            after={
                "kartu": limits,
                "baris": carried,
                "dibawa": result.dibawa,
                "nilai": result.nilai.sen,
            },
        )
    return result


def _limits(session: Session, opd_id: int, tahun: int) -> int:
    """Give every card in use its old limit in the new year, unless it has one; returns how many."""
    new = select(Ceiling.kunci).where(
        Ceiling.opd_id == opd_id, Ceiling.tahun == tahun, Ceiling.jenis == "kartu"
    )
    rows = session.execute(
        select(Ceiling.kunci, Ceiling.limit, Ceiling.sasaran)
        .join(Kartu, Kartu.token == Ceiling.kunci)
        .where(
            Ceiling.opd_id == opd_id,
            Ceiling.tahun == tahun - 1,
            Ceiling.jenis == "kartu",
            Ceiling.kunci.not_in(new),
            Kartu.opd_id == opd_id,
            Kartu.status.not_in(_ENDED),
        )
        .order_by(Ceiling.id)
    ).all()
    for token, limit, aim in rows:
        old = limit if aim is None else aim
        ceilings_movements.set_limit(session, Key(opd_id, tahun, "kartu", token), old)
    return len(rows)


def _unsettled(session: Session, opd_id: int, tahun: int) -> Sequence[_Row]:
    """The lines that were unsettled on 31 December, with the amount that the budget bears."""
    borne = reads.owed_at_year_end(session, opd_id, tahun)
    rows = session.scalars(select(Transaksi).where(Transaksi.id.in_(borne)).order_by(Transaksi.id))
    return [(line, borne[line.id]) for line in rows]


def _carry(
    session: Session, actor: Actor, lines: Sequence[_Row], tahun: int, now: datetime
) -> tuple[int, int]:
    """Record the lines that are not carried yet, and reserve all of them on card and UP. Returns
    how many were recorded, and on how many ceilings something was added.
    """
    known = set(session.scalars(select(Bawaan.transaksi_id).where(Bawaan.tahun == tahun)))
    fresh = [(line, borne) for line, borne in lines if line.id not in known]
    for line, borne in fresh:
        session.add(
            Bawaan(
                opd_id=line.opd_id,
                tahun=tahun,
                transaksi_id=line.id,
                nilai=borne,
                status=line.status,
                at=now,
            )
        )
    session.flush()
    weighed = 0
    for line, _ in lines:
        if line.nilai < ZERO:
            ceilings.follow(session, line, oleh_id=actor.orang_id, now=now)
            continue
        token = session.scalars(select(Kartu.token).where(Kartu.id == line.kartu_id)).one()
        for jenis, kunci in (("kartu", token), ("up_kkpd", "UP")):
            key = Key(line.opd_id, tahun, jenis, kunci)
            weighed += _weigh(session, actor, line, key, now)
    return len(fresh), weighed


def _weigh(session: Session, actor: Actor, line: Transaksi, key: Key, now: datetime) -> bool:
    """Reserve on the new year's ceiling what the line holds in its own year; returns whether it is
    new there.
    """
    found = {
        row.tahun: row
        for row in ceilings_movements.locked(session, (replace(key, tahun=line.tahun), key))
    }
    old, new = found.get(line.tahun), found.get(key.tahun)
    if old is None or new is None:
        return False
    reserved, posted = (
        ceilings_movements.held(session, line.id),
        ceilings_movements.held(session, line.id, posted=True),
    )
    if new.id in reserved or new.id in posted:
        return False  # recorded after the opening, so it is reserved there already
    waiting, used = reserved.get(old.id, ZERO), posted.get(old.id, ZERO)
    if not waiting + used:
        return False
    limit = new.limit if new.sasaran is None else new.sasaran
    new.limit = max(new.limit, new.reserved + new.posted + waiting + used)
    by = actor.orang_id
    ceilings_movements.move(session, [new], line.id, "reserve", waiting + used, oleh_id=by, now=now)
    if used:
        ceilings_movements.move(session, [new], line.id, "post", used, oleh_id=by, now=now)
    ceilings_movements.set_limit(session, key, limit, decided=True)
    return True


def _opened(
    session: Session,
    actor: Actor,
    opd_id: int,
    tahun: int,
    lines: Sequence[_Row],
    now: datetime,
) -> bool:
    """The row that opens the year; True when it was created now."""
    known = select(TahunBuka.id).where(TahunBuka.opd_id == opd_id, TahunBuka.tahun == tahun)
    if session.scalar(known) is not None:
        return False
    session.add(
        TahunBuka(
            opd_id=opd_id,
            tahun=tahun,
            banyak=len(lines),
            nilai=total(borne for _, borne in lines),
            at=now,
            oleh_id=actor.orang_id,
        )
    )
    session.flush()
    return True


def _nothing_lost(session: Session, opd_id: int, tahun: int, result: OpenedYear) -> None:
    """Assert that the carried lines are those unsettled on 31 December, counted by the database."""
    still = reads.owed_at_year_end(session, opd_id, tahun - 1)
    carried = session.scalars(
        select(Bawaan.transaksi_id).where(Bawaan.opd_id == opd_id, Bawaan.tahun == tahun)
    )
    amounts = [still[id_] for id_ in carried if id_ in still]
    if (len(amounts), total(amounts)) != (result.dibawa, result.nilai):
        raise Conflict(
            f"Tahun {tahun} tidak dibuka: {result.dibawa} baris Rp {result.nilai} belum lunas, "
            f"yang terbawa {len(amounts)} baris Rp {total(amounts)}. Jalankan kkpd verify log."
        )
