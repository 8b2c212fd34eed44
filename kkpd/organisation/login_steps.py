"""Short-lived states between two requests of one browser: between password and second factor, or
with a challenge that a passkey or the identity provider answers.

The browser holds a token, the database its hash. A state carries no right; it is used once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.models import LoginStep

LIFETIME: Final = timedelta(minutes=5)
#: How far a clock may have been set back before a state counts as one of the future.
_SKEW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A state that is alive; `pengguna_id` None while it is not known who it is."""

    id: int
    jenis: str
    pengguna_id: int | None
    isi: Mapping[str, Any]


class StepOver(DomainError):
    """The state is used, too old, or another browser's."""


def begin(
    session: Session, jenis: str, pengguna_id: int | None, isi: Mapping[str, Any], now: datetime
) -> str:
    """Keep a state; its token is returned only once. What is too old is thrown away."""
    session.execute(delete(LoginStep).where(LoginStep.dibuat_at < now - LIFETIME))
    token = secrets.token_urlsafe(32)
    session.add(
        LoginStep(
            token_hash=_hash(token),
            jenis=jenis,
            pengguna_id=pengguna_id,
            isi=dict(isi),
            dibuat_at=now,
        )
    )
    session.flush()
    return token


def find(session: Session, jenis: str, token: str | None, now: datetime) -> OpenStep | None:
    """The state of this token and kind while it is alive."""
    row = session.execute(
        select(LoginStep.id, LoginStep.jenis, LoginStep.pengguna_id, LoginStep.isi).where(
            LoginStep.token_hash == _hash(token or ""),
            LoginStep.jenis == jenis,
            LoginStep.dibuat_at > now - LIFETIME,
            LoginStep.dibuat_at <= now + _SKEW,
        )
    ).one_or_none()
    return None if row is None else OpenStep(*row)


def end(session: Session, step: OpenStep) -> None:
    """Use the state up; of two requests at once only one may."""
    ended = delete(LoginStep).where(LoginStep.id == step.id).returning(LoginStep.id)
    if session.execute(ended).one_or_none() is None:
        raise StepOver("Langkah ini sudah dipakai. Mulai lagi dari awal.")


def change(session: Session, step: OpenStep, **isi: object) -> None:
    """Put something else into the state, such as a fresh challenge."""
    session.execute(
        update(LoginStep).where(LoginStep.id == step.id).values(isi={**step.isi, **isi})
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
