"""Answers for pages: the links of a period, and the candidates of one line, with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kkpd.engines.matching.forbidden_links import check_forbidden_link
from kkpd.engines.matching.graph import LinkGraph, peluang
from kkpd.engines.matching.links import KINDS, ONE, REFUND, REVERSAL, FoundLink, single_links
from kkpd.engines.matching.pipeline import MatchAnswer, match_rows
from kkpd.engines.matching.reasons import link_reasons
from kkpd.engines.matching.refunds import refund_origins
from kkpd.engines.matching.rows import compose
from kkpd.engines.matching.score import MatchContext, prepare_context, score_pairs
from kkpd.engines.matching.shapes import BankLine, Belanja, Candidate, MatchResult, Pairing
from kkpd.engines.matching.weights import Weights


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
