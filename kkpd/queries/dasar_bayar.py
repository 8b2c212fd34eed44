"""What a request for payment rests on: SPDs, earlier SP2Ds, the names of sub kegiatan."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.documents.pencairan import Dasar
from kkpd.models import Pencairan, RencanaDana, RencanaDanaBaris, SubKegiatan
from kkpd.queries import batal


def spd(session: Session, opd_ids: Collection[int], tahun: int, sampai: date) -> list[Dasar]:
    """The SPDs of the year up to this day, oldest first; SPDs add up."""
    rows = session.execute(
        select(RencanaDana.nomor, RencanaDana.tanggal, func.sum(RencanaDanaBaris.nilai))
        .join(RencanaDanaBaris, RencanaDanaBaris.rencana_id == RencanaDana.id)
        .where(
            RencanaDana.opd_id.in_(opd_ids),
            RencanaDana.tahun == tahun,
            RencanaDana.jenis == "spd",
            RencanaDana.tanggal <= sampai,
        )
        .group_by(RencanaDana.id, RencanaDana.nomor, RencanaDana.tanggal)
        .order_by(RencanaDana.tanggal, RencanaDana.id)
    )
    return [Dasar(number, day, amount) for number, day, amount in rows]


def sp2d_lalu(
    session: Session, opd_ids: Collection[int], tahun: int, sebelum_dpt: int
) -> list[Dasar]:
    """The SP2Ds of the year over DPTs issued before this one."""
    rows = session.scalars(
        select(Pencairan)
        .where(
            Pencairan.opd_id.in_(opd_ids),
            Pencairan.tahun == tahun,
            Pencairan.langkah == "sp2d",
            batal.berlaku(Pencairan),
            Pencairan.dpt_id < sebelum_dpt,
        )
        .order_by(Pencairan.tanggal, Pencairan.id)
    )
    return [Dasar(row.nomor, row.tanggal, row.nilai) for row in rows]


def nama_sub_kegiatan(session: Session, tahun: int, codes: Iterable[str]) -> dict[str, str]:
    """The names of these sub kegiatan in the year's table."""
    rows = session.execute(
        select(SubKegiatan.kode, SubKegiatan.nama).where(
            SubKegiatan.tahun == tahun, SubKegiatan.kode.in_(sorted(set(codes)))
        )
    )
    return {row.kode: row.nama for row in rows}
