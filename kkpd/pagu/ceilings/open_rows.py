"""Prepare the ceilings of a purchase (law 6): create those that a setting requires, with today's
limits.

A ceiling that a setting opens in the middle of the year takes over what was spent before, so that
`limit - reserved - posted` is true from its first moment.

A limit set below what is already used waits in the column `sasaran` and sinks as the use does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kkpd.core.choices import PLAN_KINDS
from kkpd.core.db.raw_sql import insert_missing
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling, CeilingMovement, Transaksi
from kkpd.pagu import available, plan_rules
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import Key
from kkpd.pagu.ceilings.rules import CeilingState
from kkpd.records import settings as records_settings

#: Ceilings that may be created after money was spent.
_TAKE_OVER: Final = (*PLAN_KINDS, "penerima")
#: Ends the key of the general cap of a payee that also has the higher one.
_GENERAL: Final = "|umum"


def prepare(
    session: Session, transaksi: Transaksi, *, oleh_id: int, now: datetime
) -> tuple[list[Key], list[Ceiling]]:
    """The keys of every ceiling of the line, and those that exist, locked; those that settings
    require exist now, with today's limit.
    """
    wanted = {
        **_up(session, transaksi, now),
        **_payee_caps(session, transaksi),
        **_plans(session, transaksi),
    }
    keys = [
        *ceilings_movements.keys(session, transaksi),
        *(key for key in wanted if key.jenis != "up_kkpd"),
    ]
    for key in wanted:
        _exists(session, key)
    found = ceilings_movements.locked(session, keys)
    for ceiling in found:
        key = Key(ceiling.opd_id, ceiling.tahun, ceiling.jenis, ceiling.kunci)
        if key in wanted:
            _follow(session, ceiling, key, wanted[key], transaksi, oleh_id, now)
    return keys, found


def _exists(session: Session, key: Key) -> None:
    """Create the ceiling if it is missing, also when two do so at the same moment."""
    found = select(Ceiling.id).where(
        Ceiling.opd_id == key.opd_id,
        Ceiling.tahun == key.tahun,
        Ceiling.jenis == key.jenis,
        Ceiling.kunci == key.kunci,
    )
    if session.scalar(found) is None:
        insert_missing(
            session,
            Ceiling,
            opd_id=key.opd_id,
            tahun=key.tahun,
            jenis=key.jenis,
            kunci=key.kunci,
            limit=ZERO,
            reserved=ZERO,
            posted=ZERO,
        )


def _follow(
    session: Session,
    ceiling: Ceiling,
    key: Key,
    limit: Rupiah,
    transaksi: Transaksi,
    oleh_id: int,
    now: datetime,
) -> None:
    """Set today's limit; a ceiling without movements takes over what was spent before."""
    if key.jenis in _TAKE_OVER and _unmoved(session, ceiling):
        for id_, state in sorted(_spent(session, key, transaksi).items()):
            used = state.reserved + state.posted
            if not used:
                continue
            ceiling.limit = ceiling.reserved + ceiling.posted + used
            ceilings_movements.move(
                session, [ceiling], id_, "reserve", used, oleh_id=oleh_id, now=now
            )
            if state.posted:
                ceilings_movements.move(
                    session, [ceiling], id_, "post", state.posted, oleh_id=oleh_id, now=now
                )
    if (ceiling.limit if ceiling.sasaran is None else ceiling.sasaran) != limit:
        ceilings_movements.set_limit(session, key, limit, decided=True)


def _unmoved(session: Session, ceiling: Ceiling) -> bool:
    moved = select(CeilingMovement.id).where(CeilingMovement.ceiling_id == ceiling.id).limit(1)
    return session.scalar(moved) is None


