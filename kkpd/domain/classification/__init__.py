"""Operasi, modal or ragu for one purchased line, with the reason and what would change it.

`classify(barang, batas_kapitalisasi=...)` is the whole of it. The order of authority is visible in
`Putusan.aturan`: `rekening`, `ingatan`, `maksud:*`, `kode_barang:*`, `mcc:*`, `kata:*`.
"""

from kkpd.domain.classification.aturan import kunci_ingatan
from kkpd.domain.classification.barang import (
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
from kkpd.domain.classification.kebijakan import BATAS_ANGGAPAN
from kkpd.domain.classification.mesin import classify, classify_many, penilai

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
