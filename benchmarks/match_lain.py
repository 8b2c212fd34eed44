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

_JENIS: Final = (
    "Toko", "CV", "UD", "Warung", "RM", "Hotel", "Apotek", "Bengkel", "SPBU", "Percetakan",
    "Klinik", "Swalayan", "Fotokopi", "Studio", "Katering", "PT", "Rental", "Penginapan",
)  # fmt: skip
_KATA: Final = (
    "Anugerah", "Bahagia", "Cahaya", "Damai", "Elok", "Fajar", "Gemilang", "Harapan", "Indah",
    "Jaya", "Kencana", "Lancar", "Makmur", "Nusantara", "Oriza", "Permata", "Rahmat", "Sentosa",
    "Tunas", "Utama", "Wijaya", "Yakin", "Zamrud", "Abadi", "Berkah", "Cipta", "Duta", "Eka",
    "Firdaus", "Guna", "Hikmah", "Intan", "Karya", "Lestari", "Mulia", "Nirwana", "Pelita",
    "Restu", "Sinar", "Teladan", "Usaha", "Wahana", "Melati", "Mawar", "Kenanga", "Seroja",
    "Silalahi", "Tarigan", "Ginting", "Sembiring", "Hasibuan", "Lubis", "Siregar", "Harahap",
)  # fmt: skip
_KOTA: Final = ("Medan", "Lubuk Pakam", "Binjai", "Tebing Tinggi", "Siantar", "Jakarta", "Batam")
_PERANTARA: Final = ("TOKOPEDIA*", "SHOPEE*", "QRIS ", "SQ *", "PAYPAL *", "EDC ", "BLIBLI*")
_BULAT: Final = (20, 25, 50, 75, 100, 150, 200, 250, 300, 500, 1_000)
_MULAI: Final = date(2026, 3, 1)


@dataclass(slots=True)
class _Dunia:
    """The case being made; `sulit` doubles what goes wrong."""

    acak: random.Random
    sulit: bool
    baris: list[tuple[str, str, str, str, int, str]] = field(default_factory=list)
    belanja: list[tuple[str, str, str, str, int, str]] = field(default_factory=list)
    benar: list[tuple[str, str, str]] = field(default_factory=list)
    toko: dict[str, str] = field(default_factory=dict)

    def kena(self, persen: float) -> bool:
        """Whether something of that share happens; a hard case has twice as many slips."""
        return self.acak.random() * 100 < persen * (2 if self.sulit else 1)

    def bank(self, kartu: str, hari: date, nilai: int, toko: str) -> str:
        """A line of the bank."""
        ref = f"T{len(self.baris):07d}"
        posting = hari + timedelta(days=self.acak.choice((1, 1, 1, 2, 2, 3, 4, 5)))
        self.baris.append((ref, kartu, str(posting), str(hari), nilai, self._ejaan_bank(toko)))
        self.toko[ref] = toko
        return ref

    def catat(self, kartu: str, hari: date, nilai: int, toko: str) -> str:
        """A purchase as somebody typed it."""
        id_ = f"P{len(self.belanja):07d}"
        hari = self._tanggal_ketik(hari)
        self.belanja.append((id_, kartu[:2], kartu, str(hari), nilai, self._ejaan_orang(toko)))
        self.toko[id_] = toko
        return id_

    def _ejaan_bank(self, toko: str) -> str:
        nama, _, kota = toko.upper().partition("|")
        pilih = self.acak.random()
        if pilih < 0.15:
            nama = "".join(h for i, h in enumerate(nama) if i == 0 or h not in "AIUEO")
        if self.acak.random() < 0.12:
            nama = self.acak.choice(_PERANTARA) + nama
        return f"{nama} {kota} ID"[:22].rstrip() if pilih < 0.7 else nama[:22].rstrip()

    def _ejaan_orang(self, toko: str) -> str:
        kata = toko.partition("|")[0].split()
        if len(kata) > 2 and self.acak.random() < 0.3:
            kata = kata[1:]
        if len(kata) > 2 and self.acak.random() < 0.05:
            kata = kata[:-1]
        nama = " ".join(kata)
        if self.kena(8):
            i = self.acak.randrange(1, len(nama))
            ganti = self.acak.choice("aeioutnrs")
            nama = self.acak.choice(
                (
                    nama[:i] + nama[i + 1 :],
                    nama[:i] + ganti + nama[i:],
                    nama[:i] + ganti + nama[i + 1 :],
                )
            )
        return "" if self.kena(0.5) else nama

    def _tanggal_ketik(self, hari: date) -> date:
        pilih = self.acak.random()
        if pilih < 0.08:
            return hari + timedelta(days=self.acak.choice((1, 1, 2, -1)))
        if self.kena(1):
            if hari.day <= 12 and hari.day != hari.month:
                return date(hari.year, hari.day, hari.month)
            return hari + timedelta(days=self.acak.choice((10, -10, 30, 31)))
        return hari

    def nilai_bank(self, nilai: int) -> int:
        """What the bank asks for a purchase of this amount: itself, or with what is explained."""
        if self.kena(2):
            return nilai + round(nilai * self.acak.uniform(0.005, 0.035))
        if self.kena(1):
            return nilai + self.acak.choice((1_000, 1_500, 2_500, 4_000, 6_500, 8_000))
        return nilai

    def nilai_ketik(self, nilai: int) -> int:
        """The amount as typed, sometimes with two digits swapped, one wrong or rounded."""
        if self.kena(0.6):
            angka = list(str(nilai))
            i = self.acak.randrange(len(angka) - 1)
            if self.acak.random() < 0.5:
                angka[i], angka[i + 1] = angka[i + 1], angka[i]
            else:
                angka[i] = self.acak.choice("123456789")
            return int("".join(angka)) or nilai
        if self.kena(0.4) and nilai > 20_000:
            return round(nilai, -2)
        return nilai


