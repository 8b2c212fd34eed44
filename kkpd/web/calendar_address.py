"""The URL of a person's calendar feed: readable without a login, impossible to guess.

The token is an HMAC of the account with the installation's key and the account's password hash, so
a new password makes the old URL invalid.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.organisation import accounts as organisation_accounts
from kkpd.web.globals import now, settings

_LETTERS = 32


def token(session: Session, pengguna_id: int) -> str:
    """`<account>-<32 hex digits>`."""
    found = organisation_accounts.pemilik(session, pengguna_id)
    assert found is not None
    return f"{found.id}-{_signature(found.id, found.sandi_hash)}"


def actor_from(session: Session, given: str) -> Actor | None:
    """The owner of this feed, with the assignments of today; None for an unknown address."""
    number, _, sign = given.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    found = organisation_accounts.pemilik(session, int(number))
    if found is None or not hmac.compare_digest(_signature(found.id, found.sandi_hash), sign):
        return None
    if found.demo and not settings().demo:
        return None
    assignment = organisation_accounts.assignments_on(
        session, found.orang_id, business_day(now(), settings().zone)
    )
    return Actor(found.orang_id, found.id, found.nama, assignment)


def _signature(pengguna_id: int, sandi_hash: str) -> str:
    words = f"ics:{pengguna_id}:{sandi_hash}".encode()
    return hmac.new(settings().secret_key.encode(), words, sha256).hexdigest()[:_LETTERS]
