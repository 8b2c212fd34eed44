"""Refunds of originals: which purchase each takes back, one that comes in pieces included."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from kkpd.engines.matching.arrays import I64, Ya
from kkpd.engines.matching.links import REFUND, SATU, Tautan, tautan_satu
from kkpd.engines.matching.refunds import asal_refund
from kkpd.engines.matching.score import BUANG, Medan, Tepi
from kkpd.engines.matching.solve.best_assignment import Graf, dunia_terbaik, susun_graf
from kkpd.engines.matching.solve.graph import bagian_positif, jumlah_kelas, setara
from kkpd.engines.matching.solve.probability import peluang


def kembalikan(medan: Medan, utama: Tautan) -> Tautan:
    """Negative lines that found no negative purchase look for their original.

    An original is given back once, or in pieces that together are no more than it was.
    """
    dua = medan.dua
    bebas = np.ones(len(dua.bank), dtype=np.bool_)
    bebas[utama.rinci.b] = False
    b = np.flatnonzero(bebas & (dua.bank.nilai < 0) & (dua.bank.acuan >= 0))
    c = np.flatnonzero(dua.catatan.nilai > 0)
    baris_dari = np.full(len(dua.catatan), -1, dtype=np.int64)
    satu = utama.jenis[utama.rinci.nomor] == SATU
    baris_dari[utama.rinci.c[satu]] = utama.rinci.b[satu]
    calon, potongan = _berpotongan(medan, asal_refund(medan, b, c, baris_dari), baris_dari)
    graf = _graf(medan, calon, potongan)
    p = peluang(graf.tautan, graf.simpul, graf.w, graf.banyak_simpul)
    p = jumlah_kelas(p, graf.tanda)
    positif, label, nomor, _ = bagian_positif(graf, p, medan.bobot.jendela.komponen_terbesar)
    dunia = dunia_terbaik(positif, label)
    dipilih = nomor[dunia.pilihan]
    terpilih = calon.ambil(dipilih)
    cukup = _sisa(medan, terpilih, baris_dari) >= 0
    dipilih, jarak = dipilih[cukup], dunia.jarak[cukup]
    return tautan_satu(terpilih.ambil(cukup), p[dipilih], p[dipilih], jarak, REFUND)


def _berpotongan(medan: Medan, calon: Tepi, baris_dari: I64) -> tuple[Tepi, Ya]:
    """Candidates worth keeping, and which of them are a further piece of their original.

    What fits beside the likelier candidates of its original stands twice: as the one that gives it
    back, and as a further piece, which excludes nobody but is as rare as such pieces are.
    """
    calon = calon.ambil(calon.w > BUANG)
    pertama = np.zeros(len(calon), dtype=np.bool_)
    urut = _urut(calon)
    pertama[urut] = np.diff(calon.c[urut], prepend=-1) != 0
    sisa = _sisa(medan, calon, baris_dari)
    lagi = (sisa >= 0) & ~pertama
    potongan, bobot = calon.ambil(lagi), medan.bobot.refund
    # what makes the pieces whole is as telling as a whole refund
    habis = np.log(bobot.penuh) - medan.kebetulan_catatan[potongan.c] - potongan.w_nilai
    tambah = np.log(bobot.lagi) + np.where(sisa[lagi] == 0, np.maximum(habis, 0), 0)
    w_nilai = (potongan.w_nilai + tambah).astype(np.float32)
    potongan = replace(potongan, w=potongan.w + tambah, w_nilai=w_nilai)
    potongan = potongan.ambil(potongan.w > BUANG)
    asli = np.zeros(len(calon), dtype=np.bool_)
    semua = Tepi(
        *(
            np.concatenate([getattr(calon, lajur.name), getattr(potongan, lajur.name)])
            for lajur in fields(Tepi)
        )
    )
    return semua, np.concatenate([asli, np.ones(len(potongan), dtype=np.bool_)])


def _urut(calon: Tepi) -> I64:
    """By original, the likeliest first."""
    return np.lexsort((calon.b, -calon.w, calon.c)).astype(np.int64)


def _sisa(medan: Medan, calon: Tepi, baris_dari: I64) -> I64:
    """What each refund and all likelier ones of its original leave of it (sen; below 0: more than
    it was). Of the typed amount and the bank's, the one that comes out even, else the greater.
    """
    bank, catatan = medan.dua.bank.nilai, medan.dua.catatan.nilai
    urut = _urut(calon)
    b, c = calon.b[urut], calon.c[urut]
    jumlah = np.cumsum(-bank[b])
    awal = np.flatnonzero(np.diff(c, prepend=-1) != 0)
    sebelum = np.repeat(jumlah[awal] + bank[b[awal]], np.diff(np.append(awal, len(c))))
    baris = baris_dari[c]
    penuh = np.where(baris >= 0, np.maximum(bank[baris], catatan[c]), catatan[c])
    diberi = jumlah - sebelum
    hasil = np.empty(len(calon), dtype=np.int64)
    hasil[urut] = np.where(diberi == catatan[c], 0, penuh - diberi)
    return hasil


def _graf(medan: Medan, calon: Tepi, potongan: Ya) -> Graf:
    """Refunds and originals; a further piece stands at a place of its own beside its original."""
    dua, geser = medan.dua, len(medan.dua.bank)
    luas = geser + len(dua.catatan)
    c = calon.c + geser
    c[potongan] = luas + np.arange(int(potongan.sum()))
    banyak = np.arange(len(calon), dtype=np.int64)
    kelas = setara(dua.catatan, medan.nama.catatan)[calon.c]
    kasar = np.unique(np.stack([calon.b, kelas]), axis=1, return_inverse=True)[1].reshape(-1)
    return susun_graf(
        calon.w,
        calon.b,
        c,
        kasar.astype(np.int64),
        np.concatenate([banyak, banyak]),
        np.concatenate([calon.b, c]),
        luas + int(potongan.sum()),
    )
