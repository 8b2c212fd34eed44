"""`kkpd revoked export`: what became of issued papers, for those who hold copies outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.proof.log_key import load_signer
from kkpd.models import Arsip
from kkpd.payment import take_back
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES
from tests.databases import SqliteDatabases
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW


def test_a_paper_taken_back_is_known_outside_by_the_signed_list(
    tmp_path: Path,
    sqlite_databases: SqliteDatabases,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    engine = create_engine(sqlite_databases.new(belanja_dunia.fill, tmp_path / "kkpd.sqlite3"))
    with writing(engine, EVERY_OPD) as session:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
        office = penerbit(tmp_path)
        paper = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
        digest = session.scalars(select(Arsip.sha256).where(Arsip.dokumen_id == paper.id)).one()
        number = paper.id
    load_signer(tmp_path)  # writes the public key beside it
    file, before, after = (tmp_path / name for name in ("dpt.pdf", "before.json", "after.json"))
    file.write_bytes(Store(tmp_path / "arsip").get(digest))
    assert main(["revoked", "export", "--out", str(before)]) == 0
    with writing(engine, EVERY_OPD) as session:
        take_back.dokumen(session, ACTORS["dewi"], number, "Salah tagihan", NOW)
    engine.dispose()
    assert main(["revoked", "export", "--out", str(after)]) == 0
    asked = ["verify", str(file), "--key", str(tmp_path / "log_key.pub")]
    assert main(asked) == 0
    assert main([*asked, "--revoked", str(before)]) == 0
    capsys.readouterr()
    assert main([*asked, "--revoked", str(after)]) == 5
    assert "dibatalkan pada 2026-" in capsys.readouterr().out
    assert main(["verify", str(file), "--revoked", str(after)]) == 4, "whose key is not known"
    assert main([*asked, "--revoked", str(tmp_path / "none.json")]) == 2
    after.write_bytes(after.read_bytes().replace(b"dibatalkan", b"digantikan"))
    assert main([*asked, "--revoked", str(after)]) == 4
    assert main(["revoked", "export", "--out", str(tmp_path / "no" / "x.json")]) == 2
