"""Links as columns: one entry a link, one row for each line and purchase it joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from kkpd.engines.matching.arrays import F32, F64, I16, I32, I64, Ya
from kkpd.engines.matching.score import Edges
from kkpd.engines.matching.shapes import Kind
from kkpd.engines.matching.weights import Acceptance

#: REFUND links a negative line to the purchase it gives back, BALIK to a negative purchase.
ONE, SPLIT, GROUP, REFUND, REVERSAL = range(5)
KINDS: tuple[Kind, ...] = ("satu", "pecah", "gabung", "refund", "refund")


@dataclass(frozen=True, slots=True)
class LinkDetail:
    """Rows of links: which link, line, purchase; how they compare and what each field weighs."""

    nomor: I64
    b: I64
    c: I64
    amount_class: I16
    day_class: I16
    days_apart: I32
    similar: F32
    w_amount: F32
    w_day: F32
    w_name: F32


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """Links: kind, score, probability, margin, accepted by itself or not; and their rows.

    `present` is the probability that the link's lines have any partner at all.
    """

    jenis: I64
    scores: F64
    peluang: F64
    present: F64
    distance: F64
    certain: Ya
    rinci: LinkDetail


def single_links(pairings: Edges, p: F64, present: F64, distance: F64, jenis: int) -> LinkColumns:
    """Pairs as links of one kind."""
    banyak = len(pairings)
    rinci = pair_detail(np.arange(banyak, dtype=np.int64), pairings)
    everything = np.full(banyak, jenis, dtype=np.int64)
    return LinkColumns(
        everything, pairings.w, p, present, distance, np.zeros(banyak, dtype=np.bool_), rinci
    )


def pair_detail(nomor: I64, pairings: Edges) -> LinkDetail:
    """The rows of links from how their pairs compare; `nomor` says which link each is of."""
    return LinkDetail(nomor, *(getattr(pairings, column.name) for column in fields(LinkDetail)[1:]))


def stack_links(bagian: Sequence[LinkColumns]) -> LinkColumns:
    """Several lists of links as one."""
    shift = np.cumsum([0, *(len(one_item.jenis) for one_item in bagian)]).tolist()
    rinci = [
        LinkDetail(
            one_item.rinci.nomor + g,
            *(getattr(one_item.rinci, f.name) for f in fields(LinkDetail)[1:]),
        )
        for one_item, g in zip(bagian, shift, strict=False)
    ]
    return LinkColumns(
        np.concatenate([one_item.jenis for one_item in bagian]),
        np.concatenate([one_item.scores for one_item in bagian]),
        np.concatenate([one_item.peluang for one_item in bagian]),
        np.concatenate([one_item.present for one_item in bagian]),
        np.concatenate([one_item.distance for one_item in bagian]),
        np.concatenate([one_item.certain for one_item in bagian]),
        LinkDetail(
            *(np.concatenate([getattr(r, f.name) for r in rinci]) for f in fields(LinkDetail))
        ),
    )


def putuskan(tautan: LinkColumns, putusan: Acceptance) -> LinkColumns:
    """Leave what is too unlikely, accept by itself what is both likely and far ahead."""
    present = np.where(tautan.jenis == REFUND, 0.0, putusan.proposal_present)
    kept = (tautan.peluang >= putusan.proposal_probability) & (tautan.present >= present)
    certain = (tautan.peluang >= putusan.sure_probability) & (
        tautan.distance >= putusan.sure_distance
    )
    baru = np.cumsum(kept) - 1
    r = tautan.rinci
    rows = kept[r.nomor]
    return LinkColumns(
        tautan.jenis[kept],
        tautan.scores[kept],
        tautan.peluang[kept],
        tautan.present[kept],
        tautan.distance[kept],
        certain[kept],
        LinkDetail(
            baru[r.nomor[rows]], *(getattr(r, f.name)[rows] for f in fields(LinkDetail)[1:])
        ),
    )
