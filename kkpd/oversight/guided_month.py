"""The month of the demo that is left to a visitor: nine steps, each ticked by what the books say.

Nothing about the steps is kept; whoever does the work in any other way sees the same ticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session

from kkpd.core.moves import MOVES, VERIFIED
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.ledger.active import verified_lines
from kkpd.ledger.standing import standing
from kkpd.models import Transaksi
from kkpd.organisation.accounts import opd_by_slug
from kkpd.organisation.setup.demo_logins import DemoLogin, demo_logins
from kkpd.oversight.this_month import month_overview
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.periods import status_periode

#: Whose month it is.
GUIDED_OPD: Final = "dinkes"
GUIDED_MONTH: Final = (2026, 11)
#: The folder of the instance with the files that the steps ask for: the bill, each receipt, and all
#: receipts in one archive.
FILES: Final = "bulan-demo"
BILL: Final = "tagihan-dinkes-2026-11.csv"
ALL_RECEIPTS: Final = "semua-nota.zip"
#: step -> the steps of the treasurer's month that it is made of
_MADE_OF: Final = {
    "tagihan": ("tagihan",),
    "kelompok": ("cocok",),
    "bukti": ("bukti", "kelas"),
    "uji": ("uji",),
    "dpt": ("dpt",),
    "bayar": ("spm", "bayar"),
}


@dataclass(frozen=True, slots=True)
class GuidedMonth:
    """The OPD's name; step -> whether it is done; the action that the line furthest behind waits
    for ("" when none waits); and the people whose month it is, by role.
    """

    opd: str
    ticks: Mapping[str, bool]
    turn: str
    people: Mapping[Role, DemoLogin]


def guided_month(session: Session, day: date) -> GuidedMonth | None:
    """The month as of that day; None where the demo year is missing."""
    opd = opd_by_slug(session, GUIDED_OPD, None)
    if opd is None:
        return None
    found = [one for one in demo_logins(session, day) if one.opd in ("", opd.nama)]
    people = {one.peran: one for one in reversed(found)}  # the first of each role
    states = _states(session, opd.id)
    turn = next((move.action for state, move in MOVES.items() if state in states), "")
    return GuidedMonth(opd.nama, _ticks(session, opd.id, day, states), turn, people)


def _ticks(session: Session, opd_id: int, day: date, states: set[str]) -> dict[str, bool]:
    reader = Actor(0, 0, "", (Assignment(Role.BENDAHARA, opd_id),))
    work = reconciliation_month.working(session, reader, opd_id, GUIDED_MONTH)
    books = standing(session, [opd_id], day)
    month = month_overview(session, reader, opd_id, GUIDED_MONTH, work.summary, books)
    done = {step.kunci: step.selesai for step in month.langkah}
    return {
        **{step: all(done[one] for one in parts) for step, parts in _MADE_OF.items()},
        "cocok": work.summary.matched_lines > 0 == work.summary.to_decide,
        "dpr": done["dpr"] and "diajukan" not in states,
        "tutup": status_periode(session, opd_id, GUIDED_MONTH) != "terbuka",
    }


def _states(session: Session, opd_id: int) -> set[str]:
    """Where the month's purchases stand; an SPP that was found complete as `VERIFIED`."""
    complete = and_(Transaksi.status == "spp", Transaksi.id.in_(verified_lines(opd_id)))
    return set(
        session.scalars(
            select(case((complete, VERIFIED), else_=Transaksi.status))
            .where(Transaksi.opd_id == opd_id)
            .where(Transaksi.tahun == GUIDED_MONTH[0], Transaksi.bulan == GUIDED_MONTH[1])
            .distinct()
        )
    )
