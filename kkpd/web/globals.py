"""What the rest of the web room asks of the running program: its settings, its engine, the time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import current_app
from sqlalchemy import Engine

from kkpd.core.config import Settings
from kkpd.core.moments import business_day


def settings() -> Settings:
    """The settings this program was started with."""
    found = current_app.extensions["kkpd.settings"]
    assert isinstance(found, Settings)
    return found


def engine() -> Engine:
    """The one engine of this process."""
    found = current_app.extensions["kkpd.engine"]
    assert isinstance(found, Engine)
    return found


def now() -> datetime:
    """This moment, aware and in UTC; below the web `now` is an argument (law 3)."""
    return datetime.now(UTC)


def today() -> date:
    """The business day on the office wall."""
    return business_day(now(), settings().zone)
