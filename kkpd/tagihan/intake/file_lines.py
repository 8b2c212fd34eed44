"""The lines of a file as the books hold them: texts without NUL and cut, amounts in whole sen."""

from __future__ import annotations

from typing import Final

from kkpd.core.errors import Unreadable
from kkpd.core.money import MAX_SEN
from kkpd.engines.reading.statement import Line
from kkpd.tagihan.bill_arithmetic import sen
from kkpd.tagihan.identity import base_key

#: Stands in a key for the day of a line without any.
NO_DATE: Final = "0000-00-00"


def tidied(line: Line) -> Line:
    """The line as the books hold it. Unreadable names the row whose amount is no whole sen."""
    _refuse_amount(line)
    return line._replace(
        sheet=_text(line.sheet, 80) or None,
        reference=_text(line.reference, 80) or None,
        description=_text(line.description, 500),
        merchant=_text(line.merchant or line.description, 200),
        mcc=line.mcc if line.mcc and len(line.mcc) == 4 else None,
        currency=currency_code(line.currency),
    )


def line_key(line: Line) -> str:
    """The base key behind the line's day, so that lines of one day lie together in the index."""
    return f"{line.transaction_date or line.posting_date or NO_DATE}{base_key(line)}"


def currency_code(text: str | None) -> str | None:
    """Three letters; `Rp` is IDR."""
    code = (text or "").strip(" .").upper()
    return "IDR" if code == "RP" else code[:3] or None


def _text(text: str | None, most: int) -> str:
    """PostgreSQL holds no NUL in a text."""
    return (text or "").replace("\x00", " ")[:most]


def _refuse_amount(line: Line) -> None:
    where = {"field": f"baris {line.row}"}
    if sen(line) != line.amount * 100:
        raise Unreadable(
            f"Baris {line.row}: jumlah {line.amount} mempunyai lebih dari dua angka di belakang "
            "koma. Periksa tanda desimal berkas ini.",
            **where,
        )
    if abs(sen(line)) > MAX_SEN:
        raise Unreadable(
            f"Baris {line.row}: jumlah {line.amount} terlalu besar untuk dicatat. "
            "Periksa jumlah angkanya.",
            **where,
        )
