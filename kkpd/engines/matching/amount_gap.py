"""How two amounts of one purchase may differ, and how likely each way is by chance."""

from __future__ import annotations

import numpy as np

from kkpd.core.money import Rupiah
from kkpd.engines.matching.rows import F64, I64, Bools, Side
from kkpd.engines.matching.weights import Weights

#: Classes in the order of their codes; -1 is an unexplained amount.
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
_ADDED_BY_BANK = np.isin(KELAS, ("surcharge_setengah", "surcharge_persepuluh", "biaya"))
SURCHARGE = (0.005, 0.035)
_HIGHEST_FEE = 10_000
_DIGITS = 13


def amount_class(bank: I64, catatan: I64) -> I64:
    """Class code for pairs of amounts in sen (line, purchase); later classes yield to earlier."""
    b, c = bank // 100, catatan // 100
    kode = np.full(len(b), -1, dtype=np.int64)
    same_sign = (bank > 0) & (catatan > 0)
    for nama, cocok in (
        ("angka_hilang", _digit_missing(b, c)),
        ("nol", (b == 10 * c) | (c == 10 * b)),
        *_digit_slips(b, c),
        ("pembulatan", _is_rounding(b, c)),
        ("biaya", (b > c) & (b - c <= _HIGHEST_FEE) & ((b - c) % 500 == 0)),
        *_surcharge(b, c),
    ):
        kode[cocok & same_sign] = KELAS.index(nama)
    kode[bank == catatan] = 0
    return kode


def _surcharge(b: I64, c: I64) -> list[tuple[str, Bools]]:
    excess = (b - c) / np.maximum(c, 1)
    entry = (excess >= SURCHARGE[0] - 2 / np.maximum(c, 1)) & (
        excess <= SURCHARGE[1] + 2 / np.maximum(c, 1)
    )
    hasil = [("surcharge_lain", entry)]
    for nama, satuan in (("surcharge_persepuluh", 0.001), ("surcharge_setengah", 0.005)):
        tariff = np.round(excess / satuan) * satuan
        hasil.append((nama, entry & (np.abs(c * tariff - (b - c)) <= 1)))
    return hasil


def _is_rounding(b: I64, c: I64) -> Bools:
    discrepancy = np.abs(b - c)
    rounded = ((c % 1000 == 0) & (discrepancy < 1000)) | ((c % 100 == 0) & (discrepancy < 100))
    hasil: Bools = rounded & (discrepancy * 50 <= b)
    return hasil


def _digit_slips(b: I64, c: I64) -> list[tuple[str, Bools]]:
    """One digit wrong, or two neighbours swapped: the difference has two leading digits at most."""
    one_item, swapped = np.zeros(len(b), dtype=np.bool_), np.zeros(len(b), dtype=np.bool_)
    selisih = np.abs(b - c)
    satuan = 10 ** np.maximum(_magnitude(selisih) - 1, 0)
    picked = np.flatnonzero((selisih % satuan == 0) & (_magnitude(b) == _magnitude(c)) & (b > 0))
    pangkat = 10 ** np.arange(_DIGITS, dtype=np.int64)
    db, dc = b[picked, None] // pangkat % 10, c[picked, None] // pangkat % 10
    discrepancy = db != dc
    banyak = discrepancy.sum(axis=1)
    crossed = (
        (db[:, :-1] == dc[:, 1:])
        & (db[:, 1:] == dc[:, :-1])
        & discrepancy[:, :-1]
        & discrepancy[:, 1:]
    )
    one_item[picked] = banyak == 1
    swapped[picked] = (banyak == 2) & crossed.any(axis=1)
    return [("angka_salah", one_item), ("angka_tertukar", swapped)]


def _magnitude(nilai: I64) -> I64:
    """Digits of each amount less one."""
    return np.searchsorted(10 ** np.arange(1, 19, dtype=np.int64), nilai, side="right")


