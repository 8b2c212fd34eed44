"""One line paid for many purchases (pecah), many lines for one purchase (gabung).

Small subset sums inside one card and window, bounded: at most `bagian_calon` likeliest parts are
looked at for a total, at most `bagian_terbanyak` of them together. The sum must be exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.day_gap import kelas_hari
from kkpd.engines.matching.score import Medan, hari_pasangan, nama_pasangan

#: Sums compared in one go (bounds memory).
_SEKALI = 8_000_000
#: A part less likely than this beside its total is not looked at.
_TERENDAH = -5.6
#: Of one total the best sets that enter the world.
_TERBAIK = 6


@dataclass(frozen=True, slots=True)
class Himpunan:
    """Sets as rows: the total's row, the parts' rows padded with -1, the score.

    In a `pecah` the total is a line and parts are purchases; in a `gabung` the other way round.
    """

    induk: I64
    isi: I64
    w: F64

    def __len__(self) -> int:
        return len(self.induk)


def pecah(medan: Medan, b: I64, c: I64) -> Himpunan:
    """Lines whose amount is the sum of near purchases; (b, c) are near pairs."""
    return _cari(medan, b, c, pecah=True)


def gabung(medan: Medan, b: I64, c: I64) -> Himpunan:
    """Purchases whose amount is the sum of near lines."""
    return _cari(medan, b, c, pecah=False)


def _cari(medan: Medan, b: I64, c: I64, *, pecah: bool) -> Himpunan:
    bank, catatan, jendela = medan.dua.bank, medan.dua.catatan, medan.bobot.jendela
    nb, nc = bank.nilai[b], catatan.nilai[c]
    bagian = (nc < nb) if pecah else (nb < nc)
    b, c = b[bagian], c[bagian]
    w = bobot_bagian(medan, b, c, pecah=pecah)
    induk, anggota = (b, c) if pecah else (c, b)
    layak = w >= _TERENDAH
    urut = np.flatnonzero(layak)
    urut = urut[np.lexsort((anggota[urut], -w[urut], induk[urut]))]
    induk, anggota, w = induk[urut], anggota[urut], w[urut]
    pilih = _nomor_dalam(induk) < jendela.bagian_calon
    induk, anggota, w = induk[pilih], anggota[pilih], w[pilih]
    nilai_induk = (bank if pecah else catatan).nilai
    nilai_anggota = (catatan if pecah else bank).nilai
    kebetulan = medan.kebetulan_bank if pecah else medan.kebetulan_catatan
    awal = medan.bobot.awal
    mula = (
        np.log(awal.pecah / awal.tanpa_belanja) if pecah else np.log(awal.gabung / awal.tanpa_baris)
    )
    hasil = []
    for baris, letak in _jumlah_tepat(
        induk, nilai_induk[induk], nilai_anggota[anggota], jendela.bagian_terbanyak
    ):
        ada = letak >= 0
        isi = np.where(ada, anggota[letak], -1)
        skor = mula - kebetulan[induk[baris]] + np.where(ada, w[letak], 0.0).sum(axis=1)
        hasil.append((induk[baris], _rapi(isi), skor))
    return _terbaik(hasil, jendela.bagian_terbanyak)


def bobot_bagian(medan: Medan, b: I64, c: I64, *, pecah: bool) -> F64:
    """Date and name of a part beside its total, against free rows a day on the card."""
    kelas, _ = kelas_hari(medan.dua.bank, b, medan.dua.catatan, c, medan.bobot)
    ramai = medan.ramai_catatan if pecah else medan.ramai_bank
    nama, _ = nama_pasangan(medan, b, c)
    return hari_pasangan(medan, b, kelas) - ramai[medan.dua.bank.kartu[b]] + nama


def _nomor_dalam(kelompok: I64) -> I64:
    """0, 1, 2, ... within each run of equal values."""
    if len(kelompok) == 0:
        return kelompok
    awal = np.flatnonzero(np.concatenate([[True], kelompok[1:] != kelompok[:-1]]))
    panjang = np.diff(np.concatenate([awal, [len(kelompok)]]))
    return np.arange(len(kelompok), dtype=np.int64) - np.repeat(awal, panjang)


@cache
def _pilihan(n: int, terbanyak: int) -> tuple[F64, I64]:
    """All sets of 2..terbanyak out of n: as a 0/1 matrix (n, sets) and as padded positions."""
    isi = [s for k in range(2, min(n, terbanyak) + 1) for s in combinations(range(n), k)]
    matriks = np.zeros((n, len(isi)))
    letak = np.full((len(isi), terbanyak), -1, dtype=np.int64)
    for nomor, satu in enumerate(isi):
        matriks[list(satu), nomor] = 1
        letak[nomor, : len(satu)] = satu
    return matriks, letak


def _jumlah_tepat(
    induk: I64, nilai_induk: I64, nilai: I64, terbanyak: int
) -> Iterator[tuple[I64, I64]]:
    """(position of the total's first part, padded positions of the parts) of every exact set."""
    if len(induk) == 0:
        return
    awal = np.flatnonzero(np.concatenate([[True], induk[1:] != induk[:-1]]))
    panjang = np.diff(np.concatenate([awal, [len(induk)]]))
    for n in np.unique(panjang[panjang >= 2]).tolist():
        matriks, pilihan = _pilihan(n, terbanyak)
        mulai = awal[panjang == n]
        langkah = max(1, _SEKALI // matriks.shape[1])
        for k in range(0, len(mulai), langkah):
            potong = mulai[k : k + langkah]
            isi = nilai[potong[:, None] + np.arange(n)].astype(np.float64)
            kena, set_ke = np.nonzero(isi @ matriks == nilai_induk[potong][:, None])
            letak = pilihan[set_ke]
            yield potong[kena], np.where(letak >= 0, letak + potong[kena][:, None], -1)


def _rapi(isi: I64) -> I64:
    """Parts in row order, padding last."""
    besar = np.iinfo(np.int64).max
    urut = np.sort(np.where(isi < 0, besar, isi), axis=1)
    return np.where(urut == besar, -1, urut)


def _terbaik(hasil: list[tuple[I64, I64, F64]], lebar: int) -> Himpunan:
    if not hasil:
        kosong = np.empty(0, dtype=np.int64)
        return Himpunan(kosong, np.empty((0, lebar), dtype=np.int64), np.empty(0))
    induk = np.concatenate([satu[0] for satu in hasil])
    isi = np.concatenate([satu[1] for satu in hasil])
    w = np.concatenate([satu[2] for satu in hasil])
    urut = np.flatnonzero(w > 0)
    kunci = (*isi[urut].T[::-1], -w[urut], induk[urut])
    urut = urut[np.lexsort(kunci)]
    urut = urut[_nomor_dalam(induk[urut]) < _TERBAIK]
    return Himpunan(induk[urut], isi[urut], w[urut])


def kumpulkan(bagian: Sequence[Himpunan]) -> Himpunan:
    """Several lists of sets as one."""
    return Himpunan(
        np.concatenate([satu.induk for satu in bagian]),
        np.concatenate([satu.isi for satu in bagian]),
        np.concatenate([satu.w for satu in bagian]),
    )
