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


class ChainCheckpoint(Base):
    """The signed head of one chain, as a paper or an audit package carries it.

    It is signed while the chain is locked and waits for no other chain; what is signed is
    `events.LogCheckpoint` over this one head.
    """

    __tablename__ = "chain_checkpoint"

    chain_id: Mapped[int] = reference("chain.id", "Rantai.", index=False, primary_key=True)
    ukuran: Mapped[int] = kolom("Banyak peristiwa.", primary_key=True, autoincrement=False)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    akar: Mapped[bytes] = kolom("Akar Merkle rantai.", LargeBinary)
    tanda: Mapped[bytes] = kolom("Tanda tangan Ed25519.", LargeBinary, repr=False)


class Checkpoint(Base):
    """The signed root over all chain heads."""

    __tablename__ = "checkpoint"

    seq: Mapped[int] = kolom("Urutan titik periksa.", primary_key=True, autoincrement=False)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    isi: Mapped[bytes] = kolom("JSON kanonik yang ditandatangani.", LargeBinary, repr=False)
    akar: Mapped[bytes] = kolom("Akar Merkle.", LargeBinary)
    tanda: Mapped[bytes] = kolom("Tanda tangan Ed25519 atas isi.", LargeBinary, repr=False)


class LogKey(Base):
    """A signed statement about the key that signs the log (`core/proof/log_key.py`)."""

    __tablename__ = "log_key"

    seq: Mapped[int] = kolom("Urutan pernyataan.", primary_key=True, autoincrement=False)
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    isi: Mapped[bytes] = kolom("JSON kanonik: teks dan tanda tangannya.", LargeBinary)


class CheckpointHead(Base):
    """A chain that grew since the checkpoint before: its size at this one.

    Checkpoints of version 0.1.0 hold all heads themselves and have no such rows.
    """

    __tablename__ = "checkpoint_head"

    seq: Mapped[int] = reference("checkpoint.seq", "Titik periksa.", index=False, primary_key=True)
    chain_id: Mapped[int] = reference("chain.id", "Rantai.", primary_key=True)
    ukuran: Mapped[int] = kolom("Banyak peristiwa.")
