"""Cards: never a number, only its last four digits and a random token (law 8)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from kkpd.core.choices import CARD_KINDS, STATUS_KARTU
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment, Sen
from kkpd.core.money import Rupiah


class Kartu(Base):
    """A card of an OPD; its limit is a ceiling of kind `kartu` under the token."""

    __tablename__ = "kartu"
    __table_args__ = (
        one_of("jenis", CARD_KINDS),
        one_of("status", STATUS_KARTU),
        CheckConstraint("length(nomor_akhir) = 4", name="empat_angka"),
        UniqueConstraint("opd_id", "nomor_akhir", "bank"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.")
    jenis: Mapped[str] = kolom("barang (barang-jasa-modal) atau perjalanan.", String(20))
    nomor_akhir: Mapped[str] = kolom("Empat angka terakhir.", String(4))
    token: Mapped[str] = kolom("Penanda acak.", String(32), unique=True)
    bank: Mapped[str] = kolom("Bank penerbit.", String(80))
    pemegang_id: Mapped[int] = reference("orang.id", "Pemegang KKPD.")
    status: Mapped[str] = kolom("Keadaan sekarang; riwayatnya di kartu_riwayat.", String(20))
    berlaku_sampai: Mapped[date | None] = kolom("Akhir masa berlaku.", default=None)
    limit_usulan: Mapped[Rupiah | None] = kolom(
        "Batas yang diusulkan; berlaku bila kartu ditetapkan.", Sen, default=None
    )


class KartuRiwayat(Base):
    """One step in a card's life: date, document, actor (kkpd.md 1.8)."""

    __tablename__ = "kartu_riwayat"
    __table_args__ = (one_of("status", STATUS_KARTU),)

    id: Mapped[int] = kunci()
    kartu_id: Mapped[int] = reference("kartu.id", "Kartu mana.")
    opd_id: Mapped[int] = reference("opd.id", "OPD pemilik.")
    status: Mapped[str] = kolom("Keadaan baru.", String(20))
    tanggal: Mapped[date] = kolom("Tanggal kejadian.")
    nomor_dokumen: Mapped[str] = kolom("Surat atau berita acara.", String(120))
    at: Mapped[datetime] = kolom("Kapan dicatat.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    keterangan: Mapped[str] = kolom("Catatan.", String(300), default="")
