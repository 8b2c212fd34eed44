"""Prices far above the habit, and the rush of the year's end."""

from __future__ import annotations

from datetime import date, timedelta

from kkpd.engines.audit import habits
from kkpd.engines.audit.patterns import Rows

START = date(2026, 1, 1)


def _priced(*prices: int) -> Rows:
    sen = [price * 100 for price in prices]
    names = ["Kertas HVS", "kertas  hvs"] * len(prices)
    return Rows(range(len(sen)), sen, item=names[: len(sen)], unit=["rim"] * len(sen), price=sen)


def test_a_dear_price_among_enough_of_one_thing() -> None:
    usual = [50_000, 51_000, 52_000, 50_500, 49_000, 51_500, 50_200]
    [hit] = habits.high_prices(_priced(*usual, 95_000))
    assert (hit.places, hit.kind) == ((7,), "harga_tinggi")
    assert "8 pembelian" in hit.reason
    assert habits.high_prices(_priced(*usual[:6], 95_000)) == []
    assert habits.high_prices(_priced(*usual, 55_000)) == []  # within a fifth
    assert habits.high_prices(_priced(*usual, 9_000)) == []  # cheap is no loss


def test_prices_that_are_all_alike_but_one() -> None:
    assert [hit.places for hit in habits.high_prices(_priced(*[50_000] * 9, 90_000))] == [(9,)]
    assert habits.high_prices(_priced(*[50_000] * 10)) == []


def _daily(late: int) -> Rows:
    """A payment a day, in December so many."""
    days = [START + timedelta(n) for n in range(334)]
    days += [date(2026, 12, 1 + n % 31) for n in range(late)]
    return Rows(range(len(days)), [100_00] * len(days), days, office=["dinkes"] * len(days))


def test_a_rush_in_december() -> None:
    assert habits.year_end(_daily(31)) == []
    quarter, december = sorted(habits.year_end(_daily(310)), key=lambda hit: -hit.amount.sen)
    assert (quarter.kind, december.kind) == ("triwulan_akhir", "desember")
    assert december.amount.sen == 310 * 100_00
    assert len(december.places) == 20
    assert "48%" in december.reason


def test_half_a_year_has_no_end() -> None:
    days = [START + timedelta(n // 3) for n in range(500)]
    assert habits.year_end(Rows(range(500), [1] * 500, days)) == []
