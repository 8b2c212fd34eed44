"""The demo's SPDs: each quarter provides a quarter of the year's budget."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.demo.ground import YEAR, OpdDemo
from kkpd.demo.parts import at_hour
from kkpd.models import DpaBaris
from kkpd.pagu import fund_plan
from kkpd.pagu.budget.rows import BudgetHead, FundPlanLine

#: The months in which a quarter begins, with its Roman numeral.
QUARTERS: Final = {1: "I", 4: "II", 7: "III", 10: "IV"}


def terbitkan(session: Session, admin: Actor, opd: OpdDemo, bulan: int) -> None:
    """The SPD of the quarter that begins with this month: a twelfth of the DPA for each month, in
    whole thousands."""
    budget = session.execute(
        select(DpaBaris.sub_kegiatan, func.sum(DpaBaris.pagu))
        .where(DpaBaris.opd_id == opd.id, DpaBaris.tahun == YEAR)
        .group_by(DpaBaris.sub_kegiatan)
        .order_by(DpaBaris.sub_kegiatan)
    ).all()
    months = [(code, pagu, month) for code, pagu in budget for month in range(bulan, bulan + 3)]
    lines = [
        FundPlanLine(number, BudgetHead(), code, "", month, Rupiah.of(pagu.sen // 1_200_000 * 1000))
        for number, (code, pagu, month) in enumerate(months, 2)
    ]
    day = date(YEAR, bulan, 2)
    number = f"SPD/TW-{QUARTERS[bulan]}/{opd.slug.upper()}/{YEAR}"
    head = fund_plan.PlanHead(opd.id, YEAR, "spd", number, day)
    fund_plan.load_data(session, admin, head, lines, at_hour(day, 1))
