"""SPD and anggaran kas beside an amount that is being typed: what is left, before anything is
saved.

A plan's ceiling is created with its first purchase (`ceilings/open_rows.py`); until then its room
is computed from the same sums: the plan's months minus what purchases of those months hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.choices import PLAN_KINDS
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling, CeilingMovement, Transaksi
from kkpd.pagu import fund_plan_reads, plan_rules
from kkpd.pagu import reads as pagu_reads
from kkpd.pagu.ceilings.rules import CeilingState
from kkpd.records import settings as records_settings


def weigh(
    session: Session,
    opd_id: int,
    day: date,
    akun: tuple[str, str],
    nilai: Rupiah,
    owned: Mapping[tuple[str, str], Rupiah],
) -> tuple[pagu_reads.Weighing, ...]:
    """The tightest month of each plan that a setting requires; `akun` is sub kegiatan and account.

    `owned` is what the purchase itself has reserved already, by (kind, key).
    """
    found = []
    for jenis in PLAN_KINDS:
        states = _states(session, opd_id, day, jenis, akun, owned)
        if states:
            state = min(states, key=lambda one: one.available)
            found.append(pagu_reads.Weighing(jenis, pagu_reads.NAMES[jenis], state, nilai))
    return tuple(found)


def _states(
    session: Session,
    opd_id: int,
    day: date,
    jenis: str,
    akun: tuple[str, str],
    owned: Mapping[tuple[str, str], Rupiah],
) -> list[CeilingState]:
    cara = records_settings.value(session, f"periksa_{jenis}", day, opd_id)
    if cara is None:
        return []
    plan = fund_plan_reads.monthly(session, opd_id, day.year, jenis, *akun)
    if plan is None:
        return []
    states = []
    for bulan in plan_rules.weighed_months(plan.bulan, day.month, cara):
        key = plan_rules.kunci(plan.sub_kegiatan, plan.rekening, bulan, cara)
        limit = plan_rules.bound(plan.bulan, bulan, cara)
        own = owned.get((jenis, key), ZERO)
        kept = _kept(session, opd_id, day.year, jenis, key)
        if kept is None:
            kept, own = _held(session, opd_id, day.year, plan, bulan, cara), _dpa(owned)
        states.append(CeilingState(limit, kept - own))
    return states


def _dpa(owned: Mapping[tuple[str, str], Rupiah]) -> Rupiah:
    """What the purchase itself holds of its DPA line."""
    return next((amount for (jenis, _), amount in owned.items() if jenis == "dpa"), ZERO)


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
    plan: fund_plan_reads.MonthlyPlan,
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
    sums = {kind: amount or ZERO for kind, amount in session.execute(statement)}
    freed = sums.get("void", ZERO) + sums.get("restore", ZERO)
    return sums.get("reserve", ZERO) - freed
