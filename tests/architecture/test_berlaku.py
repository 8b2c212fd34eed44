"""Every reading of bank lines or bills asks which of them count, or says here why it need not."""

from __future__ import annotations

import re
from typing import Final

from tests.architecture.source import sources

#: What a line or bill is asked with (kkpd/ledger/active.py, and what stands on it).
_ASKED: Final = re.compile(
    r"\b(is_given|effective|bill_exists|line_of_bill|pair_holds|counted)\(|\bthis_one\.(going|tetap)"
)
_READ: Final = re.compile(r"\b(BarisBank|Tagihan)\.\w+|select\((BarisBank|Tagihan)\b")

#: file -> why what it reads counts without asking
TANPA: Final = {
    "kkpd/approval/reads.py": "lines of living links, which are not taken out",
    "kkpd/ledger/standing.py": "whether the month has refunds at all; the answer is the ledger's",
    "kkpd/belanja/detail.py": "lines of living links, which are not taken out",
    "kkpd/reconciliation/batch.py": "kept for line_state, which refuses lines that are out",
    "kkpd/reconciliation/links/reads.py": "days of the lines that reconciliation.month gave",
    "kkpd/reconciliation/minutes.py": "words of lines that the ledger gave",
    "kkpd/oversight/cases/__init__.py": "lines that the watch gave, which judges those that count",
    "kkpd/oversight/cases/participants.py": "who had to do with a line, also with one taken out",
    "kkpd/oversight/purchase_trace.py": "the history of a purchase, undone links included",
    "kkpd/reconciliation/decide.py": "months of lines that just came in, then reconciliation.month",
    "kkpd/records/cases.py": "amount and card of the line that an open finding is about",
    "kkpd/tagihan/intake/consequences.py": "lines that just came in",
}


def test_every_reading_of_lines_asks_what_counts() -> None:
    """A new query over bank lines fails here until it asks, or is explained."""
    silent = {
        source.path
        for source in sources("kkpd")
        if not source.path.startswith(("kkpd/tables/", "kkpd/engines/", "kkpd/demo/"))
        and _READ.search(source.text)
        and not _ASKED.search(source.text)
    }
    assert silent == set(TANPA)
