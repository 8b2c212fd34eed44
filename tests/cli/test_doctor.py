"""`kkpd doctor`: every fault of an installation is told with what to do, and nothing is changed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kkpd.cli import main
from kkpd.cli.context import settings
from kkpd.cli.operate import doctor
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.proof.log_key import load_signer
from kkpd.models import Pekerjaan
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES, ORANG, fill
from tests.databases import Fill, owned


@pytest.fixture
def database_fill() -> Fill:
    return fill


def work(database: str, at: datetime) -> None:
    """An event of that moment."""
    engine = create_engine(database)
    with writing(engine, EVERY_OPD) as session:
        event_log.record(
            session, ACTORS["joko"], None, "uji:kerja:catat", "opd:1", now=at, opd_id=DINKES
        )
    engine.dispose()


@pytest.fixture
def installation(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with mail, a key that has signed, and a backup of this day."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("KKPD_INSTANCE", str(folder))
    monkeypatch.setenv("KKPD_DATABASE_URL", database)
    monkeypatch.setenv("KKPD_SMTP_HOST", "localhost")
    monkeypatch.setenv("KKPD_SMTP_FROM", "kkpd@contoh.go.id")
    work(database, datetime.now(UTC))
    assert main(["witness", "export", "--out", str(tmp_path / "saksi.json")]) == 0
    if database.startswith("sqlite"):
        assert main(["backup", "--out", str(tmp_path / "c.tar")]) == 0
    else:
        (folder / "cadangan_terakhir").write_text(datetime.now(UTC).isoformat())
    return folder


def told(**later: timedelta) -> dict[str, str]:
    """Part -> sentence of what is to be done, at this moment or so much later."""
    found = doctor.examine(settings(), datetime.now(UTC) + later.get("later", timedelta(0)))
    assert {one.state for one in found} <= {"ok", "perlu", "belum"}
    return {one.part: one.said for one in found if one.state == "perlu"}


def test_all_is_well(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {one.name: one.stat().st_mtime_ns for one in installation.glob("log_key*")}
    assert told() == {}
    capsys.readouterr()
    assert main(["doctor", "--json"]) == 0
    parts = json.loads(capsys.readouterr().out)
    assert [one["bagian"] for one in parts][:5] == [
        "ruang", "surel", "cadangan", "basis data", "susunan",
    ]  # fmt: skip
    assert before == {one.name: one.stat().st_mtime_ns for one in installation.glob("log_key*")}


def test_what_is_forgotten_day_by_day(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = told(later=timedelta(days=2))
    assert late.keys() - {"jam"} == {"cadangan", "saksi"}  # a server has a clock of its own
    assert "kkpd backup" in late["cadangan"]
    assert "kkpd witness export" in late["saksi"]
    (installation / "cadangan_terakhir").unlink()
    monkeypatch.delenv("KKPD_SMTP_HOST")
    monkeypatch.delenv("KKPD_SMTP_FROM")
    assert "Belum pernah dicadangkan" in told()["cadangan"]
    assert "KKPD_SMTP_HOST" in told()["surel"]


@pytest.mark.parametrize(("structure", "wanted"), [("0001", "kkpd db upgrade"), ("9999", "baru")])
def test_a_structure_of_another_version(
    installation: Path, database: str, structure: str, wanted: str
) -> None:
    with owned(database) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": structure})
    assert wanted in told()["susunan"]
    assert main(["doctor"]) == 1


def test_a_guard_that_was_taken_away(installation: Path, database: str) -> None:
    sqlite = database.startswith("sqlite")
    on = "" if sqlite else " ON event"
    with owned(database) as engine, engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER event_tetap_u{on}"))
        if not sqlite:
            connection.execute(text("ALTER TABLE baris_bank DISABLE TRIGGER baris_bank_tetap_d"))
            connection.execute(text("ALTER TABLE transaksi DISABLE ROW LEVEL SECURITY"))
    names = {"event_tetap_u"} if sqlite else {"event_tetap_u", "baris_bank_tetap_d", "transaksi"}
    said = told()["pagar"]
    assert said.startswith(f"{len(names)} pagar")
    assert all(name in said for name in names)


def test_another_key_and_none(installation: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "lain"
    load_signer(foreign)
    shutil.copy(foreign / "log_key", installation / "log_key")
    assert "bukan kunci basis data ini" in told()["kunci"]
    (installation / "log_key").write_text("bukan kunci")
    assert "tidak terbaca" in told()["kunci"]
    (installation / "log_key").unlink()
    assert "tidak ada" in told()["kunci"]
    assert not (installation / "log_key").exists(), "doctor makes no key"


def test_a_clock_behind_the_last_event(installation: Path, database: str) -> None:
    work(database, datetime.now(UTC) + timedelta(hours=1))
    assert "Jam komputer ini" in told()["jam"]


def test_work_that_nobody_takes(installation: Path, database: str) -> None:
    engine = create_engine(database)
    with writing(engine, EVERY_OPD) as session:
        session.add(
            Pekerjaan(
                opd_id=DINKES, jenis="baca", kunci="0" * 64, permintaan={}, status="antre",
                selesai=0, dari=0, at=datetime.now(UTC), oleh_id=ORANG["citra"],
            )
        )  # fmt: skip
    engine.dispose()
    assert "pekerja" not in told()
    assert "kkpd serve" in told(later=timedelta(minutes=6))["pekerja"]


def test_no_room_and_no_database(
    installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(installation)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1024))
    monkeypatch.setenv("KKPD_DATABASE_URL", "postgresql://kkpd_app@localhost:1/kkpd")
    found = told()
    assert "hampir habis" in found["ruang"]
    assert "tidak menjawab" in found["basis data"]
    assert main(["doctor"]) == 1
    assert "belum kunci" in capsys.readouterr().out
