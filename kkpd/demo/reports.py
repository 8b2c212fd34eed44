"""The demo year's issued reports: each form that is issued as a report, some OPD and period."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.core.span import Rentang
from kkpd.demo.ground import TAHUN, OpdDemo
from kkpd.demo.parts import jam
from kkpd.records.issue import Penerbit
from kkpd.records.report_request import SEMUA
from kkpd.reports import named
from kkpd.reports.issue import terbit

#: Reports that Kuasa BUD issues over all OPDs for the third quarter; the rest are one OPD's.
_SEMUA_OPD: Final = ("rekap", "batas", "program", "kelengkapan", "dpt_gabungan")
_TRIWULAN: Final = Rentang(TAHUN, 7, 9)
_SEPTEMBER: Final = Rentang(TAHUN, 9, 9)


def terbitkan(session: Session, opd: OpdDemo, bud: Actor, penerbit: Penerbit) -> int:
    """Issue them as of the middle of October; gives how many."""
    at = jam(date(TAHUN, 10, 15), 3)
    names = [one.nama for one in named.DAFTAR.values() if not one.rantai]
    for nama in names:
        everywhere = nama in _SEMUA_OPD
        asked = named.Permintaan(
            nama=nama,
            opd=SEMUA if everywhere else opd.slug,
            rentang=_TRIWULAN if everywhere else _SEPTEMBER,
        )
        terbit(session, bud if everywhere else opd.bendahara, asked, penerbit, at)
    return len(names)
