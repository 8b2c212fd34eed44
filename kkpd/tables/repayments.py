"""Repayments of amounts that the budget does not bear (kkpd.md 1.7, 1.9)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped

from kkpd.core.choices import BEARERS
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah


class Penyelesaian(Base):
    """One repayment of a refused purchase or a named difference, with its proof.

    A refused line may be repaid in parts; a wrong entry is reversed by a row with the opposite
    amount that refers to it.
    """

    __tablename__ = "penyelesaian"
    __table_args__ = (
        one_of("penanggung", BEARERS),
        CheckConstraint("(transaksi_id IS NULL) <> (selisih_id IS NULL)", name="tentang"),
        CheckConstraint("(nilai < 0) = (membalik_id IS NOT NULL)", name="balik"),
        CheckConstraint("nilai <> 0", name="nilai"),
        CheckConstraint("length(nomor_bukti) > 0", name="nomor_bukti"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    penanggung: Mapped[str] = kolom("pemegang, bank, penyedia atau up_tunai.", String(10))
    tanggal: Mapped[date] = kolom("Tanggal pada bukti.")
    nilai: Mapped[Rupiah] = kolom("Nilai yang diselesaikan.", Sen)
    nomor_bukti: Mapped[str] = kolom("Nomor bukti setor, pendebetan atau kuitansi.", String(120))
    at: Mapped[datetime] = kolom("Kapan dicatat.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Dicatat oleh.")
    catatan: Mapped[str] = kolom("Keterangan.", String(300), default="")
    transaksi_id: Mapped[int | None] = reference(
        "transaksi.id", "Belanja yang ditolak.", default=None
    )
    selisih_id: Mapped[int | None] = reference("selisih.id", "Selisih bernama.", default=None)
    berkas_id: Mapped[int | None] = reference("berkas.id", "Berkas bukti.", default=None)
    membalik_id: Mapped[int | None] = reference(
        "penyelesaian.id", "Catatan keliru yang dibalik.", unique=True, index=False, default=None
    )
