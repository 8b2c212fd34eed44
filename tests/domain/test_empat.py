"""Four links: one amount is one kind of difference, and the kinds add up to the headline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.choices import JENIS_SELISIH, STATUS_TRANSAKSI
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Peran
from kkpd.ledger.difference_kinds import PEMILIK, SEBUTAN
from kkpd.reconciliation.four_way import Fakta, beda, jenis, pokok
from kkpd.web.terms.words import NAMA_SELISIH

HARI = date(2026, 11, 20)
LUNAS = Fakta(Rupiah.of(100), True, date(2026, 10, 14), "belanja", status="lunas", jendela=10)
BARIS = Fakta(Rupiah.of(100), True, date(2026, 10, 14), "belanja")


@pytest.mark.parametrize(
    ("fakta", "kind"),
    [
        (LUNAS, None),
        (replace(LUNAS, status="dibayar_pribadi", ditolak=True), None),
        (replace(LUNAS, status="dpt"), "belum_dibayar"),
        (replace(LUNAS, opd_sama=False), "opd_salah"),
        (replace(LUNAS, kartu_sama=False), "kartu_salah"),
        (replace(LUNAS, kartu_tepat=False), "kartu_salah"),
        (replace(LUNAS, jarak=11), "tanggal"),
        (replace(LUNAS, jarak=-11), "tanggal"),
        (replace(LUNAS, jarak=10), None),
        (replace(LUNAS, kelebihan=True), "dibayar_dua_kali"),
        (replace(LUNAS, ditolak=True), "ditolak"),
        (replace(LUNAS, status="ditolak"), "ditolak"),
        (replace(LUNAS, status="disetujui", pagu="tanpa_pagu"), "tanpa_pagu"),
        (replace(LUNAS, status="berbukti", pagu="lewat_batas"), "lewat_batas"),
        (replace(BARIS, ditagih=False, status="berbukti"), "belum_ditagih"),
        (replace(BARIS, ditagih=False, debit=True), "dibayar_dua_kali"),
        (BARIS, "tanpa_belanja"),
        (replace(BARIS, sebagian=True), "nilai"),
        (replace(BARIS, kartu_dikenal=False), "kartu_salah"),
        (replace(BARIS, opd_sama=False), "opd_salah"),
        (replace(BARIS, kelebihan=True), "dibayar_dua_kali"),
        (replace(BARIS, jenis_baris="meterai"), "meterai"),
        (replace(BARIS, jenis_baris="biaya"), "biaya"),
        (replace(BARIS, jenis_baris="refund", nilai=Rupiah.of(-5)), "refund_ditunggu"),
        (replace(BARIS, nama="dibayar_dua_kali"), "dibayar_dua_kali"),
    ],
)
def test_the_first_missing_link_names_the_kind(fakta: Fakta, kind: str | None) -> None:
    assert jenis(fakta) == kind


def test_every_kind_has_its_words_and_its_owner() -> None:
    assert set(SEBUTAN) == set(PEMILIK) == set(JENIS_SELISIH)
    assert SEBUTAN == NAMA_SELISIH


def test_a_difference_has_owner_age_and_day() -> None:
    found = beda(replace(LUNAS, status="diajukan"), HARI, None, 50)
    assert found is not None
    assert (found.peran, found.umur) == (Peran.PPTK, 37)
    assert found.tempo == date(2026, 10, 14) + timedelta(days=50)
    known = beda(BARIS, HARI, date(2026, 11, 1), 50)
    assert known is not None
    assert (known.tempo, known.peran) == (date(2026, 11, 1), Peran.BENDAHARA)
    undated = beda(replace(BARIS, hari=None), HARI, None, None)
    assert undated is not None
    assert (undated.umur, undated.tempo) == (0, None)
    assert beda(LUNAS, HARI, None, 50) is None


_ya = st.booleans()
_fakta = st.builds(
    Fakta,
    nilai=st.integers(-(10**9), 10**9).map(Rupiah),
    ditagih=_ya,
    hari=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    jenis_baris=st.sampled_from(["belanja", "refund", "biaya", "meterai"]),
    kartu_dikenal=_ya,
    sebagian=_ya,
    nama=st.sampled_from(["", *JENIS_SELISIH]),
    status=st.sampled_from(["", *STATUS_TRANSAKSI]),
    kartu_sama=_ya,
    kartu_tepat=_ya,
    opd_sama=_ya,
    jarak=st.integers(-40, 40),
    jendela=st.just(10),
    kelebihan=_ya,
    ditolak=_ya,
    pagu=st.sampled_from(["ada", "tanpa_pagu", "lewat_batas"]),
    debit=_ya,
)


@given(st.lists(_fakta, max_size=40))
def test_the_kinds_add_up_whatever_the_amounts_are(facts: list[Fakta]) -> None:
    parts: list[tuple[Fakta, Any]] = [(fact, beda(fact, HARI, None, 50)) for fact in facts]
    billed = total(fact.nilai for fact in facts if fact.ditagih)
    found = pokok(parts, billed)
    assert sum((amount for _, _, amount in found.jenis), NOL) == found.belum_tuntas
    assert {kind for kind, _, _ in found.jenis} <= set(JENIS_SELISIH)


def test_a_bill_that_is_not_all_there_is_an_error_of_ours() -> None:
    with pytest.raises(AssertionError, match="every rupiah"):
        pokok([(BARIS, None)], Rupiah.of(99))
