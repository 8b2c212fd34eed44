"""How two amounts of one purchase may differ, and how likely each way is by chance."""

from __future__ import annotations

import numpy as np

from kkpd.core.money import Rupiah
from kkpd.engines.matching.arrays import F64, I64, Ya
from kkpd.engines.matching.columns import Sisi
from kkpd.engines.matching.weights import Bobot

#: Classes in the order of their codes; -1 is an amount nothing explains.
KELAS = (
    "sama",
    "surcharge_setengah",
    "surcharge_persepuluh",
    "surcharge_lain",
    "biaya",
    "pembulatan",
    "angka_tertukar",
    "angka_salah",
    "nol",
    "angka_hilang",
)
_DITAMBAH_BANK = np.isin(KELAS, ("surcharge_setengah", "surcharge_persepuluh", "biaya"))
SURCHARGE = (0.005, 0.035)
_BIAYA_TERTINGGI = 10_000
_ANGKA = 13


def kelas_nilai(bank: I64, catatan: I64) -> I64:
    """Class code for pairs of amounts in sen (line, purchase); later classes yield to earlier."""
    b, c = bank // 100, catatan // 100
    kode = np.full(len(b), -1, dtype=np.int64)
    searah = (bank > 0) & (catatan > 0)
    for nama, cocok in (
        ("angka_hilang", _angka_hilang(b, c)),
        ("nol", (b == 10 * c) | (c == 10 * b)),
        *_salah_angka(b, c),
        ("pembulatan", _pembulatan(b, c)),
        ("biaya", (b > c) & (b - c <= _BIAYA_TERTINGGI) & ((b - c) % 500 == 0)),
        *_surcharge(b, c),
    ):
        kode[cocok & searah] = KELAS.index(nama)
    kode[bank == catatan] = 0
    return kode


def _surcharge(b: I64, c: I64) -> list[tuple[str, Ya]]:
    lebih = (b - c) / np.maximum(c, 1)
    masuk = (lebih >= SURCHARGE[0] - 2 / np.maximum(c, 1)) & (
        lebih <= SURCHARGE[1] + 2 / np.maximum(c, 1)
    )
    hasil = [("surcharge_lain", masuk)]
    for nama, satuan in (("surcharge_persepuluh", 0.001), ("surcharge_setengah", 0.005)):
        tarif = np.round(lebih / satuan) * satuan
        hasil.append((nama, masuk & (np.abs(c * tarif - (b - c)) <= 1)))
    return hasil


def _pembulatan(b: I64, c: I64) -> Ya:
    beda = np.abs(b - c)
    bulat = ((c % 1000 == 0) & (beda < 1000)) | ((c % 100 == 0) & (beda < 100))
    hasil: Ya = bulat & (beda * 50 <= b)
    return hasil


def _salah_angka(b: I64, c: I64) -> list[tuple[str, Ya]]:
    """One digit wrong, or two neighbours swapped: the difference has two leading digits at most."""
    satu, tukar = np.zeros(len(b), dtype=np.bool_), np.zeros(len(b), dtype=np.bool_)
    selisih = np.abs(b - c)
    satuan = 10 ** np.maximum(_panjang(selisih) - 1, 0)
    mana = np.flatnonzero((selisih % satuan == 0) & (_panjang(b) == _panjang(c)) & (b > 0))
    pangkat = 10 ** np.arange(_ANGKA, dtype=np.int64)
    db, dc = b[mana, None] // pangkat % 10, c[mana, None] // pangkat % 10
    beda = db != dc
    banyak = beda.sum(axis=1)
    silang = (db[:, :-1] == dc[:, 1:]) & (db[:, 1:] == dc[:, :-1]) & beda[:, :-1] & beda[:, 1:]
    satu[mana] = banyak == 1
    tukar[mana] = (banyak == 2) & silang.any(axis=1)
    return [("angka_salah", satu), ("angka_tertukar", tukar)]


def _panjang(nilai: I64) -> I64:
    """Digits of each amount less one."""
    return np.searchsorted(10 ** np.arange(1, 19, dtype=np.int64), nilai, side="right")


