"""DPT gabungan: the PA puts the DPTs of the SKPD's units on one list (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.approval import unit_dpts
from kkpd.approval.forms.dpt import DptUnit
from kkpd.approval.forms.dpt import joint_dpt_form as form
from kkpd.core.authorise import require
from kkpd.core.errors import DomainError
from kkpd.core.moments import business_day, period_code
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import ROLE_NAMES, Actor
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.models import Dokumen, DokumenBaris, Opd, Orang
from kkpd.records import settings as records_settings
from kkpd.records.form_header import officer, paper_frame
from kkpd.records.issue import IssuePlan, Issuer, terbitkan


def terbit(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    penerbit: Issuer,
    now: datetime,
) -> Dokumen:
    """Issue the joint list of all unit DPTs that are on none yet."""
    role = require(actor, "dpt:terbit", opd_id)
    found = unit_dpts.not_yet_joined(session, opd_id, periode)
    if not found:
        raise DomainError(
            "Tidak ada DPT unit yang belum digabung. Tunggu KPA menerbitkan DPT unitnya."
        )
    for _, dpt in found:
        require(actor, "dpt:terbit", dpt.opd_id)
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    rows = [DptUnit(unit.kode, unit.nama, dpt.nomor, dpt.total) for unit, dpt in found]
    signer = SignatureBlock(ROLE_NAMES[role], officer(session.get_one(Orang, actor.orang_id)))
    bank = records_settings.value(session, "bank_rkud", on) or "Bank Sumut"

    def document(nomor: str) -> Document:
        frame = paper_frame(session, opd, period_code(*periode), nomor, on)
        return form(frame, bank, rows, [signer])

    plan = IssuePlan(
        jenis="dpt_gabungan",
        opd_id=opd_id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(dpt.total for _, dpt in found),
        baris=_lines(session, [dpt.id for _, dpt in found]),
        document=document,
    )
    return terbitkan(session, actor, role, plan, penerbit, now)


def _lines(session: Session, dpt_ids: Sequence[int]) -> tuple[tuple[int, Rupiah], ...]:
    rows = session.execute(
        select(DokumenBaris.transaksi_id, func.sum(DokumenBaris.nilai))
        .where(DokumenBaris.dokumen_id.in_(dpt_ids))
        .group_by(DokumenBaris.transaksi_id)
        .order_by(DokumenBaris.transaksi_id)
    )
    return tuple((id_, nilai) for id_, nilai in rows)
