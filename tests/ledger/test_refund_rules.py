"""What of a refund comes back to the budget, in every state of its original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.choices import PURCHASE_STATUSES
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger.rules import BORNE_BY_HOLDER, CHARGED, ON_DPT, budget_part, check_dpt

ENOUGH = Rupiah.of(100)


@pytest.mark.parametrize("status", PURCHASE_STATUSES)
def test_the_original_goes_first(status: str) -> None:
    if status in CHARGED:
        assert budget_part(status, ENOUGH, ZERO, -ENOUGH) == -ENOUGH
    elif status in BORNE_BY_HOLDER:
        assert budget_part(status, ENOUGH, ZERO, -ENOUGH) == ZERO
    else:
        with pytest.raises(DomainError, match=f"baru berstatus {status}"):
            budget_part(status, ENOUGH, ZERO, -ENOUGH)
    if status in ON_DPT:
        check_dpt(status, "Toko", -ENOUGH, "Oktober 2026")
    else:
        with pytest.raises(DomainError, match="Terbitkan DPT Oktober 2026 dahulu"):
            check_dpt(status, "Toko", -ENOUGH, "Oktober 2026")


sums = st.integers(0, 10**12)


@given(sums, sums, st.integers(1, 10**12))
def test_never_more_than_was_approved_comes_back(ok: int, back: int, amount: int) -> None:
    approved, returned, refund = Rupiah(max(ok, back)), Rupiah(back), Rupiah(-amount)
    share = budget_part("dpt", approved, returned, refund)
    assert refund.sen <= share.sen <= 0
    assert share == refund or approved - returned + share == ZERO
