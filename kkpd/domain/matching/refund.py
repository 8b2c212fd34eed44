"""A negative line without a negative purchase finds the purchase it gives back.

The original stands on the same card, before the refund, with at least its amount; the merchant text
is compared with the typed name and with the text of the line that was linked to the original.
"""

from __future__ import annotations

import numpy as np

from kkpd.domain.matching.kandidat import SEKALI
from kkpd.domain.matching.larik import F64, I64, Ya, bentangkan
from kkpd.domain.matching.nama import bandingkan
from kkpd.domain.matching.skor import Medan, Tepi

#: A purchase may be typed a little after the bank already gave it back.
_MENDAHULUI = 3
#: Mean days until a refund; shares of whole and part refunds; share of lines with an original.
_RATA_HARI = 20.0


def asal_refund(medan: Medan, b: I64, c: I64, baris_dari: I64) -> Tepi:
    """Originals among purchases `c` for negative lines `b`; `baris_dari[c]` is c's line or -1.

    The amount class is 0 for a whole refund and 1 for a part; days count back from the refund.
    """
    kiri, kanan = _dekat(medan, b, c)
    bank, catatan = medan.dua.bank, medan.dua.catatan
    hari = bank.acuan[kiri] - catatan.hari[kanan]
    penuh = catatan.nilai[kanan] == -bank.nilai[kiri]
    w_nama, mirip = _nama(medan, kiri, kanan, baris_dari)
    refund = medan.bobot.awal.refund
    tercatat = np.bincount(catatan.kartu, minlength=medan.dua.banyak_kartu) / medan.rentang
    w_nilai = np.where(penuh, np.log(0.6) - medan.kebetulan_catatan[kanan], np.log(0.4))
    w_hari = -np.maximum(hari, 0) / _RATA_HARI - np.log(_RATA_HARI)
    w_hari = w_hari - np.log(tercatat[bank.kartu[kiri]])
    w = np.log(refund / (1 - refund)) + w_nilai + w_hari + w_nama
    kelas = np.where(penuh, 0, 1).astype(np.int64)
    return Tepi(kiri, kanan, kelas, hari, -hari, mirip, w_nilai, w_hari, w_nama, w)


def _dekat(medan: Medan, b: I64, c: I64) -> tuple[I64, I64]:
    """Purchases of the card within the window that are large enough and could be the merchant."""
    bank, catatan = medan.dua.bank, medan.dua.catatan
    c = c[np.lexsort((catatan.hari[c], catatan.kartu[c]))]
    luas = int(max(catatan.hari.max(initial=0), bank.acuan.max(initial=0))) + 10
    saat = catatan.kartu[c] * luas + catatan.hari[c]
    dari = bank.kartu[b] * luas + np.maximum(bank.acuan[b], 0)
    awal = np.searchsorted(saat, dari - medan.bobot.jendela.refund_hari).astype(np.int64)
    akhir = np.searchsorted(saat, dari + _MENDAHULUI, side="right").astype(np.int64)
    huruf_b = _huruf(medan.nama.kerangka_bank)[bank.nama[b]]
    huruf_c = _huruf(medan.nama.kerangka_catatan)[catatan.nama[c]]
    hasil = []
    potongan = np.cumsum(akhir - awal) // SEKALI
    for potong in np.split(np.arange(len(b)), np.flatnonzero(np.diff(potongan)) + 1):
        nomor, letak = bentangkan(awal[potong], akhir[potong])
        i = potong[nomor]
        cukup = catatan.nilai[c[letak]] >= -bank.nilai[b[i]]
        i, letak = i[cukup], letak[cukup]
        sama = catatan.nilai[c[letak]] == -bank.nilai[b[i]]
        mirip = _mungkin(huruf_b[i], huruf_c[letak])
        hasil.append((b[i[sama | mirip]], c[letak[sama | mirip]]))
    return np.concatenate([h[0] for h in hasil]), np.concatenate([h[1] for h in hasil])


def _huruf(kerangka: list[str]) -> I64:
    """The letters of each skeleton as bits."""
    return np.array([_bit(teks) for teks in kerangka], dtype=np.int64)


def _bit(teks: str) -> int:
    bit = 0
    for huruf in teks:
        bit |= 1 << (ord(huruf) - 48)  # '0' is the lowest, 'Z' the 43rd
    return bit


def _mungkin(kiri: I64, kanan: I64) -> Ya:
    """Texts that share most letters of the poorer one; texts without letters say nothing."""
    bersama = np.bitwise_count(kiri & kanan)
    sedikit = np.minimum(np.bitwise_count(kiri), np.bitwise_count(kanan))
    hasil: Ya = bersama * 10 >= sedikit * 7
    return hasil


def _nama(medan: Medan, b: I64, c: I64, baris_dari: I64) -> tuple[F64, F64]:
    bank, catatan, nama = medan.dua.bank, medan.dua.catatan, medan.nama
    logit, mirip = bandingkan(nama, bank.nama[b], catatan.nama[c], medan.bobot.nama)
    asal = baris_dari[c]
    ada = np.flatnonzero(asal >= 0)
    seperti_bank = nama.bank_saja()
    logit_b, mirip_b = bandingkan(
        seperti_bank, bank.nama[b[ada]], bank.nama[asal[ada]], medan.bobot.nama
    )
    logit[ada] = np.fmax(logit[ada], logit_b)
    mirip[ada] = np.fmax(mirip[ada], mirip_b)
    lazim = np.maximum(medan.lazim_bank[b], medan.lazim_catatan[c])
    lazim = np.where(lazim >= 1, medan.lazim_bank[b], lazim)
    w = logit - np.log(lazim * np.exp(np.nan_to_num(logit)) + 1 - lazim)
    return np.nan_to_num(w), mirip
