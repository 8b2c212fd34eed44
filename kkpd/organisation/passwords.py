"""Passwords: Argon2id hashes, and the rules for a new one."""

from __future__ import annotations

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from kkpd.core.errors import DomainError

SHORTEST: Final = 12
LONGEST: Final = 200

# OWASP's floor for Argon2id: 19 MiB, two passes, one lane; about 30 ms on a plain office server.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hash_password(sandi: str) -> str:
    """The Argon2id hash of a password, with its own salt and parameters in it."""
    return _HASHER.hash(sandi)


def cocok(sandi_hash: str | None, sandi: str) -> bool:
    """Whether the password matches the hash. An unknown account (None) takes the same time."""
    try:
        return _HASHER.verify(sandi_hash or _nobody(), sandi[:LONGEST]) and sandi_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password matches, for accounts that do not exist."""
    return _HASHER.hash("\x00 nobody \x00")


def check_new_password(sandi: str, ulang: str, nama_masuk: str) -> None:
    """Refuse a new password that is too short, contains the login name, or differs from its
    repetition.
    """
    if not SHORTEST <= len(sandi) <= LONGEST:
        raise DomainError(
            f"Kata sandi baru harus {SHORTEST} sampai {LONGEST} huruf. Beberapa kata biasa "
            "yang tidak berhubungan lebih mudah diingat.",
            field="baru",
        )
    if nama_masuk.lower() in sandi.lower() or len(set(sandi)) < 5:
        raise DomainError(
            "Kata sandi baru terlalu mudah ditebak. Jangan memuat nama masuk atau satu huruf "
            "yang diulang.",
            field="baru",
        )
    if sandi != ulang:
        raise DomainError("Kedua kata sandi baru tidak sama. Ketik ulang keduanya.", field="ulang")
