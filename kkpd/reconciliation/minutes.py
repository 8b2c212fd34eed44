"""Berita Acara Rekonsiliasi: the figures of a month as they stand when it closes, frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.moments import business_day, kode_periode
from kkpd.core.money import total
from kkpd.core.permissions import Actor, Peran
from kkpd.core.span import Rentang
from kkpd.engines.paper import Dokumen
from kkpd.engines.paper import Orang as Pejabat
from kkpd.engines.paper.list_form import mengetahui
from kkpd.models import Opd, Orang
from kkpd.reconciliation import closing_reads, minutes_report
from kkpd.reconciliation.forms.minutes import rekonsiliasi as form_rekonsiliasi
from kkpd.records.form_header import pejabat, rangka
from kkpd.records.issue import Rencana
from kkpd.records.office_holders import pejabat as pemegang_jabatan
from kkpd.records.report_request import Bahan, Lingkup


def rencana(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> Rencana:
    """The minutes of the month: bill against books per card, and every explanation.

    The closing treasurer signs, the PA takes note. A month closed again replaces its older minutes.
    """
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    span = Rentang(*periode, periode[1])
    older = closing_reads.berita_terakhir(session, opd_id, periode)
    frame = rangka(session, opd, kode_periode(*periode), "", on)
    bahan = Bahan(session, Lingkup(opd, (opd,)), span, frame, on)
    pa = pemegang_jabatan(session, opd_id, Peran.PA, on)
    signers = mengetahui(
        pejabat(pa) if pa else Pejabat(""), pejabat(session.get_one(Orang, actor.orang_id))
    )
    found = replace(minutes_report.masukan(bahan), penanda=signers)

    def naskah(nomor: str) -> Dokumen:
        return form_rekonsiliasi(replace(found, rangka=replace(frame, nomor=nomor)))

    return Rencana(
        jenis="rekonsiliasi",
        opd_id=opd_id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(card.bank for card in found.kartu),
        baris=(),
        naskah=naskah,
        menggantikan_id=older.id if older else None,
    )
