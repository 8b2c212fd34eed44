"""The table of duties that the law keeps apart (kkpd.md 1.6)."""

from __future__ import annotations

import pytest

from kkpd.core.duties import GOODS_CARD, KEPT_APART, TRAVEL_CARD, Duty, conflict
from kkpd.core.permissions import Role

HERE, THERE = frozenset({1}), frozenset({2})

#: Written out on purpose: a pair that leaves the table by accident fails here.
APART = """
bendahara pptk, bendahara pa, bendahara kpa, bendahara ppk, bendahara bud,
bpp pptk, bpp pa, bpp kpa, bpp ppk, bpp bud, pptk pa, pptk kpa, ppk pptk, ppk pa, ppk kpa,
kartu_barang bendahara, kartu_barang bpp, kartu_barang ppk, kartu_barang pa, kartu_barang kpa,
admin pemegang, admin bendahara, admin bpp, admin pptk, admin pa, admin kpa, admin ppk, admin bud,
admin inspektur, admin auditor, admin kartu_barang, admin kartu_perjalanan
"""
PAIRS = {frozenset(pair.split()) for pair in APART.replace("\n", " ").split(",")}
WORDS = [*(role.value for role in Role), GOODS_CARD, TRAVEL_CARD]


@pytest.mark.parametrize("first", WORDS)
@pytest.mark.parametrize("second", WORDS)
def test_the_table(first: str, second: str) -> None:
    found = conflict([Duty(first, HERE)], Duty(second, HERE))
    assert (found is not None) == (frozenset({first, second}) in PAIRS and first != second)


def test_only_where_both_reach_one_opd() -> None:
    wanted = Duty("pa", HERE)
    assert conflict([Duty("bendahara", THERE)], wanted) is None
    assert conflict([Duty("bendahara", HERE | THERE)], wanted) is not None
    assert conflict([Duty("admin", None)], wanted) is not None


def test_every_rule_says_why_and_by_what() -> None:
    for rule in KEPT_APART:
        assert rule.why
        assert rule.dasar
        assert not rule.one & rule.other
    assert Duty(GOODS_CARD, HERE).nama == "pemegang kartu barang, jasa dan modal"
