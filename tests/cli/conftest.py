"""A command runs in a process of its own, in which no web application has set up any log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What pages tested earlier in this process left behind is not there."""
    logs = [logging.getLogger(name) for name in ("kkpd", "kkpd.keamanan")]
    levels = [log.level for log in logs]
    for log in logs:
        monkeypatch.setattr(log, "handlers", [])
        log.setLevel(logging.NOTSET)
    yield
    for log, level in zip(logs, levels, strict=True):
        log.setLevel(level)
