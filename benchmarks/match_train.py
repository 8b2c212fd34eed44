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

from benchmarks.match_cases import Kasus, build
from kkpd.core.money import Rupiah
from kkpd.engines.matching import BankLine, Belanja, Weights, bawaan
from kkpd.engines.matching.merchant_names import may_be_same, name_features
from kkpd.engines.matching.rows import compose
from kkpd.engines.matching.score import (
    KELAS,
    LAG,
    LAG_POSTING,
    OTHER,
    MatchContext,
    amount_class,
    day_class,
    prepare_context,
)
from kkpd.engines.matching.weights import Kelas

BENIH = range(1000, 1040)
SEBESAR = 6000
_SETTINGS = (
    "go_betweens",
    "general",
    "marketplaces",
    "uraian",
    "full_length",
    "lowest",
    "highest",
)
#: Weight of the broad habits below beside what the pairs show: another office slips otherwise.
_HALUS = 0.15

F64 = npt.NDArray[np.float64]


@dataclass(slots=True)
class Hitung:
    """What the confirmed pairs show."""

    nilai: Counter[int] = field(default_factory=Counter)
    day: Counter[int] = field(default_factory=Counter)
    jenis: Counter[str] = field(default_factory=Counter)
    feature_values: list[F64] = field(default_factory=list)
    same: list[F64] = field(default_factory=list)


def baca(kasus: Kasus) -> tuple[list[BankLine], list[Belanja]]:
    """The rows of a case as the engine takes them."""

    def day(teks: str) -> date | None:
        return date.fromisoformat(teks) if teks else None

    baris = [
        BankLine(ref, kartu, day(post), day(trx), Rupiah.of(nilai), nama)
        for ref, kartu, post, trx, nilai, nama in kasus.baris
    ]
    belanja = [
        Belanja(id_, opd, kartu, date.fromisoformat(hari_), Rupiah.of(nilai), nama)
        for id_, opd, kartu, hari_, nilai, nama in kasus.belanja
    ]
    return baris, belanja


def tally(kasus: Kasus, weight: Weights, catat: Hitung, acak: random.Random) -> None:
    """Add the confirmed pairs of one case."""
    baris, belanja = baca(kasus)
    both = compose(baris, belanja)
    context = prepare_context(both, weight)
    b_di = {id_: n for n, id_ in enumerate(both.bank.id)}
    c_di = {id_: n for n, id_ in enumerate(both.catatan.id)}
    one_item = [(b_di[r], c_di[i]) for r, i, jenis in kasus.correct if jenis == "satu"]
    b, c = (np.array(column, dtype=np.int64) for column in zip(*one_item, strict=True))
    catat.nilai.update(amount_class(both.bank.nilai[b], both.catatan.nilai[c]).tolist())
    same = both.bank.nilai[b] == both.catatan.nilai[c]
    catat.day.update(day_class(both.bank, b, both.catatan, c, weight)[0][same].tolist())
    _kind(kasus, catat)
    _name(kasus, context, b, c, catat, acak)


def _kind(kasus: Kasus, catat: Hitung) -> None:
    positive = {one_item[0] for one_item in kasus.baris if one_item[4] > 0}
    in_pairs = {r for r, _, _ in kasus.correct}
    recorded = {i for _, i, _ in kasus.correct}
    catat.jenis["baris"] += len(positive)
    catat.jenis["belanja"] += len(kasus.belanja)
    catat.jenis["tanpa_belanja"] += len(positive - in_pairs)
    catat.jenis["tanpa_baris"] += sum(one_item[0] not in recorded for one_item in kasus.belanja)
    catat.jenis["pecah"] += len({r for r, _, j in kasus.correct if j == "pecah"})
    catat.jenis["gabung"] += len({i for _, i, j in kasus.correct if j == "gabung"})


