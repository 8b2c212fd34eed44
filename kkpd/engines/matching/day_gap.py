"""How the typed date of a purchase stands to the bank's dates, and what that is worth."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.columns import TANPA_HARI, Sisi
from kkpd.engines.matching.weights import Bobot

#: Classes beyond the lag tables, in the order of their codes; codes below 0 are no class.
LAIN = ("posting", "tukar", "bulan", "bulan_lain", "tahun", "angka", "jauh", "tanpa")
#: A lag of n days has code LAG + n.
LAG = 100
LAG_POSTING = 300
#: 1970-01-01 as a proleptic ordinal.
_EPOCH = 719_163


def kelas_hari(bank: Sisi, b: I64, catatan: Sisi, c: I64, bobot: Bobot) -> tuple[I64, I64]:
    """(class code, days from the bank's reference date) for pairs of rows."""
    beda = catatan.hari[c] - bank.acuan[b]
    ada_transaksi = bank.hari[b] != TANPA_HARI
    dekat = (beda >= -bobot.jendela.sebelum) & (beda <= bobot.jendela.sesudah)
    kode = np.where(ada_transaksi, LAG, LAG_POSTING) + beda
    posting = ada_transaksi & (catatan.hari[c] == bank.posting[b]) & (beda > 0)
    kode[posting] = LAIN.index("posting")
    jauh = np.flatnonzero(~dekat & ~posting)
    kode[jauh] = _kelas_jauh(bank.acuan[b[jauh]], catatan.hari[c[jauh]])
    tanpa = bank.acuan[b] == TANPA_HARI
    kode[tanpa], beda[tanpa] = LAIN.index("tanpa"), 0
    return kode, beda


def _kelas_jauh(acuan: I64, hari: I64) -> I64:
    """Dates too far apart to be late: which slip of the pen explains them."""
    ta, ba, da = _tanggal(acuan)
    th, bh, dh = _tanggal(hari)
    tahun_sama, bulan_sama, hari_sama = ta == th, ba == bh, da == dh
    kode = np.full(len(acuan), LAIN.index("jauh"), dtype=np.int64)
    satuan, puluhan = da % 10 == dh % 10, da // 10 == dh // 10
    terbalik = (da % 10 == dh // 10) & (da // 10 == dh % 10)
    kode[tahun_sama & bulan_sama & (satuan | puluhan | terbalik)] = LAIN.index("angka")
    kode[tahun_sama & hari_sama] = LAIN.index("bulan_lain")
    bulan = (ta * 12 + ba) - (th * 12 + bh)
    kode[(np.abs(bulan) == 1) & hari_sama] = LAIN.index("bulan")
    kode[bulan_sama & hari_sama & (np.abs(ta - th) == 1)] = LAIN.index("tahun")
    kode[tahun_sama & (da == bh) & (dh == ba)] = LAIN.index("tukar")
    return kode


def _tanggal(hari: I64) -> tuple[I64, I64, I64]:
    saat = (hari - _EPOCH).astype("datetime64[D]")
    bulan = saat.astype("datetime64[M]")
    ke = bulan.astype(np.int64)
    return ke // 12 + 1970, ke % 12 + 1, (saat - bulan).astype(np.int64) + 1


def bobot_hari(kode: I64, rentang: F64, bobot: Bobot) -> F64:
    """Log of `share / ways` for each class code; `rentang` is the days a card's rows span."""
    tabel = np.full(LAG_POSTING + 200, -np.inf)
    for beda, pangsa in bobot.hari.items():
        tabel[LAG + beda] = np.log(pangsa)
    for beda, pangsa in bobot.hari_posting.items():
        tabel[LAG_POSTING + beda] = np.log(pangsa)
    for nomor, nama in enumerate(LAIN):
        kelas = bobot.hari_lain[nama]
        tabel[nomor] = np.log(kelas.pangsa / kelas.cara)
    nilai = tabel[kode]
    luas = np.log(rentang)
    jauh = (kode == LAIN.index("jauh")) | (kode == LAIN.index("tanpa"))
    hasil: F64 = np.where(jauh, nilai - luas, nilai)
    return hasil


def teks_hari(kode: int, beda: int) -> tuple[str, bool]:
    """What a person reads about the date, and whether it agrees."""
    if kode in (LAG, LAG_POSTING):
        return "tanggal sama", True
    if kode >= LAG_POSTING:
        return f"{beda:+d} hari dari tanggal posting", False
    if kode >= LAG - 50:
        return f"{beda:+d} hari", False
    kata = {
        "posting": f"{beda:+d} hari: sama dengan tanggal posting",
        "tukar": f"{beda:+d} hari: mungkin hari dan bulan tertukar",
        "bulan": f"{beda:+d} hari: mungkin salah bulan",
        "bulan_lain": f"{beda:+d} hari: mungkin salah bulan",
        "tahun": f"{beda:+d} hari: mungkin salah tahun",
        "angka": f"{beda:+d} hari: mungkin salah angka hari",
        "jauh": f"{beda:+d} hari",
        "tanpa": "baris bank tanpa tanggal",
    }
    return kata[LAIN[kode]], False
