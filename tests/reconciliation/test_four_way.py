"""Four links: one amount is one kind of difference, and the kinds add up to the headline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.choices import DIFFERENCE_KINDS, PURCHASE_STATUSES
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Role
from kkpd.ledger.difference_kinds import LABELS, OWNERS
from kkpd.reconciliation.four_way import AmountFacts, discrepancy, headline_sums, jenis

DAYS = date(2026, 11, 20)
LUNAS = AmountFacts(
    Rupiah.of(100), True, date(2026, 10, 14), "belanja", status="lunas", day_window=10
)
BARIS = AmountFacts(Rupiah.of(100), True, date(2026, 10, 14), "belanja")


@pytest.mark.parametrize(
    ("known_facts", "kind"),
    [
        (LUNAS, None),
        (replace(LUNAS, status="dibayar_pribadi", ditolak=True), None),
        (replace(LUNAS, status="dpt"), "belum_dibayar"),
        (replace(LUNAS, same_opd=False), "opd_salah"),
        (replace(LUNAS, same_card=False), "kartu_salah"),
        (replace(LUNAS, right_card=False), "kartu_salah"),
        (replace(LUNAS, distance=11), "tanggal"),
        (replace(LUNAS, distance=-11), "tanggal"),
        (replace(LUNAS, distance=10), None),
        (replace(LUNAS, overpaid=True), "dibayar_dua_kali"),
        (replace(LUNAS, ditolak=True), "ditolak"),
        (replace(LUNAS, status="ditolak"), "ditolak"),
        (replace(LUNAS, status="disetujui", pagu="tanpa_pagu"), "tanpa_pagu"),
        (replace(LUNAS, status="berbukti", pagu="lewat_batas"), "lewat_batas"),
        (replace(BARIS, bank_billed=False, status="berbukti"), "belum_ditagih"),
        (replace(BARIS, bank_billed=False, debit=True), "dibayar_dua_kali"),
        (BARIS, "tanpa_belanja"),
        (replace(BARIS, partial=True), "nilai"),
        (replace(BARIS, card_known=False), "kartu_salah"),
        (replace(BARIS, same_opd=False), "opd_salah"),
        (replace(BARIS, overpaid=True), "dibayar_dua_kali"),
        (replace(BARIS, line_kind="meterai"), "meterai"),
        (replace(BARIS, line_kind="biaya"), "biaya"),
        (replace(BARIS, line_kind="refund", nilai=Rupiah.of(-5)), "refund_ditunggu"),
        (replace(BARIS, nama="dibayar_dua_kali"), "dibayar_dua_kali"),
    ],
)
def test_the_first_missing_link_names_the_kind(known_facts: AmountFacts, kind: str | None) -> None:
    assert jenis(known_facts) == kind


def test_every_kind_has_its_words_and_its_owner() -> None:
    assert set(LABELS) == set(OWNERS) == set(DIFFERENCE_KINDS)


def test_a_difference_has_owner_age_and_day() -> None:
    found = discrepancy(replace(LUNAS, status="diajukan"), DAYS, None, 50)
    assert found is not None
    assert (found.peran, found.umur) == (Role.PPTK, 37)
    assert found.due_term == date(2026, 10, 14) + timedelta(days=50)
    known = discrepancy(BARIS, DAYS, date(2026, 11, 1), 50)
    assert known is not None
    assert (known.due_term, known.peran) == (date(2026, 11, 1), Role.BENDAHARA)
    undated = discrepancy(replace(BARIS, day=None), DAYS, None, None)
    assert undated is not None
    assert (undated.umur, undated.due_term) == (0, None)
    assert discrepancy(LUNAS, DAYS, None, 50) is None


_ya = st.booleans()
_facts = st.builds(
    AmountFacts,
    nilai=st.integers(-(10**9), 10**9).map(Rupiah),
    bank_billed=_ya,
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    line_kind=st.sampled_from(["belanja", "refund", "biaya", "meterai"]),
    card_known=_ya,
    partial=_ya,
    nama=st.sampled_from(["", *DIFFERENCE_KINDS]),
    status=st.sampled_from(["", *PURCHASE_STATUSES]),
    same_card=_ya,
    right_card=_ya,
    same_opd=_ya,
    distance=st.integers(-40, 40),
    day_window=st.just(10),
    overpaid=_ya,
    ditolak=_ya,
    pagu=st.sampled_from(["ada", "tanpa_pagu", "lewat_batas"]),
    debit=_ya,
)


@given(st.lists(_facts, max_size=40))
def test_the_kinds_add_up_whatever_the_amounts_are(facts: list[AmountFacts]) -> None:
    parts: list[tuple[AmountFacts, Any]] = [
        (fact, discrepancy(fact, DAYS, None, 50)) for fact in facts
    ]
    billed = total(fact.nilai for fact in facts if fact.bank_billed)
    found = headline_sums(parts, billed)
    assert sum((amount for _, _, amount in found.jenis), ZERO) == found.not_through
    assert {kind for kind, _, _ in found.jenis} <= set(DIFFERENCE_KINDS)


def test_a_bill_that_is_not_all_there_is_an_error_of_ours() -> None:
    with pytest.raises(AssertionError, match="every rupiah"):
        headline_sums([(BARIS, None)], Rupiah.of(99))


def test_an_spp_waits_for_the_ppk_until_it_is_verified() -> None:
    asked = replace(LUNAS, status="spp")
    for facts, who in ((asked, Role.PPK), (replace(asked, verified=True), Role.PA)):
        found = discrepancy(facts, DAYS, None, None)
        assert found is not None
        assert found.peran == who
