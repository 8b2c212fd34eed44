"""What an analysis leaves behind: its event, and where wanted its issued working paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.core.proof.canonical import Json
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.forms import Frame
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.models import BarisBank, Dokumen, Opd, Orang, Transaksi
from kkpd.records import cases, event_log
from kkpd.records.case_rules import CaseFact
from kkpd.records.form_header import as_printed, paper_frame
from kkpd.records.issue import IssuePlan, Issuer, issue_document
from kkpd.reports.analysis.population import Population, freeze

RUN: Final = "laporan:analisis:jalan"
CASES: Final = "kasus:analisis:buka"
#: Who may: the inspector and the auditor, who also take audit packages.
PERMISSION: Final = "paket:unduh"
#: Findings of one test that may become cases at once: what an office can answer.
MOST: Final = 200
_CLEARS: Final = "Bukti bahwa pembayaran ini wajar, atau perbaikannya."


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


def open_cases(
    session: Session,
    actor: Actor,
    analysis: Analysis,
    test: str,
    found: Sequence[Mapping[str, Any]],
    now: datetime,
) -> int:
    """Put findings of a test (`id`, `jenis`, `alasan`) into cases, one a finding and OPD; how many
    are new. The same finding in a later run changes nothing. Conflict past MOST findings.
    """
    role = require(actor, "temuan:putuskan", analysis.opd_id)
    if len(found) > MOST:
        raise Conflict(
            f"Uji ini memberi {len(found)} temuan; paling banyak {MOST} menjadi tindak lanjut "
            "sekaligus. Persempit dengan --opd, atau dengan batas yang lebih ketat."
        )
    rows = _rows(session, {subject for one in found for subject in one["id"]})
    facts: dict[int, list[CaseFact]] = defaultdict(list)
    for one in found:
        for subject in one["id"]:
            opd_id, amount, month = rows[subject]
            facts[opd_id].append(_fact(analysis, test, one, subject, amount, month))
    made = 0
    for opd_id, of_opd in sorted(facts.items()):
        new, grown = cases.put(session, opd_id, of_opd, now)
        made += new
        if new or grown:
            after: dict[str, Json] = {"uji": test, "baru": new, "bertambah": grown}
            subject = f"analisis:{analysis.year}"
            event_log.record(
                session, actor, role, CASES, subject, now=now, opd_id=opd_id, after=after
            )
    return made


def _fact(
    analysis: Analysis,
    test: str,
    found: Mapping[str, Any],
    subject: str,
    amount: Rupiah,
    month: tuple[int, int],
) -> CaseFact:
    """One row of a finding; all rows of the finding have one cause."""
    rows = sha256(" ".join(sorted(found["id"])).encode()).hexdigest()[:16]
    return CaseFact(
        rule=f"analisis_{test}".replace("-", "_"),
        severity="perhatian",
        subject=subject,
        amount=amount,
        cause=f"analisis/{test}:{rows}",
        month=month,
        evidence={
            "jenis": found["jenis"],
            "baris": ", ".join(found["id"][:20]),
            "populasi": analysis.population.digest,
            "benih": str(analysis.seed),
        },
        message=found["alasan"],
        clears=_CLEARS,
    )


def _rows(
    session: Session, subjects: Collection[str]
) -> dict[str, tuple[int, Rupiah, tuple[int, int]]]:
    """Subject -> OPD, amount, and month."""
    found: dict[str, tuple[int, Rupiah, tuple[int, int]]] = {}
    for prefix, model in ((cases.PURCHASE, Transaksi), (cases.LINE, BarisBank)):
        ids = cases.numbers(subjects, prefix)
        columns = (model.id, model.opd_id, model.nilai, model.tahun, model.bulan)
        for id_, opd_id, amount, *month in session.execute(
            select(*columns).where(model.id.in_(ids))
        ):
            found[f"{prefix}{id_}"] = opd_id, amount, (month[0], month[1])
    return found


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