def buat(n: int, per_kartu: int, benih: int, *, sulit: bool) -> Kasus:
    """About n lines and n purchases, `per_kartu` lines a card, over four months."""
    acak = random.Random(benih)
    dunia = _Dunia(acak, sulit)
    semua = sorted({_toko(acak) for _ in range(4_000)})
    nomor = 0
    while len(dunia.baris) < n:
        nomor += 1
        kartu = f"{nomor % 40:02d}{nomor:06d}"
        langganan = acak.sample(semua, 12)
        batas = min(len(dunia.baris) + per_kartu, n)
        while len(dunia.baris) < batas:
            toko = acak.choice(langganan) if acak.random() < 0.6 else acak.choice(semua)
            _satu_peristiwa(dunia, kartu, _MULAI + timedelta(days=acak.randrange(120)), toko)
    acak.shuffle(dunia.baris)
    acak.shuffle(dunia.belanja)
    return Kasus(dunia.baris, dunia.belanja, dunia.benar, toko=dunia.toko)


def _toko(acak: random.Random) -> str:
    kata = acak.sample(_KATA, acak.choice((1, 2, 2, 2, 3)))
    return f"{acak.choice(_JENIS)} {' '.join(kata)}|{acak.choice(_KOTA)}"


def _nilai(acak: random.Random) -> int:
    if acak.random() < 0.3:
        return acak.choice(_BULAT) * 1_000
    besar = int(min(max(acak.lognormvariate(12.6, 1.1), 8_000), 150_000_000))
    return besar // 500 * 500 if acak.random() < 0.6 else besar


def _satu_peristiwa(dunia: _Dunia, kartu: str, hari: date, toko: str) -> None:
    """What happened: a purchase, a split, a group, a refund, or one side alone."""
    acak, nilai, jatuh = dunia.acak, _nilai(dunia.acak), dunia.acak.random()
    if jatuh < 0.05:
        dunia.bank(kartu, hari, nilai, toko)
    elif jatuh < 0.10:
        dunia.catat(kartu, hari, nilai, toko)
    elif jatuh < 0.125:
        bagian = _pecahan(acak, max(nilai, 60_000), acak.choice((2, 2, 2, 3, 3, 4)))
        ref = dunia.bank(kartu, hari, sum(bagian), toko)
        dunia.benar += [(ref, dunia.catat(kartu, hari, satu, toko), "pecah") for satu in bagian]
    elif jatuh < 0.14:
        bagian = _pecahan(acak, max(nilai, 60_000), acak.choice((2, 2, 3)))
        id_ = dunia.catat(kartu, hari, sum(bagian), toko)
        dunia.benar += [(dunia.bank(kartu, hari, satu, toko), id_, "gabung") for satu in bagian]
    else:
        id_ = dunia.catat(kartu, hari, dunia.nilai_ketik(nilai), toko)
        bayar = dunia.nilai_bank(nilai)
        dunia.benar.append((dunia.bank(kartu, hari, bayar, toko), id_, "satu"))
        if jatuh < 0.17:
            _kembali(dunia, kartu, hari, toko, (bayar, id_))


def _kembali(dunia: _Dunia, kartu: str, hari: date, toko: str, asal: tuple[int, str]) -> None:
    """Money that comes back one to five weeks later; half of the time somebody typed it too."""
    acak, (nilai, id_) = dunia.acak, asal
    balik = nilai if acak.random() < 0.7 else max(nilai * acak.choice((25, 50, 75, 40)) // 100, 500)
    nanti = hari + timedelta(days=acak.randrange(2, 35))
    ref = dunia.bank(kartu, nanti, -balik, toko)
    if acak.random() < 0.5:
        id_ = dunia.catat(kartu, nanti, -balik, toko)
    dunia.benar.append((ref, id_, "refund"))


def _pecahan(acak: random.Random, nilai: int, banyak: int) -> list[int]:
    potong = sorted(acak.sample(range(5, nilai // 500 - 5), banyak - 1))
    tepi = [0, *(satu * 500 for satu in potong), nilai]
    return [kanan - kiri for kiri, kanan in pairwise(tepi)]
