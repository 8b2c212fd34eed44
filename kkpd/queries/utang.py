"""What a purchase owes to the bank on a day: *utang belanja* (kkpd.md 1.12)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select

from kkpd.models import Dokumen, DokumenBaris, Pencairan, Transaksi
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
        Transaksi.status.not_in(("dibatalkan", "ditolak", "dibayar_pribadi")),
        Transaksi.id.not_in(settled),
    )
