"""Which text may be in a document: everything that can be shown, nothing that acts.

Text comes from banks, merchants and people. Line breaks and tabs become spaces; control characters,
direction overrides, lone surrogates and non-characters become U+FFFD, so they stay visible and no
output (PDF, spreadsheet, page) has to check again. Markup is plain text.
"""

from __future__ import annotations

import re
import unicodedata

#: Longest text of one field; the ledger's own columns are shorter.
MAX_TEXT = 4_000

_SPACE = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U000ffffe-\U0010ffff]"
)


def trimmed(text: str) -> str:
    """`text` cleaned for a document: NFC, one line, only visible characters.

    ValueError past MAX_TEXT characters.
    """
    if text.isascii() and text.isprintable():
        found = text
    else:
        found = _UNSHOWN.sub("\ufffd", _SPACE.sub(" ", unicodedata.normalize("NFC", text)))
    if len(found) > MAX_TEXT:
        raise ValueError(f"a text of {len(found)} characters does not fit a document")
    return found
