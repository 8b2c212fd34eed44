"""The content and signers of NPD, SPP-GU and SPM-GU when they are issued for a DPT."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from kkpd.core.moments import business_day, period_code, period_name
from kkpd.core.permissions import ROLE_NAMES, Actor, Role
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import Person as Officer
from kkpd.models import Dokumen, Opd, Orang
from kkpd.payment import payment_facts
from kkpd.payment.forms.payment_facts import PaymentInput
from kkpd.records import office_holders as officers
from kkpd.records.form_header import officer, paper_frame


def day(now: datetime) -> date:
    """The document's own date."""
    return business_day(now)


def masukan(
    session: Session, dpt: Dokumen, actor: Actor, role: Role, now: datetime
) -> PaymentInput:
    """The facts of the payment of this DPT; the actor and the officers sign in their roles."""
    opd, on = session.get_one(Opd, dpt.opd_id), day(now)
    own = session.get_one(Orang, actor.orang_id)
    acting = {role, Role.PA} if role is Role.KPA else {role}

    def signer(peran: Role) -> Officer:
        found = own if peran in acting else officers.officer(session, opd.id, peran, on)
        return Officer("") if found is None else officer(found)

    return payment_facts.masukan(
        session,
        opd,
        [dpt],
        paper_frame(session, opd, period_code(dpt.tahun, dpt.bulan), "", on),
        period_name(dpt.tahun, dpt.bulan),
        signer,
        ROLE_NAMES[role if role is Role.KPA else Role.PA],
    )


def document(
    data: PaymentInput, form: Callable[[PaymentInput], Document]
) -> Callable[[str], Document]:
    """The form of these facts, to be given its number."""

    def made(nomor: str) -> Document:
        return form(replace(data, paper_frame=replace(data.paper_frame, nomor=nomor)))

    return made
