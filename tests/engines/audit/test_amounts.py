"""Amounts of a column: plain and Indonesian side by side, and what is refused."""

from __future__ import annotations

import pytest

from kkpd.core.errors import Unreadable
from kkpd.engines.audit.amounts import NOTHING, to_sen

CASES = {
    "1.234.567,00": 123_456_700,
    "1234567": 123_456_700,
    "1234567.00": 123_456_700,
    "1234567.5": 123_456_750,
    "Rp 750.000": 75_000_000,
    "Rp750.000,-": 75_000_000,
    "IDR 1.000": 100_000,
    "-1.500,25": -150_025,
    "(2.000)": -200_000,
    "750.000": 75_000_000,
    "1,234,567": 123_456_700,
    "1,234,567.89": 123_456_789,
    "12,5": 1_250,
    "0": 0,
    "": NOTHING,
    "-": NOTHING,
    "1.0": 100,
}


@pytest.mark.parametrize("text", CASES)
def test_one_amount(text: str) -> None:
    assert to_sen([text], "nilai").tolist() == [CASES[text]]


def test_side_by_side() -> None:
    assert to_sen(list(CASES), "nilai").tolist() == list(CASES.values())


def test_a_column_of_decimal_points_has_no_thousands() -> None:
    """`123.456` beside `1234.5678` is a fraction, rounded half up to sen."""
    assert to_sen(["123.456", "1234.5678"], "nilai").tolist() == [12_346, 123_457]


@pytest.mark.parametrize("text", ["abc", "USD 5", "1.23.4", "12 34", "2026-01-02", "1e999", "٣"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="baris 3"):
        to_sen(["5", text], "nilai")