def _digit_missing(b: I64, c: I64) -> Bools:
    hasil = np.zeros(len(b), dtype=np.bool_)
    discrepancy = _magnitude(b) - _magnitude(c)
    for long, brief, picked in ((b, c, discrepancy == 1), (c, b, discrepancy == -1)):
        positions = np.flatnonzero(picked)
        x, y = long[positions], brief[positions]
        cocok = np.zeros(len(positions), dtype=np.bool_)
        for p in range(_DIGITS):
            one_item = 10**p
            cocok |= (x // (10 * one_item) * one_item + x % one_item) == y
        hasil[positions] = cocok
    return hasil


def log_chance(sisi: Side) -> F64:
    """For each row the log of the chance that another row of its card has this amount.

    A repeated amount is as likely as it is frequent on the card or in the file; a unique one as
    likely as amounts of its size and roundness, so that Rp 1.237.450 says more than Rp 100.000. The
    share of new amounts is estimated from amounts seen once (Good and Turing).
    """
    banyak = len(sisi)
    if banyak == 0:
        return np.empty(0)
    in_file = np.bincount(sisi.amount_code)[sisi.amount_code]
    # rows are sorted by card, then amount: equal ones are neighbours
    bound = (np.diff(sisi.amount_code) != 0) | (np.diff(sisi.kartu) != 0)
    kelompok = np.concatenate([[0], np.cumsum(bound)])
    on_card = np.bincount(kelompok)[kelompok]
    rows_per_card = np.bincount(sisi.kartu)
    once = np.bincount(sisi.kartu[on_card == 1], minlength=len(rows_per_card))
    baru = (float((in_file == 1).sum()) + 5) / (banyak + 10)
    new_on_card = ((once + 10) / (rows_per_card + 20))[sisi.kartu]
    general = (in_file - 1) / (banyak + 50) + baru * _density(sisi)
    hasil: F64 = np.log((on_card - 1) / (rows_per_card[sisi.kartu] + 20) + new_on_card * general)
    return np.minimum(hasil, -0.1)


def _density(sisi: Side) -> F64:
    """For each row the expected share of one amount of its size and roundness."""
    banyak = np.bincount(sisi.amount_code)
    rupiah = np.zeros(len(banyak), dtype=np.int64)
    rupiah[sisi.amount_code] = np.maximum(np.abs(sisi.nilai) // 100, 1)
    noughts = np.zeros(len(rupiah), dtype=np.int64)
    for z in range(1, 7):
        noughts[rupiah % 10**z == 0] = z
    share = (np.bincount(noughts, weights=banyak, minlength=7) + 1) / (len(sisi) + 7)
    urut = np.argsort(rupiah, kind="stable")
    ordered, jumlah = rupiah[urut], np.concatenate([[0], np.cumsum(banyak[urut])])
    above = jumlah[np.searchsorted(ordered, rupiah * 1.1)]
    around = above - jumlah[np.searchsorted(ordered, rupiah * 0.9)]
    options = np.maximum(0.2 * rupiah / 10.0**noughts, 1)
    hasil: F64 = (around + 1) / (len(sisi) + 10) * share[noughts] / options
    return hasil[sisi.amount_code]


def log_surcharge_chance(nilai: I64, everything: I64) -> F64:
    """Log chance that an unrelated purchase lies within the surcharge range below each amount."""
    below = np.searchsorted(everything, (nilai / (1 + SURCHARGE[1])).astype(np.int64))
    above = np.searchsorted(everything, (nilai / (1 + SURCHARGE[0])).astype(np.int64))
    hasil: F64 = np.log((np.maximum(above - below, 0) + 1) / (len(everything) + 100))
    return hasil


def amount_weight(
    kode: I64, log_bank: F64, log_ledger: F64, log_surcharge: F64, weight: Weights
) -> F64:
    """Log of `share / (ways x chance)` for each class code (>= 0).

    The chance is that of the amount that differs from the price: the bank's if something was added,
    else the typed one.
    """
    share = np.array([weight.nilai[nama].share for nama in KELAS])
    cara = np.array([weight.nilai[nama].cara for nama in KELAS])
    chance = np.log(cara)[kode] + np.where(_ADDED_BY_BANK[kode], log_bank, log_ledger)
    lain = kode == KELAS.index("surcharge_lain")
    chance = np.where(lain, log_surcharge, np.minimum(chance, -0.1))
    hasil: F64 = np.log(share)[kode] - chance
    return hasil


def amount_text(kode: int, bank: int, catatan: int) -> tuple[str, bool]:
    """What a person reads about the amounts (sen), and whether they agree."""
    if kode == 0:
        return f"Rp {Rupiah(bank)} sama", True
    discrepancy = bank - catatan
    start = f"Rp {Rupiah(abs(discrepancy))} {'lebih' if discrepancy > 0 else 'kurang'}"
    percent = f"{discrepancy / catatan:.1%}".replace(".", ",")
    kata = {
        "biaya": "mungkin biaya layanan",
        "pembulatan": "mungkin pembulatan",
        "angka_tertukar": "mungkin dua angka tertukar",
        "angka_salah": "mungkin satu angka salah",
        "nol": "mungkin kurang atau lebih satu nol",
        "angka_hilang": "mungkin satu angka hilang atau berlebih",
    }
    return f"{start}: {kata.get(KELAS[kode], f'mungkin surcharge {percent}')}", False
