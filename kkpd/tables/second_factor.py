"""How people prove who they are beside a password: TOTP, recovery codes, passkeys, sign-on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped

from kkpd.core.choices import LOGIN_STEPS
from kkpd.core.db.columns import Base, kolom, kunci, one_of, reference
from kkpd.core.db.types import Moment


class TotpSeed(Base):
    """The confirmed seed of an authenticator app; at most one that was not removed."""

    __tablename__ = "benih_totp"
    __table_args__ = (
        Index(
            "uq_benih_totp_pengguna_id",
            "pengguna_id",
            unique=True,
            sqlite_where=text("dicabut_at IS NULL"),
            postgresql_where=text("dicabut_at IS NULL"),
        ),
    )

    id: Mapped[int] = kunci()
    pengguna_id: Mapped[int] = reference("pengguna.id", "Milik siapa.", index=False)
    benih: Mapped[str] = kolom("Benih, disandikan dengan kunci instance.", String(200), repr=False)
    langkah: Mapped[int] = kolom("Langkah 30 detik terakhir yang dipakai.", BigInteger)
    dibuat_at: Mapped[datetime] = kolom("Kapan dipastikan.", Moment)
    dicabut_at: Mapped[datetime | None] = kolom("Kapan dicabut.", Moment, default=None)
    dicabut_oleh_id: Mapped[int | None] = reference(
        "orang.id", "Siapa yang mencabut.", default=None
    )
    alasan: Mapped[str] = kolom("Mengapa dicabut.", String(300), default="")


class RecoveryCode(Base):
    """A code for a lost phone; it works once."""

    __tablename__ = "kode_pemulihan"

    id: Mapped[int] = kunci()
    pengguna_id: Mapped[int] = reference("pengguna.id", "Milik siapa.")
    huruf: Mapped[str] = kolom("Huruf pertamanya: yang mana dari sepuluh.", String(1))
    kode_hash: Mapped[str] = kolom("Argon2id.", String(200), repr=False)
    dibuat_at: Mapped[datetime] = kolom("Kapan dibuat.", Moment)
    dipakai_at: Mapped[datetime | None] = kolom("Dipakai atau diganti.", Moment, default=None)


class Passkey(Base):
    """A WebAuthn credential: the public key, and how often the authenticator says it was used."""

    __tablename__ = "kunci_sandi"

    id: Mapped[int] = kunci()
    pengguna_id: Mapped[int] = reference("pengguna.id", "Milik siapa.")
    nama: Mapped[str] = kolom("Nama yang diberi pemiliknya.", String(60))
    kredensial: Mapped[str] = kolom("Id kredensial, base64url.", String(1400), unique=True)
    kunci_publik: Mapped[bytes] = kolom("Kunci publik COSE.", LargeBinary)
    hitungan: Mapped[int] = kolom("Hitungan pemakaian menurut alatnya.", BigInteger)
    dibuat_at: Mapped[datetime] = kolom("Kapan didaftarkan.", Moment)
    dipakai_at: Mapped[datetime | None] = kolom("Terakhir dipakai.", Moment, default=None)
    dicabut_at: Mapped[datetime | None] = kolom("Kapan dicabut.", Moment, default=None)
    dicabut_oleh_id: Mapped[int | None] = reference(
        "orang.id", "Siapa yang mencabut.", default=None
    )
    alasan: Mapped[str] = kolom("Mengapa dicabut.", String(300), default="")


class LinkedIdentity(Base):
    """An account at the identity provider that its owner linked; known by issuer and subject."""

    __tablename__ = "identitas_luar"
    __table_args__ = (
        Index(
            "uq_identitas_luar_penerbit_subjek",
            "penerbit",
            "subjek",
            unique=True,
            sqlite_where=text("dicabut_at IS NULL"),
            postgresql_where=text("dicabut_at IS NULL"),
        ),
    )

    id: Mapped[int] = kunci()
    pengguna_id: Mapped[int] = reference("pengguna.id", "Milik siapa.")
    penerbit: Mapped[str] = kolom("Penerbit (issuer) penyedia identitas.", String(300))
    subjek: Mapped[str] = kolom("Subjek (sub) di penyedia itu.", String(255))
    dibuat_at: Mapped[datetime] = kolom("Kapan dihubungkan.", Moment)
    dicabut_at: Mapped[datetime | None] = kolom("Kapan dilepas.", Moment, default=None)


class LoginStep(Base):
    """A short-lived state between two requests of one browser; it carries no right by itself."""

    __tablename__ = "langkah_masuk"
    __table_args__ = (one_of("jenis", LOGIN_STEPS),)

    id: Mapped[int] = kunci()
    token_hash: Mapped[str] = kolom("SHA-256 token langkah.", String(64), unique=True, repr=False)
    jenis: Mapped[str] = kolom("Langkah apa.", String(20))
    pengguna_id: Mapped[int | None] = reference("pengguna.id", "Akun; kosong: belum diketahui.")
    isi: Mapped[dict[str, Any]] = kolom("Tantangan dan lainnya.", JSON, repr=False)
    dibuat_at: Mapped[datetime] = kolom("Awal batas waktunya.", Moment)
