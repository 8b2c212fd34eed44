"""Berita Acara Rekonsiliasi: the figures of a month, frozen when it closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.moments import business_day, period_code
from kkpd.core.money import total
from kkpd.core.permissions import Actor, Role
from kkpd.core.span import Span
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper import Person as Officer
from kkpd.engines.paper.list_form import usual_signers
from kkpd.models import Opd, Orang
from kkpd.reconciliation import closing_reads, minutes_report
from kkpd.reconciliation.forms.minutes import reconciliation_minutes as minutes_form
from kkpd.records.form_header import officer, paper_frame
from kkpd.records.issue import IssuePlan
from kkpd.records.office_holders import officer as office_holder
from kkpd.records.report_request import ReportInputs, ReportScope


def plan(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> IssuePlan:
    """The minutes of the month: bill against books per card, and every explanation.

    The closing treasurer signs, the PA takes note. A month closed again replaces its older minutes.
    """
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    span = Span(*periode, periode[1])
    older = closing_reads.newest_minutes(session, opd_id, periode)
    frame = paper_frame(session, opd, period_code(*periode), "", on)
    inputs = ReportInputs(session, ReportScope(opd, (opd,)), span, frame, on)
    pa = office_holder(session, opd_id, Role.PA, on)
    signers = usual_signers(
        officer(pa) if pa else Officer(""), officer(session.get_one(Orang, actor.orang_id))
    )
    found = replace(minutes_report.masukan(inputs), signed_by=signers)

    def document(nomor: str) -> FrozenDocument:
        return minutes_form(replace(found, paper_frame=replace(frame, nomor=nomor)))

    return IssuePlan(
        jenis="rekonsiliasi",
        opd_id=opd_id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(card.bank for card in found.kartu),
        baris=(),
        document=document,
        menggantikan_id=older.id if older else None,
    )
