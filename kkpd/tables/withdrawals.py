"""Imports that were taken out again, with the lines and bills that no longer count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped

from kkpd.core.db.columns import Base, kolom, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah


class ImporKeluar(Base):
    """An import that was taken out: its bytes, lines and events stay, but no longer count."""

    __tablename__ = "impor_keluar"
    __table_args__ = (
        CheckConstraint("length(alasan) >= 5", name="alasan"),
        CheckConstraint("baris >= 0 AND tetap >= 0", name="banyak"),
    )

    impor_id: Mapped[int] = reference(
        "impor.id",
        "Pengambilan yang dikeluarkan.",
        primary_key=True,
        autoincrement=False,
        index=False,
    )
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.")
    alasan: Mapped[str] = kolom("Mengapa dikeluarkan.", String(600))
    baris: Mapped[int] = kolom("Banyak baris yang tidak lagi dihitung.")
    tetap: Mapped[int] = kolom("Banyak baris yang tetap, karena berkas lain juga memberikannya.")
    jumlah: Mapped[Rupiah] = kolom("Jumlah baris yang keluar, tanpa pembayaran.", Sen)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")


class BarisKeluar(Base):
    """A line that no import in force shows any more. It never counts again: the same purchase from
    a later import is a new line.
    """

    __tablename__ = "baris_keluar"

    baris_bank_id: Mapped[int] = reference(
        "baris_bank.id", "Barisnya.", primary_key=True, autoincrement=False, index=False
    )
    impor_id: Mapped[int] = reference("impor_keluar.impor_id", "Keluar bersama pengambilan ini.")
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.")


class TagihanKeluar(Base):
    """A bill that no import in force shows any more; the same bill taken in again is a new row."""

    __tablename__ = "tagihan_keluar"

    tagihan_id: Mapped[int] = reference(
        "tagihan.id", "Tagihannya.", primary_key=True, autoincrement=False, index=False
    )
    impor_id: Mapped[int] = reference("impor_keluar.impor_id", "Keluar bersama pengambilan ini.")
    opd_id: Mapped[int] = reference("opd.id", "OPD tertagih.")
