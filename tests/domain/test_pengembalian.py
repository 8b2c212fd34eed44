"""What of a refund comes back to the budget, in every state of its original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.choices import STATUS_TRANSAKSI
from kkpd.core.errors import DomainError
from kkpd.core.money import NOL, Rupiah
from kkpd.ledger.refund_rules import DIBEBANKAN, DIMUAT, DITANGGUNG, bagian_anggaran, periksa_dpt

CUKUP = Rupiah.of(100)


@pytest.mark.parametrize("status", STATUS_TRANSAKSI)
def test_the_original_goes_first(status: str) -> None:
    if status in DIBEBANKAN:
        assert bagian_anggaran(status, CUKUP, NOL, -CUKUP) == -CUKUP
    elif status in DITANGGUNG:
        assert bagian_anggaran(status, CUKUP, NOL, -CUKUP) == NOL
    else:
        with pytest.raises(DomainError, match=f"baru berstatus {status}"):
            bagian_anggaran(status, CUKUP, NOL, -CUKUP)
    if status in DIMUAT:
        periksa_dpt(status, "Toko", -CUKUP, "Oktober 2026")
    else:
        with pytest.raises(DomainError, match="Terbitkan DPT Oktober 2026 dahulu"):
            periksa_dpt(status, "Toko", -CUKUP, "Oktober 2026")


sums = st.integers(0, 10**12)


@given(sums, sums, st.integers(1, 10**12))
def test_never_more_than_was_approved_comes_back(ok: int, back: int, amount: int) -> None:
    approved, returned, refund = Rupiah(max(ok, back)), Rupiah(back), Rupiah(-amount)
    share = bagian_anggaran("dpt", approved, returned, refund)
    assert refund.sen <= share.sen <= 0
    assert share == refund or approved - returned + share == NOL
