"""The demo year's issued reports: each form that is issued as a report, some OPD and period."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.demo.dasar import TAHUN, OpdDemo
from kkpd.demo.isian import jam
from kkpd.domain.peran import Actor
from kkpd.domain.rentang import Rentang
from kkpd.queries import laporan
from kkpd.queries.laporan import SEMUA
from kkpd.services.dokumen import Penerbit
from kkpd.services.laporan import terbit

#: Reports that Kuasa BUD issues over all OPDs for the third quarter; the rest are one OPD's.
_SEMUA_OPD: Final = ("rekap", "batas", "program", "kelengkapan", "dpt_gabungan")
_TRIWULAN: Final = Rentang(TAHUN, 7, 9)
_SEPTEMBER: Final = Rentang(TAHUN, 9, 9)


def terbitkan(session: Session, opd: OpdDemo, bud: Actor, penerbit: Penerbit) -> int:
    """Issue them as of the middle of October; gives how many."""
    at = jam(date(TAHUN, 10, 15), 3)
    names = [one.nama for one in laporan.DAFTAR.values() if not one.rantai]
    for nama in names:
        everywhere = nama in _SEMUA_OPD
        asked = laporan.Permintaan(
            nama=nama,
            opd=SEMUA if everywhere else opd.slug,
            rentang=_TRIWULAN if everywhere else _SEPTEMBER,
        )
        terbit(session, bud if everywhere else opd.bendahara, asked, penerbit, at)
    return len(names)
