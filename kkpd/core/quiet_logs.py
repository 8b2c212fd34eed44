"""Silence libraries that log text they cannot read: a log must not hold a card number (law 8)."""

from __future__ import annotations

import logging
from typing import Final

_QUOTING: Final = ("pdfminer", "pikepdf", "pyhanko")


def silence() -> None:
    """Silence them; called before each PDF is read, because logging may have been configured again.

    What is wrong with a file is still reported as an error with a sentence.
    """
    for name in _QUOTING:
        logging.getLogger(name).setLevel(logging.CRITICAL)
