"""One OPD's year for charts: what its DPTs charged by month and shop, and how UP KKPD went down."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span, business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger.charges import charges
from kkpd.models import Ceiling, CeilingMovement
from kkpd.pagu import available
from kkpd.pagu.ceilings.rules import CeilingState


@dataclass(frozen=True, slots=True)
class YearFigures:
    """By month (1 to 12): charges of operating and of capital spending; what UP KKPD bore at its
    end (reserved and posted) and what was left of it, up to the month of the day. By shop:
    the year's charges.
    """

    operasi: dict[int, Rupiah]
    modal: dict[int, Rupiah]
    up_used: dict[int, Rupiah]
    up_left: dict[int, Rupiah]
    shops: dict[str, Rupiah]


def year_figures(session: Session, opd_id: int, tahun: int, day: date) -> YearFigures:
    """The figures of the year as it stands on the day."""
    kinds: dict[bool, dict[int, Rupiah]] = {False: {}, True: {}}
    shops: dict[str, Rupiah] = defaultdict(lambda: ZERO)
    for one in charges(session, [opd_id], Span(tahun, 1, 12)):
        months = kinds[one.modal]
        months[one.bulan] = months.get(one.bulan, ZERO) + one.amount
        shops[" ".join(one.merchant.upper().split())] += one.amount
    used = _up_used(session, opd_id, tahun, day)
    limits = available.month_ends(session, opd_id, tahun)
    left = {month: limits[month] - amount for month, amount in used.items() if month in limits}
    return YearFigures(kinds[False], kinds[True], used, left, dict(shops))


def _up_used(session: Session, opd_id: int, tahun: int, day: date) -> dict[int, Rupiah]:
    """Month -> reserved and posted at its end, from the ceiling's movements; empty without a UP."""
    up = select(Ceiling.id).where(
        Ceiling.opd_id == opd_id, Ceiling.tahun == tahun, Ceiling.jenis == "up_kkpd"
    )
    found: dict[int, Rupiah] = {}
    state, month = CeilingState(ZERO), 0
    last = Span(tahun, 12, 12).sampai
    until = min(day, last).month if day.year >= tahun else 0
    moved = session.execute(
        select(CeilingMovement.kind, CeilingMovement.amount, CeilingMovement.at)
        .where(CeilingMovement.ceiling_id.in_(up))
        .order_by(CeilingMovement.id)
    ).all()
    for kind, amount, at in moved:
        month = max(month, min(business_day(at), last).month if at.year >= tahun else 1)
        state = state.after(kind, amount)
        found[month] = state.reserved + state.posted
    used = ZERO
    return {n: (used := found.get(n, used)) for n in range(1, until + 1)} if moved else {}
