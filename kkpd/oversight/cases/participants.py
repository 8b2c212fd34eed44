"""Who had a part in a case and therefore does not judge it (law 10)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.models import (
    BarisBank,
    Berkas,
    Case,
    CaseItem,
    CaseStep,
    Cocok,
    Event,
    Kartu,
    Transaksi,
)
from kkpd.records.cases import LINE, PURCHASE, numbers


def participants(session: Session, case: Case) -> set[int]:
    """The owner, who answered, and everybody who recorded, used, changed or took in its lines."""
    subjects = session.scalars(select(CaseItem.subjek).where(CaseItem.kasus_id == case.id)).all()
    lines, purchases = numbers(subjects, LINE), numbers(subjects, PURCHASE)
    purchases |= {
        *session.scalars(select(Cocok.transaksi_id).where(Cocok.baris_bank_id.in_(lines)))
    }
    found = {case.pemilik_id}
    found |= {
        *session.scalars(
            select(CaseStep.oleh_id).where(CaseStep.kasus_id == case.id, CaseStep.jenis == "jawab")
        )
    }
    rows = session.execute(
        select(Transaksi.perekam_id, Transaksi.pemegang_id, Transaksi.pemakai_id).where(
            Transaksi.id.in_(purchases)
        )
    )
    found |= {person for row in rows for person in row}
    rows = session.execute(
        select(Kartu.pemegang_id, Berkas.oleh_id)
        .select_from(BarisBank)
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .outerjoin(Kartu, Kartu.id == BarisBank.kartu_id)
        .where(BarisBank.id.in_(lines))
    )
    found |= {person for row in rows for person in row}
    actors = session.scalars(
        select(Event.aktor).where(
            Event.opd_id == case.opd_id,
            Event.subjek.in_([f"{PURCHASE}{id_}" for id_ in purchases]),
        )
    )
    found |= numbers(actors, "orang:")
    return {person for person in found if person is not None}
