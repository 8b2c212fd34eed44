"""Findings of monitoring in words, with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from kkpd.core.moments import MONTHS
from kkpd.core.money import Rupiah
from kkpd.oversight.monitoring_rules import SENTENCES, Highlight
from kkpd.web.filters import percent, rupiah
from kkpd.web.translation import N_, _

#: rule -> its name
RULES = {
    "rendah": N_("Pemakaian rendah"),
    "terlambat": N_("Terlambat membayar"),
    "kartu": N_("Kartu tidak dipakai"),
    "target": N_("Target triwulan"),
    "naikkan": N_("Saran: naikkan bagian kartu"),
    "turunkan": N_("Saran: turunkan bagian kartu"),
}


def wording(one: Highlight) -> str:
    """The sentence in the language of the page."""
    return _(
        SENTENCES[one.aturan], **{key: _said(key, value) for key, value in one.numeric.items()}
    )


def bulan(months: Sequence[int]) -> str:
    """`Jan–Okt` of neighbouring months, `Mar, Mei` of others."""
    names = [MONTHS[number - 1][:3] for number in months]
    runs = len(months) > 2 and months[-1] - months[0] == len(months) - 1
    return f"{names[0]}–{names[-1]}" if runs else ", ".join(names)


def _said(key: str, value: object) -> str:
    if isinstance(value, Rupiah):
        return rupiah(value)
    if not isinstance(value, Fraction):
        return str(value)
    if key != "gu":
        return percent(value)
    times = Decimal(value.numerator) / value.denominator
    return str(times.quantize(Decimal("0.1"), ROUND_HALF_UP)).replace(".", ",")
