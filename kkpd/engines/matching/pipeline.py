"""The whole way on columns: candidates, worlds, probabilities, decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kkpd.engines.matching.arrays import F64, I64, Ya
from kkpd.engines.matching.columns import Dua
from kkpd.engines.matching.day_gap import kelas_hari
from kkpd.engines.matching.links import (
    BALIK,
    GABUNG,
    PECAH,
    SATU,
    Tautan,
    jajarkan,
    putuskan,
    rinci_pasangan,
    tautan_satu,
)
from kkpd.engines.matching.pairs import beda_hari, beda_nilai, dekat, potongan, sama_nilai
from kkpd.engines.matching.refund_groups import kembalikan
from kkpd.engines.matching.score import (
    BUANG,
    Medan,
    Tepi,
    hari_pasangan,
    nama_pasangan,
    satukan,
    siapkan_medan,
    tepi,
)
from kkpd.engines.matching.set_candidates import Himpunan, gabung, kumpulkan, pecah
from kkpd.engines.matching.solve.base_rates import Laju, putaran
from kkpd.engines.matching.solve.best_assignment import Graf, dunia_terbaik
from kkpd.engines.matching.solve.graph import (
    bagian_positif,
    graf_tautan,
    jumlah_kelas,
    peluang_baris,
    setara,
    tanda,
)
from kkpd.engines.matching.solve.probability import peluang
from kkpd.engines.matching.solve.tie_break import tertibkan
from kkpd.engines.matching.solve.unambiguous import pasangan_jelas
from kkpd.engines.matching.weights import Bobot


@dataclass(frozen=True, slots=True)
class Jawaban:
    """All links, rows left alone on each side, and lines whose component was cut."""

    medan: Medan
    tautan: Tautan
    tanpa_b: I64
    tanpa_c: I64
    dipotong: I64


def cocokkan(dua: Dua, bobot: Bobot) -> Jawaban:
    """Match both sides; the answer is a function of the rows, never of their order."""
    medan = siapkan_medan(dua, bobot)
    utama, dipotong = _utama(medan)
    kembali = putuskan(kembalikan(medan, utama), bobot.putusan)
    semua = jajarkan([_balik(medan, utama), kembali])
    return Jawaban(
        medan,
        semua,
        np.flatnonzero(_sisa(len(dua.bank), semua.rinci.b)),
        np.flatnonzero(_sisa(len(dua.catatan), semua.rinci.c)),
        dipotong,
    )


def _utama(medan: Medan) -> tuple[Tautan, I64]:
    """All links but refunds of originals, decided; what only they need is let go with this frame.

    Also the lines of components that were cut.
    """
    terang, sama, sisa_b, sisa_c = _terang(medan)
    utama, dipotong = _selesaikan(medan, terang, sama, sisa_b, sisa_c)
    del terang, sama
    return tertibkan(medan, putuskan(utama, medan.bobot.putusan)), dipotong


def _terang(medan: Medan) -> tuple[Tautan, Tepi, Ya, Ya]:
    """(links that no rival comes near, other pairs of equal amount, lines left, purchases left)."""
    dua, sama = medan.dua, sama_nilai(medan)
    jelas, p, jarak = pasangan_jelas(sama, len(dua.bank), len(dua.catatan))
    sisa_b = _sisa(len(dua.bank), sama.b[jelas])
    sisa_c = _sisa(len(dua.catatan), sama.c[jelas])
    terang = tautan_satu(sama.ambil(jelas), p[jelas], p[jelas], jarak[jelas], SATU)
    return terang, sama.ambil(sisa_b[sama.b] & sisa_c[sama.c]), sisa_b, sisa_c


def _balik(medan: Medan, tautan: Tautan) -> Tautan:
    """Single links of negative lines are refunds, too."""
    r, jenis = tautan.rinci, tautan.jenis.copy()
    jenis[r.nomor[(medan.dua.bank.nilai[r.b] < 0) & (jenis[r.nomor] == SATU)]] = BALIK
    return replace(tautan, jenis=jenis)


def _sisa(luas: int, terpakai: I64) -> Ya:
    sisa = np.ones(luas, dtype=np.bool_)
    sisa[terpakai] = False
    return sisa


def _selesaikan(
    medan: Medan, terang: Tautan, sama: Tepi, sisa_b: Ya, sisa_c: Ya
) -> tuple[Tautan, I64]:
    """Everything that equal amounts alone did not settle; lines of components that were cut."""
    satu, pecahan, gabungan = _calon(medan, sama, np.flatnonzero(sisa_b), np.flatnonzero(sisa_c))
    graf = graf_tautan(medan.dua, satu, pecahan, gabungan)
    graf, terang, p, ada = _peluang(medan, graf, terang, satu, (pecahan, gabungan))
    terbesar = medan.bobot.jendela.komponen_terbesar
    positif, label, nomor, potong = bagian_positif(graf, p, terbesar)
    dunia = dunia_terbaik(positif, label)
    dipilih = nomor[dunia.pilihan]
    e, s = len(satu), len(satu) + len(pecahan)
    satu = replace(satu, w=graf.w[:e])
    pecahan = replace(pecahan, w=graf.w[e:s])
    gabungan = replace(gabungan, w=graf.w[s:])
    ini = dipilih < e
    bagian = [terang]
    mana = dipilih[ini]
    bagian.append(tautan_satu(satu.ambil(mana), p[mana], ada[mana], dunia.jarak[ini], SATU))
    for jenis, himpunan, mulai in ((PECAH, pecahan, e), (GABUNG, gabungan, s)):
        ini = (dipilih >= mulai) & (dipilih < mulai + len(himpunan))
        mana = dipilih[ini]
        bagian.append(
            _tautan_himpunan(
                medan, himpunan, mana - mulai, (p[mana], ada[mana], dunia.jarak[ini]), jenis
            )
        )
    potong = np.unique(np.concatenate([graf.b[potong], positif.b[dunia.dipotong]]))
    return jajarkan(bagian), potong[potong >= 0]


def _calon(medan: Medan, sama: Tepi, rows_b: I64, rows_c: I64) -> tuple[Tepi, Himpunan, Himpunan]:
    """Pairs, splits and groups among leftover rows, beside the pairs of equal amount."""
    tepi_, pecahan, gabungan = [sama], [], []
    for sisa_b, sisa_c in potongan(medan, rows_b, rows_c):
        b, c, _ = dekat(medan, sisa_b, sisa_c)
        lain = (beda_nilai(medan, b, c), beda_hari(medan, sisa_b, sisa_c))
        tepi_ += [satu.ambil(satu.w > BUANG) for satu in lain]
        pecahan.append(pecah(medan, b, c))
        gabungan.append(gabung(medan, b, c))
    return satukan(tepi_), kumpulkan(pecahan), kumpulkan(gabungan)


def _peluang(
    medan: Medan, graf: Graf, terang: Tautan, satu: Tepi, himpunan: tuple[Himpunan, Himpunan]
) -> tuple[Graf, Tautan, F64, F64]:
    """Probabilities of all links, with the shares of lone rows that this file itself shows."""
    dua, awal = medan.dua, medan.bobot.awal
    kelas = setara(dua.catatan, medan.nama.catatan)
    serupa = tanda(satu.b, satu.c, *himpunan, kelas)
    isi_b = np.bincount(graf.tautan[graf.simpul < len(dua.bank)], minlength=len(graf.w))
    isi_c = np.bincount(graf.tautan, minlength=len(graf.w)) - isi_b
    banyak = (int((dua.bank.nilai > 0).sum()), int((dua.catatan.nilai > 0).sum()))
    positif = terang.skor[dua.bank.nilai[terang.rinci.b] > 0]
    laju = Laju(awal.tanpa_belanja, awal.tanpa_baris)
    w = graf.w
    for _ in putaran():
        p = peluang(graf.tautan, graf.simpul, w, graf.banyak_simpul, kasar=True)
        jelas = float((1 / (1 + np.exp(-positif))).sum())
        laju = laju.perbarui(awal, banyak, (jelas + float(p @ isi_b), jelas + float(p @ isi_c)))
        w = graf.w + laju.geser(awal, isi_b, isi_c)
    p = peluang(graf.tautan, graf.simpul, w, graf.banyak_simpul)
    geser = float(laju.geser(awal, np.ones(1, dtype=np.int64), np.ones(1, dtype=np.int64))[0])
    ada = peluang_baris(graf, p, len(dua.bank))
    return replace(graf, w=w), _geser(terang, geser), jumlah_kelas(p, serupa), ada


def _geser(tautan: Tautan, geser: float) -> Tautan:
    """Single links with so much added to their score."""
    logit = np.log(tautan.peluang / np.maximum(1 - tautan.peluang, 1e-18)) + geser
    return replace(
        tautan,
        skor=tautan.skor + geser,
        peluang=1 / (1 + np.exp(-logit)),
        ada=1 / (1 + np.exp(-logit)),
        jarak=tautan.jarak + min(geser, 0.0),
    )


def _tautan_himpunan(
    medan: Medan, himpunan: Himpunan, mana: I64, ukuran: tuple[F64, F64, F64], jenis: int
) -> Tautan:
    isi = himpunan.isi[mana]
    nomor, lajur = np.nonzero(isi >= 0)
    induk, bagian = himpunan.induk[mana][nomor], isi[nomor, lajur]
    b, c = (induk, bagian) if jenis == PECAH else (bagian, induk)
    kelas, beda = kelas_hari(medan.dua.bank, b, medan.dua.catatan, c, medan.bobot)
    ramai = medan.ramai_catatan if jenis == PECAH else medan.ramai_bank
    w_hari = hari_pasangan(medan, b, kelas) - ramai[medan.dua.bank.kartu[b]]
    w_nama, mirip = nama_pasangan(medan, b, c)
    nol = np.zeros(len(b), dtype=np.int64)
    pasangan = tepi(b, c, (nol, kelas, beda), (mirip, np.zeros(len(b)), w_hari, w_nama), w_hari)
    rinci = rinci_pasangan(nomor, pasangan)
    semua = np.full(len(mana), jenis, dtype=np.int64)
    return Tautan(semua, himpunan.w[mana], *ukuran, np.zeros(len(mana), dtype=np.bool_), rinci)
