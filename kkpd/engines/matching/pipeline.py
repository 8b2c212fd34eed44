"""The whole way of matching: candidates, probabilities, the best world, decisions, refunds.

Below it the answers for pages: the links of a period, the candidates of one line, with reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kkpd.core.errors import Finding
from kkpd.engines.matching.links import (
    GROUP,
    KINDS,
    ONE,
    REFUND,
    REVERSAL,
    SPLIT,
    FoundLink,
    LinkRow,
    decide,
    link_reasons,
    put_in_order,
    single_links,
)
from kkpd.engines.matching.refunds import give_back, refund_origins
from kkpd.engines.matching.rows import F64, I64, BothSides, check_forbidden_link, compose
from kkpd.engines.matching.score import (
    DROP_BELOW,
    Edges,
    MatchContext,
    edges,
    prepare_context,
    score_pairs,
    unite,
)
from kkpd.engines.matching.shapes import BankLine, Belanja, Candidate, MatchResult, Pairing
from kkpd.engines.matching.shortlist import (
    CandidateSet,
    amounts_apart,
    days_apart,
    equal_amounts,
    find_sets,
    near,
    part_weights,
    settled_pairs,
)
from kkpd.engines.matching.weights import Weights
from kkpd.engines.matching.worlds import (
    LinkGraph,
    best_world,
    build_link_graph,
    decisions,
    equivalents,
    line_probability,
    peluang,
    positive_part,
    sum_by_class,
)

#: The shipped shares of rows without a partner have the weight of this many rows.
_PRIOR_WEIGHT = 200
_LEARNING_ROUNDS, _FEW_ROUNDS = 3, 8
_SHARE_LIMITS = (0.005, 0.6)


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """All links, and what people should look at."""

    both: BothSides
    links: list[FoundLink]
    temuan: tuple[Finding, ...]


def match_rows(both: BothSides, weight: Weights) -> MatchAnswer:
    """Match both sides; the result depends on the rows, never on their order."""
    context = prepare_context(both, weight)
    links, cut_lines = _main_links(context)
    links = put_in_order(both, decide(links, weight.putusan))
    refunds = decide(give_back(context, links), weight.putusan)
    links = [
        link._replace(jenis=REVERSAL)
        if link.jenis == ONE and both.bank.nilai[link.rows[0].b] < 0
        else link
        for link in links
    ]
    # components too large to be tried whole are said, never silently approximated
    temuan = tuple(
        Finding(
            "komponen_dipotong",
            f"Terlalu banyak kemungkinan di sekitar baris {both.bank.id[b]}: "
            "yang paling lemah tidak dicoba.",
            inputs={"referensi": both.bank.id[b]},
        )
        for b in cut_lines
    )
    return MatchAnswer(both, links + refunds, temuan)


def _main_links(context: MatchContext) -> tuple[list[FoundLink], list[int]]:
    """All links but refunds of originals, undecided; the lines of components that were cut."""
    both, same = context.both, equal_amounts(context)
    settled, p, distance = settled_pairs(context, same)
    clear = same[settled]
    lines = ~np.isin(np.arange(len(both.bank)), clear["b"])
    purchases = ~np.isin(np.arange(len(both.catatan)), clear["c"])
    same = same[lines[same["b"]] & purchases[same["c"]]]
    pairs, sets = _candidates(context, same, np.flatnonzero(lines), np.flatnonzero(purchases))
    link_graph = build_link_graph(both, pairs, sets)
    w, shift, p_graph = _learn_shares(context, link_graph, clear)
    present = line_probability(link_graph, p_graph, len(both.bank))
    names = context.nama.catatan[both.catatan.nama]
    p_graph = sum_by_class(p_graph, decisions(pairs, sets, equivalents(both.catatan, names)))
    largest = context.weight.day_window.largest_component
    link_graph = replace(link_graph, w=w)
    picked, label, cut = positive_part(link_graph, p_graph, largest)
    chosen, margins = best_world(link_graph.fetch(picked), label, largest)
    chosen = picked[chosen]
    pairs["w"] = w[: len(pairs)]
    odds = p[settled] / np.maximum(1 - p[settled], 1e-18) * np.exp(shift)
    p_clear = odds / (1 + odds)
    clear["w"] += shift
    one_item = chosen < len(pairs)
    links = single_links(ONE, clear, p_clear, p_clear, distance[settled] + min(shift, 0.0))
    picked = chosen[one_item]
    links += single_links(ONE, pairs[picked], p_graph[picked], present[picked], margins[one_item])
    picked = chosen[~one_item]
    numbers = np.stack([w[picked], p_graph[picked], present[picked], margins[~one_item]])
    links += _set_links(context, [sets[h - len(pairs)] for h in picked], numbers)
    return links, sorted({min(link_graph.holds[h]) for h in cut.tolist()})


def _candidates(
    context: MatchContext, same: Edges, lines: I64, purchases: I64
) -> tuple[Edges, list[CandidateSet]]:
    """Pairs, splits and groups among leftover rows, beside the pairs of equal amount."""
    b, c = near(context, lines, purchases)
    further = np.concatenate([amounts_apart(context, b, c), days_apart(context, lines, purchases)])
    pairs = unite([same, further[further["w"] > DROP_BELOW]])
    sets = [one for split in (True, False) for one in find_sets(context, b, c, split=split)]
    return pairs, sets


def _learn_shares(
    context: MatchContext, link_graph: LinkGraph, clear: Edges
) -> tuple[F64, float, F64]:
    """(scores of all links, what was added to those of pairs, probabilities).

    The search starts with the shipped shares of rows without a partner; the file's own share is
    estimated from its probabilities. A file in which every fifth line is unknown requires more
    evidence for a pair than one in which all are known. Small files stay near the shipped shares.
    """
    both, start = context.both, context.weight.start
    shipped = np.array([start.without_purchase, start.without_line])
    link, node = link_graph.incidence()
    # how many lines and purchases each link holds
    counts = np.stack(
        [
            np.bincount(link[side], minlength=len(link_graph.w))
            for side in (node < len(both.bank), node >= len(both.bank))
        ]
    )
    is_pair = (counts == 1).all(axis=0)
    rows = np.array([(both.bank.nilai > 0).sum(), (both.catatan.nilai > 0).sum()])
    positive = clear["w"][both.bank.nilai[clear["b"]] > 0]
    settled = float((1 / (1 + np.exp(-positive))).sum())
    w, shift, shares = link_graph.w, 0.0, shipped
    for _ in range(_LEARNING_ROUNDS):
        linked = settled + counts @ peluang(link_graph, w, _FEW_ROUNDS)
        learned = (rows - linked + _PRIOR_WEIGHT * shipped) / (rows + _PRIOR_WEIGHT)
        shares = np.clip(learned, *_SHARE_LIMITS)
        alone = np.log(shares / shipped)
        both_known = float(np.log((1 - shares[0]) / (1 - shipped[0])))
        w = link_graph.w - alone @ counts + np.where(is_pair, both_known, 0.0)
        shift = both_known - float(alone.sum())
    return w, shift, peluang(link_graph, w)


def _set_links(
    context: MatchContext, sets: Sequence[CandidateSet], numbers: F64
) -> list[FoundLink]:
    """Splits and groups as links; `numbers` are scores, probabilities, of any partner, margins."""
    hasil = []
    for split in (True, False):
        kind = [n for n, one in enumerate(sets) if one.split == split]
        held = [(n, b, c) for n in kind for b in sets[n].lines for c in sets[n].purchases]
        n_of, b, c = np.array(held, dtype=np.int64).reshape(-1, 3).T
        w, w_day, w_name, similar, day, apart = part_weights(context, b, c, split=split)
        none = np.zeros(len(b))
        rows: dict[int, list[LinkRow]] = defaultdict(list)
        records = edges(b, c, none, day, apart, similar, none, w_day, w_name, w).tolist()
        for n, record in zip(n_of.tolist(), records, strict=True):
            rows[n].append(LinkRow._make(record))
        jenis = SPLIT if split else GROUP
        for n in kind:
            scores, p, present, distance = numbers[:, n].tolist()
            hasil.append(FoundLink(jenis, scores, p, present, distance, tuple(rows[n])))
    return hasil


def match_period(
    baris: Sequence[BankLine],
    belanja: Sequence[Belanja],
    weight: Weights,
    pemegang: Mapping[str, str] | None,
) -> MatchResult:
    """All links, unmatched rows, and findings; rows are numbered from 1."""
    check = check_forbidden_link(baris, belanja, pemegang, 1)
    answer = match_rows(compose(baris, belanja, check.lines, check.purchases), weight)
    pairings = [_pairing(answer, link) for link in answer.links]
    return MatchResult(
        tuple(sorted(pairings, key=lambda p: (p.baris, p.belanja))),
        tuple(sorted({one.id for one in baris} - {i for p in pairings for i in p.baris})),
        tuple(sorted({one.id for one in belanja} - {i for p in pairings for i in p.belanja})),
        (*check.temuan, *answer.temuan),
    )


def _pairing(answer: MatchAnswer, link: FoundLink) -> Pairing:
    bank, catatan = answer.both.bank, answer.both.catatan
    return Pairing(
        tuple(bank.id[b] for b in sorted({row.b for row in link.rows})),
        tuple(catatan.id[c] for c in sorted({row.c for row in link.rows})),
        KINDS[link.jenis],
        "pasti" if link.certain else "usul",
        link.scores,
        link.peluang,
        link.distance,
        link_reasons(answer.both, link),
    )


def rank_candidates(
    baris: BankLine, belanja: Sequence[Belanja], weight: Weights
) -> tuple[Candidate, ...]:
    """Candidates of one line, best first; ties by date, then id."""
    context = prepare_context(compose([baris], belanja), weight)
    catatan = context.both.catatan
    links = _links(context)
    links.sort(key=lambda k: (-k.scores, catatan.day[k.rows[0].c], catatan.id[k.rows[0].c]))
    # all of them hold the one line
    w = np.array([link.scores for link in links])
    p = peluang(LinkGraph(w, [(0,)] * len(w), np.arange(len(w)), 1), w)
    return tuple(
        Candidate(
            catatan.id[link.rows[0].c],
            KINDS[link.jenis],
            link.scores,
            float(chance),
            link_reasons(context.both, link),
        )
        for link, chance in zip(links, p, strict=True)
    )


def _links(context: MatchContext) -> list[FoundLink]:
    """Purchases of the same card and sign whose amount is equal or explained; originals."""
    bank, catatan = context.both.bank, context.both.catatan
    c = np.flatnonzero((catatan.kartu == bank.kartu[0]) & (catatan.nilai * bank.nilai[0] > 0))
    pairs = score_pairs(context, np.zeros(len(c), dtype=np.int64), c)
    b = np.flatnonzero((bank.nilai < 0) & (bank.reference >= 0))
    originals = refund_origins(context, b, np.full(len(catatan), -1, dtype=np.int64))
    kinds = ((ONE if bank.nilai[0] >= 0 else REVERSAL, pairs), (REFUND, originals))
    return [
        link
        for jenis, found in kinds
        for link in single_links(jenis, found, *[np.zeros(len(found))] * 3)
    ]
