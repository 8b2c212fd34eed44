"""The candidates of one bank line for the page: ranked, every field compared in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kkpd.engines.matching.api import kolom_bank, kolom_belanja
from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.columns import susun
from kkpd.engines.matching.links import BALIK, JENIS, REFUND, SATU, tautan_satu
from kkpd.engines.matching.reasons import alasan_tautan
from kkpd.engines.matching.refunds import asal_refund
from kkpd.engines.matching.score import Medan, Tepi, nilai_pasangan, siapkan_medan
from kkpd.engines.matching.shapes import BarisBank, Belanja, Calon
from kkpd.engines.matching.solve.probability import peluang
from kkpd.engines.matching.weights import Bobot


def peringkat(baris: BarisBank, belanja: Sequence[Belanja], bobot: Bobot) -> tuple[Calon, ...]:
    """Candidates of one line, best first; ties by date, then id."""
    bank, catatan = kolom_bank([baris]), kolom_belanja(belanja)
    medan = siapkan_medan(susun(bank, catatan), bobot)
    hasil = []
    satu = SATU if baris.nilai.sen >= 0 else BALIK
    for jenis, tepi in ((satu, _satu(medan)), (REFUND, _refund(medan))):
        if len(tepi) == 0:
            continue
        nol = np.zeros(len(tepi))
        tautan = tautan_satu(tepi, nol, nol, nol, jenis)
        for n in range(len(tepi)):
            asal = int(medan.dua.catatan.asal[tepi.c[n]])
            alasan = alasan_tautan(medan.dua, tautan, n, np.array([n]))
            kunci = (-float(tepi.w[n]), belanja[asal].tanggal, belanja[asal].id)
            hasil.append((kunci, JENIS[jenis], float(tepi.w[n]), alasan))
    hasil.sort(key=lambda satu: satu[0])
    p = _peluang(np.array([satu[2] for satu in hasil]))
    return tuple(
        Calon(kunci[2], jenis, skor, float(p[n]), alasan)
        for n, (kunci, jenis, skor, alasan) in enumerate(hasil)
    )


def _satu(medan: Medan) -> Tepi:
    """Purchases of the same card and sign whose amount is equal or explained."""
    bank, catatan = medan.dua.bank, medan.dua.catatan
    c = np.flatnonzero((catatan.kartu == bank.kartu[0]) & (catatan.nilai * bank.nilai[0] > 0))
    return nilai_pasangan(medan, np.zeros(len(c), dtype=np.int64), c)


def _refund(medan: Medan) -> Tepi:
    bank, catatan = medan.dua.bank, medan.dua.catatan
    b = np.flatnonzero((bank.nilai < 0) & (bank.acuan >= 0))
    c = np.flatnonzero(catatan.nilai > 0)
    return asal_refund(medan, b, c, np.full(len(catatan), -1, dtype=np.int64))


def _peluang(w: F64) -> F64:
    """Probabilities of links that all hold one line."""
    satu: I64 = np.arange(len(w), dtype=np.int64)
    return peluang(satu, np.zeros(len(w), dtype=np.int64), w, 1)
