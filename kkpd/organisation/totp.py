"""Codes that people type: of an authenticator app (TOTP, RFC 6238), and recovery codes.

A code counts in its own half minute, the one before and the one after, and works once. The seed is
kept encrypted: only this installation's secret key opens it again.

Recovery codes are ten for a lost phone, shown once, each good for one login. Each has 53 random
bits and is kept as a salted Argon2id hash; its first letter says which of the ten it is, so that
one hash is compared and not ten.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.models import RecoveryCode
from kkpd.organisation import passwords

SECONDS: Final = 30
#: How many steps a code may be early or late.
WINDOW: Final = 1
#: A last used step that lies further ahead than this (10 minutes) was noted before the clock was
#: set back; it would keep the owner out until then, so it is forgotten.
FORGET_AHEAD: Final = 20


def new_seed() -> str:
    """A seed of 160 bits from the system's secure generator, in base32."""
    return pyotp.random_base32()


def seal(secret_key: str, secret: str, use: str = "totp") -> str:
    """A seed, or what else `use` names, as the database keeps it: encrypted and authenticated
    (AES-128, HMAC-SHA-256).
    """
    return _box(secret_key, use).encrypt(secret.encode()).decode()


def unseal(secret_key: str, sealed: str, use: str = "totp") -> str | None:
    """The same again; None when the instance's key was changed or lost."""
    try:
        return _box(secret_key, use).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(secret_key: str, use: str) -> Fernet:
    """A key of its own, so that other uses of the instance's key tell nothing about this one."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"kkpd {use}".encode())
    return Fernet(urlsafe_b64encode(derived.derive(secret_key.encode())))


def app_address(seed: str, nama_masuk: str, issuer: str) -> str:
    """The `otpauth://` address that an app reads from the QR code."""
    return pyotp.TOTP(seed).provisioning_uri(name=nama_masuk, issuer_name=issuer)


def step_of(now: datetime) -> int:
    """The half minute that a moment lies in."""
    return int(now.timestamp()) // SECONDS


def matching_step(seed: str, code: str, last: int, now: datetime) -> int | None:
    """The step whose code this is and that was not used yet; None for a wrong or used code."""
    digits = "".join(code.split())
    present = step_of(now)
    used = last if last - present <= FORGET_AHEAD else -1
    generator = pyotp.TOTP(seed)
    for step in range(present - WINDOW, present + WINDOW + 1):
        same = hmac.compare_digest(generator.generate_otp(step).encode(), digits.encode())
        if same and step > used:
            return step
    return None


_LETTERS: Final = "abcdefghjk"
#: Without characters that are mistaken for others.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 12

#: Codes with their hashes, made before a transaction begins: hashing is slow on purpose.
Fresh = tuple[tuple[str, str], ...]


def fresh() -> Fresh:
    """Ten new codes as people read them (abcd-efgh-jkmn), each with its hash."""
    plain_codes = [
        letter + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH - 1))
        for letter in _LETTERS
    ]
    return tuple(
        ("-".join((code[:4], code[4:8], code[8:])), passwords.hash_password(code))
        for code in plain_codes
    )


def plain(text: str) -> str:
    """A code without the dashes and blanks that people type."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


def replace(session: Session, pengguna_id: int, codes: Fresh, now: datetime) -> list[str]:
    """Keep these instead of all earlier ones; returns them as people read them."""
    void(session, pengguna_id, now)
    session.add_all(
        RecoveryCode(pengguna_id=pengguna_id, huruf=code[0], kode_hash=hashed, dibuat_at=now)
        for code, hashed in codes
    )
    session.flush()
    return [code for code, _ in codes]


def void(session: Session, pengguna_id: int, now: datetime) -> None:
    """None of the account's codes works any more."""
    for row in session.scalars(
        select(RecoveryCode).where(
            RecoveryCode.pengguna_id == pengguna_id, RecoveryCode.dipakai_at.is_(None)
        )
    ):
        row.dipakai_at = now
    session.flush()


def left(session: Session, pengguna_id: int) -> int:
    """How many codes still work."""
    counted = select(func.count()).where(
        RecoveryCode.pengguna_id == pengguna_id, RecoveryCode.dipakai_at.is_(None)
    )
    return session.execute(counted).scalar_one()


def use(session: Session, pengguna_id: int, text: str, now: datetime) -> bool:
    """Whether this is a code that still works; then it works no more."""
    code = plain(text)
    if len(code) != _LENGTH:
        return False
    row = session.scalars(
        select(RecoveryCode)
        .where(
            RecoveryCode.pengguna_id == pengguna_id,
            RecoveryCode.huruf == code[0],
            RecoveryCode.dipakai_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if row is None or not passwords.cocok(row.kode_hash, code):
        return False
    row.dipakai_at = now
    session.flush()
    return True
