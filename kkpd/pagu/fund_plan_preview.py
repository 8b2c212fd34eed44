"""SPD and anggaran kas beside an amount that is being typed: what is left, before anything is kept.

A plan's ceiling opens with the first purchase that meets it (services/batas_buka); until then its
room is reckoned from the same sums: the plan's months less what purchases of those months hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.choices import JENIS_RENCANA
from kkpd.core.money import NOL, Rupiah
from kkpd.models import Ceiling, CeilingMovement, Transaksi
from kkpd.pagu import fund_plan_reads, plan_rules
from kkpd.pagu import reads as pagu_reads
from kkpd.pagu.ceilings.rules import State
from kkpd.records import settings as records_settings


def timbang(
    session: Session,
    opd_id: int,
    hari: date,
    akun: tuple[str, str],
    nilai: Rupiah,
    milik: Mapping[tuple[str, str], Rupiah],
) -> tuple[pagu_reads.Timbangan, ...]:
    """The tightest month of each plan that a setting binds; `akun` is sub kegiatan and account.

    `milik` is what the purchase itself has reserved already, by (kind, key).
    """
    found = []
    for jenis in JENIS_RENCANA:
        states = _states(session, opd_id, hari, jenis, akun, milik)
        if states:
            state = min(states, key=lambda one: one.available)
            found.append(pagu_reads.Timbangan(jenis, pagu_reads.NAMA[jenis], state, nilai))
    return tuple(found)


def _states(
    session: Session,
    opd_id: int,
    hari: date,
    jenis: str,
    akun: tuple[str, str],
    milik: Mapping[tuple[str, str], Rupiah],
) -> list[State]:
    cara = records_settings.value(session, f"periksa_{jenis}", hari, opd_id)
    if cara is None:
        return []
    plan = fund_plan_reads.bulanan(session, opd_id, hari.year, jenis, *akun)
    if plan is None:
        return []
    states = []
    for bulan in plan_rules.bulan_ditimbang(plan.bulan, hari.month, cara):
        key = plan_rules.kunci(plan.sub_kegiatan, plan.rekening, bulan, cara)
        limit = plan_rules.batas(plan.bulan, bulan, cara)
        own = milik.get((jenis, key), NOL)
        kept = _kept(session, opd_id, hari.year, jenis, key)
        if kept is None:
            kept, own = _held(session, opd_id, hari.year, plan, bulan, cara), _dpa(milik)
        states.append(State(limit, kept - own))
    return states


def _dpa(milik: Mapping[tuple[str, str], Rupiah]) -> Rupiah:
    """What the purchase itself holds of its DPA line."""
    return next((amount for (jenis, _), amount in milik.items() if jenis == "dpa"), NOL)


def _kept(session: Session, opd_id: int, tahun: int, jenis: str, key: str) -> Rupiah | None:
    """What the month's ceiling holds, None while nothing has opened it."""
    row = session.execute(
        select(Ceiling.reserved, Ceiling.posted).where(
            Ceiling.opd_id == opd_id,
            Ceiling.tahun == tahun,
            Ceiling.jenis == jenis,
            Ceiling.kunci == key,
        )
    ).one_or_none()
    return None if row is None else row[0] + row[1]


def _held(
    session: Session,
    opd_id: int,
    tahun: int,
    plan: fund_plan_reads.Bulanan,
    bulan: int,
    cara: str,
) -> Rupiah:
    """What purchases of the plan's line and months hold of their DPA lines."""
    statement = (
        select(CeilingMovement.kind, func.sum(CeilingMovement.amount))
        .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
        .join(Transaksi, Transaksi.id == CeilingMovement.transaksi_id)
        .where(
            Ceiling.jenis == "dpa",
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == tahun,
            Transaksi.sub_kegiatan == plan.sub_kegiatan,
            Transaksi.bulan <= bulan if cara == "kumulatif" else Transaksi.bulan == bulan,
            CeilingMovement.kind.in_(("reserve", "void", "restore")),
        )
        .group_by(CeilingMovement.kind)
    )
    if plan.rekening:
        statement = statement.where(Transaksi.rekening == plan.rekening)
    sums = {kind: amount or NOL for kind, amount in session.execute(statement)}
    freed = sums.get("void", NOL) + sums.get("restore", NOL)
    return sums.get("reserve", NOL) - freed
