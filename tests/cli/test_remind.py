"""`kkpd remind` from the outside: what it says, where mails go, its exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from kkpd import cli
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import Orang
from tests.cast import ACTORS, ORANG
from tests.worlds import office as belanja_dunia
from tests.worlds.mail_server import server_surel


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in which one line waits for Citra, who has an address."""
    folder = tmp_path / "instance"
    folder.mkdir()
    monkeypatch.setenv("KKPD_INSTANCE", str(folder))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    engine = create_engine(f"sqlite:///{folder / 'kkpd.sqlite3'}")
    upgrade(engine)
    with writing(engine, EVERY_OPD) as session:
        belanja_dunia.enter(session)
        session.get_one(Orang, ORANG["citra"]).surel = "citra@dinkes.contoh.go.id"
        belanja_verbs.record(session, ACTORS["citra"], belanja_dunia.belanja(), belanja_dunia.NOW)
    engine.dispose()
    return folder


def remind(*words: str) -> int:
    return cli.main(("remind", "--tanggal", "2026-10-20", *words))


def test_to_a_folder_once_a_day(instance: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert remind("--periksa") == 0
    assert "Citra Bendahara: 1 hal, akan dikirim" in capsys.readouterr().out
    assert not (instance / "surat").exists()
    assert remind() == 0
    told = capsys.readouterr()
    assert "1 terkirim" in told.out
    assert "Kartika Pembantu: 1 hal, tanpa alamat surel" in told.err
    assert remind() == 0
    assert "1 sudah diberi tahu hari itu" in capsys.readouterr().out
    assert len(list((instance / "surat").glob("*.eml"))) == 1
    with pytest.raises(SystemExit):
        remind("--hari", "100")


@pytest.mark.usefixtures("instance")
def test_a_refused_address_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KKPD_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("KKPD_SMTP_FROM", "kkpd@contoh.go.id")
    monkeypatch.setenv("KKPD_SMTP_SECURITY", "none")
    with server_surel(tolak="citra") as (port, _received):
        monkeypatch.setenv("KKPD_SMTP_PORT", str(port))
        assert remind() == 1
    assert "server surel menolak alamat penerima" in capsys.readouterr().err
    with server_surel() as (port, received):
        monkeypatch.setenv("KKPD_SMTP_PORT", str(port))
        assert remind() == 0
    assert len(received) == 1