def _angka_hilang(b: I64, c: I64) -> Ya:
    hasil = np.zeros(len(b), dtype=np.bool_)
    beda = _panjang(b) - _panjang(c)
    for panjang, pendek, mana in ((b, c, beda == 1), (c, b, beda == -1)):
        letak = np.flatnonzero(mana)
        x, y = panjang[letak], pendek[letak]
        cocok = np.zeros(len(letak), dtype=np.bool_)
        for p in range(_ANGKA):
            satu = 10**p
            cocok |= (x // (10 * satu) * satu + x % satu) == y
        hasil[letak] = cocok
    return hasil


def log_kebetulan(sisi: Sisi) -> F64:
    """For each row the log of how likely another row of its card carries this amount by chance.

    An amount seen again on the card or in the file is as likely as it is frequent; one not seen
    again as likely as amounts of its size and roundness are, so that Rp 1.237.450 says more than
    Rp 100.000. What is new is reckoned by the share of amounts seen once (Good and Turing).
    """
    banyak = len(sisi)
    if banyak == 0:
        return np.empty(0)
    di_file = np.bincount(sisi.sandi_nilai)[sisi.sandi_nilai]
    # rows stand by card, then amount: equal ones are neighbours
    batas = (np.diff(sisi.sandi_nilai) != 0) | (np.diff(sisi.kartu) != 0)
    kelompok = np.concatenate([[0], np.cumsum(batas)])
    di_kartu = np.bincount(kelompok)[kelompok]
    isi_kartu = np.bincount(sisi.kartu)
    sekali = np.bincount(sisi.kartu[di_kartu == 1], minlength=len(isi_kartu))
    baru = (float((di_file == 1).sum()) + 5) / (banyak + 10)
    baru_kartu = ((sekali + 10) / (isi_kartu + 20))[sisi.kartu]
    umum = (di_file - 1) / (banyak + 50) + baru * _kepadatan(sisi)
    hasil: F64 = np.log((di_kartu - 1) / (isi_kartu[sisi.kartu] + 20) + baru_kartu * umum)
    return np.minimum(hasil, -0.1)


def _kepadatan(sisi: Sisi) -> F64:
    """For each row the share of rows that any one amount of its size and roundness would carry."""
    banyak = np.bincount(sisi.sandi_nilai)
    rupiah = np.zeros(len(banyak), dtype=np.int64)
    rupiah[sisi.sandi_nilai] = np.maximum(np.abs(sisi.nilai) // 100, 1)
    nol = np.zeros(len(rupiah), dtype=np.int64)
    for z in range(1, 7):
        nol[rupiah % 10**z == 0] = z
    pangsa = (np.bincount(nol, weights=banyak, minlength=7) + 1) / (len(sisi) + 7)
    urut = np.argsort(rupiah, kind="stable")
    tertata, jumlah = rupiah[urut], np.concatenate([[0], np.cumsum(banyak[urut])])
    atas = jumlah[np.searchsorted(tertata, rupiah * 1.1)]
    sekitar = atas - jumlah[np.searchsorted(tertata, rupiah * 0.9)]
    pilihan = np.maximum(0.2 * rupiah / 10.0**nol, 1)
    hasil: F64 = (sekitar + 1) / (len(sisi) + 10) * pangsa[nol] / pilihan
    return hasil[sisi.sandi_nilai]


def log_kebetulan_surcharge(nilai: I64, semua: I64) -> F64:
    """Log chance that an unrelated purchase lies within the surcharge range below each amount."""
    bawah = np.searchsorted(semua, (nilai / (1 + SURCHARGE[1])).astype(np.int64))
    atas = np.searchsorted(semua, (nilai / (1 + SURCHARGE[0])).astype(np.int64))
    hasil: F64 = np.log((np.maximum(atas - bawah, 0) + 1) / (len(semua) + 100))
    return hasil


def bobot_nilai(
    kode: I64, log_bank: F64, log_catatan: F64, log_surcharge: F64, bobot: Bobot
) -> F64:
    """Log of `share / (ways x chance)` for each class code (>= 0).

    The chance is that of the amount that departs from the price: the bank's where something was
    added to it, else the typed one.
    """
    pangsa = np.array([bobot.nilai[nama].pangsa for nama in KELAS])
    cara = np.array([bobot.nilai[nama].cara for nama in KELAS])
    kebetulan = np.log(cara)[kode] + np.where(_DITAMBAH_BANK[kode], log_bank, log_catatan)
    lain = kode == KELAS.index("surcharge_lain")
    kebetulan = np.where(lain, log_surcharge, np.minimum(kebetulan, -0.1))
    hasil: F64 = np.log(pangsa)[kode] - kebetulan
    return hasil


def teks_nilai(kode: int, bank: int, catatan: int) -> tuple[str, bool]:
    """What a person reads about the amounts (sen), and whether they agree."""
    if kode == 0:
        return f"Rp {Rupiah(bank)} sama", True
    beda = bank - catatan
    awal = f"Rp {Rupiah(abs(beda))} {'lebih' if beda > 0 else 'kurang'}"
    persen = f"{beda / catatan:.1%}".replace(".", ",")
    kata = {
        "biaya": "mungkin biaya layanan",
        "pembulatan": "mungkin pembulatan",
        "angka_tertukar": "mungkin dua angka tertukar",
        "angka_salah": "mungkin satu angka salah",
        "nol": "mungkin kurang atau lebih satu nol",
        "angka_hilang": "mungkin satu angka hilang atau berlebih",
    }
    return f"{awal}: {kata.get(KELAS[kode], f'mungkin surcharge {persen}')}", False
