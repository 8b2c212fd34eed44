"""`kkpd cases` from the outside: what it lists and in which form, and the draw of closed ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from kkpd import cli
from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.engines.watch.shapes import Hit
from kkpd.models import Case, Setelan
from kkpd.oversight.cases import open_from_hits
from kkpd.records import event_log
from tests.cast import DINKES, ORANG
from tests.oversight.test_cases import old_finding
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import NOW


def _hit(*lines: int, severity: str = "salah") -> Hit:
    cause = f"kartu:1/{severity}"
    return Hit("judi", severity, lines, Rupiah.of(0), cause, "Kata judi.", "Keterangan.", "UU 1")  # type: ignore[arg-type]  # one of the three words


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with one case that waits and one that closed by itself."""
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    engine = create_engine(f"sqlite:///{tmp_path / 'kkpd.sqlite3'}")
    upgrade(engine)
    with writing(engine, EVERY_OPD) as session:
        belanja_dunia.enter(session)
        one, two, three = baris_bank(session, 250_000, 100_000, 50_000)
        (four,) = baris_bank(session, 1_000, kejadian=2, referensi="REF-1")
        hits = [_hit(one.id, two.id, four.id), _hit(three.id, severity="info")]
        open_from_hits(session, DINKES, hits, NOW)
    engine.dispose()


@pytest.mark.usefixtures("instance")
def test_the_list_names_the_lines_by_reference_or_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(("cases", "list", "--opd", "dinkes", "--json")) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert [*found] == [
        *("id", "opd", "aturan", "berat", "status", "baris", "rupiah", "jatuh_tempo", "pemilik")
    ]
    assert (found["opd"], found["aturan"], found["berat"]) == ("dinkes", "judi", "salah")
    assert found["baris"] == [10, 11, "REF-1"]
    assert found["rupiah"] == 351_000
    assert found["pemilik"] == "Dewi Anggaran"


@pytest.mark.usefixtures("instance")
def test_other_filters_and_an_unknown_office(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(("cases", "list", "--status", "selesai")) == 0
    assert "1 tindak lanjut." in capsys.readouterr().out
    assert cli.main(("cases", "list", "--opd", "disdik", "--json")) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert cli.main(("cases", "list", "--tahun", "2025", "--status", "semua")) == 0
    assert "0 tindak lanjut." in capsys.readouterr().out
    assert cli.main(("cases", "list", "--opd", "tiada")) == 2
    assert "tidak ada" in capsys.readouterr().err


@pytest.mark.usefixtures("instance")
def test_a_draw_opens_a_share_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(("cases", "sample", "--opd", "dinkes", "--benih", "ab12")) == 2
    assert "belum ditetapkan" in capsys.readouterr().err
    engine = create_engine(f"sqlite:///{tmp_path / 'kkpd.sqlite3'}")
    with writing(engine, EVERY_OPD) as session:
        session.add(
            Setelan(
                kunci="share_of_cases_reopened",
                nilai="10%",
                mulai=NOW.date().replace(month=1, day=1),
                dasar_hukum="uji petik",
                dicatat_at=NOW,
                dicatat_oleh_id=ORANG["joko"],
            )
        )
        event_log.record(session, None, None, "admin:setelan:buat", "setelan:x", now=NOW)
    assert cli.main(("cases", "sample", "--opd", "dinkes", "--benih", "ab12")) == 0
    assert "Benih ab12: 1 tindak lanjut dibuka lagi." in capsys.readouterr().out
    with writing(engine, EVERY_OPD) as session:
        assert set(session.scalars(select(Case.status))) == {"terbuka"}
    engine.dispose()


@pytest.mark.usefixtures("instance")
def test_an_upgrade_opens_cases_for_findings_that_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'kkpd.sqlite3'}")
    with writing(engine, EVERY_OPD) as session:
        session.add(old_finding("tanpa_pagu"))
        event_log.record(session, None, None, "x:y:z", "dokumen:1", now=NOW, opd_id=DINKES)
    engine.dispose()
    assert cli.main(("db", "upgrade")) == 0
    assert "1 tindak lanjut dibuka dari temuan" in capsys.readouterr().out
    assert cli.main(("db", "upgrade")) == 0
    assert "dibuka" not in capsys.readouterr().out
    assert cli.main(("cases", "list", "--json")) == 0
    assert "tanpa_pagu" in {one["aturan"] for one in json.loads(capsys.readouterr().out)}
