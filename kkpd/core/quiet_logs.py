"""Libraries that log what they cannot read word by word: no log may tell a card number (law 8)."""

from __future__ import annotations

import logging
from typing import Final

_QUOTING: Final = ("pdfminer", "pikepdf", "pyhanko")


def silence() -> None:
    """Silence them; asked before each reading of a PDF, since a program may set up logs anew.

    What is wrong with a file comes back as an error with its sentence.
    """
    for name in _QUOTING:
        logging.getLogger(name).setLevel(logging.CRITICAL)
