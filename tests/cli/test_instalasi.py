"""Commands of an installation: structure, first administrator, reference data, recount, log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from kkpd import cli
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.money import Rupiah
from kkpd.demo import build as bangun
from kkpd.models import Ceiling, Opd, Orang, Setelan, TotpSeed
from kkpd.organisation import codes
from kkpd.organisation.guessing import Origin
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import Key
from tests.cast import given


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of this test's own."""
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "instance"))
    for name in ("KKPD_DATABASE_URL", "KKPD_DEMO"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "instance"


def kkpd(*words: str) -> int:
    return cli.main(words)


@pytest.fixture
def first_admin(capsys: pytest.CaptureFixture[str]) -> None:
    """A structure and its first administrator."""
    assert kkpd("db", "upgrade") == 0
    assert kkpd("user", "first-admin", "--nama", "Joko", "--nama-masuk", "joko") == 0
    capsys.readouterr()


def test_an_old_structure_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert kkpd("ceilings", "recount") == 2
    assert "kkpd db upgrade" in capsys.readouterr().err


def test_a_bad_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KKPD_DATABASE_URL", "mysql://x")
    assert kkpd("db", "upgrade") == 2
    assert "KKPD_DATABASE_URL" in capsys.readouterr().err


def test_the_first_administrator_needs_no_terminal(instance: Path) -> None:
    """No password is asked for: a real process with nothing on its standard input."""
    assert kkpd("db", "upgrade") == 0
    words = ["user", "first-admin", "--nama", "Joko", "--nama-masuk", "joko"]
    done = subprocess.run(
        [sys.executable, "-m", "kkpd", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KKPD_INSTANCE": str(instance)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "72 jam" in done.stdout
    assert "4326 dimuat (Kepmendagri 050-5889/2021" in done.stdout, "the national codes are there"


@pytest.mark.usefixtures("first_admin")
class TestInstalled:
    """With a structure and an administrator."""

    def test_there_is_one_first_administrator(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert kkpd("user", "first-admin", "--nama", "B", "--nama-masuk", "b") == 2
        assert "sudah ada: Joko. Yang kedua: kkpd user second-admin" in capsys.readouterr().err

    def test_a_second_administrator_comes_by_a_decision(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        second = ("user", "second-admin", "--nama-masuk", "bayu")
        assert kkpd(*second) == 2
        assert "--nama" in capsys.readouterr().err
        assert kkpd(*second, "--nama", "B") == 2
        assert "--dasar" in capsys.readouterr().err
        decided = ("--dasar", "SK 2", "--tanggal-dasar", "2026-01-02")
        assert kkpd(*second, "--nama", "B", *decided) == 0
        assert "Kode untuk bayu: " in capsys.readouterr().out
        assert kkpd("user", "second-admin", "--nama", "C", "--nama-masuk", "c", *decided) == 2
        assert "mereka usulkan di halaman Penugasan" in capsys.readouterr().err
        assert kkpd("verify", "log") == 0
        assert "adm: 5 peristiwa utuh" in capsys.readouterr().out

    def test_a_next_first_administrator_when_none_is_left(
        self, instance: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        with writing(engine, EVERY_OPD) as session:
            session.get_one(Orang, 1).aktif = False
            given(session)
        engine.dispose()
        assert kkpd("user", "first-admin", "--nama", "Baru", "--nama-masuk", "joko") == 2
        assert "tidak aktif" in capsys.readouterr().err
        made = ("user", "first-admin", "--nama", "Baru", "--nama-masuk", "baru")
        assert kkpd(*made) == 2
        assert "--dasar" in capsys.readouterr().err
        assert kkpd(*made, "--dasar", "SK 3") == 0
        assert "Kode untuk baru" in capsys.readouterr().out

    def test_a_second_factor_is_required_from_the_first_day(self, instance: Path) -> None:
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        with reading(engine, EVERY_OPD) as session:
            row = session.scalars(select(Setelan)).one()
        engine.dispose()
        assert (row.kunci, row.nilai) == ("faktor_kedua_wajib", "ya")
        assert row.dasar_hukum

    def test_the_factors_of_a_lost_phone_are_removed(
        self, instance: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["user", "lost-factor", "joko", "--alasan", "KTP diperiksa"]
        assert kkpd(*words) == 2
        assert "tidak punya faktor kedua" in capsys.readouterr().err
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        with writing(engine, EVERY_OPD) as session:
            moment = datetime(2026, 11, 24, tzinfo=UTC)
            session.add(TotpSeed(pengguna_id=1, benih="", langkah=0, dibuat_at=moment))
            given(session)
        engine.dispose()
        assert kkpd(*words) == 0
        assert "1 faktor kedua joko dicabut" in capsys.readouterr().out

    def test_a_code_for_who_is_locked_out(
        self, instance: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert kkpd("user", "reset", "Joko") == 0
        told = capsys.readouterr().out
        assert "24 jam" in told
        assert kkpd("user", "reset", "tidak-ada") == 2
        assert "tidak ada" in capsys.readouterr().err
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        now, baru = datetime.now(UTC), "perahu kuning sore hari"
        with writing(engine, EVERY_OPD) as session:
            attempt = codes.begin(session, "joko", Origin("10.0.0.1"), now, demo=False)
            purpose = codes.matching(attempt, told.split()[3])
            codes.use_code(session, attempt, purpose, baru, baru, now)
        engine.dispose()
        assert kkpd("verify", "log") == 0
        assert "adm: 6 peristiwa utuh" in capsys.readouterr().out

    def test_upgrade_again_changes_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert kkpd("db", "upgrade") == 0
        assert kkpd("verify", "log") == 0
        assert "adm: 4 peristiwa utuh" in capsys.readouterr().out

    def test_the_log_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert kkpd("verify", "log", "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert found == {
            "holds": True,
            "chains": [{"chain": "adm", "size": 4, "fault": None}],
            "checkpoints": None,
        }

    def test_a_broken_link_is_named(
        self, instance: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("DROP TRIGGER event_tetap_u")
            connection.exec_driver_sql("UPDATE event SET peran = 'pa'")
        engine.dispose()
        assert kkpd("verify", "log") == 1
        assert "adm: peristiwa 1: kolom terbaca" in capsys.readouterr().out
        assert kkpd("verify", "books") == 1
        assert "adm: peristiwa 1: kolom terbaca" in capsys.readouterr().out

    def test_the_books_are_what_the_events_say(
        self, instance: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert kkpd("verify", "books") == 0
        assert "sama dengan 4 peristiwa" in capsys.readouterr().out
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("UPDATE orang SET nama = 'Bukan Joko' WHERE id = 1")
        engine.dispose()
        assert kkpd("verify", "log") == 0
        capsys.readouterr()
        assert kkpd("verify", "books") == 1
        said = capsys.readouterr().out
        assert 'orang [1], nama: pembukuan "Bukan Joko", peristiwa adm no. ' in said
        assert "1 perbedaan" in said
        assert kkpd("verify", "books", "--json") == 1
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [list(line) for line in lines] == [["difference"], ["result"]]

    def test_ceilings_are_recounted(
        self, instance: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        with writing(engine, EVERY_OPD) as session:
            session.add(Opd(kode="1", slug="a", nama="A"))
            session.flush()
            ceilings_movements.set_limit(session, Key(1, 2026, "up_kkpd", "UP"), Rupiah.of(10))
            given(session)
        assert kkpd("ceilings", "recount") == 0
        with writing(engine, EVERY_OPD) as session:
            session.get_one(Ceiling, 1).reserved = Rupiah.of(1)
            given(session)
        engine.dispose()
        assert kkpd("ceilings", "recount") == 1
        assert "Batas 1 (up_kkpd UP)" in capsys.readouterr().out

    def test_reference_data_and_budgets(
        self, instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
        with writing(engine, EVERY_OPD) as session:
            session.add(Opd(kode="1.02", slug="dinkes", nama="Dinas Kesehatan"))
            given(session)
        engine.dispose()

        def load(what: str, text: str, *more: str) -> tuple[int, str]:
            file = tmp_path / f"{what}.csv"
            file.write_text(text, encoding="utf-8")
            status = kkpd("load", what, str(file), "--tahun", "2026", *more)
            told = capsys.readouterr()
            return status, told.out + told.err

        codes = "kode,nama\n5.1.02.01.01.0024,ATK\n"
        assert load("rekening", codes) == (0, "0 baru, 1 berubah, 0 sama.\n")
        assert load("sub-kegiatan", "kode,nama\n1.02.02.2.02.0010,TB\n")[0] == 0
        lines = (
            "sub_kegiatan,rekening,sumber_dana,pagu\n1.02.02.2.02.0010,5.1.02.01.01.0024,PAD,5\n"
        )
        seen = load("dpa", lines, "--periksa")  # the one OPD there is
        assert "Hanya diperiksa" in seen[1]
        assert load("dpa", lines, "--opd", "dinkes", "--nomor", "D/1")[0] == 0
        assert "sudah dimuat" in load("dpa", lines)[1]
        assert (
            "(1 naik)" in load("dpa", lines.replace("PAD,5", "PAD,6"), "--versi", "pergeseran")[1]
        )
        wide = "sub_kegiatan,rekening,januari,jumlah\n1.02.02.2.02.0010,5.1.02.01.01.0024,5,5\n"
        assert "Anggaran kas" in load("kas", wide)[1]
        assert load("spd", "sub_kegiatan,bulan,nilai\n1.02.02.2.02.0010,1,5\n")[0] == 0
        wrong = load("kas", wide.replace("5,5", "5,6") + "1,1,x,1\n" * 60)
        assert wrong[0] == 2
        assert "Baris 2: jumlah tertulis Rp 6" in wrong[1]
        assert "... dan 11 baris lain." in wrong[1]
        assert "CSV yang utuh" in load("dpa", lines + 'a,"' + "b" * 200_000)[1]
        for words in (("--tahun", "26"), ("--tahun", "2026", "--tanggal", "31/01/2026")):
            with pytest.raises(SystemExit, match="2"):
                kkpd("load", "dpa", "dpa.csv", *words)
        assert "OPD “tiada”" in load("dpa", lines, "--opd", "tiada")[1]
        up = "up,up_kkpd,nomor,dasar_hukum\n1.000.000,400.000,188/1,Perbup 3/2026\n"
        assert load("up", up, "--opd", "1.02", "--tanggal", "2026-01-02")[0] == 0
        assert "Baris 2" in load("up", up.replace("400.000", "empat"), "--opd", "dinkes")[1]
        assert "nama dan nomornya" in load("up", up.replace(" 3/2026", ""), "--opd", "dinkes")[1]
        assert "Kolom “nama”" in load("rekening", "kode\n1\n")[1]
        assert kkpd("load", "rekening", str(tmp_path / "tiada.csv"), "--tahun", "2026") == 2

    def test_the_demo_does_not_touch_a_program_in_use(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Its first administrator is enough; and without demo mode there is no demo at all."""
        for act in ("build", "logins"):
            assert kkpd("demo", act) == 2
            assert "KKPD_DEMO=1" in capsys.readouterr().err
        monkeypatch.setenv("KKPD_DEMO", "1")
        assert kkpd("demo", "build") == 2
        assert "bukan demo" in capsys.readouterr().err


def test_the_demo_makes_an_empty_database_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KKPD_DEMO", "1")
    seen: list[int] = []
    monkeypatch.setattr(bangun, "build", lambda _engine, demo, _say: seen.append(demo.seed))
    assert kkpd("demo", "build", "--seed", "7") == 0
    assert seen == [7]
    assert kkpd("demo", "logins") == 0


def test_loading_needs_an_administrator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kkpd("db", "upgrade") == 0
    file = tmp_path / "a.csv"
    file.write_text("kode,nama\n", encoding="utf-8")
    assert kkpd("load", "rekening", str(file), "--tahun", "2026") == 2
    assert "Belum ada administrator" in capsys.readouterr().err
