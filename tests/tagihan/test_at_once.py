"""Two people take in the same lines at the same moment: one set of lines, on both databases."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from kkpd.core.db.session import reading, writing
from kkpd.core.permissions import Actor
from kkpd.models import BarisBank, Impor, SumberBaris
from tests.cast import ACTORS, DINKES, fill
from tests.databases import Fill
from tests.worlds.bills import KOPI, NASI, ambil, csv

COUNTED = [(*KOPI[:3], f"TOKO {number % 40}", *KOPI[4:]) for number in range(400)]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


@pytest.mark.parametrize("same_bytes", [True, False])
def test_two_at_once_end_with_one_set(engine: Engine, tmp_path: Path, same_bytes: bool) -> None:
    start = threading.Barrier(2)
    problems: list[BaseException] = []

    def take(who: str, data: bytes) -> None:
        try:
            start.wait(120)
            with writing(engine, {DINKES}) as session:
                ambil(session, tmp_path, data, actor=ACTORS[who], nama=f"{who}.csv")
        except BaseException as problem:  # noqa: BLE001 (handed to the test's own thread)
            problems.append(problem)

    data = csv([*COUNTED, NASI])
    other = data if same_bytes else csv([NASI, *reversed(COUNTED)])
    threads = [
        threading.Thread(target=take, args=pair) for pair in (("citra", data), ("kartika", other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert problems == []
    with reading(engine, {DINKES}) as session:
        assert session.scalar(select(func.count()).select_from(BarisBank)) == 401
        assert session.scalar(select(func.count()).select_from(Impor)) == (1 if same_bytes else 2)
        seen = session.scalar(select(func.count()).select_from(SumberBaris))
        assert seen == (0 if same_bytes else 401)


def test_another_opds_treasurer_sees_nothing_of_it(engine: Engine, tmp_path: Path) -> None:
    with writing(engine, {DINKES}) as session:
        ambil(session, tmp_path, csv([KOPI]))
    eko: Actor = ACTORS["eko"]
    scope = eko.opd_ids
    assert scope is not None
    with reading(engine, scope) as session:
        count = session.scalar(select(func.count()).select_from(BarisBank))
        if engine.dialect.name == "postgresql":
            assert count == 0
