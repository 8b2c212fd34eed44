"""Operasi, modal or ragu for one purchased line, with the reason and what would change it.

`classify(thing, capitalisation_limit=...)` is the whole of it. `Classified.aturan` names the rule
that decided; they are asked in this order: `rekening`, `ingatan`, `maksud:*`, `kode_barang:*`,
`mcc:*`, `layanan:*`, `nama_rekening`, `kata:*`.
"""

from kkpd.engines.classify.policy import ASSUMED_LIMIT
from kkpd.engines.classify.rules import classify, memory_keys
from kkpd.engines.classify.shapes import THRESHOLD, Classified, ClassMemory, Item

__all__ = [
    "ASSUMED_LIMIT",
    "THRESHOLD",
    "ClassMemory",
    "Classified",
    "Item",
    "classify",
    "memory_keys",
]
