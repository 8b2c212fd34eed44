"""Worlds against brute force: the best one, its margins and probabilities, in any row order."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.match_cases import Kasus, build
from benchmarks.match_train import baca
from kkpd.engines.matching import BankLine, Belanja, MatchResult, match
from kkpd.engines.matching import worlds as modul_dunia
from kkpd.engines.matching.worlds import (
    LinkGraph,
    best_world,
    label_components,
    peluang,
    positive_part,
)

#: A link: score, lines, purchases.
Link = tuple[float, frozenset[int], frozenset[int]]


@st.composite
def links(draw: st.DrawFn, *, link_sets: bool = True, at_most: int = 11) -> list[Link]:
    """Random links among four lines and four purchases, some of them sets."""
    isi: dict[tuple[frozenset[int], frozenset[int]], float] = {}
    for _ in range(draw(st.integers(1, at_most))):
        b = frozenset(draw(st.sets(st.integers(0, 3), min_size=1, max_size=3 if link_sets else 1)))
        lebar = 3 if link_sets and len(b) == 1 else 1
        c = frozenset(draw(st.sets(st.integers(0, 3), min_size=1, max_size=lebar)))
        isi[b, c] = draw(st.floats(0.1, 9.0).map(lambda x: round(x, 3)))
    return [(w, b, c) for (b, c), w in isi.items()]


def link_graph(everything: list[Link]) -> LinkGraph:
    everything = sorted(everything, key=lambda t: len(t[1]) + len(t[2]) > 2)
    holds = [(*sorted(b), *sorted(4 + y for y in c)) for _, b, c in everything]
    nomor = np.arange(len(everything), dtype=np.int64)
    return LinkGraph(np.array([w for w, _, _ in everything]), holds, nomor, 8)


def semua_dunia(g: LinkGraph) -> list[tuple[float, frozenset[int]]]:
    """Every choice of links in which no row stands twice, by trying all."""
    held_rows = g.holds
    hasil = []
    for k in range(5):
        for options in combinations(range(len(g.w)), k):
            rows = [x for n in options for x in held_rows[n]]
            if len(rows) == len(set(rows)):
                hasil.append((float(g.w[list(options)].sum()) if k else 0.0, frozenset(options)))
    return hasil


@settings(max_examples=60, deadline=None)
@given(links())
def test_the_world_is_the_best_of_all(everything: list[Link]) -> None:
    g = link_graph(everything)
    options, margins = best_world(g, label_components(g), 300)
    best = max(nilai for nilai, _ in semua_dunia(g))
    assert g.w[options].sum() == pytest.approx(best)
    assert (margins >= 0).all()


@settings(max_examples=40, deadline=None)
@given(links(link_sets=False, at_most=14), st.integers(0, 1))
def test_margins_of_pairs_are_exact(everything: list[Link], small: int) -> None:
    """Both ways of solving give what the best world without the link would lose."""
    g = link_graph(everything)
    lama = modul_dunia.MOST_SMALL_LINKS
    modul_dunia.MOST_SMALL_LINKS = lama * small
    try:
        options, margins = best_world(g, label_components(g), 300)
    finally:
        modul_dunia.MOST_SMALL_LINKS = lama
    dunia_lain = semua_dunia(g)
    best = max(nilai for nilai, _ in dunia_lain)
    assert g.w[options].sum() == pytest.approx(best)
    for n, distance in zip(options.tolist(), margins.tolist(), strict=True):
        without = max(nilai for nilai, isi in dunia_lain if n not in isi)
        assert distance == pytest.approx(best - without, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(links(at_most=14))
def test_margins_beside_sets_never_promise_too_much(everything: list[Link]) -> None:
    g = link_graph(everything)
    lama = modul_dunia.MOST_SMALL_LINKS
    modul_dunia.MOST_SMALL_LINKS = 0
    try:
        options, margins = best_world(g, label_components(g), 300)
    finally:
        modul_dunia.MOST_SMALL_LINKS = lama
    dunia_lain = semua_dunia(g)
    best = max(nilai for nilai, _ in dunia_lain)
    assert g.w[options].sum() == pytest.approx(best)
    for n, distance in zip(options.tolist(), margins.tolist(), strict=True):
        without = max(nilai for nilai, isi in dunia_lain if n not in isi)
        assert distance <= best - without + 1e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-2, 6), min_size=1, max_size=7))
def test_probabilities_on_chains_are_those_of_all_worlds(w: list[float]) -> None:
    """Line 0 - purchase 0 - line 1 - purchase 1 - ...: no loop, so nothing is approximate."""
    everything = [(x, frozenset({(n + 1) // 2}), frozenset({n // 2})) for n, x in enumerate(w)]
    g = link_graph(everything)
    worlds = semua_dunia(g)
    jumlah = sum(np.exp(nilai) for nilai, _ in worlds)
    p = peluang(g, g.w)
    for n in range(len(g.w)):
        correct = sum(np.exp(nilai) for nilai, isi in worlds if n in isi) / jumlah
        assert p[n] == pytest.approx(correct, abs=0.01)


def test_one_line_and_one_purchase_have_the_probability_of_their_score() -> None:
    g = link_graph([(2.0, frozenset({0}), frozenset({0}))])
    p = peluang(g, g.w)
    assert p[0] == pytest.approx(1 / (1 + np.exp(-2.0)))


def _all_with_all(w: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> LinkGraph:
    n = len(w)
    holds = [(b, n + c) for b in range(n) for c in range(n)]
    return LinkGraph(w.ravel(), holds, np.arange(n * n, dtype=np.int64), 2 * n)


def test_a_component_too_large_loses_its_least_likely_links() -> None:
    n = 40
    w = np.random.default_rng(3).uniform(0.5, 2.0, (n, n))
    np.fill_diagonal(w, 9.0)
    g = _all_with_all(w)
    picked, label, cut_off = positive_part(g, peluang(g, g.w), 20)
    options, _ = best_world(g.fetch(picked), label, 20)
    assert sorted(g.holds[h] for h in picked[options]) == [(b, n + b) for b in range(n)]
    assert len(cut_off) == 0


def test_a_component_that_stays_too_large_is_solved_without_margins_and_it_is_said() -> None:
    n = 60
    g = _all_with_all(np.full((n, n), 5.0))
    picked, label, cut_off = positive_part(g, np.ones(n * n), 20)
    options, margins = best_world(g.fetch(picked), label, 20)
    assert sorted(g.holds[h][0] for h in picked[options]) == list(range(n))
    assert (margins == 0).all()
    assert len(cut_off) == 1


def _contents(hasil: MatchResult) -> object:
    return hasil.pairings, hasil.unpaired_lines, hasil.unpaired_purchases


@pytest.mark.parametrize(("benih", "per_kartu", "sulit"), [(91, 40, False), (92, 300, True)])
def test_any_order_of_rows_gives_the_same_answer(benih: int, per_kartu: int, sulit: bool) -> None:
    baris, belanja = baca(build(600, per_kartu, benih, sulit=sulit))
    acak, start = random.Random(benih), _contents(match(baris, belanja))
    for _ in range(3):
        acak.shuffle(baris)
        acak.shuffle(belanja)
        assert _contents(match(baris, belanja)) == start


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_any_order_of_a_few_rows_gives_the_same_answer(benih: int, acak: random.Random) -> None:
    baris, belanja = baca(build(24, 24, benih, sulit=True))
    start = _contents(match(baris, belanja))
    acak.shuffle(baris)
    acak.shuffle(belanja)
    assert _contents(match(baris, belanja)) == start


def _tepat(kasus: Kasus, hasil: MatchResult) -> dict[str, float]:
    """F1 of each kind, the share and precision of `certain`, and wrong partners of lone lines."""
    toko, belanja = kasus.toko, {x[0]: x for x in kasus.belanja}
    feature_values = {i: (*x[2:5], toko[i]) for i, x in belanja.items()}
    owned: dict[str, set[str]] = {}
    for ref, id_, _ in kasus.correct:
        owned.setdefault(ref, set()).add(id_)

    def correct(ref: str, id_: str) -> bool:
        return any(feature_values[id_] == feature_values[x] for x in owned.get(ref, ()))

    rows = [(p, b, c) for p in hasil.pairings for b in p.baris for c in p.belanja]
    certain = [correct(b, c) for p, b, c in rows if p.status == "pasti"]
    ukuran = {"pasti": len(certain) / len(rows), "tepat": sum(certain) / len(certain)}
    for jenis in ("satu", "refund", "himpunan"):
        held = [correct(b, c) for p, b, c in rows if _sejenis(p.jenis) == jenis]
        expected = sum(_sejenis(j) == jenis for _, _, j in kasus.correct)
        ukuran[jenis] = 2 * sum(held) / (len(held) + expected)
    return ukuran


def _sejenis(jenis: str) -> str:
    return jenis if jenis in ("satu", "refund") else "himpunan"


def test_hard_cases_with_known_truth_stay_solved() -> None:
    kasus = build(3000, 300, 4711)
    ukuran = _tepat(kasus, match(*baca(kasus)))
    assert ukuran["satu"] >= 0.995
    assert ukuran["himpunan"] >= 0.90
    assert ukuran["refund"] >= 0.90
    assert ukuran["pasti"] >= 0.85
    assert ukuran["tepat"] >= 0.998


def test_sums_are_exact() -> None:
    baris, belanja = baca(build(1500, 300, 77))
    nilai_b: dict[str, BankLine] = {x.id: x for x in baris}
    nilai_c: dict[str, Belanja] = {x.id: x for x in belanja}
    link_sets = [p for p in match(baris, belanja).pairings if p.jenis in ("pecah", "gabung")]
    assert link_sets
    for p in link_sets:
        left = sum(nilai_b[i].nilai.sen for i in p.baris)
        assert left == sum(nilai_c[i].nilai.sen for i in p.belanja)
        assert len({nilai_b[i].kartu for i in p.baris}) == 1
