"""Build the demo year into an empty database: ground first, then each OPD month by month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import Conflict
from kkpd.core.moments import Span
from kkpd.core.permissions import Actor
from kkpd.demo import ground as demo_ground
from kkpd.demo import guided_month as demo_guided
from kkpd.demo import script as demo_script
from kkpd.demo.flow import LivedYear
from kkpd.demo.ground import YEAR, OpdDemo, at_hour
from kkpd.demo.year import LAST_MONTH, plan_year
from kkpd.models import Event, Opd, Orang, Pengguna
from kkpd.organisation.passwords import hash_password
from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD
from kkpd.oversight.guided_month import GUIDED_MONTH, GUIDED_OPD
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.records.report_request import ALL
from kkpd.reports import named
from kkpd.reports.issue import issue

#: The last day of the demo year's story.
LAST_DAY: Final = date(2026, 11, 30)
#: Reports that Kuasa BUD issues over all OPDs for the third quarter; the rest are one OPD's.
_ACROSS_OPDS: Final = ("rekap", "batas", "program", "kelengkapan", "dpt_gabungan")
_QUARTER: Final = Span(YEAR, 7, 9)
_SEPTEMBER: Final = Span(YEAR, 9, 9)


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo needs besides the database; `folder` takes the files of the guided month."""

    store: Store
    penerbit: Issuer
    folder: Path
    seed: int = 2026


def is_built(engine: Engine) -> bool:
    """Whether the demo year exists already; Conflict if somebody works with this database: it holds
    a person, an OPD or an event.
    """
    with reading(engine, EVERY_OPD) as session:
        if session.scalars(select(Pengguna.id).where(Pengguna.demo.is_(True)).limit(1)).first():
            return True
        real = (Opd.id, Orang.id, Event.id)
        if all(session.scalars(select(one).limit(1)).first() is None for one in real):
            return False
    raise Conflict(
        "Basis data ini sudah berisi orang, OPD atau peristiwa yang bukan demo. Pakai "
        "KKPD_INSTANCE atau KKPD_DATABASE_URL lain untuk demo."
    )


def build(engine: Engine, demo: Demo, tell: Callable[[str], None]) -> None:
    """All seven OPDs in one transaction, so an interrupted build leaves nothing behind."""
    catalogue = demo_script.thing()
    with writing(engine, EVERY_OPD) as session:
        opds, across = demo_ground.lay(session, demo.seed, hash_password(DEMO_LOGIN_WORD))
        for opd in opds:
            plans = plan_year(opd, catalogue, demo.seed)
            watch = across["bud"], across["inspektur"]
            life = LivedYear(opd, plans, demo.seed, demo.store, demo.penerbit, *watch)
            guided = opd.slug == GUIDED_OPD
            if guided:
                life.open_month = GUIDED_MONTH[1]
            for bulan in range(1, LAST_MONTH + 1):
                if bulan in demo_ground.QUARTERS:
                    demo_ground.issue_spd(session, across["admin"], opd, bulan)
                life.bulan(session, bulan)
            if guided:
                demo_guided.prepare(session, life, catalogue, demo.folder)
            tell(f"{opd.nama}: {len(life.plans)} belanja, {LAST_MONTH} tagihan")
        issued = _issue_reports(session, opds[0], across["bud"], demo.penerbit)
        tell(f"{issued} laporan terbit")


def _issue_reports(session: Session, opd: OpdDemo, bud: Actor, penerbit: Issuer) -> int:
    """Issue every named report as of the middle of October; gives how many."""
    at = at_hour(date(YEAR, 10, 15), 3)
    names = [one.nama for one in named.LISTING.values() if not one.of_chain]
    for nama in names:
        everywhere = nama in _ACROSS_OPDS
        asked = named.ReportRequest(
            nama=nama,
            opd=ALL if everywhere else opd.slug,
            span=_QUARTER if everywhere else _SEPTEMBER,
        )
        issue(session, bud if everywhere else opd.bendahara, asked, penerbit, at)
    return len(names)
