"""Amounts and dates in Indonesian words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core import moments
from kkpd.core.moments import period_name
from kkpd.core.money import Rupiah, terbilang, whole_number

_UNITS = {
    "nol": 0, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7,
    "delapan": 8, "sembilan": 9, "sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000,
}  # fmt: skip
_KELIPATAN = {
    "ribu": 10**3,
    "juta": 10**6,
    "miliar": 10**9,
    "triliun": 10**12,
    "kuadriliun": 10**15,
}


def read_back(words: str) -> int:
    """An independent reader of Indonesian numbers."""
    whole, group, last = 0, 0, 0
    for word in words.split():
        if word == "seribu":
            whole += 1000
        elif word in _UNITS:
            last = _UNITS[word]
            group += last
        elif word == "belas":
            group += 10
        elif word == "puluh":
            group += last * 9
        elif word == "ratus":
            group += last * 99
        else:
            whole += group * _KELIPATAN[word]
            group = 0
    return whole + group


@pytest.mark.parametrize(
    ("sen", "words"),
    [
        (0, "nol rupiah"),
        (100, "satu rupiah"),
        (75_000_000, "tujuh ratus lima puluh ribu rupiah"),
        (110_000, "seribu seratus rupiah"),
        (100_050, "seribu rupiah lima puluh sen"),
        (-1_200, "minus dua belas rupiah"),
        (10**17, "satu kuadriliun rupiah"),
    ],
)
def test_amounts(sen: int, words: str) -> None:
    assert terbilang(Rupiah(sen)) == words


@given(st.integers(0, 10**17))
def test_words_mean_the_number(number: int) -> None:
    assert read_back(whole_number(number)) == number


def test_dates() -> None:
    day = date(2026, 11, 3)
    assert moments.long(day) == "3 November 2026"
    assert moments.brief(day) == "3 Nov 2026"
    assert moments.numeric(day) == "03-11-2026"
    assert moments.with_weekday(day) == "Selasa, 3 November 2026"
    assert period_name(2026, 5) == "Mei 2026"
    assert moments.in_words(day) == (
        "hari Selasa tanggal tiga bulan November tahun dua ribu dua puluh enam"
    )
