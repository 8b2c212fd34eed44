"""`kkpd witness export` and `kkpd verify log --witness`: a log cut or rewritten by its own keeper.

The keeper has the database without its guards, and the signing key: the log itself holds after
every attack here, and only what somebody outside has seen tells.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.proof import witness
from kkpd.core.proof.log_key import load_signer
from kkpd.core.proof.merkle import Frontier
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES
from tests.databases import SqliteDatabases
from tests.worlds import office as belanja_dunia
from tests.worlds.office import NOW


@pytest.fixture
def instance(
    tmp_path: Path, sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An installation whose log has been witnessed twice."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("KKPD_INSTANCE", str(folder))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    sqlite_databases.new(belanja_dunia.fill, folder / "kkpd.sqlite3")
    for number in (1, 2, 3):
        work(folder, number)
        assert main(["witness", "export", "--out", str(folder / f"{number}.json")]) == 0
    return folder


def work(folder: Path, number: int) -> None:
    """An event of the OPD's chain."""
    engine = create_engine(f"sqlite:///{folder / 'kkpd.sqlite3'}")
    with writing(engine, EVERY_OPD) as session:
        event_log.record(
            session, ACTORS["joko"], None, "uji:kerja:catat", f"opd:{number}", now=NOW,
            opd_id=DINKES,
        )  # fmt: skip
    engine.dispose()


def cut(folder: Path, checkpoints: int) -> None:
    """Cut off the last checkpoints, and the events that they alone signed; mend the chain."""
    with closing(sqlite3.connect(folder / "kkpd.sqlite3")) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        for table in ("checkpoint_head", "checkpoint"):
            db.execute(f"DELETE FROM {table} WHERE seq > 3 - {checkpoints}")  # noqa: S608 - a number
        db.commit()
    engine = create_engine(f"sqlite:///{folder / 'kkpd.sqlite3'}")
    with engine.begin() as connection:
        chain = connection.exec_driver_sql("SELECT id FROM chain WHERE nama LIKE 'opd:%'").scalar()
        rows = connection.exec_driver_sql(
            f"SELECT id, daun FROM event WHERE chain_id = {chain} ORDER BY seq"  # noqa: S608 - a number
        ).all()
        left = rows[: len(rows) - checkpoints]
        frontier = Frontier().extend(row.daun for row in left)
        connection.exec_driver_sql(
            "DELETE FROM event WHERE chain_id = ? AND id > ?", (chain, left[-1].id)
        )
        connection.exec_driver_sql(
            "UPDATE chain SET ukuran = ?, ujung = ?, puncak = ? WHERE id = ?",
            (frontier.size, left[-1].daun, b"".join(frontier.peaks), chain),
        )
    engine.dispose()


def told(folder: Path, number: int, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    status = main(["verify", "log", "--witness", str(folder / f"{number}.json")])
    return status, capsys.readouterr().out


def test_every_witness_sees_a_beginning_of_the_log(
    instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work(instance, 4)
    for number in (1, 2, 3):
        assert (instance / f"{number}.json").stat().st_size < 2048
        status, said = told(instance, number, capsys)
        assert status == 0
        assert "saksi: catatan hari itu adalah awal catatan sekarang" in said


def test_a_log_that_was_cut_off_is_named(
    instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(instance, 1)
    assert main(["verify", "log"]) == 0, "against itself it holds"
    assert told(instance, 2, capsys)[0] == 0, "an older witness has not seen what was cut off"
    status, said = told(instance, 3, capsys)
    assert status == 1
    assert "saksi: catatan dipotong atau dikembalikan ke keadaan lama: pada 20" in said
    assert "ada 3 titik periksa, sekarang 2" in said


def test_a_tail_that_was_written_anew_is_named(
    instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(instance, 2)
    for number in (8, 9, 10):
        work(instance, number)
        assert main(["witness", "export", "--out", str(instance / "new.json")]) == 0
    assert main(["verify", "log"]) == 0, "against itself it holds"
    assert told(instance, 1, capsys)[0] == 0
    for number in (2, 3):
        status, said = told(instance, number, capsys)
        assert status == 1
        assert f"saksi: catatan ditulis ulang: {number} titik periksa pertama" in said


def test_a_database_rolled_back_is_named(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = tmp_path / "backup.sqlite3"
    with closing(sqlite3.connect(instance / "kkpd.sqlite3")) as db:
        db.execute("VACUUM INTO ?", (str(backup),))
    work(instance, 4)
    assert main(["witness", "export", "--out", str(instance / "4.json")]) == 0
    for rest in instance.glob("kkpd.sqlite3-*"):
        rest.unlink()
    shutil.copyfile(backup, instance / "kkpd.sqlite3")
    assert told(instance, 3, capsys)[0] == 0
    status, said = told(instance, 4, capsys)
    assert status == 1
    assert "dikembalikan ke keadaan lama" in said


def test_a_witness_of_another_key_and_a_bent_one(
    instance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen, _ = witness.read_signed((instance / "1.json").read_bytes())
    other = load_signer(instance / "other")
    (instance / "8.json").write_bytes(seen.signed(other.public_key, other.sign))
    status, said = told(instance, 8, capsys)
    assert status == 1
    assert "saksi: ditandatangani kunci lain" in said
    whole = (instance / "1.json").read_bytes()
    for at in range(0, len(whole), 7):
        bent = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(ValueError, match=r"."):
            witness.read_signed(bent)
    (instance / "1.json").write_bytes(whole[:-3])
    assert main(["verify", "log", "--witness", str(instance / "1.json")]) == 2
    assert "bukan saksi yang utuh" in capsys.readouterr().err
