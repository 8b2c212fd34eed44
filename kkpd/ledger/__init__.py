"""The one truth of money: what each rupiah is, who bears it, how far it is (docs/kebenaran.md).

`parts` splits bank lines and purchases of OPDs as of a day; every page and paper sums over them.
"""

from __future__ import annotations

from kkpd.ledger.reads import facts, parts, remembered
from kkpd.ledger.rules import split
from kkpd.ledger.shapes import Explanation, Facts, LedgerBill, Part
from kkpd.ledger.sums import BillBlock, bill_blocks, gross, held, owed

__all__ = [
    "BillBlock",
    "Explanation",
    "Facts",
    "LedgerBill",
    "Part",
    "bill_blocks",
    "facts",
    "gross",
    "held",
    "owed",
    "parts",
    "remembered",
    "split",
]
