"""Months of OPD life: 3,000 steps on SQLite and PostgreSQL, every invariant after each; and the
watcher itself, which must see what is broken behind the services' back.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import DomainError
from kkpd.models import Opd
from tests.cast import given
from tests.simulator import Request, jalan, jalankan, kantor
from tests.simulator import __main__ as simulate
from tests.simulator.langkah import WorkStep


@pytest.mark.parametrize(("seed", "steps"), [(20, 1200), (21, 1200)])
def test_life_on_sqlite(seed: int, steps: int) -> None:
    report = jalankan(Request(seed, 9, 2, langkah=steps))
    assert report.rusak is None
    assert report.langkah == steps
    assert report.mati
    assert report.twins


@pytest.mark.parametrize("database_kind", ["postgres"])
def test_life_on_postgresql(database: str) -> None:
    report = jalankan(Request(23, 5, 2, database))
    assert report.rusak is None
    assert report.langkah == 500


def test_the_same_seed_plays_the_same_life() -> None:
    first, again = (jalankan(Request(7, 1, 1)) for _ in range(2))
    assert first == again
    assert first.jadi != jalankan(Request(8, 1, 1)).jadi


_BREAKS: dict[str, str] = {
    "hitung ulang": "UPDATE ceiling SET reserved = reserved + 1 WHERE jenis = 'up_kkpd'",
    "status": "UPDATE transaksi SET status = 'lunas'",
    "nomor": "UPDATE nomor_urut SET terakhir = terakhir + 1",
    "rantai": "UPDATE chain SET ukuran = ukuran + 1",
}


@pytest.mark.parametrize("rule", list(_BREAKS))
def test_what_is_broken_is_seen(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand in the database after step 60: the next look names the rule, the seed and the step."""
    played: list[object] = []
    act: Callable[..., None] = jalan._Main._laku

    def meddle(world: jalan._Main, *rest: object) -> None:
        act(world, *rest)
        played.append(rest)
        if len(played) == 60:
            _break(world.engines[0], _BREAKS[rule])

    monkeypatch.setattr(jalan._Main, "_laku", meddle)
    report = jalankan(Request(5, 2, 1))
    assert report.rusak is not None
    assert report.rusak["aturan"] == rule
    assert (report.rusak["benih"], report.rusak["langkah"]) == (5, 60)


def _break(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, connection.begin():
        connection.execute(text(statement))
        if "nomor_urut" in statement:
            connection.execute(
                text("INSERT INTO nomor_urut SELECT id, 2026, 'lain', 3 FROM opd LIMIT 1")
            )


class TestCommand:
    """What the command says."""

    @pytest.fixture(autouse=True)
    def _no_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)

    def test_text_and_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = ("--seed", "3", "--months", "1", "--opd", "1")
        assert simulate.main(words) == 0
        assert "Semua aturan utuh" in capsys.readouterr().out
        assert simulate.main((*words, "--json", "--steps", "20")) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["utuh"], found["langkah"], found["rusak"]) == (True, 20, None)

    @pytest.mark.parametrize(
        "words", [("--months", "0"), ("--opd", "51"), ("--months", "-3"), ("--steps", "0")]
    )
    def test_what_cannot_be_played(
        self, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert simulate.main(words) == 2
        assert words[0] in capsys.readouterr().err

    def test_never_on_a_database_in_use(
        self, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine = create_engine(database)
        with writing(engine, EVERY_OPD) as session:
            session.add(Opd(kode="1", slug="a", nama="A"))
            given(session)
        engine.dispose()
        monkeypatch.setenv("KKPD_DATABASE_URL", database)
        assert simulate.main(("--steps", "9")) == 2
        assert simulate.main(("--months", "1")) == 2
        assert "basis data kosong" in capsys.readouterr().err

    def test_a_broken_rule_ends_with_one(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(kantor, "buka_tahun", _refused)
        assert simulate.main(("--months", "1", "--opd", "1")) == 1
        assert "RUSAK (penolakan)" in capsys.readouterr().out


def _refused(_k: object) -> WorkStep:
    def laku(_session: object) -> None:
        raise DomainError("tidak boleh")

    return WorkStep("buka_tahun", laku)
