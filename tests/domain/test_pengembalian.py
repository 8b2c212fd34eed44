"""When a refund may be approved and put on a DPT: every state of its original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.domain.errors import DomainError
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.pengembalian import DIBEBANKAN, DIMUAT, periksa, periksa_dpt
from kkpd.domain.pilihan import STATUS_TRANSAKSI

CUKUP = Rupiah.of(100)


@pytest.mark.parametrize("status", STATUS_TRANSAKSI)
def test_the_original_goes_first(status: str) -> None:
    if status in DIBEBANKAN:
        periksa(status, CUKUP, NOL, -CUKUP)
    else:
        held = "bukan milik APBD" if status in ("ditolak", "dibayar_pribadi", "dibatalkan") else ""
        with pytest.raises(DomainError, match=held or f"baru berstatus {status}"):
            periksa(status, CUKUP, NOL, -CUKUP)
    if status in DIMUAT:
        periksa_dpt(status, "Toko", -CUKUP, "Oktober 2026")
    else:
        with pytest.raises(DomainError, match="Terbitkan DPT Oktober 2026 dahulu"):
            periksa_dpt(status, "Toko", -CUKUP, "Oktober 2026")


sums = st.integers(0, 10**12)


@given(sums, sums, st.integers(1, 10**12))
def test_never_more_than_was_approved_comes_back(ok: int, back: int, amount: int) -> None:
    approved, returned, refund = Rupiah(max(ok, back)), Rupiah(back), Rupiah(-amount)
    if returned + abs(refund) <= approved:
        periksa("dpt", approved, returned, refund)
        return
    word = "paling banyak" if returned < approved else "Tolak"
    with pytest.raises(DomainError, match=word):
        periksa("dpt", approved, returned, refund)
