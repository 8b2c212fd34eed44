"""Ceilings by tables and properties: reserve, post, void, restore (law 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.choices import Kind
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah
from kkpd.pagu.ceilings.rules import CeilingState, move, recount

SERIBU = Rupiah.of(1000)


def test_the_two_phases() -> None:
    state = move("up_kkpd", CeilingState(SERIBU), "reserve", Rupiah.of(600))
    assert (state.reserved, state.posted, state.available) == (
        Rupiah.of(600),
        ZERO,
        Rupiah.of(400),
    )
    state = move("up_kkpd", state, "post", Rupiah.of(500))
    state = move("up_kkpd", state, "void", Rupiah.of(100))
    assert (state.reserved, state.posted) == (ZERO, Rupiah.of(500))
    assert move("up_kkpd", state, "restore", Rupiah.of(500)).available == SERIBU


def test_a_refusal_says_what_is_missing_and_what_to_do() -> None:
    with pytest.raises(Conflict, match=r"Sisa pagu DPA Rp 1\.000, kurang Rp 200") as refused:
        move("dpa", CeilingState(SERIBU), "reserve", Rupiah.of(1200))
    assert "ajukan perubahan batas" in refused.value.message


def test_what_was_not_posted_cannot_be_restored() -> None:
    with pytest.raises(Conflict, match="melampaui yang tercatat"):
        move("kartu", CeilingState(SERIBU), "restore", Rupiah.of(1))


def test_money_that_came_back_makes_room_beyond_the_limit() -> None:
    """A refund of a paid purchase, while nothing else is unsettled: the bank owes that much."""
    moved = move("up_kkpd", CeilingState(SERIBU), "void", Rupiah.of(200))
    assert (moved.reserved, moved.available) == (Rupiah.of(-200), Rupiah.of(1200))


@pytest.mark.parametrize("amount", [ZERO, Rupiah.of(-1)])
def test_a_movement_is_positive(amount: Rupiah) -> None:
    with pytest.raises(ValueError, match="positive"):
        move("kartu", CeilingState(SERIBU), "reserve", amount)


KINDS = st.sampled_from(["reserve", "post", "void", "restore"])
AMOUNTS = st.integers(1, 200_000).map(Rupiah)


@given(st.integers(0, 500_000).map(Rupiah), st.lists(st.tuples(KINDS, AMOUNTS), max_size=40))
def test_no_run_of_movements_ever_passes_the_limit(
    limit: Rupiah, wanted: list[tuple[Kind, Rupiah]]
) -> None:
    state, taken = CeilingState(limit), []
    for kind, amount in wanted:
        try:
            state = move("up_kkpd", state, kind, amount)
        except Conflict:
            continue
        taken.append((kind, amount))
        assert state.holds()
    assert recount(limit, taken) == state
