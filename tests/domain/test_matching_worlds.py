"""Worlds against brute force: the best one, its margins and probabilities, in any row order."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.match_cases import Kasus, buat
from benchmarks.match_train import baca
from kkpd.engines.matching import BarisBank, Belanja, Hasil, match
from kkpd.engines.matching.solve import best_assignment as modul_dunia
from kkpd.engines.matching.solve.best_assignment import (
    Graf,
    dunia_terbaik,
    label_komponen,
    susun_graf,
)
from kkpd.engines.matching.solve.graph import bagian_positif
from kkpd.engines.matching.solve.probability import peluang

#: A link: score, lines, purchases.
Tautan = tuple[float, frozenset[int], frozenset[int]]


@st.composite
def links(draw: st.DrawFn, *, himpunan: bool = True, terbanyak: int = 11) -> list[Tautan]:
    """Random links among four lines and four purchases, some of them sets."""
    isi: dict[tuple[frozenset[int], frozenset[int]], float] = {}
    for _ in range(draw(st.integers(1, terbanyak))):
        b = frozenset(draw(st.sets(st.integers(0, 3), min_size=1, max_size=3 if himpunan else 1)))
        lebar = 3 if himpunan and len(b) == 1 else 1
        c = frozenset(draw(st.sets(st.integers(0, 3), min_size=1, max_size=lebar)))
        isi[b, c] = draw(st.floats(0.1, 9.0).map(lambda x: round(x, 3)))
    return [(w, b, c) for (b, c), w in isi.items()]


def graf(semua: list[Tautan]) -> Graf:
    semua = sorted(semua, key=lambda t: len(t[1]) + len(t[2]) > 2)
    rows = [(n, x) for n, (_, b, c) in enumerate(semua) for x in (*b, *(4 + y for y in c))]
    satu = [len(b) + len(c) == 2 for _, b, c in semua]
    return susun_graf(
        w=np.array([w for w, _, _ in semua]),
        b=np.array([min(b) if s else -1 for (_, b, _), s in zip(semua, satu, strict=True)]),
        c=np.array([4 + min(c) if s else -1 for (_, _, c), s in zip(semua, satu, strict=True)]),
        tanda=np.arange(len(semua), dtype=np.int64),
        tautan=np.array([n for n, _ in rows], dtype=np.int64),
        simpul=np.array([x for _, x in rows], dtype=np.int64),
        banyak_simpul=8,
    )


def semua_dunia(g: Graf) -> list[tuple[float, frozenset[int]]]:
    """Every choice of links in which no row stands twice, by trying all."""
    pegang = [
        frozenset(g.simpul[g.tautan_awal[n] : g.tautan_awal[n + 1]].tolist())
        for n in range(len(g.w))
    ]
    hasil = []
    for k in range(5):
        for pilihan in combinations(range(len(g.w)), k):
            rows = [x for n in pilihan for x in pegang[n]]
            if len(rows) == len(set(rows)):
                hasil.append((float(g.w[list(pilihan)].sum()) if k else 0.0, frozenset(pilihan)))
    return hasil


@settings(max_examples=60, deadline=None)
@given(links())
def test_the_world_is_the_best_of_all(semua: list[Tautan]) -> None:
    g = graf(semua)
    dunia = dunia_terbaik(g, label_komponen(g))
    terbaik = max(nilai for nilai, _ in semua_dunia(g))
    assert g.w[dunia.pilihan].sum() == pytest.approx(terbaik)
    assert (dunia.jarak >= 0).all()


@settings(max_examples=40, deadline=None)
@given(links(himpunan=False, terbanyak=14), st.integers(0, 1))
def test_margins_of_pairs_are_exact(semua: list[Tautan], kecil: int) -> None:
    """Both ways of solving give what the best world without the link would lose."""
    g = graf(semua)
    lama = modul_dunia.TERBANYAK_KECIL
    modul_dunia.TERBANYAK_KECIL = lama * kecil
    try:
        dunia = dunia_terbaik(g, label_komponen(g))
    finally:
        modul_dunia.TERBANYAK_KECIL = lama
    dunia_lain = semua_dunia(g)
    terbaik = max(nilai for nilai, _ in dunia_lain)
    assert g.w[dunia.pilihan].sum() == pytest.approx(terbaik)
    for n, jarak in zip(dunia.pilihan.tolist(), dunia.jarak.tolist(), strict=True):
        tanpa = max(nilai for nilai, isi in dunia_lain if n not in isi)
        assert jarak == pytest.approx(terbaik - tanpa, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(links(terbanyak=14))
def test_margins_beside_sets_never_promise_too_much(semua: list[Tautan]) -> None:
    g = graf(semua)
    lama = modul_dunia.TERBANYAK_KECIL
    modul_dunia.TERBANYAK_KECIL = 0
    try:
        dunia = dunia_terbaik(g, label_komponen(g))
    finally:
        modul_dunia.TERBANYAK_KECIL = lama
    dunia_lain = semua_dunia(g)
    terbaik = max(nilai for nilai, _ in dunia_lain)
    assert g.w[dunia.pilihan].sum() == pytest.approx(terbaik)
    for n, jarak in zip(dunia.pilihan.tolist(), dunia.jarak.tolist(), strict=True):
        tanpa = max(nilai for nilai, isi in dunia_lain if n not in isi)
        assert jarak <= terbaik - tanpa + 1e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-2, 6), min_size=1, max_size=7))
def test_probabilities_on_chains_are_those_of_all_worlds(w: list[float]) -> None:
    """Line 0 - purchase 0 - line 1 - purchase 1 - ...: no loop, so nothing is approximate."""
    semua = [(x, frozenset({(n + 1) // 2}), frozenset({n // 2})) for n, x in enumerate(w)]
    g = graf(semua)
    dunia = semua_dunia(g)
    jumlah = sum(np.exp(nilai) for nilai, _ in dunia)
    p = peluang(g.tautan, g.simpul, g.w, g.banyak_simpul)
    for n in range(len(g.w)):
        benar = sum(np.exp(nilai) for nilai, isi in dunia if n in isi) / jumlah
        assert p[n] == pytest.approx(benar, abs=0.01)


def test_one_line_and_one_purchase_have_the_probability_of_their_score() -> None:
    g = graf([(2.0, frozenset({0}), frozenset({0}))])
    p = peluang(g.tautan, g.simpul, g.w, g.banyak_simpul)
    assert p[0] == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_a_component_too_large_loses_its_least_likely_links_and_it_is_said() -> None:
    acak = np.random.default_rng(3)
    n = 40
    b, c = (x.ravel() for x in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    w = np.where(b == c, 9.0, acak.uniform(0.5, 2.0, len(b)))
    nomor = np.arange(len(b), dtype=np.int64)
    g = susun_graf(
        w, b, c + n, nomor, np.concatenate([nomor, nomor]), np.concatenate([b, c + n]), 2 * n
    )
    p = peluang(g.tautan, g.simpul, g.w, g.banyak_simpul)
    kecil, label, mana, dipotong = bagian_positif(g, p, 20)
    dunia = dunia_terbaik(kecil, label)
    pilihan = mana[dunia.pilihan]
    assert sorted(b[pilihan].tolist()) == list(range(n))
    assert (b[pilihan] == c[pilihan]).all()
    assert len(dipotong) == 0


def test_rows_that_are_all_alike_are_cut_by_rank() -> None:
    n = 60
    b, c = (x.ravel() for x in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    w, nomor = np.full(n * n, 5.0), np.arange(n * n, dtype=np.int64)
    g = susun_graf(
        w, b, c + n, nomor, np.concatenate([nomor, nomor]), np.concatenate([b, c + n]), 2 * n
    )
    kecil, label, mana, dipotong = bagian_positif(g, np.ones(n * n), 20)
    dunia = dunia_terbaik(kecil, label)
    assert sorted(b[mana[dunia.pilihan]].tolist()) == list(range(n))
    assert len(dipotong) == 1


def _isi(hasil: Hasil) -> object:
    return hasil.pasangan, hasil.tanpa_pasangan_baris, hasil.tanpa_pasangan_belanja


@pytest.mark.parametrize(("benih", "per_kartu", "sulit"), [(91, 40, False), (92, 300, True)])
def test_any_order_of_rows_gives_the_same_answer(benih: int, per_kartu: int, sulit: bool) -> None:
    baris, belanja = baca(buat(600, per_kartu, benih, sulit=sulit))
    acak, awal = random.Random(benih), _isi(match(baris, belanja))
    for _ in range(3):
        acak.shuffle(baris)
        acak.shuffle(belanja)
        assert _isi(match(baris, belanja)) == awal


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_any_order_of_a_few_rows_gives_the_same_answer(benih: int, acak: random.Random) -> None:
    baris, belanja = baca(buat(24, 24, benih, sulit=True))
    awal = _isi(match(baris, belanja))
    acak.shuffle(baris)
    acak.shuffle(belanja)
    assert _isi(match(baris, belanja)) == awal


def _tepat(kasus: Kasus, hasil: Hasil) -> dict[str, float]:
    """F1 of each kind, the share and precision of `pasti`, and wrong partners of lone lines."""
    toko, belanja = kasus.toko, {x[0]: x for x in kasus.belanja}
    ciri = {i: (*x[2:5], toko[i]) for i, x in belanja.items()}
    milik: dict[str, set[str]] = {}
    for ref, id_, _ in kasus.benar:
        milik.setdefault(ref, set()).add(id_)

    def benar(ref: str, id_: str) -> bool:
        return any(ciri[id_] == ciri[x] for x in milik.get(ref, ()))

    rows = [(p, b, c) for p in hasil.pasangan for b in p.baris for c in p.belanja]
    pasti = [benar(b, c) for p, b, c in rows if p.status == "pasti"]
    ukuran = {"pasti": len(pasti) / len(rows), "tepat": sum(pasti) / len(pasti)}
    for jenis in ("satu", "refund", "himpunan"):
        punya = [benar(b, c) for p, b, c in rows if _sejenis(p.jenis) == jenis]
        seharusnya = sum(_sejenis(j) == jenis for _, _, j in kasus.benar)
        ukuran[jenis] = 2 * sum(punya) / (len(punya) + seharusnya)
    return ukuran


def _sejenis(jenis: str) -> str:
    return jenis if jenis in ("satu", "refund") else "himpunan"


def test_hard_cases_with_known_truth_stay_solved() -> None:
    kasus = buat(3000, 300, 4711)
    ukuran = _tepat(kasus, match(*baca(kasus)))
    assert ukuran["satu"] >= 0.995
    assert ukuran["himpunan"] >= 0.90
    assert ukuran["refund"] >= 0.90
    assert ukuran["pasti"] >= 0.85
    assert ukuran["tepat"] >= 0.998


def test_sums_are_exact() -> None:
    baris, belanja = baca(buat(1500, 300, 77))
    nilai_b: dict[str, BarisBank] = {x.id: x for x in baris}
    nilai_c: dict[str, Belanja] = {x.id: x for x in belanja}
    himpunan = [p for p in match(baris, belanja).pasangan if p.jenis in ("pecah", "gabung")]
    assert himpunan
    for p in himpunan:
        kiri = sum(nilai_b[i].nilai.sen for i in p.baris)
        assert kiri == sum(nilai_c[i].nilai.sen for i in p.belanja)
        assert len({nilai_b[i].kartu for i in p.baris}) == 1
