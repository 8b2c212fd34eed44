"""Cases (tindak lanjut): what the watch and the findings of the books ask somebody to answer for.

Facts open cases in `kkpd/records/cases.py`; here are what people do with them and how they are
shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.money import ZERO
from kkpd.core.permissions import Role
from kkpd.core.proof.canonical import Json
from kkpd.engines.watch.shapes import Hit
from kkpd.models import BarisBank, CaseItem, Temuan
from kkpd.records import cases, event_log
from kkpd.records.case_rules import CaseFact

#: The events of cases that the watch opened, and of those for findings that had none.
WATCHED: Final = "kasus:pantau:buka"
FOUND: Final = "kasus:temuan:buka"


def open_from_hits(session: Session, opd_id: int, hits: Sequence[Hit], now: datetime) -> int:
    """Open or grow the cases of these hits of one OPD; returns how many cases are new.

    The same hits again change nothing. Hits of one cause are one case, which grows while it waits;
    a closed one stays closed, and only lines that it did not hold open a new one.
    """
    made, grown = cases.put(session, opd_id, list(_facts(session, hits, now)), now)
    _tell(session, opd_id, WATCHED, made, grown, now)
    return made


def open_from_findings(session: Session, opd_id: int, now: datetime) -> int:
    """Open or grow the cases of open findings of one OPD that stand in none: those written before
    there were cases, or restored. Returns how many cases are new; doing it again changes nothing.
    """
    stands = exists().where(
        CaseItem.opd_id == Temuan.opd_id,
        CaseItem.aturan == Temuan.aturan,
        CaseItem.subjek == Temuan.subjek,
    )
    lacking = session.scalars(
        select(Temuan)
        .where(Temuan.opd_id == opd_id, Temuan.selesai_at.is_(None), ~stands)
        .order_by(Temuan.id)
    ).all()
    made, grown = cases.follow(session, lacking, now)
    _tell(session, opd_id, FOUND, made, grown, now)
    return made


def _tell(session: Session, opd_id: int, kind: str, made: int, grown: int, now: datetime) -> None:
    if made or grown:
        after: dict[str, Json] = {"baru": made, "bertambah": grown}
        event_log.record(
            session, None, None, kind, f"opd:{opd_id}", now=now, opd_id=opd_id, after=after
        )


def _facts(session: Session, hits: Sequence[Hit], now: datetime) -> Iterator[CaseFact]:
    """Each line of a hit is a fact; a hit about no line is one about its cause."""
    ids = {id_ for hit in hits for id_ in hit.lines}
    rows = session.execute(
        select(BarisBank.id, BarisBank.nilai, BarisBank.tahun, BarisBank.bulan).where(
            BarisBank.id.in_(ids)
        )
    )
    lines = {row.id: (row.nilai, (row.tahun, row.bulan)) for row in rows}
    today = business_day(now)
    for hit in sorted(hits, key=lambda one: (one.cause, one.lines, one.rule)):
        about = [(f"{cases.LINE}{id_}", *lines[id_]) for id_ in hit.lines]
        for subject, amount, month in about or [
            (hit.cause, hit.amount or ZERO, (today.year, today.month))
        ]:
            yield CaseFact(
                rule=hit.rule,
                severity=hit.severity,
                subject=subject,
                amount=amount,
                cause=hit.cause,
                month=month,
                evidence=hit.evidence,
                message=hit.message,
                clears=hit.clears,
                basis=hit.basis,
                owner=Role.PA,
                clear=hit.severity == "info",
            )
