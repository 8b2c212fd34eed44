"""Scored assignment of single lines to single purchases, one block a card."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, utils

from kkpd.domain.errors import Finding
from kkpd.domain.matching.bobot import Bobot
from kkpd.domain.matching.tipe import Alasan, BarisBank, Belanja, Calon, Hasil, Jenis, Pasangan


def _jenis(baris: BarisBank) -> Jenis:
    return "refund" if baris.nilai.sen < 0 else "satu"


def _nilai(baris: BarisBank, belanja: Belanja) -> Alasan | None:
    beda = baris.nilai - belanja.nilai
    if not beda:
        return Alasan("nilai", f"Rp {baris.nilai} sama", 6.0, True)
    if baris.nilai.sen < 0:
        if belanja.nilai == -baris.nilai:
            return Alasan("nilai", f"pengembalian penuh Rp {-baris.nilai}", 4.0, True)
        return None
    if belanja.nilai.sen > 0 and 0.005 <= beda.sen / belanja.nilai.sen <= 0.035:
        return Alasan("nilai", f"Rp {beda} lebih: mungkin surcharge", 2.0, False)
    return None


def _tanggal(baris: BarisBank, belanja: Belanja, bobot: Bobot) -> Alasan | None:
    acuan = baris.tanggal_transaksi or baris.tanggal_posting
    if acuan is None:
        return Alasan("tanggal", "baris bank tanpa tanggal", 0.0, False)
    hari = (belanja.tanggal - acuan).days
    if baris.nilai.sen < 0 < belanja.nilai.sen:
        return Alasan("tanggal", f"{hari:+d} hari", 2.0 + hari / 30, False) if hari <= 0 else None
    if not -bobot.sesudah <= hari <= bobot.sebelum:
        return None
    teks = "tanggal sama" if hari == 0 else f"{hari:+d} hari"
    return Alasan("tanggal", teks, 3.0 - 0.8 * abs(hari), hari == 0)


def _nama(baris: BarisBank, belanja: Belanja) -> Alasan:
    if not baris.merchant.strip() or not belanja.merchant.strip():
        return Alasan("nama", "nama tidak tertulis", 0.0, False)
    mirip = fuzz.WRatio(baris.merchant, belanja.merchant, processor=utils.default_process) / 100
    teks = f"nama {mirip:.2f}".replace(".", ",")
    return Alasan("nama", teks, 10 * (mirip - 0.6), mirip >= 0.9)


def _alasan(baris: BarisBank, belanja: Belanja, bobot: Bobot) -> tuple[Alasan, ...] | None:
    if baris.kartu != belanja.kartu:
        return None
    nilai, tanggal = _nilai(baris, belanja), _tanggal(baris, belanja, bobot)
    if nilai is None or tanggal is None:
        return None
    return nilai, tanggal, _nama(baris, belanja)


def _skor(alasan: tuple[Alasan, ...]) -> float:
    return sum(satu.bobot for satu in alasan)


def peringkat(baris: BarisBank, belanja: Sequence[Belanja], bobot: Bobot) -> tuple[Calon, ...]:
    """Candidates of one line, best first; ties by date, then id."""
    calon = [
        (-_skor(alasan), satu.tanggal, satu.id, alasan)
        for satu in belanja
        if (alasan := _alasan(baris, satu, bobot)) is not None
    ]
    bagi = 1 + sum(math.exp(-rugi) for rugi, *_ in calon)
    return tuple(
        Calon(id_, _jenis(baris), -rugi, math.exp(-rugi) / bagi, alasan)
        for rugi, _, id_, alasan in sorted(calon, key=lambda c: c[:3])
    )


def pasangkan(baris: Sequence[BarisBank], belanja: Sequence[Belanja], bobot: Bobot) -> Hasil:
    """Links of all cards; each card is one optimal assignment."""
    kiri: dict[str, list[BarisBank]] = defaultdict(list)
    kanan: dict[str, list[Belanja]] = defaultdict(list)
    for b in sorted(baris, key=lambda b: (str(b.tanggal_transaksi), str(b.tanggal_posting), b.id)):
        kiri[b.kartu].append(b)
    for satu in sorted(belanja, key=lambda s: (s.tanggal, s.id)):
        kanan[satu.kartu].append(satu)
    pasangan = [p for kartu in sorted(kiri) for p in _blok(kiri[kartu], kanan[kartu], bobot)]
    dari = {i for p in pasangan for i in p.baris}
    ke = {i for p in pasangan for i in p.belanja}
    temuan = tuple(
        Finding("kartu_tanpa_belanja", f"Kartu {kartu[-4:]} tidak ada dalam catatan belanja.")
        for kartu in sorted(set(kiri) - set(kanan))
    )
    return Hasil(
        tuple(pasangan),
        tuple(sorted(b.id for b in baris if b.id not in dari)),
        tuple(sorted(s.id for s in belanja if s.id not in ke)),
        temuan,
    )


def _blok(baris: list[BarisBank], belanja: list[Belanja], bobot: Bobot) -> list[Pasangan]:
    from scipy.optimize import linear_sum_assignment  # scipy costs start-up time of every command

    semua = [[_alasan(b, s, bobot) for s in belanja] for b in baris]
    skor = np.array([[max(_skor(a), 0) if a else 0 for a in satu] for satu in semua])
    hasil: list[Pasangan] = []
    if skor.size == 0:
        return hasil
    for i, j in zip(*linear_sum_assignment(skor, maximize=True), strict=True):
        alasan = semua[i][j]
        if alasan is None or skor[i, j] <= bobot.usul_skor:
            continue
        lain = max([*(skor[i, :j]), *(skor[i, j + 1 :]), *(skor[:i, j]), *(skor[i + 1 :, j]), 0])
        jarak = float(skor[i, j] - lain)
        peluang = 1 / (1 + math.exp(-jarak))
        pasti = peluang >= bobot.pasti_peluang and jarak >= bobot.pasti_jarak
        hasil.append(
            Pasangan(
                (baris[i].id,),
                (belanja[j].id,),
                _jenis(baris[i]),
                "pasti" if pasti else "usul",
                float(skor[i, j]),
                peluang,
                jarak,
                alasan,
            )
        )
    return hasil
