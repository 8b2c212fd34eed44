"""Among rows that nothing tells apart the first by identity are linked, in order.

The best world is not unique then; this makes the answer one: equal purchases go to lines in date
order by their ids, and equal lines to purchases likewise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kkpd.engines.matching.arrays import I64, Ya, gabung_kunci
from kkpd.engines.matching.columns import Sisi
from kkpd.engines.matching.links import SATU, Tautan
from kkpd.engines.matching.score import Medan
from kkpd.engines.matching.solve.graph import setara


def tertibkan(medan: Medan, tautan: Tautan) -> Tautan:
    """The same links, with interchangeable rows in canonical order."""
    r = tautan.rinci
    satu = tautan.jenis[r.nomor] == SATU
    dua = medan.dua
    c = _atur(setara(dua.catatan, None), r.c, r.b, satu)
    b = _atur(_setara_bank(dua.bank), r.b, c, satu)
    return replace(tautan, rinci=replace(r, b=b, c=c))


def _setara_bank(bank: Sisi) -> I64:
    """Lines equal in all the bank wrote share a class, named by its first row."""
    if len(bank) == 0:
        return np.empty(0, dtype=np.int64)
    kunci = gabung_kunci(
        gabung_kunci(bank.kartu, bank.sandi_nilai),
        bank.hari - int(bank.hari.min()),
        bank.posting - int(bank.posting.min()),
        bank.nama,
    )
    _, pertama, balik = np.unique(kunci, return_index=True, return_inverse=True)
    return pertama[balik].astype(np.int64)


def _atur(kelas: I64, isi: I64, lain: I64, satu: Ya) -> I64:
    """`isi` with rows of one class dealt out anew: the first free ones, in the order of `lain`."""
    banyak = np.bincount(kelas, minlength=len(kelas))
    mana = np.flatnonzero(satu & (banyak[kelas[isi]] > 1))
    if len(mana) == 0:
        return isi
    bebas = banyak[kelas] > 1
    bebas[isi[~satu]] = False
    calon = np.flatnonzero(bebas)
    calon = calon[np.argsort(kelas[calon], kind="stable")]
    mana = mana[np.lexsort((lain[mana], kelas[isi[mana]]))]
    ke = np.searchsorted(kelas[calon], kelas[isi[mana]])
    milik = kelas[isi[mana]]
    awal = np.searchsorted(milik, milik)
    hasil = isi.copy()
    hasil[mana] = calon[ke + np.arange(len(mana)) - awal]
    return hasil
