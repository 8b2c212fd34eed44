"""`kkpd year` from the outside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from kkpd import cli
from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.db.session import EVERY_OPD, writing
from tests.cast import given
from tests.worlds import office as belanja_dunia


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with the small world of purchases."""
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    engine = create_engine(f"sqlite:///{tmp_path / 'kkpd.sqlite3'}")
    upgrade(engine)
    with writing(engine, EVERY_OPD) as session:
        belanja_dunia.enter(session)
        given(session)
    engine.dispose()


def test_check_then_open_twice(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(datetime(2027, 1, 5, tzinfo=UTC), tick=False):
        assert cli.main(["year", "check", "--tahun", "2027", "--opd", "dinkes"]) == 1
        told = capsys.readouterr()
        assert "Dinas Kesehatan: belum ada Daftar kode rekening" in told.err
        assert told.out == "1 OPD belum lengkap untuk 2027.\n"
        assert cli.main(["year", "open", "--tahun", "2027"]) == 0
        assert "Dinas Kesehatan: 2027 dibuka; 1 batas kartu" in capsys.readouterr().out
        assert cli.main(["year", "open", "--tahun", "2027"]) == 0
        assert "2027 sudah dibuka; 0 batas kartu dan 0 baris" in capsys.readouterr().out
        assert cli.main(["year", "open", "--tahun", "2028"]) == 2
        assert "mulai 1 Januari 2028" in capsys.readouterr().err