def _name(
    kasus: Kasus,
    context: MatchContext,
    b: npt.NDArray[np.int64],
    c: npt.NDArray[np.int64],
    catat: Hitung,
    acak: random.Random,
) -> None:
    """Features of true pairs, and of lines beside a purchase at another merchant of the card."""
    both = context.both
    per_kartu: dict[int, list[int]] = {}
    for n, kartu in enumerate(both.catatan.kartu.tolist()):
        per_kartu.setdefault(kartu, []).append(n)
    lain = np.array([acak.choice(per_kartu[k]) for k in both.bank.kartu[b].tolist()])
    ref, id_ = [both.bank.id[x] for x in b], [both.catatan.id[x] for x in lain]
    discrepancy = np.array([kasus.toko[r] != kasus.toko[i] for r, i in zip(ref, id_, strict=True)])
    for right, picked, nilai in ((c, np.ones(len(b), dtype=bool), 1.0), (lain, discrepancy, -1.0)):
        nama = context.nama
        kiri_n = nama.bank[both.bank.nama[b[picked]]]
        kanan_n = nama.catatan[both.catatan.nama[right[picked]]]
        isi = (nama.family[kiri_n] >= 0) & (nama.family[kanan_n] >= 0)
        kiri_n, kanan_n = kiri_n[isi], kanan_n[isi]
        isi = may_be_same(nama.letters[kiri_n], nama.letters[kanan_n])
        feature_values = np.stack(
            name_features(nama, kiri_n[isi], kanan_n[isi], context.weight.nama), axis=1
        )
        catat.feature_values.append(feature_values)
        catat.same.append(np.full(len(feature_values), nilai))


def logistik(feature_values: F64, same: F64) -> F64:
    """Logistic regression with a small ridge, classes of equal weight."""
    berat = np.where(same > 0, 0.5 / (same > 0).sum(), 0.5 / (same < 0).sum())

    def rugi(w: F64) -> tuple[float, F64]:
        tanda = -same * (feature_values @ w)
        decline = feature_values.T @ (-same * berat / (1 + np.exp(-tanda)))
        return float((berat * np.logaddexp(0, tanda)).sum() + 1e-6 * w @ w), decline + 2e-6 * w

    hasil = minimize(rugi, np.zeros(feature_values.shape[1]), jac=True, method="BFGS")
    return np.asarray(hasil.x, dtype=np.float64)


def _pangsa(tally: Counter[int], extent: dict[int, float]) -> dict[int, float]:
    """Shares of what was counted, leaning on the broad habit `extent`."""
    jumlah, umum = sum(tally[k] for k in extent), sum(extent.values())
    return {k: (1 - _HALUS) * tally[k] / jumlah + _HALUS * w / umum for k, w in extent.items()}


def _luas_hari(day_window: range, dasar: int, puncak: int) -> dict[int, float]:
    """Delays fall off by a third a day after the peak and by half before it."""
    return {
        dasar + d: 0.66 ** (d - puncak) if d >= puncak else 0.5 ** (puncak - d) for d in day_window
    }


def pelajari(weight: Weights) -> Weights:
    """New weights from the confirmed pairs of all training seeds."""
    catat, acak = Hitung(), random.Random(7)
    for benih in BENIH:
        sulit = benih % 2 == 1
        tally(build(SEBESAR, 2000 if sulit else 300, benih, sulit=sulit), weight, catat, acak)
    day_window = range(-weight.day_window.earlier, weight.day_window.sesudah + 1)
    lain = {n: 0.03 for n, nama in enumerate(OTHER) if nama != "tanpa"}
    day = _pangsa(catat.day, _luas_hari(day_window, LAG, 0) | lain)
    posting = _pangsa(catat.day, _luas_hari(day_window, LAG_POSTING, -1))
    nilai = _pangsa(catat.nilai, {k: 0.9 if k == 0 else 0.01 for k in range(len(KELAS))})
    w = logistik(np.concatenate(catat.feature_values), np.concatenate(catat.same))
    nama = [k for k in type(weight.nama).__slots__ if k not in _SETTINGS]
    j = catat.jenis
    return replace(
        weight,
        start=replace(
            weight.start,
            without_purchase=j["tanpa_belanja"] / j["baris"],
            without_line=j["tanpa_baris"] / j["belanja"],
            splits=j["pecah"] / j["baris"],
            combine=j["gabung"] / j["belanja"],
        ),
        nilai={n: Kelas(nilai[k], weight.nilai[n].cara) for k, n in enumerate(KELAS)},
        day={d: day[LAG + d] for d in day_window},
        posting_days={d: posting[LAG_POSTING + d] for d in day_window},
        other_days={
            n: Kelas(day.get(k, 1.0), weight.other_days[n].cara) for k, n in enumerate(OTHER)
        },
        nama=replace(weight.nama, **dict(zip(nama, w.tolist(), strict=True))),
    )


