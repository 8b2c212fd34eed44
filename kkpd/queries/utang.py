"""What a purchase owes to the bank on a day: *utang belanja* (kkpd.md 1.12)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, case, func, select

from kkpd.domain.money import Rupiah
from kkpd.domain.pengembalian import BUKAN_BEBAN, DIBEBANKAN
from kkpd.models import Dokumen, DokumenBaris, Pencairan, Persetujuan, Transaksi
from kkpd.queries import batal


def belum_lunas(hari: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions that the budget bears a purchase and its debit was not made by that day."""
    settled = (
        select(DokumenBaris.transaksi_id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .join(Pencairan, Pencairan.dpt_id == Dokumen.id)
        .where(
            Pencairan.langkah == "bayar",
            Pencairan.tanggal <= hari,
            batal.berlaku(Pencairan),
        )
    )
    return (
        Transaksi.status.not_in(BUKAN_BEBAN),
        Transaksi.id.not_in(settled),
    )


def beban() -> ColumnElement[Rupiah]:
    """What the budget bears of a purchase: what was approved of it, the whole until it is decided.

    The rest of a line approved in part is the holder's debt (Pasal 5 huruf g).
    """
    approved = (
        select(Persetujuan.nilai)
        .where(Persetujuan.transaksi_id == Transaksi.id, Persetujuan.peran.in_(("pa", "kpa")))
        .order_by(Persetujuan.id.desc())
        .limit(1)
        .correlate(Transaksi)
        .scalar_subquery()
    )
    return case(
        (Transaksi.status.in_(DIBEBANKAN), func.coalesce(approved, Transaksi.nilai)),
        else_=Transaksi.nilai,
    )
