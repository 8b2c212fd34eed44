"""The units of an SKPD and their DPTs: what waits for the joint list."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kkpd.ledger import cancelled
from kkpd.models import Dokumen, DokumenBaris, Opd


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
        .where(joint.jenis == "dpt_gabungan", joint.opd_id == opd_id, cancelled.effective(joint))
    )
    rows = session.execute(
        select(Opd, Dokumen)
        .join(Opd, Opd.id == Dokumen.opd_id)
        .where(
            Opd.induk_id == opd_id,
            Dokumen.jenis == "dpt",
            cancelled.effective(Dokumen),
            Dokumen.tahun == periode[0],
            Dokumen.bulan == periode[1],
            Dokumen.id.not_in(gathered),
        )
        .order_by(Opd.kode, Dokumen.id)
    )
    return [(one, dpt) for one, dpt in rows]