def render_number(weight: Weights) -> str:
    """The weights as the text of `bobot.toml`."""
    kata = {
        "go_betweens": sorted(weight.nama.go_betweens),
        "general": sorted(weight.nama.general),
        "marketplaces": sorted(weight.nama.marketplaces),
        "uraian": sorted(weight.nama.uraian),
    }
    nama = {k: getattr(weight.nama, k) for k in type(weight.nama).__slots__ if k not in kata}
    bagian = [
        "# Bobot pencocokan baris bank dengan belanja (docs/rekonsiliasi.md).",
        "# Pangsa = peluang sebuah keadaan di antara pasangan yang benar, dipelajari dari pasangan",
        "# yang sudah dipastikan; cara = berapa nilai berbeda yang diloloskan keadaan itu.",
        "# Skor pasangan = jumlah ln(pangsa / kebetulan).",
        f'versi = "{weight.versi}"',
        f"berlaku = {weight.effective.isoformat()}",
        f'dasar = "{weight.dasar}"',
        "",
        "[jendela] # hari dari tanggal bank ke tanggal catatan, dan batas pencarian",
        *(f"{k} = {getattr(weight.day_window, k)}" for k in type(weight.day_window).__slots__),
        "",
        "[awal] # pangsa sebelum apa pun dibandingkan",
        *(f"{k} = {getattr(weight.start, k):.4g}" for k in type(weight.start).__slots__),
        "",
        "[refund] # punya asal di catatan, penuh, sebagian (kelipatan 25%, kelipatan 5%, lain)",
        *(f"{k} = {getattr(weight.refund, k)}" for k in type(weight.refund).__slots__),
        "",
        "[putusan] # kapan sebuah pasangan diterima sendiri (pasti) atau diusulkan",
        *(f"{k} = {getattr(weight.putusan, k)}" for k in type(weight.putusan).__slots__),
        "",
        "[nilai] # [pangsa, cara]",
        *(f"{k} = [{v.share:.4g}, {v.cara:g}]" for k, v in weight.nilai.items()),
        "",
        "[hari] # hari dari tanggal transaksi ke tanggal catatan",
        *(f"{k} = {v:.4g}" for k, v in weight.day.items()),
        "",
        "[hari_posting] # hari dari tanggal posting bila tanggal transaksi tidak ada",
        *(f"{k} = {v:.4g}" for k, v in weight.posting_days.items()),
        "",
        "[hari_lain] # [pangsa, cara]",
        *(f"{k} = [{v.share:.4g}, {v.cara:g}]" for k, v in weight.other_days.items()),
        "",
        '[nama] # log-odds "merchant yang sama" dari kemiripan kerangka konsonan dan kata (0..1)',
        *(f"{k} = [{', '.join(chr(34) + x + chr(34) for x in v)}]" for k, v in kata.items()),
        *(f"{k} = {v:.5g}" for k, v in nama.items()),
    ]
    return "\n".join(bagian) + "\n"


if __name__ == "__main__":
    print(render_number(pelajari(bawaan())), end="")
