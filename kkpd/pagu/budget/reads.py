"""The budget documents of a year, of every OPD the administrator looks after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.models import Dpa, DpaBaris, Opd, RencanaDana, RencanaDanaBaris


@dataclass(frozen=True, slots=True)
class BudgetDocument:
    """A DPA version, SPD or anggaran kas; `keterangan`: version and decision."""

    opd: str
    jenis: str
    nomor: str
    tanggal: date
    baris: int
    jumlah: Rupiah
    keterangan: str


def dokumen(session: Session, actor: Actor, tahun: int) -> list[BudgetDocument]:
    """DPA versions, SPDs and anggaran kas of the year by OPD, in the order of their loading."""
    require(actor, "anggaran:kelola")
    found = [*_dpa(session, tahun), *_plans(session, tahun)]
    return sorted(found, key=lambda one: (one.opd, one.jenis, one.tanggal, one.nomor))


def _dpa(session: Session, tahun: int) -> list[BudgetDocument]:
    rows = session.execute(
        select(Dpa, Opd.nama, func.count(), func.sum(DpaBaris.pagu))
        .join(Opd, Opd.id == Dpa.opd_id)
        .join(DpaBaris, DpaBaris.dpa_id == Dpa.id)
        .where(Dpa.tahun == tahun)
        .group_by(Dpa.id, Opd.nama)
        .order_by(Dpa.id)
    )
    return [
        BudgetDocument(
            opd,
            "dpa",
            dpa.nomor,
            dpa.tanggal,
            count,
            amount,
            f"{dpa.versi}; {dpa.keputusan}" if dpa.keputusan else dpa.versi,
        )
        for dpa, opd, count, amount in rows
    ]


def _plans(session: Session, tahun: int) -> list[BudgetDocument]:
    rows = session.execute(
        select(RencanaDana, Opd.nama, func.count(), func.sum(RencanaDanaBaris.nilai))
        .join(Opd, Opd.id == RencanaDana.opd_id)
        .join(RencanaDanaBaris, RencanaDanaBaris.rencana_id == RencanaDana.id)
        .where(RencanaDana.tahun == tahun)
        .group_by(RencanaDana.id, Opd.nama)
        .order_by(RencanaDana.id)
    )
    return [
        BudgetDocument(opd, row.jenis, row.nomor, row.tanggal, count, amount, "")
        for row, opd, count, amount in rows
    ]
