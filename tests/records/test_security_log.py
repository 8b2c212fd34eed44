"""The security log: lines of committed events and of refusals, kept for one reader, by size."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from kkpd.core.config import SettingError, Settings
from kkpd.core.db.session import EVERY_OPD, rehearsing, writing
from kkpd.records import event_log, security_log

NOW = datetime(2026, 10, 1, tzinfo=UTC)


def lines(folder: Path) -> list[dict[str, Any]]:
    """What the installation's log holds."""
    path = folder / security_log.FILE
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An installation whose log is written by this process."""
    security_log.setup(Settings(tmp_path, "sqlite://", "k" * 40))
    yield tmp_path
    security_log.nothing_more()


def test_an_event_gets_its_line_when_it_is_committed(folder: Path, engine: Engine) -> None:
    with writing(engine, EVERY_OPD) as session:
        event_log.record(session, None, None, "admin:orang:pertama", "orang:1", now=NOW)
        assert lines(folder) == []
    (line,) = lines(folder)
    assert (line["message"], line["outcome"], line["subject"]) == (
        "admin:orang:pertama",
        "berhasil",
        "orang:1",
    )
    assert (line["chain"], line["seq"], line["actor"]) == ("adm", 1, "sistem")


def test_an_event_about_a_failure_is_told_as_one(folder: Path, engine: Engine) -> None:
    with writing(engine, EVERY_OPD) as session:
        event_log.record(session, None, None, "akun:faktor:gagal", "pengguna:1", now=NOW)
    assert [line["outcome"] for line in lines(folder)] == ["gagal"]


def test_what_is_rolled_back_gets_no_line(folder: Path, engine: Engine) -> None:
    with rehearsing(engine, EVERY_OPD) as session:
        event_log.record(session, None, None, "admin:orang:pertama", "orang:1", now=NOW)
    with contextlib.suppress(ZeroDivisionError), writing(engine, EVERY_OPD) as session:
        event_log.record(session, None, None, "admin:orang:pertama", "orang:1", now=NOW)
        _ = 1 / 0
    assert lines(folder) == []


def test_only_the_owner_reads_the_file(folder: Path) -> None:
    (folder / security_log.FILE).touch(0o644)
    security_log.note("akun:sesi:masuk", "gagal")
    assert (folder / security_log.FILE).stat().st_mode & 0o777 == 0o600


def test_a_line_says_what_is_known_of_its_request(folder: Path) -> None:
    security_log.about({"request_id": "abc", "address": "10.0.0.1"})
    security_log.about({"session_id": 7})
    security_log.note("akses:izin", "ditolak")
    security_log.nothing_more()
    security_log.note("akses:izin", "ditolak")
    first, second = lines(folder)
    assert (first["request_id"], first["address"], first["session_id"]) == ("abc", "10.0.0.1", 7)
    assert "address" not in second


def test_no_card_number_and_no_second_line_by_a_line_break(folder: Path) -> None:
    security_log.note("berkas:baca", "ditolak", subject="4111 1111 1111 1111\n{}")
    (line,) = lines(folder)
    assert line["subject"] == "****1111\n{}"


def test_a_name_is_told_by_its_mark_alone(folder: Path) -> None:
    assert security_log.digest(" Citra ") == security_log.digest("citra") != "citra"
    before = security_log.digest("citra")
    security_log.setup(Settings(folder, "sqlite://", "l" * 40))
    assert security_log.digest("citra") != before


def test_a_full_file_becomes_an_old_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_log, "MOST_BYTES", 1000)
    monkeypatch.setattr(security_log, "OLD_FILES", 2)
    for number in range(40):
        security_log.note("akses:izin", "ditolak", subject=f"n{number}")
    kept = sorted(folder.glob(f"{security_log.FILE}*"))
    assert [path.name for path in kept] == ["keamanan.log", "keamanan.log.1", "keamanan.log.2"]
    assert all(path.stat().st_size <= 1000 for path in kept)
    assert lines(folder)[-1]["subject"] == "n39"


def test_no_line_is_lost_or_torn_when_many_write(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "MOST_BYTES", 4000)
    others = [security_log.KeptFile(folder / security_log.FILE) for _ in range(4)]

    def write(handler: security_log.KeptFile, name: int) -> None:
        import logging

        for number in range(20):
            facts = {"facts": {"subject": f"{name}-{number}"}}
            handler.emit(logging.makeLogRecord({"msg": "akses:izin", **facts}))

    threads = [threading.Thread(target=write, args=(one, name)) for name, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [
        json.loads(line)["subject"]
        for path in folder.glob(f"{security_log.FILE}*")
        for line in path.read_text().splitlines()
    ]
    assert len(set(told)) == len(told) == 80


def test_a_full_disk_stops_nobody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / security_log.FILE).mkdir()
    security_log.note("akses:izin", "ditolak")
    assert "keamanan.log tidak dapat ditulis" in capsys.readouterr().err


def test_a_socket_of_the_system_gets_the_lines_too(tmp_path: Path) -> None:
    import socket

    place = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(place))
        server.settimeout(10)
        config = Settings.load(
            {"KKPD_INSTANCE": str(tmp_path / "i"), "KKPD_SECURITY_LOG": str(place)}
        )
        security_log.setup(config)
        security_log.note("akun:sesi:masuk", "gagal", subject="pengguna:1")
        told = server.recv(4096).decode()
    assert told.partition("kkpd: ")[2].startswith("{")
    assert json.loads(told.partition("kkpd: ")[2])["subject"] == "pengguna:1"
    security_log.setup(Settings(tmp_path / "i", "sqlite://", "k" * 40))


def test_a_place_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="KKPD_SECURITY_LOG"):
        Settings.load({"KKPD_INSTANCE": str(tmp_path), "KKPD_SECURITY_LOG": "entah di mana"})
