"""Roles, permissions and the actor: pure questions, answered from one table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.permissions import (
    ACROSS_OPDS,
    ALL_PERMISSIONS,
    EVERYONE,
    PERMISSIONS,
    ROLE_NAMES,
    Actor,
    Assignment,
    Role,
)

DINKES, DISDIK = 1, 2
OPDS = st.none() | st.integers(1, 3)
TUGAS = st.builds(Assignment, st.sampled_from(Role), OPDS)
ACTORS = st.builds(
    Actor, st.just(1), st.just(1), st.just("Ani"), st.lists(TUGAS, max_size=4).map(tuple)
)


def actor(*assignment: Assignment) -> Actor:
    return Actor(1, 1, "Ani", assignment)


def test_every_role_has_permissions_and_a_name() -> None:
    assert set(PERMISSIONS) == set(ROLE_NAMES) == set(Role)
    assert all(PERMISSIONS.values())
    assert ACROSS_OPDS.issubset(Role)


def test_the_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        PERMISSIONS[Role.AUDITOR] = frozenset({"admin:lihat"})  # type: ignore[index]  # the test


def test_who_records_never_tests() -> None:
    """Law 10: no role both records or puts forward and decides."""
    records = {"belanja:catat", "belanja_saya:catat", "dpr:susun", "tagihan:unggah"}
    decides = {"uji:putuskan", "dpt:terbit", "dpr:periksa", "spm:terbit", "temuan:putuskan"}
    for permission in PERMISSIONS.values():
        assert not (permission & records and permission & decides)


def test_the_administrator_sees_no_books_and_the_auditor_only_reads() -> None:
    assert not PERMISSIONS[Role.ADMIN] & {"tagihan:lihat", "belanja:lihat", "laporan:lihat"}
    reports = {"laporan:lihat", "laporan:unduh", "paket:unduh"}
    trail = {"belanja:lihat", "bukti:lihat", "tagihan:lihat"}
    assert PERMISSIONS[Role.AUDITOR] == reports | trail | {"peristiwa:lihat"}


def test_a_role_counts_in_its_opd() -> None:
    citra = actor(Assignment(Role.BENDAHARA, DINKES))
    assert citra.can("tagihan:unggah", DINKES)
    assert not citra.can("tagihan:unggah", DISDIK)
    assert citra.can("tagihan:unggah")
    assert (citra.sees(DINKES), citra.sees(DISDIK)) == (True, False)
    assert citra.opd_ids == frozenset({DINKES})


def test_a_role_in_all_opds_counts_everywhere() -> None:
    fitri = actor(Assignment(Role.INSPECTOR, None))
    assert fitri.can("papan:lihat", DISDIK)
    assert fitri.opd_ids is None
    assert fitri.opds_for("papan:lihat") is None
    assert fitri.opds_for("tagihan:unggah") == frozenset()


def test_two_roles_reach_each_as_far_as_its_own() -> None:
    """An administrator who is treasurer of one OPD does not see the books of the others."""
    both = actor(Assignment(Role.ADMIN, None), Assignment(Role.BENDAHARA, DINKES))
    assert both.opds_for("tagihan:lihat") == frozenset({DINKES})
    assert not both.can("tagihan:lihat", DISDIK)
    assert both.peran == (Role.BENDAHARA, Role.ADMIN)
    assert both.role_for("tagihan:lihat", DINKES) is Role.BENDAHARA
    assert both.role_for("tagihan:lihat", DISDIK) is None


def test_nobody_without_assignment_can_do_more_than_look_after_themselves() -> None:
    nobody = actor()
    assert {permission for permission in ALL_PERMISSIONS if nobody.can(permission)} == EVERYONE
    assert nobody.opd_ids == frozenset()


@given(who=ACTORS, permission=st.sampled_from(sorted(ALL_PERMISSIONS)), opd=st.integers(1, 3))
def test_questions_agree(who: Actor, permission: str, opd: int) -> None:
    """can, peran_untuk, jangkauan and sees are four views of the same assignments."""
    if permission in EVERYONE:
        assert who.can(permission, opd)
        return
    role = who.role_for(permission, opd)
    reach = who.opds_for(permission)
    assert who.can(permission, opd) == (role is not None) == (reach is None or opd in reach)
    if role is not None:
        assert who.sees(opd)
        assert permission in PERMISSIONS[role]
    assert who.in_opd(opd).opd_id == opd
