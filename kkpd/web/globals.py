"""The running program's settings, engine and clock, for `web` and `views`."""

from __future__ import annotations

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
