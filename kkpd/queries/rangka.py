"""The frame of every official form as the settings give it: head, place, address."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kkpd.domain.documents import Kop
from kkpd.domain.documents import Orang as Pejabat
from kkpd.domain.documents.bersama import Rangka
from kkpd.models import Opd, Orang
from kkpd.queries import setelan

#: How forms call the whole government where a report covers every OPD.
SEMUA_OPD = "Semua OPD"


def rangka(
    session: Session,
    opd: Opd | None,
    periode: str,
    nomor: str,
    on: date,
    *,
    rancangan: bool = False,
) -> Rangka:
    """Head, place, dates and the address that verifies; `opd` None is a report of all OPDs."""
    opd_id = None if opd is None else opd.id
    return Rangka(
        kop=Kop(
            pemerintah=setelan.value(session, "nama_pemerintah", on) or "Pemerintah Daerah",
            opd=SEMUA_OPD if opd is None else opd.nama,
            alamat="" if opd is None else opd.alamat,
            lambang=setelan.value(session, "lambang", on) or "",
        ),
        tanggal=on,
        nomor=nomor,
        periode=periode,
        tempat=setelan.value(session, "tempat_dokumen", on, opd_id) or "",
        rancangan=rancangan,
        alamat_periksa="" if rancangan else setelan.value(session, "alamat_periksa", on) or "",
    )


def pejabat(orang: Orang) -> Pejabat:
    """The person as forms print them."""
    return Pejabat(orang.nama, orang.nip or "", orang.pangkat, orang.jabatan)
