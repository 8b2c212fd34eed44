"""`kkpd key`: the key belongs to the database, and each successor is signed by the one before."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.proof.log_key import KeyHistory
from kkpd.models import Arsip
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES
from tests.databases import SqliteDatabases
from tests.worlds import office
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW


@pytest.fixture
def paper(
    tmp_path: Path, sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A DPT that an installation has issued; the history of its key stands beside it."""
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    engine = create_engine(sqlite_databases.new(office.fill, tmp_path / "kkpd.sqlite3"))
    with writing(engine, EVERY_OPD) as session:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
        made = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
        digest = session.scalars(select(Arsip.sha256).where(Arsip.dokumen_id == made.id)).one()
    engine.dispose()
    (tmp_path / "dpt.pdf").write_bytes(Store(tmp_path / "arsip").get(digest))
    assert main(["key", "export", "--out", str(tmp_path / "first.json")]) == 0
    return tmp_path / "dpt.pdf"


def verified(paper: Path, history: str) -> int:
    return main(["verify", str(paper), "--key", str(paper.parent / history)])


def test_old_papers_verify_after_a_rotation(paper: Path) -> None:
    assert verified(paper, "first.json") == 0
    assert main(["key", "rotate", "--reason", "tahunan"]) == 0
    assert main(["key", "export", "--out", str(paper.parent / "second.json")]) == 0
    assert verified(paper, "second.json") == 0
    assert verified(paper, "first.json") == 0
    assert verified(paper, "log_key.2.pub") == 1, "the next key alone does not know it"
    assert main(["witness", "export", "--out", str(paper.parent / "w.json")]) == 0
    assert main(["verify", "log", "--witness", str(paper.parent / "w.json")]) == 0


def test_a_revoked_key_signs_nothing_more_and_needs_a_reason(
    paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["key", "revoke"]) == 2
    assert "memerlukan alasan" in capsys.readouterr().err
    assert main(["key", "revoke", "--reason", "laptop hilang"]) == 0
    assert "laptop hilang" in capsys.readouterr().out
    assert main(["key", "revoke", "--reason", "lagi", "--generation", "1"]) == 2
    for unknown in ("9", "0", "-1"):
        assert main(["key", "revoke", "--reason", "lagi", "--generation", unknown]) == 2
    assert main(["key", "export", "--out", str(paper.parent / "after.json")]) == 0
    known = KeyHistory.read((paper.parent / "after.json").read_bytes())
    assert len(known.generations) == 2
    assert not known.accepts(known.generations[0].key, known.generations[1].since or NOW)


def test_without_the_old_key_there_is_no_successor(
    paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (paper.parent / "log_key").unlink()
    for words in (["key", "rotate"], ["key", "revoke", "--reason", "hilang"], ["key", "list"]):
        assert main(words) == 2
        assert "bukan kunci basis data ini" in capsys.readouterr().err


def test_a_bent_history_is_refused(paper: Path) -> None:
    assert main(["key", "rotate"]) == 0
    assert main(["key", "export", "--out", str(paper.parent / "two.json")]) == 0
    whole = (paper.parent / "two.json").read_bytes()
    for at in range(0, len(whole), 5):
        with pytest.raises(ValueError, match=r"."):
            KeyHistory.read(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    (paper.parent / "two.json").write_bytes(whole.replace(b'"seq', b'"sEq'))
    assert verified(paper, "two.json") == 2
