"""The frame of every official form, from the settings: head, place, address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from kkpd.engines.paper import FrozenDocument, Letterhead
from kkpd.engines.paper import Person as Officer
from kkpd.engines.paper.forms import Frame
from kkpd.models import Opd, Orang
from kkpd.records import settings as records_settings

#: The name of the whole government on reports of all OPDs.
ALL_OPDS: Final = "Semua OPD"


def paper_frame(
    session: Session,
    opd: Opd | None,
    periode: str,
    nomor: str,
    on: date,
    *,
    rancangan: bool = False,
) -> Frame:
    """Head, place, dates and the address for verification.

    `opd` None is a report of all OPDs, which the treasury (BUD) issues under its own letterhead.
    """
    opd_id = None if opd is None else opd.id
    name = records_settings.value(session, "perangkat_bud", on) if opd is None else opd.nama
    address = records_settings.value(session, "alamat_bud", on) if opd is None else opd.alamat
    verifies = "" if rancangan else records_settings.value(session, "alamat_periksa", on) or ""
    return Frame(
        kop=Letterhead(
            pemerintah=records_settings.value(session, "nama_pemerintah", on) or "",
            opd=name or "",
            alamat=address or "",
            lambang=records_settings.value(session, "lambang", on) or "",
        ),
        tanggal=on,
        nomor=nomor,
        periode=periode,
        tempat=records_settings.value(session, "tempat_dokumen", on, opd_id) or "",
        rancangan=rancangan,
        alamat_periksa=verifies if _reachable(verifies) else "",
    )


def _reachable(address: str) -> bool:
    """Whether others can open this address; false for the machine on which the program runs."""
    host = urlsplit(address).hostname or ""
    try:
        there = ip_address(host)
    except ValueError:
        return bool(host) and host != "localhost" and not host.endswith(".localhost")
    return not (there.is_loopback or there.is_unspecified)


def as_printed(orang: Orang) -> Officer:
    """The person as forms print them."""
    return Officer(orang.nama, orang.nip or "", orang.pangkat, orang.jabatan)


def numbered(data: Any, form: Callable[[Any], FrozenDocument]) -> Callable[[str], FrozenDocument]:
    """The form of these facts (with a `paper_frame`), to be given its number."""

    def made(nomor: str) -> FrozenDocument:
        return form(replace(data, paper_frame=replace(data.paper_frame, nomor=nomor)))

    return made
