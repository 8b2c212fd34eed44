"""The demo year's issued reports: each form that is issued as a report, some OPD and period."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.core.span import Span
from kkpd.demo.ground import YEAR, OpdDemo
from kkpd.demo.parts import at_hour
from kkpd.records.issue import Issuer
from kkpd.records.report_request import ALL
from kkpd.reports import named
from kkpd.reports.issue import terbit

#: Reports that Kuasa BUD issues over all OPDs for the third quarter; the rest are one OPD's.
_ACROSS_OPDS: Final = ("rekap", "batas", "program", "kelengkapan", "dpt_gabungan")
_QUARTER: Final = Span(YEAR, 7, 9)
_SEPTEMBER: Final = Span(YEAR, 9, 9)


def terbitkan(session: Session, opd: OpdDemo, bud: Actor, penerbit: Issuer) -> int:
    """Issue them as of the middle of October; gives how many."""
    at = at_hour(date(YEAR, 10, 15), 3)
    names = [one.nama for one in named.LISTING.values() if not one.of_chain]
    for nama in names:
        everywhere = nama in _ACROSS_OPDS
        asked = named.ReportRequest(
            nama=nama,
            opd=ALL if everywhere else opd.slug,
            span=_QUARTER if everywhere else _SEPTEMBER,
        )
        terbit(session, bud if everywhere else opd.bendahara, asked, penerbit, at)
    return len(names)
