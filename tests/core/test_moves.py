"""Whose move is it: one table, the same as the steps, asked by everybody who wants to know."""

from __future__ import annotations

import pytest

from kkpd.core.moves import MOVES, VERIFIED, may_take, next_move
from kkpd.core.permissions import Role, holders
from kkpd.core.statuses import BY_ACTION, TRANSITIONS
from kkpd.oversight.reminder_rules import SENTENCES
from kkpd.web.desk.my_todo import TARGETS
from tests.cast import ACTORS, DINKES

#: Ends: nobody moves a line on but its holder, who pays.
_ENDS = {"lunas", "ditolak", "dibayar_pribadi", "dibatalkan"}


@pytest.mark.parametrize("state", MOVES)
def test_a_move_is_a_step_of_the_table_by_its_own_takers(state: str) -> None:
    move = MOVES[state]
    step = BY_ACTION[move.action]
    assert state.removesuffix("_diverifikasi") in step.sources
    assert holders(move.permission) <= step.roles
    assert move.role in step.roles


def test_every_state_that_is_no_end_has_its_next_move() -> None:
    states = {one for step in TRANSITIONS for one in (*step.sources, step.target)}
    assert states - _ENDS == MOVES.keys() - {VERIFIED}


def test_every_move_has_its_sentence_and_its_page() -> None:
    for move in MOVES.values():
        assert move.jenis in SENTENCES
        assert TARGETS[move.jenis][0] == f"{move.page}.index"


@pytest.mark.parametrize(
    ("status", "verified", "role"),
    [
        ("tercatat", False, Role.BENDAHARA),
        ("diajukan", False, Role.PPTK),
        ("diperiksa", False, Role.PA),
        ("spp", False, Role.PPK),
        ("spp", True, Role.PA),
        ("spm", True, Role.BUD),
        ("lunas", True, None),
    ],
)
def test_who_is_named(status: str, verified: bool, role: Role | None) -> None:
    move = next_move(status, verified=verified)
    assert (move and move.role) == role


def test_who_recorded_a_line_puts_it_forward_but_never_judges_it() -> None:
    assert may_take(MOVES["berbukti"], ACTORS["citra"], DINKES, "", own=True)
    assert not may_take(MOVES["diperiksa"], ACTORS["dewi"], DINKES, "", own=True)
    assert may_take(MOVES["diperiksa"], ACTORS["dewi"], DINKES, "", own=False)
    assert not may_take(MOVES["diperiksa"], ACTORS["citra"], DINKES, "", own=False)
