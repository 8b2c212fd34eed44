"""Whose calendar feed an address is: readable without a login, impossible to guess.

The feed ends with its owner: when the account or the person is no longer active, holds no office
today, has a new password, or took the address back.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.organisation import accounts as organisation_accounts
from kkpd.organisation.login import hash_token
from kkpd.web.globals import now, settings


def actor_from(session: Session, token: str) -> Actor | None:
    """The owner of this feed, with the assignments of today; None for an unknown address."""
    found = organisation_accounts.feed_owner(session, hash_token(token))
    if found is None or (found.demo and not settings().demo):
        return None
    assignment = organisation_accounts.assignments_on(
        session, found.orang_id, business_day(now(), settings().zone)
    )
    if not assignment:
        return None
    return Actor(found.orang_id, found.pengguna_id, found.nama, assignment)
