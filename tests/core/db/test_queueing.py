"""Writers of one SQLite file stand in line, of all threads and processes; nobody is refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from kkpd.core.db import session as sesi
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, reading, writing

_OTHER = """
import sys
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
with writing(create_engine(sys.argv[1]), EVERY_OPD):
    print("menulis", flush=True)
    sys.stdin.read()
"""


def test_a_writer_waits_for_another_process_and_outlives_its_death(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'antre.sqlite3'}"
    engine = create_engine(url)
    with writing(engine, EVERY_OPD) as session:
        session.execute(text("CREATE TABLE hitung (n INTEGER)"))
    other = subprocess.Popen(
        [sys.executable, "-c", _OTHER, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"menulis\n"
    done = threading.Event()

    def write() -> None:
        with writing(engine, EVERY_OPD) as session:
            session.execute(text("INSERT INTO hitung VALUES (1)"))
        done.set()

    waiting = threading.Thread(target=write)
    waiting.start()
    with reading(engine, EVERY_OPD) as session:  # who reads does not stand in line
        assert session.scalar(text("SELECT count(*) FROM hitung")) == 0
    assert not done.is_set()
    other.kill()
    other.communicate()
    waiting.join(60)
    assert done.is_set()
    engine.dispose()


def test_who_stands_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also whoever opens a second session inside a first one: it ends by a refusal, not never."""
    engine = create_engine(f"sqlite:///{tmp_path / 'antre.sqlite3'}")
    monkeypatch.setattr(sesi, "_PATIENCE", 0.01)
    event.listen(engine, "connect", lambda opened, _: opened.execute("PRAGMA busy_timeout=10"))
    with (
        writing(engine, EVERY_OPD),
        pytest.raises(OperationalError, match="locked"),
        writing(engine, EVERY_OPD),
    ):
        pass
    engine.dispose()
