"""The charts of the board: every bar is a sum of the ledger, and each leads to the same figure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.engines.watch.shapes import Hit
from kkpd.models import Case
from kkpd.oversight import board
from kkpd.oversight.breakdown import (
    AFTER,
    LATE,
    OTHERS,
    SHOPS,
    Breakdown,
    breakdowns,
    heat_months,
    week,
    week_days,
)
from kkpd.oversight.cases import open_from_hits
from kkpd.oversight.year_figures import YearFigures, year_figures
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import NOW

FITRI, DAY = ACTORS["fitri"], NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def _rows(session: Session, day: date = DAY) -> list[board.BoardRow]:
    return board.oversight_board(session, FITRI, 2026, day)


def _sums(chart: Breakdown) -> dict[str, Rupiah]:
    return {key: total(by_opd.values()) for key, by_opd in chart.items() if by_opd}


def test_open_money_grows_old(session: Session) -> None:
    baris_bank(session, 750_000, 40_000)
    for days, key in ((0, "0-30"), (40, "31-60"), (70, "61-90"), (400, "91-")):
        rows = _rows(session, DAY + timedelta(days=days))
        found = breakdowns(rows, {}, 2026, DAY + timedelta(days=days))
        assert _sums(found["umur"]) == {key: Rupiah.of(790_000)}
        assert _sums(found["umur"])[key] == total(row.selisih for row in rows)


def test_money_at_risk_counts_no_rupiah_twice(session: Session) -> None:
    (line,) = baris_bank(session, 750_000)
    hit = Hit("judi", "salah", (line.id,), line.nilai, "kartu:1/judi", "Kata judi.", "-", "UU 1")
    open_from_hits(session, DINKES, [hit], NOW)
    case = session.scalars(select(Case)).one()
    row = next(one for one in _rows(session) if one.opd_id == DINKES)
    assert (row.case_money, row.selisih, row.at_risk) == (line.nilai,) * 3
    assert _rows(session)[0].opd_id == DINKES
    chart = breakdowns([row], {}, 2026, DAY)["kasus"]
    assert _sums(chart) == {week(case.jatuh_tempo, DAY): line.nilai}


def test_every_due_day_has_one_week_and_its_days_lead_back() -> None:
    for n in range(-3, 90):
        due = DAY + timedelta(days=n)
        key = week(due, DAY)
        first, last = week_days(key, DAY)
        assert (first or due) <= due <= (last or due)
        assert (key == LATE) == (n < 0)
    assert week(DAY + timedelta(days=400), DAY) == AFTER


def test_the_shops_together_are_all_charges() -> None:
    shops = {f"TOKO {n:02d}": Rupiah.of(100 - n) for n in range(SHOPS + 5)}
    spent = total(shops.values())
    figures = {1: YearFigures({1: spent}, {}, {}, {}, shops)}
    chart = breakdowns([], figures, 2026, DAY)["toko"]
    assert list(chart)[:2] == ["TOKO 00", "TOKO 01"]
    assert len(chart) == SHOPS + 1
    assert list(chart)[-1] == OTHERS
    assert total(_sums(chart).values()) == spent


def test_up_goes_down_and_up_by_month(session: Session) -> None:
    found = year_figures(session, DINKES, 2026, DAY)
    assert all(amount >= ZERO for amount in found.up_used.values())
    assert year_figures(session, DINKES, 2030, DAY).up_used == {}


def test_the_heat_map_has_24_months_up_to_today_or_the_years_end() -> None:
    assert heat_months(2026, date(2026, 10, 20))[0] == (2024, 11)
    assert heat_months(2026, date(2026, 10, 20))[-1] == (2026, 10)
    assert heat_months(2025, date(2026, 10, 20))[-1] == (2025, 12)
    assert len(heat_months(2026, DAY)) == 24