def _spent(session: Session, key: Key, transaksi: Transaksi) -> dict[int, CeilingState]:
    """What other purchases under this ceiling hold of their DPA lines."""
    theirs = _of_plan(key) if key.jenis in PLAN_KINDS else _of_payee(session, key)
    statement = (
        select(CeilingMovement.transaksi_id, CeilingMovement.kind, CeilingMovement.amount)
        .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
        .join(Transaksi, Transaksi.id == CeilingMovement.transaksi_id)
        .where(
            Ceiling.jenis == "dpa",
            Transaksi.opd_id == key.opd_id,
            Transaksi.tahun == key.tahun,
            Transaksi.id != transaksi.id,
            *theirs,
        )
        .order_by(CeilingMovement.id)
    )
    states: dict[int, CeilingState] = {}
    for id_, kind, amount in session.execute(statement):
        states[id_] = states.get(id_, CeilingState(ZERO)).after(kind, amount)
    return states


def _of_plan(key: Key) -> list[ColumnElement[bool]]:
    """The purchases of a plan's line and months."""
    sub_kegiatan, rekening, bulan, cara = plan_rules.parse_key(key.kunci)
    month = Transaksi.bulan <= bulan if cara == "kumulatif" else Transaksi.bulan == bulan
    account = [Transaksi.rekening == rekening] if rekening else []
    return [Transaksi.sub_kegiatan == sub_kegiatan, month, *account]


def _of_payee(session: Session, key: Key) -> list[ColumnElement[bool]]:
    """The year's purchases from a payee, however its name was spelled."""
    name = key.kunci.removesuffix(_GENERAL)
    counted = [~Transaksi.pdn_umk] if name != key.kunci else []
    rows = session.execute(
        select(Transaksi.id, Transaksi.merchant).where(
            Transaksi.opd_id == key.opd_id, Transaksi.tahun == key.tahun, *counted
        )
    )
    ids = [id_ for id_, merchant in rows if ceilings_movements.payee_key(merchant) == name]
    return [Transaksi.id.in_(ids)]


def _up(session: Session, transaksi: Transaksi, now: datetime) -> dict[Key, Rupiah]:
    """UP KKPD by today's decisions; a purchase of last year uses last year's."""
    day = max(business_day(now), transaksi.tanggal)
    limit = available.effective(session, transaksi.opd_id, transaksi.tahun, day)
    key = Key(transaksi.opd_id, transaksi.tahun, "up_kkpd", "UP")
    return {} if limit is None else {key: limit}


def _payee_caps(session: Session, transaksi: Transaksi) -> dict[Key, Rupiah]:
    """The caps per payee (Art. 19): the general one, and the higher one for domestic products of
    small business; with both set, the higher one is the cap of everything from that payee.
    """
    name = ceilings_movements.payee_key(transaksi.merchant)
    general, domestic = (
        records_settings.money(session, word, transaksi.tanggal, transaksi.opd_id)
        for word in ("max_per_payee_general", "max_per_payee_domestic_small")
    )
    if not name or (general is None and not transaksi.pdn_umk):
        return {}
    caps = [cap for cap in (general, domestic) if cap is not None]
    found = {ceilings_movements.penerima(transaksi, name): max(caps)} if caps else {}
    if len(caps) == 2 and general is not None and not transaksi.pdn_umk:
        found[ceilings_movements.penerima(transaksi, name + _GENERAL)] = general
    return found


def _plans(session: Session, transaksi: Transaksi) -> dict[Key, Rupiah]:
    """SPD and anggaran kas, where their settings bind and a document is loaded."""
    return {
        key: limit for jenis in PLAN_KINDS for key, limit in _one_plan(session, transaksi, jenis)
    }


def _one_plan(session: Session, transaksi: Transaksi, jenis: str) -> Iterator[tuple[Key, Rupiah]]:
    cara = records_settings.value(session, f"periksa_{jenis}", transaksi.tanggal, transaksi.opd_id)
    if cara is None:
        return
    found = available.monthly(
        session,
        transaksi.opd_id,
        transaksi.tahun,
        jenis,
        transaksi.sub_kegiatan,
        transaksi.rekening,
    )
    if found is None:
        return
    for bulan in plan_rules.weighed_months(found.bulan, transaksi.bulan, cara):
        name = plan_rules.kunci(found.sub_kegiatan, found.rekening, bulan, cara)
        key = Key(transaksi.opd_id, transaksi.tahun, jenis, name)
        yield key, plan_rules.bound(found.bulan, bulan, cara)
