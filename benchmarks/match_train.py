"""Learn the weights of matching from confirmed pairs and print `bobot.toml`.

    python -m benchmarks.match_train > kkpd/data/pencocokan/bobot.toml

Confirmed pairs are links that people accepted; here they come from the case generator, seeds
1000-1039 (never used to judge). What is learned are shares of classes and the logistic of the
merchant text; windows, ways and thresholds are settings and are kept as they stand in the file.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.match_cases import Kasus, buat
from kkpd.core.money import Rupiah
from kkpd.engines.matching import BarisBank, Belanja, Bobot, bawaan
from kkpd.engines.matching.amount_gap import KELAS, kelas_nilai
from kkpd.engines.matching.api import kolom_bank, kolom_belanja
from kkpd.engines.matching.columns import susun
from kkpd.engines.matching.day_gap import LAG, LAG_POSTING, LAIN, kelas_hari
from kkpd.engines.matching.merchant_names import ciri_nama, mungkin_sama
from kkpd.engines.matching.score import Medan, siapkan_medan
from kkpd.engines.matching.weights import Kelas

BENIH = range(1000, 1040)
SEBESAR = 6000
_SETELAN = ("perantara", "umum", "pasar", "uraian", "panjang_penuh", "terendah", "tertinggi")
#: Weight of the broad habits below beside what the pairs show: another office slips otherwise.
_HALUS = 0.15

F64 = npt.NDArray[np.float64]


@dataclass(slots=True)
class Hitung:
    """What the confirmed pairs show."""

    nilai: Counter[int] = field(default_factory=Counter)
    hari: Counter[int] = field(default_factory=Counter)
    jenis: Counter[str] = field(default_factory=Counter)
    ciri: list[F64] = field(default_factory=list)
    sama: list[F64] = field(default_factory=list)


def baca(kasus: Kasus) -> tuple[list[BarisBank], list[Belanja]]:
    """The rows of a case as the engine takes them."""

    def hari(teks: str) -> date | None:
        return date.fromisoformat(teks) if teks else None

    baris = [
        BarisBank(ref, kartu, hari(post), hari(trx), Rupiah.of(nilai), nama)
        for ref, kartu, post, trx, nilai, nama in kasus.baris
    ]
    belanja = [
        Belanja(id_, opd, kartu, date.fromisoformat(hari_), Rupiah.of(nilai), nama)
        for id_, opd, kartu, hari_, nilai, nama in kasus.belanja
    ]
    return baris, belanja


def hitung(kasus: Kasus, bobot: Bobot, catat: Hitung, acak: random.Random) -> None:
    """Add the confirmed pairs of one case."""
    baris, belanja = baca(kasus)
    dua = susun(kolom_bank(baris), kolom_belanja(belanja))
    medan = siapkan_medan(dua, bobot)
    b_di = {baris[int(i)].id: n for n, i in enumerate(dua.bank.asal)}
    c_di = {belanja[int(i)].id: n for n, i in enumerate(dua.catatan.asal)}
    satu = [(b_di[r], c_di[i]) for r, i, jenis in kasus.benar if jenis == "satu"]
    b, c = (np.array(lajur, dtype=np.int64) for lajur in zip(*satu, strict=True))
    catat.nilai.update(kelas_nilai(dua.bank.nilai[b], dua.catatan.nilai[c]).tolist())
    sama = dua.bank.nilai[b] == dua.catatan.nilai[c]
    catat.hari.update(kelas_hari(dua.bank, b, dua.catatan, c, bobot)[0][sama].tolist())
    _jenis(kasus, catat)
    _nama(kasus, medan, b, c, catat, acak)


def _jenis(kasus: Kasus, catat: Hitung) -> None:
    positif = {satu[0] for satu in kasus.baris if satu[4] > 0}
    berpasangan = {r for r, _, _ in kasus.benar}
    tercatat = {i for _, i, _ in kasus.benar}
    catat.jenis["baris"] += len(positif)
    catat.jenis["belanja"] += len(kasus.belanja)
    catat.jenis["tanpa_belanja"] += len(positif - berpasangan)
    catat.jenis["tanpa_baris"] += sum(satu[0] not in tercatat for satu in kasus.belanja)
    catat.jenis["pecah"] += len({r for r, _, j in kasus.benar if j == "pecah"})
    catat.jenis["gabung"] += len({i for _, i, j in kasus.benar if j == "gabung"})


def _nama(
    kasus: Kasus,
    medan: Medan,
    b: npt.NDArray[np.int64],
    c: npt.NDArray[np.int64],
    catat: Hitung,
    acak: random.Random,
) -> None:
    """Features of true pairs, and of lines beside a purchase at another merchant of the card."""
    dua = medan.dua
    per_kartu: dict[int, list[int]] = {}
    for n, kartu in enumerate(dua.catatan.kartu.tolist()):
        per_kartu.setdefault(kartu, []).append(n)
    lain = np.array([acak.choice(per_kartu[k]) for k in dua.bank.kartu[b].tolist()])
    ref = [kasus.baris[int(dua.bank.asal[x])][0] for x in b]
    id_ = [kasus.belanja[int(dua.catatan.asal[x])][0] for x in lain]
    beda = np.array([kasus.toko[r] != kasus.toko[i] for r, i in zip(ref, id_, strict=True)])
    for kanan, mana, nilai in ((c, np.ones(len(b), dtype=bool), 1.0), (lain, beda, -1.0)):
        nama = medan.nama
        kiri_n = nama.bank[dua.bank.nama[b[mana]]]
        kanan_n = nama.catatan[dua.catatan.nama[kanan[mana]]]
        isi = (nama.rumpun[kiri_n] >= 0) & (nama.rumpun[kanan_n] >= 0)
        kiri_n, kanan_n = kiri_n[isi], kanan_n[isi]
        isi = mungkin_sama(nama.huruf[kiri_n], nama.huruf[kanan_n])
        ciri = np.stack(ciri_nama(nama, kiri_n[isi], kanan_n[isi], medan.bobot.nama), axis=1)
        catat.ciri.append(ciri)
        catat.sama.append(np.full(len(ciri), nilai))


def logistik(ciri: F64, sama: F64) -> F64:
    """Logistic regression with a small ridge, classes of equal weight."""
    berat = np.where(sama > 0, 0.5 / (sama > 0).sum(), 0.5 / (sama < 0).sum())

    def rugi(w: F64) -> tuple[float, F64]:
        tanda = -sama * (ciri @ w)
        turun = ciri.T @ (-sama * berat / (1 + np.exp(-tanda)))
        return float((berat * np.logaddexp(0, tanda)).sum() + 1e-6 * w @ w), turun + 2e-6 * w

    hasil = minimize(rugi, np.zeros(ciri.shape[1]), jac=True, method="BFGS")
    return np.asarray(hasil.x, dtype=np.float64)


def _pangsa(hitung: Counter[int], luas: dict[int, float]) -> dict[int, float]:
    """Shares of what was counted, leaning on the broad habit `luas`."""
    jumlah, umum = sum(hitung[k] for k in luas), sum(luas.values())
    return {k: (1 - _HALUS) * hitung[k] / jumlah + _HALUS * w / umum for k, w in luas.items()}


def _luas_hari(jendela: range, dasar: int, puncak: int) -> dict[int, float]:
    """Delays fall off by a third a day after the peak and by half before it."""
    return {
        dasar + d: 0.66 ** (d - puncak) if d >= puncak else 0.5 ** (puncak - d) for d in jendela
    }


def pelajari(bobot: Bobot) -> Bobot:
    """New weights from the confirmed pairs of all training seeds."""
    catat, acak = Hitung(), random.Random(7)
    for benih in BENIH:
        sulit = benih % 2 == 1
        hitung(buat(SEBESAR, 2000 if sulit else 300, benih, sulit=sulit), bobot, catat, acak)
    jendela = range(-bobot.jendela.sebelum, bobot.jendela.sesudah + 1)
    lain = {n: 0.03 for n, nama in enumerate(LAIN) if nama != "tanpa"}
    hari = _pangsa(catat.hari, _luas_hari(jendela, LAG, 0) | lain)
    posting = _pangsa(catat.hari, _luas_hari(jendela, LAG_POSTING, -1))
    nilai = _pangsa(catat.nilai, {k: 0.9 if k == 0 else 0.01 for k in range(len(KELAS))})
    w = logistik(np.concatenate(catat.ciri), np.concatenate(catat.sama))
    nama = [k for k in type(bobot.nama).__slots__ if k not in _SETELAN]
    j = catat.jenis
    return replace(
        bobot,
        awal=replace(
            bobot.awal,
            tanpa_belanja=j["tanpa_belanja"] / j["baris"],
            tanpa_baris=j["tanpa_baris"] / j["belanja"],
            pecah=j["pecah"] / j["baris"],
            gabung=j["gabung"] / j["belanja"],
        ),
        nilai={n: Kelas(nilai[k], bobot.nilai[n].cara) for k, n in enumerate(KELAS)},
        hari={d: hari[LAG + d] for d in jendela},
        hari_posting={d: posting[LAG_POSTING + d] for d in jendela},
        hari_lain={n: Kelas(hari.get(k, 1.0), bobot.hari_lain[n].cara) for k, n in enumerate(LAIN)},
        nama=replace(bobot.nama, **dict(zip(nama, w.tolist(), strict=True))),
    )


def cetak(bobot: Bobot) -> str:
    """The weights as the text of `bobot.toml`."""
    kata = {
        "perantara": sorted(kata.decode() for kata in bobot.nama.perantara),
        "umum": sorted(kata.decode() for kata in bobot.nama.umum),
        "pasar": sorted(kata.decode() for kata in bobot.nama.pasar),
        "uraian": sorted(kata.decode() for kata in bobot.nama.uraian),
    }
    nama = {k: getattr(bobot.nama, k) for k in type(bobot.nama).__slots__ if k not in kata}
    bagian = [
        "# Bobot pencocokan baris bank dengan belanja (docs/rekonsiliasi.md).",
        "# Pangsa = peluang sebuah keadaan di antara pasangan yang benar, dipelajari dari pasangan",
        "# yang sudah dipastikan; cara = berapa nilai berbeda yang diloloskan keadaan itu.",
        "# Skor pasangan = jumlah ln(pangsa / kebetulan).",
        f'versi = "{bobot.versi}"',
        f"berlaku = {bobot.berlaku.isoformat()}",
        f'dasar = "{bobot.dasar}"',
        "",
        "[jendela] # hari dari tanggal bank ke tanggal catatan, dan batas pencarian",
        *(f"{k} = {getattr(bobot.jendela, k)}" for k in type(bobot.jendela).__slots__),
        "",
        "[awal] # pangsa sebelum apa pun dibandingkan",
        *(f"{k} = {getattr(bobot.awal, k):.4g}" for k in type(bobot.awal).__slots__),
        "",
        "[refund] # punya asal di catatan, penuh, sebagian (kelipatan 25%, kelipatan 5%, lain)",
        *(f"{k} = {getattr(bobot.refund, k)}" for k in type(bobot.refund).__slots__),
        "",
        "[putusan] # kapan sebuah pasangan diterima sendiri (pasti) atau diusulkan",
        *(f"{k} = {getattr(bobot.putusan, k)}" for k in type(bobot.putusan).__slots__),
        "",
        "[nilai] # [pangsa, cara]",
        *(f"{k} = [{v.pangsa:.4g}, {v.cara:g}]" for k, v in bobot.nilai.items()),
        "",
        "[hari] # hari dari tanggal transaksi ke tanggal catatan",
        *(f"{k} = {v:.4g}" for k, v in bobot.hari.items()),
        "",
        "[hari_posting] # hari dari tanggal posting bila tanggal transaksi tidak ada",
        *(f"{k} = {v:.4g}" for k, v in bobot.hari_posting.items()),
        "",
        "[hari_lain] # [pangsa, cara]",
        *(f"{k} = [{v.pangsa:.4g}, {v.cara:g}]" for k, v in bobot.hari_lain.items()),
        "",
        '[nama] # log-odds "merchant yang sama" dari kemiripan kerangka konsonan dan kata (0..1)',
        *(f"{k} = [{', '.join(chr(34) + x + chr(34) for x in v)}]" for k, v in kata.items()),
        *(f"{k} = {v:.5g}" for k, v in nama.items()),
    ]
    return "\n".join(bagian) + "\n"


if __name__ == "__main__":
    print(cetak(pelajari(bawaan())), end="")
