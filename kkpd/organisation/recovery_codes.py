"""Recovery codes: ten for a lost phone, shown once, each good for one login.

Each has 53 random bits and is kept as a salted Argon2id hash; its first letter says which of the
ten it is, so that one hash is compared and not ten.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.models import RecoveryCode
from kkpd.organisation import passwords

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
