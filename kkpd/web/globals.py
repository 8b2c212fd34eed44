"""The running program's settings, engine and clock, for `web` and `views`."""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime

from flask import current_app
from sqlalchemy import Engine

from kkpd.core.config import Settings
from kkpd.core.moments import business_day


def settings() -> Settings:
    """The settings of this program."""
    found = current_app.extensions["kkpd.settings"]
    assert isinstance(found, Settings)
    return found


def signature(told: str) -> str:
    """What only this installation can write below `told`; begin it with what it is for."""
    return hmac.new(settings().secret_key.encode(), told.encode(), "sha256").hexdigest()


def signed(told: str, by: str) -> bool:
    """Whether `by` is our signature below `told`."""
    return hmac.compare_digest(signature(told).encode(), by.encode())


def engine() -> Engine:
    """The one engine of this process."""
    found = current_app.extensions["kkpd.engine"]
    assert isinstance(found, Engine)
    return found


def now() -> datetime:
    """The current moment, aware and in UTC; below `web`, `now` is an argument (law 3)."""
    return datetime.now(UTC)


def today() -> date:
    """Today in the office's time zone."""
    return business_day(now(), settings().zone)
