"""The second factor of an account: an app (TOTP) or a passkey, with recovery codes."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from kkpd.models import Passkey, TotpSeed


def has_second_factor(session: Session, pengguna_id: int) -> bool:
    """Whether the account has a confirmed app or a passkey; recovery codes alone are none."""
    kept = [
        exists().where(model.pengguna_id == pengguna_id, model.dicabut_at.is_(None))
        for model in (TotpSeed, Passkey)
    ]
    return bool(session.execute(select(or_(*kept))).scalar_one())
