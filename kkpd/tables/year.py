"""A new budget year opened for an OPD, and what it carries over from the old one (kkpd.md 1.12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from kkpd.core.db.columns import Base, kolom, kunci, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah


class TahunBuka(Base):
    """The opening of a year in an OPD: once, with the sums that were open on 31 December."""

    __tablename__ = "tahun_buka"
    __table_args__ = (UniqueConstraint("opd_id", "tahun"),)

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.", index=False)
    tahun: Mapped[int] = kolom("Tahun yang dibuka.")
    banyak: Mapped[int] = kolom("Baris tahun lama yang belum lunas pada 31 Desember saat dibuka.")
    nilai: Mapped[Rupiah] = kolom("Jumlahnya.", Sen)
    at: Mapped[datetime] = kolom("Kapan dibuka.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")


class Bawaan(Base):
    """A line of the old year that was unsettled on 31 December.

    It stays a charge of its own year. Lines that come late are added by opening the year again.
    """

    __tablename__ = "bawaan"
    __table_args__ = (
        UniqueConstraint("tahun", "transaksi_id"),
        CheckConstraint("nilai <> 0", name="nilai"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    tahun: Mapped[int] = kolom("Tahun yang menyelesaikannya.")
    transaksi_id: Mapped[int] = reference("transaksi.id", "Belanja tahun lama.")
    nilai: Mapped[Rupiah] = kolom("Nilainya saat dibawa.", Sen)
    status: Mapped[str] = kolom("Keadaannya dalam rantai saat dibawa.", String(20))
    at: Mapped[datetime] = kolom("Kapan dibawa.", Moment)
