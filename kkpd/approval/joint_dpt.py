"""DPT gabungan: the PA puts the DPTs of the SKPD's units on one list (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kkpd.approval.forms.dpt import DptUnit
from kkpd.approval.forms.dpt import joint_dpt_form as form
from kkpd.core.errors import DomainError
from kkpd.core.moments import business_day, period_code
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import ROLE_NAMES, Actor, require
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.ledger import active
from kkpd.models import Dokumen, DokumenBaris, Opd, Orang
from kkpd.records import settings as records_settings
from kkpd.records.form_header import as_printed, paper_frame
from kkpd.records.issue import IssuePlan, Issuer, issue_document


def unit(session: Session, opd_id: int) -> list[Opd]:
    """The units under this OPD, by code."""
    return list(
        session.scalars(select(Opd).where(Opd.induk_id == opd_id).order_by(Opd.kode, Opd.id))
    )


def not_yet_joined(
    session: Session, opd_id: int, periode: tuple[int, int]
) -> list[tuple[Opd, Dokumen]]:
    """(unit, DPT) of the month for every unit DPT that is on no joint list yet."""
    joint, joint_line, line = aliased(Dokumen), aliased(DokumenBaris), aliased(DokumenBaris)
    gathered = (
        select(line.dokumen_id)
        .join(joint_line, joint_line.transaksi_id == line.transaksi_id)
        .join(joint, joint.id == joint_line.dokumen_id)
        .where(joint.jenis == "dpt_gabungan", joint.opd_id == opd_id, active.holds(joint))
    )
    rows = session.execute(
        select(Opd, Dokumen)
        .join(Opd, Opd.id == Dokumen.opd_id)
        .where(
            Opd.induk_id == opd_id,
            Dokumen.jenis == "dpt",
            active.holds(Dokumen),
            Dokumen.tahun == periode[0],
            Dokumen.bulan == periode[1],
            Dokumen.id.not_in(gathered),
        )
        .order_by(Opd.kode, Dokumen.id)
    )
    return [(one, dpt) for one, dpt in rows]


def issue(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    penerbit: Issuer,
    now: datetime,
) -> Dokumen:
    """Issue the joint list of all unit DPTs that are on none yet."""
    role = require(actor, "dpt:terbit", opd_id)
    found = not_yet_joined(session, opd_id, periode)
    if not found:
        raise DomainError(
            "Tidak ada DPT unit yang belum digabung. Tunggu KPA menerbitkan DPT unitnya."
        )
    for _, dpt in found:
        require(actor, "dpt:terbit", dpt.opd_id)
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    rows = [DptUnit(unit.kode, unit.nama, dpt.nomor, dpt.total) for unit, dpt in found]
    signer = SignatureBlock(ROLE_NAMES[role], as_printed(session.get_one(Orang, actor.orang_id)))
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
    return issue_document(session, actor, role, plan, penerbit, now)


def _lines(session: Session, dpt_ids: Sequence[int]) -> tuple[tuple[int, Rupiah], ...]:
    rows = session.execute(
        select(DokumenBaris.transaksi_id, func.sum(DokumenBaris.nilai))
        .where(DokumenBaris.dokumen_id.in_(dpt_ids))
        .group_by(DokumenBaris.transaksi_id)
        .order_by(DokumenBaris.transaksi_id)
    )
    return tuple((id_, nilai) for id_, nilai in rows)
