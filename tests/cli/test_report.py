"""`kkpd report`: the contract others run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.engines.paper.pdf.reader import attachments, parse
from kkpd.models import Penugasan
from tests.cast import ORANG, given
from tests.databases import SqliteDatabases
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank, berbukti, diperiksa


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Path:
    """An instance in which Dinas Kesehatan has bought, and signed a DPR in October 2026."""
    folder = tmp_path_factory.mktemp("instance")
    engine = create_engine(sqlite_databases.new(belanja_dunia.fill, folder / "kkpd.sqlite3"))
    with writing(engine, EVERY_OPD) as session:
        diperiksa(session, folder, berbukti(session, folder, 1, merchant="=HYPERLINK(1)"))
        baris_bank(session, 750_000)
    engine.dispose()
    return folder


@pytest.fixture
def instance(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test."""
    folder = tmp_path / "instance"
    shutil.copytree(prepared, folder)
    monkeypatch.setenv("KKPD_INSTANCE", str(folder))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    return folder


def report(*words: str) -> int:
    return main(["report", *words])


OKTOBER = ("--opd", "dinkes", "--periode", "2026-10")


def test_the_list_names_every_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert report("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 30
    assert report("list", "--json") == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)]
    assert names == [line.split()[0] for line in lines]


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx", ".csv", ".PDF"])
def test_a_draft_in_each_form(instance: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"buku{suffix}"
    assert report("buku_pembantu", *OKTOBER, "--out", str(out)) == 0
    data = out.read_bytes()
    if suffix == ".csv":
        assert "'=HYPERLINK(1)" not in data.decode()  # it does not begin the cell
        assert "750000.00" in data.decode()
    if suffix == ".pdf":
        assert main(["verify", str(out)]) == 1  # ours, but a draft
        assert b'"rancangan":true' in attachments(parse(data))[0]


def test_issuing_twice_hands_out_the_same_file(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "1.pdf", tmp_path / "2.pdf"
    issue = ("buku_pembantu", *OKTOBER, "--terbit", "--oleh", "citra", "--json", "--out")
    assert report(*issue, str(one)) == 0
    first = json.loads(capsys.readouterr().out)
    assert report(*issue, str(two)) == 0
    assert json.loads(capsys.readouterr().out)["sidik"] == first["sidik"]
    assert one.read_bytes() == two.read_bytes()
    assert first["rancangan"] is False
    key = (instance / "log_key.pub").read_text("ascii").strip()
    assert main(["verify", str(one), "--log-key", key]) == 0
    assert report(*issue[:-2], "--out", str(tmp_path / "1.xlsx")) == 0


def test_papers_of_the_chain_are_handed_out(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "dpr.pdf")
    assert report("dpr_barang", *OKTOBER, "--terbit", "--out", out) == 0
    assert main(["verify", out]) == 4
    engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
    with writing(engine, EVERY_OPD) as session:
        diperiksa(session, instance, berbukti(session, instance, 2))
    engine.dispose()
    capsys.readouterr()
    assert report("dpr_barang", *OKTOBER, "--terbit", "--out", out) == 2
    assert "Ada 2 DPR" in capsys.readouterr().err
    assert report("dpt", *OKTOBER, "--terbit", "--out", out) == 2
    assert "belum terbit" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["antah", *OKTOBER, "--out", "x.pdf"], "“antah” tidak ada"),
        (["lpj", "--opd", "antah", "--periode", "2026-10", "--out", "x.pdf"], "OPD “antah”"),
        (["lpj", "--opd", "antah", "--periode", "2026-10", "--oleh", "citra", "--out", "x.pdf"],
         "OPD “antah”"),
        (["lpj", "--opd", "dinkes", "--periode", "2026-T5", "--out", "x.pdf"], "T1 sampai T4"),
        (["lpj", "--opd", "dinkes", "--periode", "kemarin", "--out", "x.pdf"], "tidak dikenal"),
        (["lpj", "--opd", "dinkes", "--periode", "2025-10", "--out", "x.pdf"], "tidak ada untuk"),
        (["lpj", *OKTOBER, "--out", "x.docx"], "berakhiran"),
        (["lpj", *OKTOBER, "--out", "tiada/x.pdf"], "foldernya tidak ada"),
        (["lpj", *OKTOBER], "--out"),
        (["lpj", "--out", "x.pdf"], "Sebut OPD dan periodenya"),
        (["lpj", *OKTOBER, "--oleh", "siapa", "--out", "x.pdf"], "“siapa” tidak ada"),
        (["lpj", *OKTOBER, "--oleh", "eko", "--out", "x.pdf"], "OPD “dinkes” tidak ada"),
        (["lpj", *OKTOBER, "--oleh", "budi", "--terbit", "--out", "x.pdf"], "Peran Anda"),
        (["rekap", "--opd", "semua", "--periode", "2026", "--oleh", "citra", "--out", "x.pdf"],
         "semua OPD hanya untuk"),
        (["dpr_barang", *OKTOBER, "--kartu", "48x1", "--out", "x.pdf"], "empat angka"),
    ],
)  # fmt: skip
def test_refusals_are_one_sentence(
    instance: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert report(*words) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert not (tmp_path / "x.pdf").exists()


def test_who_acts_must_be_clear(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "rekap.csv")
    everywhere = ("rekap", "--opd", "semua", "--periode", "2026", "--out", out)
    assert report(*everywhere) == 0  # the one Kuasa BUD
    engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
    with writing(engine, EVERY_OPD) as session:
        for name in ("joko", "fitri"):
            second = session.get_one(Penugasan, ORANG["lukman"])
            session.add(
                Penugasan(
                    orang_id=ORANG[name],
                    peran="bud",
                    opd_id=None,
                    mulai=second.mulai,
                    status="berlaku",
                )
            )
        given(session)
    engine.dispose()
    assert report(*everywhere) == 2
    assert "tepat satu Kuasa BUD" in capsys.readouterr().err
    assert report(*everywhere, "--oleh", "fitri") == 0
