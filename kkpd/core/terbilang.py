"""Amounts in words (*terbilang*) as official forms print them."""

from __future__ import annotations

from kkpd.core.money import Rupiah


def whole_number(number: int) -> str:
    """A whole number in Indonesian words, `minus` before a negative one."""
    from num2words import num2words  # type: ignore[import-untyped]  # it ships no types

    words: str = num2words(abs(number), lang="id")
    return f"minus {words}" if number < 0 else words


def terbilang(amount: Rupiah) -> str:
    """`tujuh ratus lima puluh ribu rupiah`, with `... sen` behind where there are sen."""
    whole, sen = divmod(abs(amount.sen), 100)
    words = f"{whole_number(whole)} rupiah" + (f" {whole_number(sen)} sen" if sen else "")
    return f"minus {words}" if amount.sen < 0 else words
