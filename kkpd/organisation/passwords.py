"""Passwords: Argon2id hashes, and what a new password must not be.

Length and a list of common words decide (NIST SP 800-63B, OWASP ASVS 6.2): no rules about capitals,
digits or signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from kkpd.core import breached
from kkpd.core.errors import DomainError

SHORTEST: Final = 15
#: With a second factor (ASVS 6.2.1 and 6.3.3).
SHORTEST_WITH_SECOND: Final = 12
LONGEST: Final = 200

# OWASP's floor for Argon2id: 19 MiB, two passes, one lane; about 30 ms on a plain office server.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)

#: Words that anybody would try here first; the OPDs' names and the person's own are added.
_CONTEXT: Final = (
    *("kkpd", "deliserdang", "lubukpakam", "sumut", "medan", "indonesia", "pemkab", "kabupaten"),
    *("bank", "banksumut", "kartukredit", "bendahara", "administrator", "admin", "keuangan"),
    *("katasandi", "sandi", "password", "rahasia", "selamatdatang", "bismillah"),
)
#: Rows of the keyboard and the alphabet, for runs along them.
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "qwertyuiopasdfghjklzxcvbnm" * 2,
    "1234567890" * 20,
)
#: What must be left when the words that everybody would try are taken away.
_OWN_LETTERS: Final = 8


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose password it is to be: the login name, words close to the person, a second factor."""

    nama_masuk: str
    words: Sequence[str] = ()
    second_factor: bool = False

    @property
    def shortest(self) -> int:
        """The least number of characters."""
        return SHORTEST_WITH_SECOND if self.second_factor else SHORTEST


def hash_password(sandi: str) -> str:
    """The Argon2id hash of a password, with its own salt and parameters in it."""
    return _HASHER.hash(sandi)


def cocok(sandi_hash: str | None, sandi: str) -> bool:
    """Whether the password matches the hash. An unknown account (None) takes the same time."""
    try:
        return _HASHER.verify(sandi_hash or _nobody(), sandi[:LONGEST]) and bool(sandi_hash)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password matches, for accounts that do not exist."""
    return _HASHER.hash("\x00 nobody \x00")


#: The operator's file of breached passwords.
_breached: Path | None = None


def setup(breached_passwords: Path | None) -> None:
    """With which file this process compares new passwords; the latest installation counts."""
    global _breached
    _breached = breached_passwords


def check_new_password(sandi: str, ulang: str, owner: Owner) -> None:
    """Refuse a new password that is too short, easy to guess, known from a breach, or differs from
    its repetition.
    """
    if not owner.shortest <= len(sandi) <= LONGEST:
        raise DomainError(
            f"Kata sandi baru harus {owner.shortest} sampai {LONGEST} huruf. Beberapa kata biasa "
            "yang tidak berhubungan lebih mudah diingat.",
            field="baru",
        )
    if is_easy(sandi, owner):
        raise DomainError(
            "Kata sandi baru terlalu mudah ditebak. Jangan memakai nama, nama OPD, kata sandi yang "
            "umum, atau ulangan dan urutan; pakailah empat kata yang tidak berhubungan.",
            field="baru",
        )
    if _breached is not None and breached.has(_breached, sandi):
        raise DomainError(
            "Kata sandi baru ada dalam daftar kata sandi yang pernah bocor, jadi orang akan "
            "mencobanya. Pilih yang lain.",
            field="baru",
        )
    if sandi != ulang:
        raise DomainError("Kedua kata sandi baru tidak sama. Ketik ulang keduanya.", field="ulang")


def is_easy(sandi: str, owner: Owner) -> bool:
    """Whether somebody who knows the office would try it: common words with and without digits,
    names of the person and the office, repetitions, runs of the keyboard.
    """
    letters = _letters(sandi)
    own = _letters(owner.nama_masuk)
    if own in letters or len(set(letters)) < 5 or _repeats(letters):
        return True
    bare = _without(letters, [*_CONTEXT, *map(_letters, owner.words)])
    return (
        len(bare) < _OWN_LETTERS
        or bool({letters, bare} & _common())
        or _repeats(bare)
        or any(bare in row for row in _ROWS)
    )


def _letters(words: str) -> str:
    """Letters and digits alone, without case."""
    return re.sub(r"\W|_", "", words.casefold())


def _without(text: str, words: Iterable[str]) -> str:
    """The text without these words, and without digits and signs at its ends."""
    for word in sorted({word for word in words if len(word) > 2}, key=len, reverse=True):
        text = text.replace(word, "")
    return re.sub(r"^[\d\W_]+|[\d\W_]+$", "", text)


def _repeats(text: str) -> bool:
    """Whether it is one piece again and again."""
    return text in (text + text)[1:-1]


@cache
def _common() -> frozenset[str]:
    """Common passwords, names and words of eight letters and more, loaded when first needed."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(
        word for words in FREQUENCY_LISTS.values() for word in words if len(word) >= _OWN_LETTERS
    )
