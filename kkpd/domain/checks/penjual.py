"""The seller's tax number in its official form, so that it never looks like a card number."""

from __future__ import annotations

import re

from kkpd.domain.pan import mask

_LAIN = re.compile(r"[\s.\-/]")


def rapikan_npwp(text: str) -> str:
    """`012345678901000` as `01.234.567.8-901.000`; 16 digits (NPWP or NIK) likewise with dots.

    Anything else is kept as written, card numbers cut (law 8).
    """
    digits = _LAIN.sub("", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (15, 16)):
        return mask(text.strip())
    if len(digits) == 16 and not digits.startswith("0"):  # a NIK: place, birth date, number
        return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:12]}.{digits[12:]}"
    head, d = digits[:-13], digits[-13:]
    return f"{head}.{d[:3]}.{d[3:6]}.{d[6]}-{d[7:10]}.{d[10:]}"
