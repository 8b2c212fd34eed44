"""The whole product status x action x role, refusals included (law 10)."""

from __future__ import annotations

import itertools

import pytest

from kkpd.core.choices import PURCHASE_STATUSES
from kkpd.core.errors import Conflict, Forbidden
from kkpd.core.permissions import Role
from kkpd.core.statuses import BY_ACTION, TRANSITIONS, step

PEREKAM, PEMEGANG, OTHER = 1, 2, 3

PRODUCT = list(itertools.product(PURCHASE_STATUSES, sorted(BY_ACTION), Role))


@pytest.mark.parametrize(("status", "action", "role"), PRODUCT)
def test_every_status_action_and_role(status: str, action: str, role: Role) -> None:
    transition = BY_ACTION[action]

    def take(actor: int) -> str:
        return step(status, action, role, actor, perekam_id=PEREKAM, pemegang_id=PEMEGANG)

    if role not in transition.roles:
        with pytest.raises(Forbidden, match="Hanya"):
            take(OTHER)
    elif status not in transition.sources:
        with pytest.raises(Conflict, match="berstatus"):
            take(OTHER)
    else:
        assert take(OTHER) == transition.target
        for own in (PEREKAM, PEMEGANG):
            if transition.judges:
                with pytest.raises(Forbidden, match="pemisahan tugas"):
                    take(own)
            else:
                assert take(own) == transition.target


def test_states_of_the_table_are_states_of_the_database() -> None:
    for transition in TRANSITIONS:
        assert transition.target in PURCHASE_STATUSES
        assert transition.sources <= set(PURCHASE_STATUSES)


def test_every_state_but_the_first_can_be_reached() -> None:
    reached, frontier = {"tercatat"}, {"tercatat"}
    while frontier:
        frontier = {t.target for t in TRANSITIONS if t.sources & frontier} - reached
        reached |= frontier
    assert reached == set(PURCHASE_STATUSES)


#: each step that issues or records a paper -> the step that takes it back
STEPS_BACK = {
    "periksa": "urungkan_periksa",
    "terbit_dpt": "batalkan_dpt",
    "terbit_npd": "batalkan_npd",
    "ajukan_spp": "batalkan_spp",
    "terbit_spm": "batalkan_spm",
    "terbit_sp2d": "batalkan_sp2d",
    "bayar": "batalkan_bayar",
}


@pytest.mark.parametrize(("forth", "back"), STEPS_BACK.items())
def test_each_paper_is_taken_back_by_who_made_it(forth: str, back: str) -> None:
    """Back to exactly where it came from, by the same roles, and only before the next step."""
    step_, undo = BY_ACTION[forth], BY_ACTION[back]
    assert {undo.target} == step_.sources
    assert undo.sources == {step_.target}
    assert undo.roles == step_.roles
    assert undo.judges == step_.judges


@pytest.mark.parametrize(
    ("forth", "back", "next_step"),
    [
        ("ajukan_spp", "kembalikan_spp", "verifikasi_spp"),
        ("terbit_spm", "kembalikan_spm", "terbit_sp2d"),
    ],
)
def test_a_paper_is_sent_back_by_who_judges_it(forth: str, back: str, next_step: str) -> None:
    step_, undo, after = BY_ACTION[forth], BY_ACTION[back], BY_ACTION[next_step]
    assert {undo.target} == step_.sources
    assert (undo.sources, undo.roles, undo.apart) == (after.sources, after.roles, after.apart)


def test_every_step_names_its_source() -> None:
    assert all(transition.dasar and transition.nama for transition in TRANSITIONS)
