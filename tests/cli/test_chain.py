"""`kkpd chain explain`: the whole way of a paid, a refused and a refunded purchase; bad numbers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kkpd import cli
from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from tests.cast import ACTORS, DINKES
from tests.databases import SqliteDatabases
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    LULUS,
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW


@pytest.fixture(scope="module")
def prepared(
    tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases
) -> tuple[Path, dict[str, int]]:
    """An installation with a paid, a refused and a refunding purchase; their numbers."""
    tmp_path = tmp_path_factory.mktemp("instance")
    engine = create_engine(sqlite_databases.new(belanja_dunia.fill, tmp_path / "kkpd.sqlite3"))
    with writing(engine, EVERY_OPD) as session:
        paid = berbukti(session, tmp_path, 1)
        refused = berbukti(session, tmp_path, 2)
        back = berbukti(session, tmp_path, 3, rupiah=-250_000, asal_id=paid.id)
        line = baris_bank(session, 750_000)[0]
        link = reconciliation_decide.LinkUp(line.id, (paid.id,))
        reconciliation_decide.pair_up(session, ACTORS["citra"], DINKES, link, NOW)
        reconciliation_decide.undo(session, ACTORS["citra"], DINKES, line.id, NOW)
        reconciliation_decide.pair_up(session, ACTORS["citra"], DINKES, link, NOW)
        diperiksa(session, tmp_path, paid, refused, back)
        approval_decide.decide(session, ACTORS["dewi"], setuju(paid), NOW)
        approval_decide.decide(session, ACTORS["dewi"], setuju(back), NOW)
        no = approval_decide.SixTestsDecision(
            refused.id, refused.versi, {**LULUS, 5: "tidak"}, "tolak", None, "Belanja pribadi"
        )
        approval_decide.decide(session, ACTORS["dewi"], no, NOW)
        _pay(session, tmp_path)
        found = {"paid": paid.id, "refused": refused.id, "back": back.id}
    engine.dispose()
    return tmp_path, found


@pytest.fixture
def numbers(
    prepared: tuple[Path, dict[str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, int]:
    """The numbers, in an installation of one test's own."""
    shutil.copytree(prepared[0], tmp_path / "instance")
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    return prepared[1]


def _pay(session: Any, folder: Path) -> None:
    office = penerbit(folder)
    issued = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
    dpt.issue_refusal_notice(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], issued.id, jenis, office, NOW)
    for jenis, who in (("sp2d", "lukman"), ("bayar", "citra")):
        command = payment_pay.RecordStep(issued.id, jenis, f"{jenis}/1", NOW.date())
        payment_pay.record(session, ACTORS[who], command, NOW)


def explain(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(("chain", "explain", *words)) == 0
    return capsys.readouterr().out


def test_every_step_has_actor_paper_and_link(
    numbers: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(explain(capsys, str(numbers["paid"]), "--json"))
    walked = " ".join(step["ke"] for step in found["langkah"])
    chain = "tercatat berbukti diajukan diperiksa disetujui dpt npd spp spm sp2d lunas"
    assert walked.split() == chain.split()
    papers = [one["jenis"] for step in found["langkah"] for one in step["surat"]]
    assert papers == ["dpr", "dpt", "npd", "spp", "spm", "sp2d", "bayar"]
    assert all(step["oleh"] for step in found["langkah"])
    words = " ".join(step["apa"] for step in found["langkah"])
    for said in ("bukti nota", "pasangan diurungkan", "uang kembali dari belanja ini"):
        assert said in words
    assert found["nilai"] == Rupiah.of(750_000).sen
    assert found["berikut"] == []


def test_a_refused_and_a_refunding_line(
    numbers: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    refused = explain(capsys, f"transaksi:{numbers['refused']}")
    for said in ("[diperiksa -> ditolak]", "Belanja pribadi", "PENOLAKAN", "pelunasan pribadi"):
        assert said in refused
    back = explain(capsys, str(numbers["back"]))
    assert f"belanja {numbers['paid']}, Rp 750.000, lunas" in back
    assert "Berikutnya: tidak ada" in back


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize(
    "given", ["999999", "999999999999999999", "9" * 19, "abc", "", "-1", "1.0"]
)
def test_an_unknown_number_is_a_sentence(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(("chain", "explain", "--", given)) == 2
    said = capsys.readouterr().err
    assert said.startswith("kkpd: ")
    assert said.count("\n") == 1
