"""The text of a cell for people: the same on paper, on screen and in spreadsheets."""

from __future__ import annotations

from datetime import date

from kkpd.core import indonesian_dates
from kkpd.core.money import Rupiah
from kkpd.engines.paper.parts import Kind, Sel


def display(jenis: Kind, sel: Sel, *, sen: bool = False) -> str:
    """The text of a cell; with `sen` whole rupiah also get `,00`, so that a column lines up."""
    if sel is None:
        return ""
    if isinstance(sel, Rupiah):
        return f"{sel},00" if sen and sel.sen % 100 == 0 else str(sel)
    if isinstance(sel, date):
        return indonesian_dates.numeric(sel)
    if jenis == "persen" and isinstance(sel, int):
        return percent(sel)
    return str(sel)


def percent(hundredths: int) -> str:
    """`45,32%` for 4532."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole},{rest:02d}%"
