"""A second generator of hard cases, written from the words of the task alone: it shares no line
with match_cases. Weights are never learned from it; it only asks whether figures hold elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from benchmarks.match_cases import Kasus

_KINDS: Final = (
    "Toko", "CV", "UD", "Warung", "RM", "Hotel", "Apotek", "Bengkel", "SPBU", "Percetakan",
    "Klinik", "Swalayan", "Fotokopi", "Studio", "Katering", "PT", "Rental", "Penginapan",
)  # fmt: skip
_WORDS: Final = (
    "Anugerah", "Bahagia", "Cahaya", "Damai", "Elok", "Fajar", "Gemilang", "Harapan", "Indah",
    "Jaya", "Kencana", "Lancar", "Makmur", "Nusantara", "Oriza", "Permata", "Rahmat", "Sentosa",
    "Tunas", "Utama", "Wijaya", "Yakin", "Zamrud", "Abadi", "Berkah", "Cipta", "Duta", "Eka",
    "Firdaus", "Guna", "Hikmah", "Intan", "Karya", "Lestari", "Mulia", "Nirwana", "Pelita",
    "Restu", "Sinar", "Teladan", "Usaha", "Wahana", "Melati", "Mawar", "Kenanga", "Seroja",
    "Silalahi", "Tarigan", "Ginting", "Sembiring", "Hasibuan", "Lubis", "Siregar", "Harahap",
)  # fmt: skip
_KOTA: Final = ("Medan", "Lubuk Pakam", "Binjai", "Tebing Tinggi", "Siantar", "Jakarta", "Batam")
_PERANTARA: Final = ("TOKOPEDIA*", "SHOPEE*", "QRIS ", "SQ *", "PAYPAL *", "EDC ", "BLIBLI*")
_ROUND: Final = (20, 25, 50, 75, 100, 150, 200, 250, 300, 500, 1_000)
_MULAI: Final = date(2026, 3, 1)


@dataclass(slots=True)
class _Dunia:
    """The case being made; `sulit` doubles what goes wrong."""

    acak: random.Random
    sulit: bool
    baris: list[tuple[str, str, str, str, int, str]] = field(default_factory=list)
    belanja: list[tuple[str, str, str, str, int, str]] = field(default_factory=list)
    correct: list[tuple[str, str, str]] = field(default_factory=list)
    toko: dict[str, str] = field(default_factory=dict)

    def affected(self, percent: float) -> bool:
        """Whether something of that share happens; a hard case has twice as many slips."""
        return self.acak.random() * 100 < percent * (2 if self.sulit else 1)

    def bank(self, kartu: str, day: date, nilai: int, toko: str) -> str:
        """A line of the bank."""
        ref = f"T{len(self.baris):07d}"
        posting = day + timedelta(days=self.acak.choice((1, 1, 1, 2, 2, 3, 4, 5)))
        self.baris.append((ref, kartu, str(posting), str(day), nilai, self._ejaan_bank(toko)))
        self.toko[ref] = toko
        return ref

    def catat(self, kartu: str, day: date, nilai: int, toko: str) -> str:
        """A purchase as somebody typed it."""
        id_ = f"P{len(self.belanja):07d}"
        day = self._tanggal_ketik(day)
        self.belanja.append((id_, kartu[:2], kartu, str(day), nilai, self._ejaan_orang(toko)))
        self.toko[id_] = toko
        return id_

    def _ejaan_bank(self, toko: str) -> str:
        nama, _, city = toko.upper().partition("|")
        pilih = self.acak.random()
        if pilih < 0.15:
            nama = "".join(h for i, h in enumerate(nama) if i == 0 or h not in "AIUEO")
        if self.acak.random() < 0.12:
            nama = self.acak.choice(_PERANTARA) + nama
        return f"{nama} {city} ID"[:22].rstrip() if pilih < 0.7 else nama[:22].rstrip()

    def _ejaan_orang(self, toko: str) -> str:
        kata = toko.partition("|")[0].split()
        if len(kata) > 2 and self.acak.random() < 0.3:
            kata = kata[1:]
        if len(kata) > 2 and self.acak.random() < 0.05:
            kata = kata[:-1]
        nama = " ".join(kata)
        if self.affected(8):
            i = self.acak.randrange(1, len(nama))
            ganti = self.acak.choice("aeioutnrs")
            nama = self.acak.choice(
                (
                    nama[:i] + nama[i + 1 :],
                    nama[:i] + ganti + nama[i:],
                    nama[:i] + ganti + nama[i + 1 :],
                )
            )
        return "" if self.affected(0.5) else nama

    def _tanggal_ketik(self, day: date) -> date:
        pilih = self.acak.random()
        if pilih < 0.08:
            return day + timedelta(days=self.acak.choice((1, 1, 2, -1)))
        if self.affected(1):
            if day.day <= 12 and day.day != day.month:
                return date(day.year, day.day, day.month)
            return day + timedelta(days=self.acak.choice((10, -10, 30, 31)))
        return day

    def nilai_bank(self, nilai: int) -> int:
        """What the bank asks for a purchase of this amount: itself, or with what is explained."""
        if self.affected(2):
            return nilai + round(nilai * self.acak.uniform(0.005, 0.035))
        if self.affected(1):
            return nilai + self.acak.choice((1_000, 1_500, 2_500, 4_000, 6_500, 8_000))
        return nilai

    def nilai_ketik(self, nilai: int) -> int:
        """The amount as typed, sometimes with two digits swapped, one wrong or rounded."""
        if self.affected(0.6):
            numeric = list(str(nilai))
            i = self.acak.randrange(len(numeric) - 1)
            if self.acak.random() < 0.5:
                numeric[i], numeric[i + 1] = numeric[i + 1], numeric[i]
            else:
                numeric[i] = self.acak.choice("123456789")
            return int("".join(numeric)) or nilai
        if self.affected(0.4) and nilai > 20_000:
            return round(nilai, -2)
        return nilai


def build(n: int, per_kartu: int, benih: int, *, sulit: bool) -> Kasus:
    """About n lines and n purchases, `per_kartu` lines a card, over four months."""
    acak = random.Random(benih)
    worlds = _Dunia(acak, sulit)
    everything = sorted({_shops(acak) for _ in range(4_000)})
    nomor = 0
    while len(worlds.baris) < n:
        nomor += 1
        kartu = f"{nomor % 40:02d}{nomor:06d}"
        langganan = acak.sample(everything, 12)
        bound = min(len(worlds.baris) + per_kartu, n)
        while len(worlds.baris) < bound:
            toko = acak.choice(langganan) if acak.random() < 0.6 else acak.choice(everything)
            _satu_peristiwa(worlds, kartu, _MULAI + timedelta(days=acak.randrange(120)), toko)
    acak.shuffle(worlds.baris)
    acak.shuffle(worlds.belanja)
    return Kasus(worlds.baris, worlds.belanja, worlds.correct, toko=worlds.toko)


def _shops(acak: random.Random) -> str:
    kata = acak.sample(_WORDS, acak.choice((1, 2, 2, 2, 3)))
    return f"{acak.choice(_KINDS)} {' '.join(kata)}|{acak.choice(_KOTA)}"


def _value(acak: random.Random) -> int:
    if acak.random() < 0.3:
        return acak.choice(_ROUND) * 1_000
    large = int(min(max(acak.lognormvariate(12.6, 1.1), 8_000), 150_000_000))
    return large // 500 * 500 if acak.random() < 0.6 else large


def _satu_peristiwa(worlds: _Dunia, kartu: str, day: date, toko: str) -> None:
    """What happened: a purchase, a split, a group, a refund, or one side alone."""
    acak, nilai, due_day = worlds.acak, _value(worlds.acak), worlds.acak.random()
    if due_day < 0.05:
        worlds.bank(kartu, day, nilai, toko)
    elif due_day < 0.10:
        worlds.catat(kartu, day, nilai, toko)
    elif due_day < 0.125:
        bagian = _pecahan(acak, max(nilai, 60_000), acak.choice((2, 2, 2, 3, 3, 4)))
        ref = worlds.bank(kartu, day, sum(bagian), toko)
        worlds.correct += [
            (ref, worlds.catat(kartu, day, one_item, toko), "pecah") for one_item in bagian
        ]
    elif due_day < 0.14:
        bagian = _pecahan(acak, max(nilai, 60_000), acak.choice((2, 2, 3)))
        id_ = worlds.catat(kartu, day, sum(bagian), toko)
        worlds.correct += [
            (worlds.bank(kartu, day, one_item, toko), id_, "gabung") for one_item in bagian
        ]
    else:
        id_ = worlds.catat(kartu, day, worlds.nilai_ketik(nilai), toko)
        bayar = worlds.nilai_bank(nilai)
        worlds.correct.append((worlds.bank(kartu, day, bayar, toko), id_, "satu"))
        if due_day < 0.17:
            _refund(worlds, kartu, day, toko, (bayar, id_))


def _refund(worlds: _Dunia, kartu: str, day: date, toko: str, asal: tuple[int, str]) -> None:
    """Money that comes back one to five weeks later; half of the time somebody typed it too."""
    acak, (nilai, id_) = worlds.acak, asal
    balik = nilai if acak.random() < 0.7 else max(nilai * acak.choice((25, 50, 75, 40)) // 100, 500)
    nanti = day + timedelta(days=acak.randrange(2, 35))
    ref = worlds.bank(kartu, nanti, -balik, toko)
    if acak.random() < 0.5:
        id_ = worlds.catat(kartu, nanti, -balik, toko)
    worlds.correct.append((ref, id_, "refund"))


def _pecahan(acak: random.Random, nilai: int, banyak: int) -> list[int]:
    cut = sorted(acak.sample(range(5, nilai // 500 - 5), banyak - 1))
    edges = [0, *(one_item * 500 for one_item in cut), nilai]
    return [right - left for left, right in pairwise(edges)]
