"""The event log: one hash chain per OPD and one for the administration, and signed checkpoints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from kkpd.core.db.columns import Base, kolom, kunci, reference
from kkpd.core.db.types import Moment


class Chain(Base):
    """A chain's head. Its row is locked at the end of each transaction that appends."""

    __tablename__ = "chain"

    id: Mapped[int] = kunci()
    nama: Mapped[str] = kolom("adm, atau opd:<kode>.", String(60), unique=True)
    opd_id: Mapped[int | None] = reference(
        "opd.id", "OPD pemilik rantai.", unique=True, default=None
    )
    ukuran: Mapped[int] = kolom("Banyak peristiwa.", default=0)
    ujung: Mapped[bytes] = kolom(
        "Daun terakhir; 32 nol bila kosong.", LargeBinary, default=bytes(32)
    )
    puncak: Mapped[bytes] = kolom(
        "Akar pohon-pohon penuh, 32 bita tiap akar (merkle.Frontier).", LargeBinary, default=b""
    )


class Event(Base):
    """One event. `isi` holds its canonical bytes; the other columns repeat parts of them for
    queries.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("chain_id", "seq"),
        Index("ix_event_subjek", "subjek"),
        Index("ix_event_at", "at"),
    )

    id: Mapped[int] = kunci()
    chain_id: Mapped[int] = reference("chain.id", "Rantai.", index=False)
    opd_id: Mapped[int | None] = reference("opd.id", "OPD.")
    seq: Mapped[int] = kolom("Urutan dalam rantai, mulai 1, tanpa sela.")
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    aktor: Mapped[str] = kolom("orang:<id> atau sistem.", String(40))
    peran: Mapped[str] = kolom("Peran saat bertindak.", String(20))
    jenis: Mapped[str] = kolom("area:subjek:tindakan.", String(60))
    subjek: Mapped[str] = kolom("Tentang apa, mis. transaksi:12.", String(80))
    isi: Mapped[bytes] = kolom("JSON kanonik.", LargeBinary, repr=False)
    daun: Mapped[bytes] = kolom("SHA-256(0x00 || isi).", LargeBinary, repr=False)


class Checkpoint(Base):
    """The signed root over all chain heads."""

    __tablename__ = "checkpoint"

    seq: Mapped[int] = kolom("Urutan titik periksa.", primary_key=True, autoincrement=False)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    isi: Mapped[bytes] = kolom("JSON kanonik dengan semua kepala rantai.", LargeBinary, repr=False)
    akar: Mapped[bytes] = kolom("Akar Merkle.", LargeBinary)
    tanda: Mapped[bytes] = kolom("Tanda tangan Ed25519 atas isi.", LargeBinary, repr=False)
