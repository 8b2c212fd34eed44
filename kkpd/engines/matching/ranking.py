"""The candidates of one bank line for the page: ranked, every field compared in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kkpd.engines.matching.api import bank_columns, purchase_columns
from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.columns import susun
from kkpd.engines.matching.links import KINDS, ONE, REFUND, REVERSAL, single_links
from kkpd.engines.matching.reasons import link_reasons
from kkpd.engines.matching.refunds import refund_origins
from kkpd.engines.matching.score import Edges, MatchContext, prepare_context, score_pairs
from kkpd.engines.matching.shapes import BankLine, Belanja, Candidate
from kkpd.engines.matching.solve.probability import peluang
from kkpd.engines.matching.weights import Weights


def rank_candidates(
    baris: BankLine, belanja: Sequence[Belanja], weight: Weights
) -> tuple[Candidate, ...]:
    """Candidates of one line, best first; ties by date, then id."""
    bank, catatan = bank_columns([baris]), purchase_columns(belanja)
    context = prepare_context(susun(bank, catatan), weight)
    hasil = []
    one_item = ONE if baris.nilai.sen >= 0 else REVERSAL
    for jenis, edges in ((one_item, _one(context)), (REFUND, _refund(context))):
        if len(edges) == 0:
            continue
        noughts = np.zeros(len(edges))
        tautan = single_links(edges, noughts, noughts, noughts, jenis)
        for n in range(len(edges)):
            asal = int(context.both.catatan.asal[edges.c[n]])
            alasan = link_reasons(context.both, tautan, n, np.array([n]))
            kunci = (-float(edges.w[n]), belanja[asal].tanggal, belanja[asal].id)
            hasil.append((kunci, KINDS[jenis], float(edges.w[n]), alasan))
    hasil.sort(key=lambda one_item: one_item[0])
    p = _probability(np.array([one_item[2] for one_item in hasil]))
    return tuple(
        Candidate(kunci[2], jenis, scores, float(p[n]), alasan)
        for n, (kunci, jenis, scores, alasan) in enumerate(hasil)
    )


def _one(context: MatchContext) -> Edges:
    """Purchases of the same card and sign whose amount is equal or explained."""
    bank, catatan = context.both.bank, context.both.catatan
    c = np.flatnonzero((catatan.kartu == bank.kartu[0]) & (catatan.nilai * bank.nilai[0] > 0))
    return score_pairs(context, np.zeros(len(c), dtype=np.int64), c)


def _refund(context: MatchContext) -> Edges:
    bank, catatan = context.both.bank, context.both.catatan
    b = np.flatnonzero((bank.nilai < 0) & (bank.acuan >= 0))
    c = np.flatnonzero(catatan.nilai > 0)
    return refund_origins(context, b, c, np.full(len(catatan), -1, dtype=np.int64))


def _probability(w: F64) -> F64:
    """Probabilities of links that all hold one line."""
    one_item: I64 = np.arange(len(w), dtype=np.int64)
    return peluang(one_item, np.zeros(len(w), dtype=np.int64), w, 1)
