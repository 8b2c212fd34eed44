"""A whole column of amounts to sen, fast: plain and Indonesian notation side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kkpd.core.errors import Unreadable
from kkpd.core.money import MAX_SEN
from kkpd.engines.reading.cells import amounts

#: Stands for an empty cell; no amount is as small.
NOTHING: Final = np.iinfo(np.int64).min
#: The row of a file that holds its first data.
FIRST_ROW: Final = 2
_COMMA: Final = re.compile(
    r"(-?)(\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+(?=,)|\d+(?=,))(?:,(\d\d?))?", re.ASCII
)
_POINT: Final = re.compile(r"(-?)(\d+)\.(\d\d?)", re.ASCII)
_THOUSANDS: Final = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_NAMED: Final = 5


def to_sen(
    texts: Sequence[str], name: str, rows: Sequence[int] | NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Every cell in whole sen, `NOTHING` where it is empty; fractions of a sen are rounded half up.

    One separator before exactly three digits parts thousands, unless other cells of the column show
    a decimal point and none a decimal comma. Unreadable names the first rows that hold no amount.
    """
    found = np.empty(len(texts), dtype=np.int64)
    open_cells: list[int] = []
    unsure: list[int] = []
    commas = points = 0
    for at, text in enumerate(texts):
        if text.isdecimal() and text.isascii() and len(text) < 16:
            found[at] = int(text) * 100
        elif match := _COMMA.fullmatch(text):
            found[at] = _joined(match[1], match[2].replace(".", ""), match[3])
            commas += 1
        elif match := _POINT.fullmatch(text):
            found[at] = _joined(match[1], match[2], match[3])
            points += 1
        else:
            (unsure if _THOUSANDS.fullmatch(text) else open_cells).append(at)
    wrong = []
    for at in open_cells:
        value, sign = _slow(texts[at])
        commas, points = commas + (sign == ","), points + (sign == ".")
        if value is None:
            wrong.append(at)
        else:
            found[at] = value
    decimal_point = points > 0 and commas == 0
    for at in unsure:
        text = texts[at]
        if decimal_point and "." in text:
            found[at] = _rounded(Decimal(text))
        else:
            found[at] = int(text.replace(".", "").replace(",", "")) * 100
    if wrong:
        _refuse(texts, wrong, name, rows)
    return found


def _joined(minus: str, whole: str, sen: str | None) -> int:
    value = int(whole) * 100 + int((sen or "0").ljust(2, "0"))
    if value > MAX_SEN:
        raise Unreadable(f"Nilai {whole[:20]}… terlalu besar untuk dihitung. Periksa angkanya.")
    return -value if minus else value


def _rounded(value: Decimal) -> int:
    return int((value * 100).to_integral_value(rounding=ROUND_HALF_UP))


def _slow(text: str) -> tuple[int | None, str]:
    """The amount as the reader of bank files takes it apart, and the decimal sign it shows."""
    if amounts.is_blank(text):
        return NOTHING, ""
    written = amounts.take_apart(text)
    if written is None or written.currency not in (None, *_RUPIAH):
        return None, ""
    signs = amounts.decimals_of(written.core)
    if not signs:
        return None, ""
    value = amounts.to_decimal(written.core, "," if "," in signs else ".")
    if value is None or abs(value) * 100 > MAX_SEN:
        return None, ""
    minus = written.negative != amounts.is_back(written.mark)
    shown = signs if amounts.says_something(written.core) and len(signs) == 1 else ""
    return _rounded(-value if minus else value), shown


_RUPIAH: Final = ("Rp", "RP", "rp", "IDR", "Idr", "idr")


def _refuse(
    texts: Sequence[str],
    wrong: Sequence[int],
    name: str,
    rows: Sequence[int] | NDArray[np.int64] | None,
) -> None:
    told = [
        f"baris {at + FIRST_ROW if rows is None else rows[at]} “{texts[at][:20]}”"
        for at in wrong[:_NAMED]
    ]
    more = f", dan {len(wrong) - _NAMED} lainnya" if len(wrong) > _NAMED else ""
    raise Unreadable(
        f"Kolom {name} berisi yang bukan nilai rupiah: {', '.join(told)}{more}. "
        "Tulis seperti 1234567 atau 1.234.567,00.",
        field=name,
    )
