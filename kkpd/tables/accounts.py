"""What belongs to a login beside its row: one-time codes, and the address of its calendar feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from kkpd.core.choices import CODE_KINDS
from kkpd.core.db.columns import Base, kolom, one_of, reference
from kkpd.core.db.types import Moment


class AccountCode(Base):
    """The one-time code that is valid for an account; using it or giving a new one removes it."""

    __tablename__ = "kode_akun"
    __table_args__ = (one_of("guna", CODE_KINDS),)

    pengguna_id: Mapped[int] = reference(
        "pengguna.id", "Milik siapa.", primary_key=True, index=False
    )
    guna: Mapped[str] = kolom("undangan, pulih atau surel.", String(10), primary_key=True)
    kode_hash: Mapped[str] = kolom("Argon2id.", String(200), repr=False)
    dibuat_at: Mapped[datetime] = kolom("Kapan dibuat.", Moment)
    sampai_at: Mapped[datetime] = kolom("Berlaku sebelum saat ini.", Moment)


class CalendarFeed(Base):
    """The address of an account's calendar feed; only the hash of its token is kept."""

    __tablename__ = "alamat_kalender"

    pengguna_id: Mapped[int] = reference(
        "pengguna.id", "Milik siapa.", primary_key=True, index=False
    )
    token_hash: Mapped[str] = kolom("SHA-256 token alamat.", String(64), unique=True, repr=False)
    dibuat_at: Mapped[datetime] = kolom("Kapan dibuat.", Moment)
