"""Operasi, modal or ragu for one purchased line, with the reason and what would change it.

`classify(barang, batas_kapitalisasi=...)` is the whole of it. The order of authority is visible in
`Putusan.aturan`: `rekening`, `ingatan`, `maksud:*`, `kode_barang:*`, `mcc:*`, `kata:*`.
"""

from kkpd.engines.classify.classifier import classify, classify_many, penilai
from kkpd.engines.classify.policy import BATAS_ANGGAPAN
from kkpd.engines.classify.rules import kunci_ingatan
from kkpd.engines.classify.shapes import (
    AMBANG,
    Barang,
    Bukti,
    BukuIngatan,
    Ingatan,
    Kelas,
    KelasPasti,
    Putusan,
    Usul,
)

__all__ = [
    "AMBANG",
    "BATAS_ANGGAPAN",
    "Barang",
    "Bukti",
    "BukuIngatan",
    "Ingatan",
    "Kelas",
    "KelasPasti",
    "Putusan",
    "Usul",
    "classify",
    "classify_many",
    "kunci_ingatan",
    "penilai",
]
