"""A negative line without a negative purchase finds the purchase it gives back.

The original stands on the same card, before the refund, with at least its amount; the merchant text
is compared with the typed name and with the text of the line that was linked to the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya, bentangkan
from kkpd.engines.matching.columns import TANPA_HARI
from kkpd.engines.matching.merchant_names import bandingkan, mungkin_sama
from kkpd.engines.matching.pairs import SEKALI
from kkpd.engines.matching.score import BUANG, Medan, Tepi, satukan, tepi

#: A purchase may be typed a little after the bank already gave it back.
_MENDAHULUI = 3
#: At most about so many pairs are looked at, in pieces.
_TERBANYAK = 30_000_000
#: Sen: one rupiah, and the whole hundreds and thousands that shops give parts back in.
_SERUPIAH, _BULAT = 100, (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class _Asal:
    """What the bank knows of each purchase: amount and day of its line, else as typed.

    `tulis` is the typed amount: a shop gives back its price, seldom the surcharge on top of it.
    """

    nilai: I64
    tulis: I64
    hari: I64
    baris: I64


def asal_refund(medan: Medan, b: I64, c: I64, baris_dari: I64) -> Tepi:
    """Originals among purchases `c` for negative lines `b`; `baris_dari[c]` is c's line or -1.

    The amount class is 0 for a whole refund and 1 for a part; days count back from the refund.
    """
    asal = _asal(medan, baris_dari)
    # the empty piece gives the answer its columns where there is nothing to look at
    return satukan(
        [_timbang(medan, kiri, kanan, asal) for kiri, kanan in _dekat(medan, b, c, asal)]
        or [_timbang(medan, b[:0], c[:0], asal)]
    )


def _timbang(medan: Medan, b: I64, c: I64, asal: _Asal) -> Tepi:
    """Score pairs of a refund and an original; those that no name could save are left out."""
    bank, catatan, bobot = medan.dua.bank, medan.dua.catatan, medan.bobot.refund
    hari = bank.acuan[b] - asal.hari[c]
    kelas, w_nilai = _nilai(medan, b, c, asal)
    tercatat = np.bincount(catatan.kartu, minlength=medan.dua.banyak_kartu) / medan.rentang
    turun = np.where(hari < 0, np.log(bobot.mendahului), -hari / bobot.rata_hari)
    w_hari = turun - np.log(bobot.rata_hari) - np.log(tercatat[bank.kartu[b]])
    w = np.log(bobot.tercatat / (1 - bobot.tercatat)) + w_nilai + w_hari
    layak = w - np.log(medan.lazim_bank[b]) > BUANG
    b, c, w, hari = b[layak], c[layak], w[layak], hari[layak]
    w_nama, mirip = _nama(medan, b, c, asal)
    bagian = (mirip, w_nilai[layak], w_hari[layak], w_nama)
    semua = tepi(b, c, (kelas[layak], hari, -hari), bagian, w + w_nama)
    return semua.ambil(semua.w > BUANG)


def _asal(medan: Medan, baris_dari: I64) -> _Asal:
    """A month may have purchases and no line yet: only linked purchases ask for theirs."""
    bank, catatan = medan.dua.bank, medan.dua.catatan
    nilai, hari = catatan.nilai.copy(), catatan.hari.copy()
    punya = np.flatnonzero(baris_dari >= 0)
    punya = punya[bank.acuan[baris_dari[punya]] >= 0]
    baris = baris_dari[punya]
    nilai[punya] = bank.nilai[baris]
    # a posting day says only that the purchase was not later; the typed day may be nearer to it
    diketahui = bank.hari[baris] != TANPA_HARI
    hari[punya] = np.where(diketahui, bank.acuan[baris], np.minimum(bank.acuan[baris], hari[punya]))
    return _Asal(nilai, catatan.nilai, hari, baris_dari)


def _nilai(medan: Medan, b: I64, c: I64, asal: _Asal) -> tuple[I64, F64]:
    """(0 whole, 1 part; log share / chance of the amount)."""
    kembali, penuh = -medan.dua.bank.nilai[b], np.stack([asal.nilai[c], asal.tulis[c]])
    bobot, kebetulan = medan.bobot.refund, medan.kebetulan_catatan[c]
    urut = medan.nilai_terurut
    cukup = (len(urut) - np.searchsorted(urut, kembali) + 1) / (len(urut) + 1)
    w = np.log(bobot.bagian_lain) - np.log(cukup)
    for bagian, pangsa in ((20, bobot.bagian_duapuluh), (4, bobot.bagian_empat)):
        tepat, kira = _sebagian(kembali, penuh, bagian)
        persis = _kebetulan_bagian(kembali, np.full_like(kembali, _SERUPIAH), urut, bagian)
        persis = np.maximum(persis, np.minimum(kebetulan + np.log(bagian - 1), -0.1))
        bulat = _kebetulan_bagian(kembali, _satuan(kembali), urut, bagian)
        for kena, wajar in ((tepat, persis), (kira, bulat)):
            w = np.where(kena, np.maximum(w, np.log(pangsa) - wajar), w)
    sama = (kembali == penuh).any(axis=0)
    # a slip of the pen is rare by chance, the amount that the bank wrote beside it need not be
    baris = asal.baris[c]
    kebetulan = np.where(
        (kembali != penuh[1]) & (baris >= 0), medan.kebetulan_bank[baris], kebetulan
    )
    return np.where(sama, 0, 1), np.where(sama, np.log(bobot.penuh) - kebetulan, w)


def _sebagian(kembali: I64, penuh: I64, bagian: int) -> tuple[Ya, Ya]:
    """Is `kembali` a number of `bagian`-ths of `penuh`: to the rupiah; as shops round it."""
    pecahan = penuh * np.round(kembali * bagian / penuh) / bagian
    beda = np.abs(pecahan - kembali)
    satuan = _satuan(kembali)
    tepat: Ya = np.any(beda <= _SERUPIAH, axis=0)
    bulat: Ya = np.any((beda < satuan) & (kembali % satuan == 0), axis=0)
    return tepat, bulat


def _satuan(kembali: I64) -> I64:
    """The unit in which a shop may have rounded an amount (sen)."""
    return np.where(kembali % _BULAT[1] == 0, _BULAT[1], _BULAT[0])


def _kebetulan_bagian(kembali: I64, satuan: I64, urut: I64, bagian: int) -> F64:
    """Log chance that any purchase has `kembali` as a number of its `bagian`-ths, to `satuan`.

    Fifty thousand is near some twentieth of every third purchase and says next to nothing.
    """
    _, pertama, balik = np.unique(kembali, return_index=True, return_inverse=True)
    nilai, satuan = kembali[pertama, None], satuan[pertama, None]
    ke = bagian / np.arange(1, bagian + 1)
    bawah = np.searchsorted(urut, (nilai - satuan) * ke, side="left")
    atas = np.searchsorted(urut, (nilai + satuan) * ke, side="right")
    banyak = (atas - bawah).sum(axis=1)
    hasil: F64 = np.minimum(np.log((banyak + 1) / (len(urut) + 100)), -0.1)[balik]
    return hasil


def _dekat(medan: Medan, b: I64, c: I64, asal: _Asal) -> Iterator[tuple[I64, I64]]:
    """Purchases of the card within the window that are large enough and could be the merchant.

    In pieces, since a card of thousands of lines has as many purchases before each refund.
    """
    bank, catatan = medan.dua.bank, medan.dua.catatan
    c = c[np.lexsort((asal.hari[c], catatan.kartu[c]))]
    luas = int(max(asal.hari.max(initial=0), bank.acuan.max(initial=0))) + 10
    saat = catatan.kartu[c] * luas + asal.hari[c]
    dari = bank.kartu[b] * luas + np.maximum(bank.acuan[b], 0)
    awal = np.searchsorted(saat, dari - medan.bobot.jendela.refund_hari).astype(np.int64)
    akhir = np.searchsorted(saat, dari + _MENDAHULUI, side="right").astype(np.int64)
    # where too many purchases stand before the refunds, the latest ones
    awal = np.maximum(awal, akhir - max(_TERBANYAK // max(len(b), 1), 50))
    huruf_b = medan.nama.huruf[medan.nama.bank[bank.nama[b]]]
    huruf_c = medan.nama.huruf[medan.nama.catatan[catatan.nama[c]]]
    potongan = np.cumsum(akhir - awal) // SEKALI
    for potong in np.split(np.arange(len(b)), np.flatnonzero(np.diff(potongan)) + 1):
        nomor, letak = bentangkan(awal[potong], akhir[potong])
        i = potong[nomor]
        cukup = np.maximum(asal.nilai, asal.tulis)[c[letak]] >= -bank.nilai[b[i]]
        i, letak = i[cukup], letak[cukup]
        kembali, dari_c = -bank.nilai[b[i]], c[letak]
        sama = (asal.nilai[dari_c] == kembali) | (asal.tulis[dari_c] == kembali)
        mirip = mungkin_sama(huruf_b[i], huruf_c[letak])
        yield b[i[sama | mirip]], c[letak[sama | mirip]]


def _nama(medan: Medan, b: I64, c: I64, dari: _Asal) -> tuple[F64, F64]:
    bank, catatan, nama = medan.dua.bank, medan.dua.catatan, medan.nama
    logit, mirip = bandingkan(nama, bank.nama[b], catatan.nama[c], medan.bobot.nama)
    asal = dari.baris[c]
    ada = np.flatnonzero(asal >= 0)
    kiri, kanan = bank.nama[b[ada]], bank.nama[asal[ada]]
    kepala = nama.kepala(np.concatenate([kiri, kanan]))
    logit_b, mirip_b = bandingkan(kepala, kiri, kanan, medan.bobot.nama)
    logit[ada] = np.fmax(logit[ada], logit_b)
    mirip[ada] = np.fmax(mirip[ada], mirip_b)
    lazim = np.maximum(medan.lazim_bank[b], medan.lazim_catatan[c])
    lazim = np.where(lazim >= 1, medan.lazim_bank[b], lazim)
    w = logit - np.log(lazim * np.exp(np.nan_to_num(logit)) + 1 - lazim)
    return np.nan_to_num(w), mirip
