"""The score of a pair: a sum of named log-odds (Fellegi-Sunter), aware of what is common.

    W = ln P(line has a purchase) / P(it has none)
      + ln share(amount class) / chance of such an amount        "nilai"
      + ln share(date class) / free purchases a day on the card  "tanggal"
      + ln P(texts | same merchant) / P(texts | any purchase)    "nama"

W compares "these two are one purchase" with "both stay alone"; it is 0 where one cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from kkpd.engines.matching.amount_gap import (
    bobot_nilai,
    kelas_nilai,
    log_kebetulan,
    log_kebetulan_surcharge,
)
from kkpd.engines.matching.arrays import F32, F64, I16, I32, I64, Ya, gabung_kunci, hitung_sama
from kkpd.engines.matching.columns import Dua, Sisi
from kkpd.engines.matching.day_gap import bobot_hari, kelas_hari
from kkpd.engines.matching.merchant_names import Nama, bandingkan, siapkan
from kkpd.engines.matching.weights import Bobot

#: Among equals the pairing in date order wins: the cost of a day squared.
_URUT = 1e-7
#: Pairs less likely than this (log-odds) are forgotten.
BUANG = -2.5


@dataclass(frozen=True, slots=True)
class Medan:
    """Both sides with what is common on them: chances per row, rates per card.

    `ramai_*` is the log of unmatched rows a day on each card, `kebetulan_*` the log chance of a
    row's amount, `lazim_*` how common a row's merchant is on its card (0..1).
    """

    dua: Dua
    nama: Nama
    bobot: Bobot
    rentang: F64
    ramai_bank: F64
    ramai_catatan: F64
    kebetulan_bank: F64
    kebetulan_catatan: F64
    lazim_bank: F64
    lazim_catatan: F64
    nilai_terurut: I64


@dataclass(frozen=True, slots=True)
class Tepi:
    """Candidate pairs as columns: rows, classes, similarity, the parts of the score, the score."""

    b: I64
    c: I64
    kelas_nilai: I16
    kelas_hari: I16
    beda_hari: I32
    mirip: F32
    w_nilai: F32
    w_hari: F32
    w_nama: F32
    w: F64

    def __len__(self) -> int:
        return len(self.b)

    def ambil(self, mana: Ya | I64) -> Tepi:
        """The chosen pairs."""
        return Tepi(*(getattr(self, lajur.name)[mana] for lajur in fields(self)))


def satukan(bagian: Sequence[Tepi]) -> Tepi:
    """All pairs of several lists, ordered by (line, purchase)."""
    utuh = Tepi(
        *(np.concatenate([getattr(satu, lajur.name) for satu in bagian]) for lajur in fields(Tepi))
    )
    return utuh.ambil(np.lexsort((utuh.c, utuh.b)))


def siapkan_medan(dua: Dua, bobot: Bobot) -> Medan:
    """Counts and rates of both sides, once."""
    nama = siapkan(dua.bank.daftar_nama, dua.catatan.daftar_nama, bobot.nama)
    rentang = _rentang(dua)
    tercatat = np.bincount(dua.catatan.kartu, minlength=dua.banyak_kartu)
    tertagih = np.bincount(dua.bank.kartu, minlength=dua.banyak_kartu)
    return Medan(
        dua=dua,
        nama=nama,
        bobot=bobot,
        rentang=rentang,
        ramai_bank=np.log((tertagih * bobot.awal.tanpa_belanja + 0.5) / rentang),
        ramai_catatan=np.log((tercatat * bobot.awal.tanpa_baris + 0.5) / rentang),
        kebetulan_bank=log_kebetulan(dua.bank),
        kebetulan_catatan=log_kebetulan(dua.catatan),
        lazim_bank=_lazim(dua.bank, nama.rumpun[nama.bank]),
        lazim_catatan=_lazim(dua.catatan, nama.rumpun[nama.catatan]),
        nilai_terurut=np.sort(dua.catatan.nilai),
    )


def _rentang(dua: Dua) -> F64:
    """Days that the rows of each card span, at least a fortnight."""
    awal = np.full(dua.banyak_kartu, np.iinfo(np.int64).max)
    akhir = np.zeros(dua.banyak_kartu, dtype=np.int64)
    for sisi in (dua.bank, dua.catatan):
        ada = sisi.acuan >= 0
        np.minimum.at(awal, sisi.kartu[ada], sisi.acuan[ada])
        np.maximum.at(akhir, sisi.kartu[ada], sisi.acuan[ada])
    hasil: F64 = np.maximum(akhir - np.minimum(awal, akhir) + 1, 15).astype(np.float64)
    return hasil


def _lazim(sisi: Sisi, rumpun: I64) -> F64:
    """How common each row's merchant is: its share on the card, leaning on its share in the file.

    The row itself is left out; a text that names nobody is as common as can be.
    """
    kode = rumpun[sisi.nama] if len(rumpun) else np.empty(0, dtype=np.int64)
    banyak = len(kode)
    umum = (np.bincount(kode + 1)[kode + 1] - 0.5) / (banyak + 1000)
    di_kartu = np.bincount(sisi.kartu)[sisi.kartu] if banyak else np.empty(0)
    kartu = hitung_sama(gabung_kunci(sisi.kartu, kode + 1)) - 1
    hasil: F64 = np.where(kode < 0, 1.0, (kartu + 10 * umum) / (di_kartu - 1 + 10))
    return hasil


def nilai_pasangan(
    medan: Medan, b: I64, c: I64, kelas: I64 | None = None, batas: float = BUANG
) -> Tepi:
    """Score pairs of rows, but those whose amounts nothing explains or no name could save.

    A pair is kept if with equal texts its score would pass `batas`.
    """
    bank, catatan, bobot = medan.dua.bank, medan.dua.catatan, medan.bobot
    if kelas is None:
        kelas = kelas_nilai(bank.nilai[b], catatan.nilai[c])
    ada = kelas >= 0
    b, c, kelas = b[ada], c[ada], kelas[ada]
    kelas_h, beda = kelas_hari(bank, b, catatan, c, bobot)
    w_nilai = bobot_nilai(
        kelas,
        medan.kebetulan_bank[b],
        medan.kebetulan_catatan[c],
        log_kebetulan_surcharge(bank.nilai[b], medan.nilai_terurut),
        bobot,
    )
    w_hari = hari_pasangan(medan, b, kelas_h) - medan.ramai_catatan[bank.kartu[b]]
    awal = np.log((1 - bobot.awal.tanpa_belanja) / bobot.awal.tanpa_belanja)
    w = awal + w_nilai + w_hari - _URUT * beda.astype(np.float64) ** 2
    layak = w + paling_nama(medan, b, c) > batas
    b, c, w = b[layak], c[layak], w[layak]
    w_nama, mirip = nama_pasangan(medan, b, c)
    bagian = (mirip, w_nilai[layak], w_hari[layak], w_nama)
    return tepi(b, c, (kelas[layak], kelas_h[layak], beda[layak]), bagian, w + w_nama)


def paling_nama(medan: Medan, b: I64, c: I64) -> F64:
    """The most that the texts could add: what two equal texts would."""
    hasil: F64 = -np.log(np.maximum(medan.lazim_bank[b], medan.lazim_catatan[c]))
    return hasil


def tepi(
    b: I64, c: I64, kelas: tuple[I64, I64, I64], bagian: tuple[F64, F64, F64, F64], w: F64
) -> Tepi:
    """Pairs with their comparison: (amount class, date class, days), (similarity, weights...)."""
    kelas_nilai, kelas_hari, beda = kelas
    mirip, w_nilai, w_hari, w_nama = (satu.astype(np.float32) for satu in bagian)
    return Tepi(
        b,
        c,
        kelas_nilai.astype(np.int16),
        kelas_hari.astype(np.int16),
        np.clip(beda, -(2**30), 2**30).astype(np.int32),
        mirip,
        w_nilai,
        w_hari,
        w_nama,
        w,
    )


def hari_pasangan(medan: Medan, b: I64, kelas: I64) -> F64:
    """Log of `share / ways` of the date classes."""
    return bobot_hari(kelas, medan.rentang[medan.dua.bank.kartu[b]], medan.bobot)


def nama_pasangan(medan: Medan, b: I64, c: I64) -> tuple[F64, F64]:
    """(log-odds of the merchant texts, similarity or nan) for pairs of rows."""
    bank, catatan = medan.dua.bank, medan.dua.catatan
    logit, mirip = bandingkan(medan.nama, bank.nama[b], catatan.nama[c], medan.bobot.nama)
    lazim = np.maximum(medan.lazim_bank[b], medan.lazim_catatan[c])
    w = logit - np.log(lazim * np.exp(np.nan_to_num(logit)) + 1 - lazim)
    return np.nan_to_num(w), mirip
