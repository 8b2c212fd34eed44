"""Hard matching cases with known truth: what a bank writes beside what people type, from a seed.

Every seed draws its own habits (how the bank cuts names, how late it posts, how often people slip),
so that weights learned on some seeds are judged on others that behave differently.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from benchmarks.match_texts import (
    KOTA,
    PASAR,
    RANTAI,
    bank_text,
    nama_toko,
    salah_nilai,
    salah_tanggal,
    teks_orang,
)

HEAD_BARIS = ("referensi", "kartu", "tanggal_posting", "tanggal_transaksi", "nilai", "merchant")
HEAD_BELANJA = ("id", "opd", "kartu", "tanggal", "nilai", "merchant")
Row = tuple[str, str, str, str, int, str]
Catatan = tuple[str, str, str, str, int, str]

BULAT = (50_000, 75_000, 100_000, 150_000, 200_000, 250_000, 300_000, 500_000, 1_000_000)
TARIF = (0.005, 0.007, 0.01, 0.015, 0.018, 0.02, 0.025, 0.03, 0.035)
FEES = (1_000, 1_500, 2_000, 2_500, 4_000, 5_000, 6_500, 8_000)


@dataclass(frozen=True, slots=True)
class Kasus:
    """Both files and the truth: `correct` are (referensi, id, jenis), `toko` who really sold."""

    baris: list[Row]
    belanja: list[Catatan]
    correct: list[tuple[str, str, str]]
    opd: dict[str, str] = field(default_factory=dict)
    toko: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Gaya:
    """The habits of one seed: rates are shares of purchases."""

    acak: random.Random
    sulit: bool
    cut: str = ""
    vokal: float = 0.0
    go_betweens: float = 0.0
    ketik_bank: float = 0.0
    ketik_orang: float = 0.0
    tanpa_nama: float = 0.0
    tanpa_trx: float = 0.0
    shift: float = 0.0
    rounded: float = 0.0
    langganan: float = 0.0
    costs: float = 0.0
    pecah: float = 0.0
    combine: float = 0.0
    refund: float = 0.0
    salah_nilai: float = 0.0
    salah_tanggal: float = 0.0
    hanya_bank: float = 0.0
    hanya_catatan: float = 0.0
    twins: float = 0.0
    tarif_bulat: float = 0.0
    rinci: int = 1
    segera: float = 0.0
    layout: tuple[int, ...] = (1,)
    ikut_posting: float = 0.0
    bulatkan: float = 0.0
    kata_refund: str = ""
    let_go: float = 0.0

    def __post_init__(self) -> None:
        a, s = self.acak, self.sulit
        self.cut = a.choice(("nama", "semua", "semua", "panjang"))
        self.vokal = a.uniform(0.05, 0.25)
        self.go_betweens = a.uniform(0.05, 0.25)
        self.ketik_bank = a.uniform(0.01, 0.06)
        self.ketik_orang = a.uniform(0.03, 0.15)
        self.tanpa_nama = a.uniform(0.01, 0.05) if s else a.uniform(0.0, 0.03)
        self.tanpa_trx = a.choice((0.0, 0.0, a.uniform(0.02, 0.3)))
        self.shift = a.uniform(0.04, 0.16) if s else a.uniform(0.02, 0.10)
        self.segera = a.choice((0.03, 0.4, 0.8))
        layout = (
            (-1, 1, 1, 1, 2, 2, 3),
            (1, 2, 3, 4, 5),
            (-3, -2, -1, 1, 2, 3),
            (-1, 1),
            (1, 1, 2),
        )
        self.layout = a.choice(layout)
        self.ikut_posting = a.choice((0.0, 0.0, a.uniform(0.02, 0.15)))
        self.bulatkan = a.choice((0.0, 0.0, 0.004))
        self.kata_refund = a.choice(("", "", "REFUND ", "REV "))
        self.let_go = a.choice((0.0, 0.0, 0.3))
        self.rounded = a.uniform(0.15, 0.4)
        self.langganan = a.uniform(0.0, 0.04)
        self.costs = a.uniform(0.015, 0.05)
        self.pecah = a.uniform(0.01, 0.03)
        self.combine = a.uniform(0.005, 0.02)
        self.refund = a.uniform(0.01, 0.03)
        self.salah_nilai = a.uniform(0.005, 0.02) if s else a.uniform(0.0, 0.004)
        self.salah_tanggal = a.uniform(0.01, 0.03) if s else a.uniform(0.0, 0.006)
        self.hanya_bank = a.uniform(0.02, 0.07)
        self.hanya_catatan = a.uniform(0.02, 0.07)
        self.twins = a.uniform(0.002, 0.012)
        self.tarif_bulat = a.choice((0.0, 0.7, 1.0))
        self.rinci = a.choice((1, 100, 500, 500, 1000))


def _value(gaya: Gaya) -> int:
    a = gaya.acak
    if a.random() < gaya.rounded:
        return a.choice(BULAT)
    return max(int(a.lognormvariate(12.6, 1.1)) // gaya.rinci, 11) * gaya.rinci


class _Buku:
    """Collects the rows of both files and the truth while purchases happen."""

    def __init__(self, gaya: Gaya, toko: list[tuple[str, str]], weight: list[float]) -> None:
        self.gaya, self.a = gaya, gaya.acak
        self.toko, self.weight = toko, weight
        self.baris: list[Row] = []
        self.belanja: list[Catatan] = []
        self.correct: list[tuple[str, str, str]] = []
        self.opd: dict[str, str] = {}
        self.nama: dict[str, str] = {}
        self.lambat = 1

    def catat(self, kartu: str, day: date, nilai: int, toko: str, *, mistakes: bool = True) -> str:
        g, a = self.gaya, self.a
        if mistakes and a.random() < g.salah_tanggal:
            day = salah_tanggal(day, a)
        elif a.random() < g.shift:
            day += timedelta(days=a.choice(g.layout))
        elif a.random() < g.ikut_posting:
            day += timedelta(days=self.lambat)
        if mistakes and a.random() < g.bulatkan:
            nilai = max(nilai // 1000, 1) * 1000
        elif mistakes and a.random() < g.salah_nilai:
            nilai = salah_nilai(nilai, a)
        id_ = f"B{len(self.belanja) + 1:07d}"
        teks = teks_orang(toko, g)
        self.nama[id_] = toko
        self.belanja.append((id_, self.opd[kartu], kartu, day.isoformat(), nilai, teks))
        return id_

    def tagih(self, kartu: str, day: date, nilai: int, toko: tuple[str, str]) -> str:
        g, a = self.gaya, self.a
        ref = f"R{len(self.baris) + 1:07d}"
        post = day + timedelta(days=self.lambat)
        trx = "" if a.random() < g.tanpa_trx else day.isoformat()
        teks = bank_text(*toko, g)
        if nilai < 0:
            teks = g.kata_refund + teks
        self.nama[ref] = toko[0]
        self.baris.append((ref, kartu, post.isoformat(), trx, nilai, teks))
        return ref

    def one_item(self, kartu: str, day: date, nilai: int, toko: tuple[str, str]) -> None:
        """One purchase in whatever way life brings it."""
        g, a = self.gaya, self.a
        lambat = a.choices((1, 2, 3, 4, 5), (40, 28, 16, 8, 5))[0]
        self.lambat = 0 if a.random() < g.segera else lambat
        fate = a.random()
        if (fate := fate - g.hanya_bank) < 0:
            self.tagih(kartu, day, nilai, toko)
        elif (fate := fate - g.hanya_catatan) < 0:
            self.catat(kartu, day, nilai, toko[0])
        elif (fate := fate - g.pecah) < 0 and nilai >= 30_000:
            self._pecah(kartu, day, nilai, toko)
        elif (fate := fate - g.combine) < 0 and nilai >= 30_000:
            self._join(kartu, day, nilai, toko)
        elif (fate := fate - g.refund) < 0:
            self._refund(kartu, day, nilai, toko)
        else:
            id_ = self.catat(kartu, day, nilai, toko[0])
            if a.random() < g.costs:
                nilai = self._tambah(nilai)
            self.correct.append((self.tagih(kartu, day, nilai, toko), id_, "satu"))

    def _tambah(self, nilai: int) -> int:
        g, a = self.gaya, self.a
        if a.random() < 0.2:
            return nilai + a.choice(FEES)
        tariff = a.choice(TARIF) if a.random() < g.tarif_bulat else a.uniform(0.005, 0.035)
        return round(nilai * (1 + tariff))

    def _bagi(self, nilai: int) -> list[int]:
        a, n = self.a, self.a.choice((2, 2, 2, 3, 3, 4))
        satuan = 500 if nilai % 500 == 0 else 1
        bound = sorted(a.sample(range(1, max(nilai // satuan, n + 1)), n - 1))
        point = [0, *(b * satuan for b in bound), nilai]
        return [t - s for s, t in pairwise(point)]

    def _pecah(self, kartu: str, day: date, nilai: int, toko: tuple[str, str]) -> None:
        let_go = self.a.random() < self.gaya.let_go
        if let_go:  # one order on a marketplace, several sellers
            toko = (self.a.choice(PASAR), toko[1])
        ref = self.tagih(kartu, day, nilai, toko)
        for bagian in self._bagi(nilai):
            nama = self.a.choice(self.toko)[0] if let_go else toko[0]
            id_ = self.catat(kartu, day, bagian, nama, mistakes=False)
            self.correct.append((ref, id_, "pecah"))

    def _join(self, kartu: str, day: date, nilai: int, toko: tuple[str, str]) -> None:
        id_ = self.catat(kartu, day, nilai, toko[0], mistakes=False)
        for bagian in self._bagi(nilai):
            jeda = timedelta(days=self.a.choice((0, 0, 0, 1)))
            self.correct.append((self.tagih(kartu, day + jeda, bagian, toko), id_, "gabung"))

    def _refund(self, kartu: str, day: date, nilai: int, toko: tuple[str, str]) -> None:
        a = self.a
        asal = self.catat(kartu, day, nilai, toko[0])
        self.correct.append((self.tagih(kartu, day, nilai, toko), asal, "satu"))
        returned = day + timedelta(days=a.randint(1, 30))
        jumlah = (
            nilai
            if a.random() < 0.6
            else max(int(nilai * a.choice((0.25, 0.5, 0.75, a.random()))), 1)
        )
        ref = self.tagih(kartu, returned, -jumlah, toko)
        if a.random() < 0.4:
            asal = self.catat(kartu, returned, -jumlah, toko[0], mistakes=False)
        self.correct.append((ref, asal, "refund"))


def build(n: int, per_kartu: int, benih: int, *, sulit: bool = False) -> Kasus:
    """About `n` purchases on `n / per_kartu` cards within 2026; `sulit` adds slips."""
    a = random.Random(benih)
    gaya = Gaya(a, sulit)
    jumlah_toko = max(60, min(4000, n // 25))
    toko = [(nama, a.choice(KOTA)) for nama in RANTAI]
    toko += [(nama_toko(a), a.choice(KOTA)) for _ in range(jumlah_toko)]
    tail = [1 / (1 + i) ** 0.6 for i in range(jumlah_toko)]
    weight = [0.3 * sum(tail) / len(RANTAI)] * len(RANTAI) + tail
    buku = _Buku(gaya, toko, weight)
    for k in range(max(1, n // per_kartu)):
        _kartu(buku, k, per_kartu)
    a.shuffle(buku.baris)
    a.shuffle(buku.belanja)
    return Kasus(buku.baris, buku.belanja, buku.correct, buku.opd, buku.nama)


def _kartu(buku: _Buku, k: int, banyak: int) -> None:
    a, gaya = buku.a, buku.gaya
    kartu = f"5241{k:04d}"
    buku.opd[kartu] = f"1.{k % 40 + 1:02d}"
    kesukaan = a.choices(buku.toko, buku.weight, k=max(8, min(120, banyak // 6)))
    sisa = banyak
    while sisa > 0:
        day = date(2026, 1, 1) + timedelta(days=a.randrange(365))
        toko = a.choice(kesukaan) if a.random() < 0.6 else a.choices(buku.toko, buku.weight)[0]
        nilai = _value(gaya)
        if a.random() < gaya.langganan / 6:
            for ulang in range(6):
                buku.one_item(kartu, day + timedelta(days=ulang * a.choice((1, 1, 7))), nilai, toko)
            sisa -= 6
            continue
        buku.one_item(kartu, day, nilai, toko)
        sisa -= 1
        if a.random() < gaya.twins:
            lain = toko if a.random() < 0.4 else a.choice(kesukaan)
            buku.one_item(kartu, day, nilai, lain)
            sisa -= 1


def write_out(kasus: Kasus, folder: Path) -> tuple[Path, Path, Path]:
    """Statement, ledger and truth as CSV files; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    isi = (
        ("bank.csv", HEAD_BARIS, kasus.baris),
        ("belanja.csv", HEAD_BELANJA, kasus.belanja),
        ("benar.csv", ("referensi", "id", "jenis"), kasus.correct),
    )
    for nama, header, rows in isi:
        with (folder / nama).open("w", newline="", encoding="utf-8") as file:
            tulis_csv = csv.writer(file, lineterminator="\n")
            tulis_csv.writerow(header)
            tulis_csv.writerows(rows)
    return folder / "bank.csv", folder / "belanja.csv", folder / "benar.csv"
