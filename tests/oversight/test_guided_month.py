"""The guided month reads its ticks, whose turn it is, and its people from the books."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from kkpd.core.permissions import Role
from kkpd.models import Pengguna
from kkpd.oversight import guided_month as guided
from tests.browser import bulan
from tests.databases import Fill
from tests.worlds import office

DAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast with a budget."""
    return office.fill


def month(session: Session) -> guided.GuidedMonth:
    found = guided.guided_month(session, DAY)
    assert found is not None
    return found


def test_before_anything_is_done_no_step_is(session: Session) -> None:
    assert not any(month(session).ticks.values())
    assert month(session).turn == ""


def test_a_month_in_work_ticks_what_is_done_and_names_the_move_furthest_behind(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guided, "GUIDED_MONTH", (2026, 10))
    bulan.jalani(session, tmp_path)
    found = month(session)
    assert {step for step, done in found.ticks.items() if done} == {"tagihan", "bukti"}
    assert found.turn == "lengkapi"


def test_its_people_are_those_of_its_opd_and_of_none(session: Session) -> None:
    session.execute(update(Pengguna).values(demo=True))
    people = month(session).people
    assert people[Role.BENDAHARA].nama_masuk == "citra"
    assert people[Role.BUD].opd == ""


def test_without_the_opd_there_is_no_month(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guided, "GUIDED_OPD", "tidak-ada")
    assert guided.guided_month(session, DAY) is None
