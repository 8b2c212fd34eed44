"""The brake on guessing: every try at a password or a code is counted before it is checked.

What is counted are failures within a quarter of an hour and within a day, for the account, the
address, the block of addresses and the whole server. A success takes its own try out of the counts
and nothing else, so nobody can clear them by logging in to an account of their own.

Nobody can be locked out for ever by a stranger. A browser from which the owner has logged in before
is counted by itself, so the counts that strangers fill do not stop it. Who has no such browser asks
for a one-time code: codes are too long to be guessed, so they are counted by address only, and
using one makes the browser a known one.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.models import PercobaanMasuk

WINDOW: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
#: A clock of another process may be this much ahead; rows further ahead are from a clock that was
#: wrong and is right again, and do not count.
_AHEAD: Final = timedelta(minutes=1)

#: what is counted -> failures after which it must wait, in a quarter of an hour and in a day. An
#: address may be a whole office, a block a whole regency.
LIMITS: Final[dict[str, tuple[int, int]]] = {
    "akun": (10, 50),
    "perangkat": (10, 50),
    "ulang": (10, 50),
    "frasa": (10, 50),
    "faktor": (5, 30),
    "alamat": (100, 500),
    "blok": (300, 1500),
    "server": (1000, 10_000),
}
TOO_OFTEN: Final = "Terlalu banyak percobaan. Tunggu 15 menit lalu coba lagi."


class TooOften(DomainError):
    """Too many failures: the same for accounts that exist and for those that do not."""

    status = 429


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from; `device` names this browser if it is known to `accounts`."""

    address: str
    browser: str = ""
    device: str = ""
    accounts: frozenset[int] = frozenset()


def places(origin: Origin) -> list[tuple[str, str]]:
    """What is counted of a stranger everywhere: the address and its block."""
    return [("alamat", origin.address), ("blok", block(origin.address))]


def block(address: str) -> str:
    """The network of an address that one attacker easily has whole: /24 of IPv4, /48 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def begin(session: Session, counted: Sequence[tuple[str, str]], now: datetime) -> tuple[int, ...]:
    """Count a try before it is checked; TooOften when one of the limits is reached.

    It stands as a failure until `succeeded`: many tries at once cannot pass the limit. The caller
    commits it whatever becomes of the try.
    """
    old = or_(PercobaanMasuk.at < now - DAY, PercobaanMasuk.at > now + DAY)
    session.execute(delete(PercobaanMasuk).where(old))
    keys = {_key(kind, value): kind for kind, value in counted}
    recent = func.sum(case((PercobaanMasuk.at > now - WINDOW, 1), else_=0))
    failures = session.execute(
        select(PercobaanMasuk.kunci, recent, func.count())
        .where(PercobaanMasuk.kunci.in_(keys), PercobaanMasuk.at <= now + _AHEAD)
        .where(PercobaanMasuk.at > now - DAY, ~PercobaanMasuk.berhasil)
        .group_by(PercobaanMasuk.kunci)
    )
    for key, *counts in failures:
        if any(count >= most for count, most in zip(counts, LIMITS[keys[key]], strict=True)):
            raise TooOften(TOO_OFTEN)
    rows = [PercobaanMasuk(kunci=key, at=now) for key in keys]
    session.add_all(rows)
    session.flush()
    return tuple(row.id for row in rows)


def succeeded(session: Session, ids: Sequence[int]) -> None:
    """This try was no failure."""
    session.execute(update(PercobaanMasuk).where(PercobaanMasuk.id.in_(ids)).values(berhasil=True))


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\x00{value}".encode()).hexdigest()
