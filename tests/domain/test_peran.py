"""Roles, permissions and the actor: pure questions, answered from one table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.permissions import (
    IZIN,
    LINTAS_OPD,
    NAMA_PERAN,
    SEMUA_IZIN,
    SETIAP_ORANG,
    Actor,
    Peran,
    Tugas,
)

DINKES, DISDIK = 1, 2
OPDS = st.none() | st.integers(1, 3)
TUGAS = st.builds(Tugas, st.sampled_from(Peran), OPDS)
ACTORS = st.builds(
    Actor, st.just(1), st.just(1), st.just("Ani"), st.lists(TUGAS, max_size=4).map(tuple)
)


def actor(*tugas: Tugas) -> Actor:
    return Actor(1, 1, "Ani", tugas)


def test_every_role_has_permissions_and_a_name() -> None:
    assert set(IZIN) == set(NAMA_PERAN) == set(Peran)
    assert all(IZIN.values())
    assert LINTAS_OPD.issubset(Peran)


def test_the_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        IZIN[Peran.AUDITOR] = frozenset({"admin:lihat"})  # type: ignore[index]  # the test


def test_who_records_never_tests() -> None:
    """Law 10: no role both records or puts forward and decides."""
    records = {"belanja:catat", "belanja_saya:catat", "dpr:susun", "tagihan:unggah"}
    decides = {"uji:putuskan", "dpt:terbit", "dpr:periksa", "spm:terbit", "temuan:putuskan"}
    for izin in IZIN.values():
        assert not (izin & records and izin & decides)


def test_the_administrator_sees_no_books_and_the_auditor_reports_only() -> None:
    assert not IZIN[Peran.ADMIN] & {"tagihan:lihat", "belanja:lihat", "laporan:lihat"}
    assert IZIN[Peran.AUDITOR] == {"laporan:lihat", "laporan:unduh", "paket:unduh"}


def test_a_role_counts_in_its_opd() -> None:
    citra = actor(Tugas(Peran.BENDAHARA, DINKES))
    assert citra.can("tagihan:unggah", DINKES)
    assert not citra.can("tagihan:unggah", DISDIK)
    assert citra.can("tagihan:unggah")
    assert (citra.sees(DINKES), citra.sees(DISDIK)) == (True, False)
    assert citra.opd_ids == frozenset({DINKES})


def test_a_role_in_all_opds_counts_everywhere() -> None:
    fitri = actor(Tugas(Peran.INSPEKTUR, None))
    assert fitri.can("papan:lihat", DISDIK)
    assert fitri.opd_ids is None
    assert fitri.jangkauan("papan:lihat") is None
    assert fitri.jangkauan("tagihan:unggah") == frozenset()


def test_two_roles_reach_each_as_far_as_its_own() -> None:
    """An administrator who is treasurer of one OPD does not see the books of the others."""
    both = actor(Tugas(Peran.ADMIN, None), Tugas(Peran.BENDAHARA, DINKES))
    assert both.jangkauan("tagihan:lihat") == frozenset({DINKES})
    assert not both.can("tagihan:lihat", DISDIK)
    assert both.peran == (Peran.BENDAHARA, Peran.ADMIN)
    assert both.peran_untuk("tagihan:lihat", DINKES) is Peran.BENDAHARA
    assert both.peran_untuk("tagihan:lihat", DISDIK) is None


def test_nobody_without_assignment_can_do_more_than_look_after_themselves() -> None:
    nobody = actor()
    assert {izin for izin in SEMUA_IZIN if nobody.can(izin)} == SETIAP_ORANG
    assert nobody.opd_ids == frozenset()


@given(who=ACTORS, izin=st.sampled_from(sorted(SEMUA_IZIN)), opd=st.integers(1, 3))
def test_questions_agree(who: Actor, izin: str, opd: int) -> None:
    """can, peran_untuk, jangkauan and sees are four views of the same assignments."""
    if izin in SETIAP_ORANG:
        assert who.can(izin, opd)
        return
    role = who.peran_untuk(izin, opd)
    reach = who.jangkauan(izin)
    assert who.can(izin, opd) == (role is not None) == (reach is None or opd in reach)
    if role is not None:
        assert who.sees(opd)
        assert izin in IZIN[role]
    assert who.in_opd(opd).opd_id == opd
