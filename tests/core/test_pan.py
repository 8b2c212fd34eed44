"""Card numbers never leave whole (law 8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.pan import last_four, luhn_valid, mask, may_hold_card

VISA, AMEX, MAESTRO = "4111111111111111", "378282246310005", "6759649826438453"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (VISA, "****1111"),
        (f"kartu {VISA}.", "kartu ****1111."),
        ("4111 1111 1111 1111", "****1111"),
        ("4111-1111-1111-1111", "****1111"),
        ("4111.1111.1111.1111", "****1111"),
        ("4111\u00a01111\u00a01111\u00a01111", "****1111"),
        ("4111  1111  1111  1111", "****1111"),
        (f"a{VISA}b", "a****1111b"),
        (f"12 {VISA}", "12 ****1111"),
        (f"{VISA} 77", "****1111 77"),
        (f"REF {AMEX} dan {MAESTRO}", "REF ****0005 dan ****8453"),
        ("3782 822463 10005", "****0005"),
        ("٤١١١١١١١١١١١١١١١", "****١١١١"),
        ("Rp 1.234.567.890.123,00", "Rp 1.234.567.890.123,00"),
        ("2025-01-31 10:15", "2025-01-31 10:15"),
        ("512345******1234", "512345******1234"),
        ("1234567890123", "1234567890123"),
        ("", ""),
    ],
)
def test_mask(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_number_of_more_than_nineteen_digits_is_no_card() -> None:
    assert mask("DE" + "4" * 20) == "DE" + "4" * 20


@pytest.mark.parametrize(
    ("text", "four"),
    [
        ("512345******1234", "1234"),
        ("************5804", "5804"),
        ("XXXX-XXXX-XXXX-0077", "0077"),
        (VISA, "1111"),
        ("5804", "5804"),
        ("ending 5804", "5804"),
        ("....5804", "5804"),
        ("12345678", None),
        ("JOHN", None),
        ("", None),
    ],
)
def test_last_four(text: str, four: str | None) -> None:
    assert last_four(text) == four


def _with_check_digit(digits: str) -> str:
    return next(digits + str(n) for n in range(10) if luhn_valid(digits + str(n)))


cards = st.text("0123456789", min_size=12, max_size=18).map(_with_check_digit)


@given(cards, st.text(max_size=30), st.text(max_size=30), st.sampled_from(["", " ", "-"]))
def test_no_card_survives_inside_any_text(card: str, before: str, after: str, sep: str) -> None:
    written = sep.join(card[i : i + 4] for i in range(0, len(card), 4))
    before, after = before.rstrip("0123456789 -.\t\r\n"), after.lstrip("0123456789 -.\t\r\n")
    masked = mask(f"{before}x{written}x{after}")
    assert written not in masked
    assert card[-4:] in masked


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)
    assert may_hold_card(text) or mask(text) == text
