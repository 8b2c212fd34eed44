"""A command runs in a process of its own, in which no web application has set up any log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import fill
from tests.databases import SqliteDatabases


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


@pytest.fixture
def instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_databases: SqliteDatabases
) -> Path:
    """An instance folder with the cast in its database."""
    folder = tmp_path / "instance"
    monkeypatch.setenv("KKPD_INSTANCE", str(folder))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    folder.mkdir()
    sqlite_databases.new(fill, folder / "kkpd.sqlite3")
    return folder
