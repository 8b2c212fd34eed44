"""From candidate pairs and sets to one graph of links, and what makes two links one decision."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya, gabung_kunci
from kkpd.engines.matching.columns import Dua, Sisi
from kkpd.engines.matching.score import Tepi
from kkpd.engines.matching.set_candidates import Himpunan
from kkpd.engines.matching.solve.best_assignment import (
    TERBANYAK_HIMPUNAN,
    Graf,
    label_komponen,
    susun_graf,
)


def graf_tautan(dua: Dua, tepi: Tepi, pecahan: Himpunan, gabungan: Himpunan) -> Graf:
    """Single links first, then splits, then groups; rows are lines, then purchases."""
    geser = len(dua.bank)
    e, p, g = len(tepi), len(pecahan), len(gabungan)
    kosong = np.full(p + g, -1, dtype=np.int64)
    kt, ks = [np.arange(e), np.arange(e)], [tepi.b, tepi.c + geser]
    for mulai, himpunan, geser_induk, geser_isi in (
        (e, pecahan, 0, geser),
        (e + p, gabungan, geser, 0),
    ):
        nomor, lajur = np.nonzero(himpunan.isi >= 0)
        kt += [np.arange(len(himpunan)) + mulai, nomor + mulai]
        ks += [himpunan.induk + geser_induk, himpunan.isi[nomor, lajur] + geser_isi]
    return susun_graf(
        w=np.concatenate([tepi.w, pecahan.w, gabungan.w]),
        b=np.concatenate([tepi.b, kosong]),
        c=np.concatenate([tepi.c + geser, kosong]),
        tanda=tanda(tepi.b, tepi.c, pecahan, gabungan, setara(dua.catatan, None)),
        tautan=np.concatenate(kt).astype(np.int64),
        simpul=np.concatenate(ks).astype(np.int64),
        banyak_simpul=geser + len(dua.catatan),
    )


def setara(catatan: Sisi, kata: I64 | None) -> I64:
    """Purchases that nothing tells apart share a class, named by its first row.

    With `kata` (codes of core words) the spelling of the merchant does not tell them apart.
    """
    if len(catatan) == 0:
        return np.empty(0, dtype=np.int64)
    kunci = gabung_kunci(
        gabung_kunci(catatan.kartu, catatan.sandi_nilai),
        catatan.hari - int(catatan.hari.min()),
        catatan.nama if kata is None else kata[catatan.nama],
    )
    _, pertama, balik = np.unique(kunci, return_index=True, return_inverse=True)
    return pertama[balik].astype(np.int64)


def tanda(b: I64, c: I64, pecahan: Himpunan, gabungan: Himpunan, kelas: I64) -> I64:
    """Equal for links that are the same decision, purchases of one class being one."""
    satu = np.unique(gabung_kunci(b, kelas[c]), return_inverse=True)[1] if len(b) else b
    lebar = pecahan.isi.shape[1]
    p = np.full((len(pecahan), lebar + 1), -2, dtype=np.int64)
    p[:, 0] = pecahan.induk
    p[:, 1:] = np.sort(np.where(pecahan.isi >= 0, kelas[pecahan.isi], -1), axis=1)
    g = np.full((len(gabungan), lebar + 1), -3, dtype=np.int64)
    g[:, 0], g[:, 1:] = -1 - kelas[gabungan.induk], gabungan.isi
    himpunan = np.unique(np.concatenate([p, g]), axis=0, return_inverse=True)[1].reshape(-1)
    hasil: I64 = np.concatenate([satu, himpunan + len(satu)]).astype(np.int64)
    return hasil


def jumlah_kelas(p: F64, kasar: I64) -> F64:
    """P(link) summed over links that are the same decision (codes 0.. in `kasar`)."""
    if len(p) == 0:
        return p
    hasil: F64 = np.minimum(np.bincount(kasar, weights=p)[kasar], 1.0)
    return hasil


def peluang_baris(graf: Graf, p: F64, banyak_baris: int) -> F64:
    """For each link P(its lines have some partner): of several lines the least likely one."""
    baris = graf.simpul < banyak_baris
    jumlah = np.bincount(graf.simpul[baris], weights=p[graf.tautan[baris]], minlength=banyak_baris)
    hasil = np.ones(len(p))
    np.minimum.at(hasil, graf.tautan[baris], jumlah[graf.simpul[baris]])
    return hasil


#: In a component too large to solve whole, links less likely than this are not tried, step by step.
_LANGKAH = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.03)
#: From this probability on it is said that something was left out.
_KATAKAN = 1e-2


def bagian_positif(graf: Graf, p: F64, terbesar: int) -> tuple[Graf, I64, I64, I64]:
    """(graph of the links that the best world may hold, components, their numbers, what was cut).

    Links of negative score are in no best world. Components larger than `terbesar` rows, or with
    more sets than can be tried, lose their least likely links (`p`) until they are small enough;
    of each that lost likely ones the first link is named.
    """
    mana = np.flatnonzero(graf.w > 0)
    kecil, dipotong = _pilah(graf, mana), [np.empty(0, dtype=np.int64)]
    label = label_komponen(kecil)
    for batas in _LANGKAH:
        besar = _terlalu_besar(kecil, label, terbesar)[label]
        if not besar.any():
            break
        buang = besar & (p[mana] < batas)
        if batas >= _KATAKAN:
            dipotong.append(mana[buang][np.unique(label[buang], return_index=True)[1]])
        mana = mana[~buang]
        kecil = _pilah(graf, mana)
        label = label_komponen(kecil)
    besar = _terlalu_besar(kecil, label, terbesar)[label] & (kecil.b >= 0)
    if besar.any():
        dipotong.append(mana[besar][np.unique(label[besar], return_index=True)[1]])
        mana = mana[~besar | _sekotak(kecil, label, besar, terbesar)]
        kecil = _pilah(graf, mana)
        label = label_komponen(kecil)
    return kecil, label, mana, np.concatenate(dipotong)


def _sekotak(graf: Graf, label: I64, besar: Ya, terbesar: int) -> Ya:
    """Single links of too large components whose rows stand near in rank: equals pair in order."""
    hasil = np.zeros(len(graf.w), dtype=np.bool_)
    for k in np.unique(label[besar]).tolist():
        ini = besar & (label == k)
        b, pangkat_b = np.unique(graf.b[ini], return_inverse=True)
        c, pangkat_c = np.unique(graf.c[ini], return_inverse=True)
        kotak_b = pangkat_b // (terbesar // 2)
        hasil[ini] = kotak_b == (pangkat_c * len(b) // len(c)) // (terbesar // 2)
    return hasil


def _terlalu_besar(graf: Graf, label: I64, terbesar: int) -> Ya:
    """Which components hold too many rows or too many sets."""
    if len(label) == 0:
        return np.empty(0, dtype=np.bool_)
    tautan = np.bincount(label)
    hasil: Ya = np.bincount(label[graf.b < 0], minlength=len(tautan)) > TERBANYAK_HIMPUNAN
    # connected rows are at most one more than single links
    for k in np.flatnonzero(~hasil & (tautan >= terbesar)).tolist():
        rows = graf.simpul[(label == k)[graf.tautan]]
        hasil[k] = len(np.unique(rows)) > terbesar
    return hasil


def _pilah(graf: Graf, mana: I64) -> Graf:
    """The graph of the chosen links only, renumbered."""
    baru = np.full(len(graf.w), -1, dtype=np.int64)
    baru[mana] = np.arange(len(mana))
    ada = baru[graf.tautan] >= 0
    return susun_graf(
        graf.w[mana],
        graf.b[mana],
        graf.c[mana],
        graf.tanda[mana],
        baru[graf.tautan[ada]],
        graf.simpul[ada],
        graf.banyak_simpul,
    )
