"""Every reading of bank lines or bills asks which of them count, or says here why it need not."""

from __future__ import annotations

import re
from typing import Final

from tests.architecture.source import sources

#: What a line or bill is asked with (kkpd/ledger/active.py, and what stands on it).
_ASKED: Final = re.compile(
    r"\b(diberikan|berlaku|tagihan_ada|baris_tagihan|pasangan_berlaku|dihitung)\(|\bini\.(pergi|tetap)"
)
_READ: Final = re.compile(r"\b(BarisBank|Tagihan)\.\w+|select\((BarisBank|Tagihan)\b")

#: file -> why what it reads counts without asking
TANPA: Final = {
    "kkpd/queries/belanja_rinci.py": "lines of living links, which are not taken out",
    "kkpd/queries/empat.py": "days of the lines that queries.cocok gave",
    "kkpd/queries/empat_baris.py": "lines of living links",
    "kkpd/queries/laporan/rekon.py": "words of lines that the ledger gave",
    "kkpd/queries/runut.py": "the history of a purchase, undone links included",
    "kkpd/services/cocok.py": "months of lines that just came in, then queries.cocok",
    "kkpd/services/cocok_kartu.py": "lines of living links",
    "kkpd/services/dts.py": "lines that queries.buku_dts gave",
    "kkpd/services/impor.py": "writes; what it reads comes from queries.buku_bank",
    "kkpd/services/impor_akibat.py": "lines that just came in",
    "kkpd/services/impor_aturan.py": "conditions on lines that just came in",
}


def test_every_reading_of_lines_asks_what_counts() -> None:
    """A new query over bank lines fails here until it asks, or is explained."""
    silent = {
        source.path
        for source in sources("kkpd")
        if not source.path.startswith(("kkpd/tables/", "kkpd/domain/", "kkpd/demo/"))
        and _READ.search(source.text)
        and not _ASKED.search(source.text)
    }
    assert silent == set(TANPA)
