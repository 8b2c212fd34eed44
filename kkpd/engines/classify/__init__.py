"""Operasi, modal or ragu for one purchased line, with the reason and what would change it.

`classify(barang, batas_kapitalisasi=...)` is the whole of it. The order of authority is visible in
`Putusan.aturan`: `rekening`, `remembered`, `maksud:*`, `kode_barang:*`, `mcc:*`, `kata:*`.
"""

from kkpd.engines.classify.classifier import classify, classify_many, judge
from kkpd.engines.classify.policy import ASSUMED_LIMIT
from kkpd.engines.classify.rules import memory_keys
from kkpd.engines.classify.shapes import (
    THRESHOLD,
    AccountProposal,
    CertainKelas,
    Classified,
    ClassMemory,
    EvidencePart,
    Item,
    Kelas,
    MemoryBook,
)

__all__ = [
    "ASSUMED_LIMIT",
    "THRESHOLD",
    "AccountProposal",
    "CertainKelas",
    "ClassMemory",
    "Classified",
    "EvidencePart",
    "Item",
    "Kelas",
    "MemoryBook",
    "classify",
    "classify_many",
    "judge",
    "memory_keys",
]
