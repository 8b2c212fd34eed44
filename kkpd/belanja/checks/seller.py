"""The seller's tax number in its official form, so that it never looks like a card number."""

from __future__ import annotations

import re

from kkpd.core.pan import luhn_valid, mask

_OTHER = re.compile(r"[\s.\-/]")
#: A NIK: province (no card number starting with 4 and few with 2 begin so), place, birth date,
#: number.
_NIK = re.compile(
    r"(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])\d{4}"
    r"(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}"
)


def tidy_npwp(text: str) -> str:
    """`012345678901000` as `01.234.567.8-901.000`; 16 digits (NPWP or NIK) likewise with dots.

    Anything else is kept as written, with card numbers cut (law 8); also a number with a card's
    check digit that cannot be a NIK (province, birth date with the day plus 40 for women).
    """
    digits = _OTHER.sub("", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) in (15, 16)):
        return mask(text.strip())
    if not digits.startswith("0") and not _NIK.fullmatch(digits) and luhn_valid(digits):
        return mask(digits)
    if len(digits) == 16 and not digits.startswith("0"):  # a NIK: place, birth date, number
        return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:12]}.{digits[12:]}"
    head, d = digits[:-13], digits[-13:]
    return f"{head}.{d[:3]}.{d[3:6]}.{d[6]}-{d[7:10]}.{d[10:]}"
