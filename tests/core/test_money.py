"""Money: whole sen, exact, and never a float (law 2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.errors import DomainError
from kkpd.core.money import MAX_SEN, ZERO, Rupiah, total

READ = [
    ("1.234.567,89", 123_456_789),
    ("Rp 750.000", 75_000_000),
    ("Rp. 750.000,5", 75_000_050),
    ("750000", 75_000_000),
    ("-1.000", -100_000),
    ("Rp -1.000", -100_000),
    ("\u22121.000,-", -100_000),
    (" 0 ", 0),
]
WRONG = ["", "Rp", "1,234.5", "1.23.456", "1.234,567", "--1", "- Rp -1", "1e3", "١٢٣", "12 000"]


@pytest.mark.parametrize(("text", "sen"), READ)
def test_is_read_as_people_write_it(text: str, sen: int) -> None:
    assert Rupiah.parse(text) == Rupiah(sen)


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_quoted_back(text: str) -> None:
    with pytest.raises(DomainError, match="bukan nilai rupiah"):
        Rupiah.parse(text)


@given(st.integers(-MAX_SEN, MAX_SEN))
def test_what_is_written_is_read_again(sen: int) -> None:
    assert Rupiah.parse(str(Rupiah(sen))) == Rupiah(sen)
    assert Rupiah.from_decimal(Rupiah(sen).to_decimal()) == Rupiah(sen)


@pytest.mark.parametrize("value", [1.5, True, "1", Decimal(1)])
def test_only_whole_sen_make_an_amount(value: object) -> None:
    with pytest.raises(TypeError):
        Rupiah(value)  # type: ignore[arg-type]  # that it is refused is the point
    with pytest.raises(TypeError):
        Rupiah.of(value)  # type: ignore[arg-type]  # refused as well


def test_arithmetic_stays_money() -> None:
    amount = Rupiah.of(1000)
    assert amount + amount - amount == amount
    assert (-amount, abs(-amount), amount * 3) == (Rupiah.of(-1000), amount, Rupiah.of(3000))
    assert total([amount, amount]) == Rupiah.of(2000)
    assert (bool(ZERO), bool(amount), total([])) == (False, True, ZERO)
    assert amount.share(Decimal("0.4015")) == Rupiah.of(402)
    with pytest.raises(TypeError):
        _ = amount + 1  # type: ignore[operator]  # that it is refused is the point
    with pytest.raises(TypeError):
        _ = amount - 1.0  # type: ignore[operator]  # refused as well
    with pytest.raises(TypeError):
        _ = amount * 1.5  # type: ignore[operator]  # refused as well


def test_more_than_a_column_holds_is_a_sentence() -> None:
    with pytest.raises(DomainError, match="terlalu besar"):
        Rupiah(MAX_SEN + 1)
    with pytest.raises(DomainError, match="lebih dari dua angka"):
        Rupiah.from_decimal(Decimal("1.005"))
