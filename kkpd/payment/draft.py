"""What NPD, SPP-GU and SPM-GU say of a DPT when they are issued, and by whom they are signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from kkpd.core.moments import business_day, kode_periode, nama_periode
from kkpd.core.permissions import NAMA_PERAN, Actor, Peran
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.engines.paper import Orang as Pejabat
from kkpd.models import Dokumen, Opd, Orang
from kkpd.payment import payment_facts
from kkpd.payment.forms.payment_facts import PencairanInput
from kkpd.records import office_holders as officers
from kkpd.records.form_header import pejabat, rangka


def hari(now: datetime) -> date:
    """The document's own date."""
    return business_day(now)


def masukan(
    session: Session, dpt: Dokumen, actor: Actor, role: Peran, now: datetime
) -> PencairanInput:
    """The facts of the payment of this DPT; who acts signs in his role, officers in theirs."""
    opd, on = session.get_one(Opd, dpt.opd_id), hari(now)
    own = session.get_one(Orang, actor.orang_id)
    acting = {role, Peran.PA} if role is Peran.KPA else {role}

    def signer(peran: Peran) -> Pejabat:
        found = own if peran in acting else officers.pejabat(session, opd.id, peran, on)
        return Pejabat("") if found is None else pejabat(found)

    return payment_facts.masukan(
        session,
        opd,
        [dpt],
        rangka(session, opd, kode_periode(dpt.tahun, dpt.bulan), "", on),
        nama_periode(dpt.tahun, dpt.bulan),
        signer,
        NAMA_PERAN[role if role is Peran.KPA else Peran.PA],
    )


def naskah(
    data: PencairanInput, form: Callable[[PencairanInput], Naskah]
) -> Callable[[str], Naskah]:
    """The form over these facts, waiting for its number."""

    def made(nomor: str) -> Naskah:
        return form(replace(data, rangka=replace(data.rangka, nomor=nomor)))

    return made
