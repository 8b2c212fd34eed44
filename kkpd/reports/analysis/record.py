"""What an analysis leaves behind: its event, and where wanted its issued working paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor, require
from kkpd.core.proof.canonical import Json
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.forms import Frame
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.models import Dokumen, Opd, Orang
from kkpd.records import event_log
from kkpd.records.form_header import as_printed, paper_frame
from kkpd.records.issue import IssuePlan, Issuer, issue_document
from kkpd.reports.analysis.population import Population, freeze

RUN = "laporan:analisis:jalan"
#: Who may: the inspector and the auditor, who also take audit packages.
PERMISSION = "paket:unduh"


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is analysed: a year of one OPD (`opd_id`) or of all, its frozen rows, the seed."""

    year: int
    opd_id: int | None
    population: Population
    seed: int


def freeze_books(
    session: Session, actor: Actor, year: int, opd_id: int | None, seed: int
) -> Analysis:
    """The payments of a year as they are now; Forbidden to all but inspector and auditor."""
    require(actor, PERMISSION, opd_id)
    opds = session.scalars(select(Opd.id)).all() if opd_id is None else [opd_id]
    return Analysis(year, opd_id, freeze(session, year, opds), seed)


def remember(
    session: Session, actor: Actor, analysis: Analysis, options: Mapping[str, Json], now: datetime
) -> None:
    """Record the event: SHA-256 of the population, its rows, the options and the seed."""
    after: dict[str, Json] = {
        **options,
        "tahun": analysis.year,
        "populasi": analysis.population.digest,
        "baris": len(analysis.population.subjects),
        "benih": analysis.seed,
    }
    role = require(actor, PERMISSION, analysis.opd_id)
    subject = f"analisis:{analysis.year}"
    event_log.record(
        session, actor, role, RUN, subject, now=now, opd_id=analysis.opd_id, after=after
    )


def frame(
    session: Session, analysis: Analysis, now: datetime, *, number: str = "", draft: bool = True
) -> Frame:
    """The head of the working paper."""
    opd = None if analysis.opd_id is None else session.get_one(Opd, analysis.opd_id)
    return paper_frame(session, opd, str(analysis.year), number, business_day(now), rancangan=draft)


def signer(session: Session, actor: Actor) -> SignatureBlock:
    """Who made the working paper."""
    return SignatureBlock("Pemeriksa", as_printed(session.get_one(Orang, actor.orang_id)))


def issue(
    session: Session,
    actor: Actor,
    analysis: Analysis,
    document: Callable[[Frame], FrozenDocument],
    office: Issuer,
    now: datetime,
) -> Dokumen:
    """Issue the working paper: number, proof, archive."""
    day = business_day(now)

    def numbered(number: str) -> FrozenDocument:
        return document(frame(session, analysis, now, number=number, draft=False))

    plan = IssuePlan(
        jenis="kertas_kerja",
        opd_id=analysis.opd_id,
        tahun=analysis.year,
        bulan=12,
        tanggal=day,
        periode=str(analysis.year),
        total=analysis.population.amount,
        baris=(),
        document=numbered,
    )
    role = require(actor, "laporan:terbit", analysis.opd_id)
    return issue_document(session, actor, role, plan, office, now)
