"""Links as decided by matching, and the order in which identical rows are linked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from kkpd.engines.matching.rows import F64, BothSides, Side
from kkpd.engines.matching.score import Edges
from kkpd.engines.matching.shapes import Kind
from kkpd.engines.matching.weights import Acceptance

#: REFUND links a negative line to the purchase it gives back, REVERSAL to a negative purchase.
ONE, SPLIT, GROUP, REFUND, REVERSAL = range(5)
KINDS: tuple[Kind, ...] = ("satu", "pecah", "gabung", "refund", "refund")


class LinkRow(NamedTuple):
    """How a line and a purchase of a link compare: classes, days, similarity, weights."""

    b: int
    c: int
    amount_class: int
    day_class: int
    days_apart: int
    similar: float
    w_amount: float
    w_day: float
    w_name: float
    w: float


class FoundLink(NamedTuple):
    """A link: kind, score, probability, margin; a row for each line and purchase it joins.

    `present` is the probability that the link's lines have any partner at all.
    """

    jenis: int
    scores: float
    peluang: float
    present: float
    distance: float
    rows: tuple[LinkRow, ...]
    certain: bool = False


def single_links(jenis: int, pairs: Edges, p: F64, present: F64, distance: F64) -> list[FoundLink]:
    """Pairs as links of one kind."""
    rows = map(LinkRow._make, pairs.tolist())
    columns = (rows, p.tolist(), present.tolist(), distance.tolist())
    return [FoundLink(jenis, row.w, q, r, d, (row,)) for row, q, r, d in zip(*columns, strict=True)]


def decide(links: Iterable[FoundLink], putusan: Acceptance) -> list[FoundLink]:
    """Drop unlikely links; mark links that are likely and have a large margin as certain."""
    return [
        link._replace(certain=True)
        if link.peluang >= putusan.sure_probability and link.distance >= putusan.sure_distance
        else link
        for link in links
        if link.peluang >= putusan.proposal_probability
        and (link.jenis == REFUND or link.present >= putusan.proposal_present)
    ]


def put_in_order(both: BothSides, links: Sequence[FoundLink]) -> list[FoundLink]:
    """The same links; equal purchases go to lines in date order by their ids, and equal lines so.

    The best world is not unique among identical rows; this makes the result unique.
    """
    hasil = _deal_out(both.catatan, links, "c", "b")
    return _deal_out(both.bank, hasil, "b", "c")


def _deal_out(
    side: Side, links: Sequence[FoundLink], mine: Literal["b", "c"], other: Literal["b", "c"]
) -> list[FoundLink]:
    """Reassign the rows of one class in the order of the other side."""
    hasil = list(links)
    columns = (side.kartu, side.amount_code, side.day, side.posting, side.nama)
    kinds = list(zip(*(column.tolist() for column in columns), strict=True))
    in_sets = {getattr(row, mine) for link in links if link.jenis != ONE for row in link.rows}
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i, kind in enumerate(kinds):
        if i not in in_sets:
            alike[kind].append(i)
    held: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
    for n, link in enumerate(links):
        kind = kinds[getattr(link.rows[0], mine)]
        if link.jenis == ONE and len(alike[kind]) > 1:
            held[kind].append((getattr(link.rows[0], other), n))
    for kind, numbers in held.items():
        for (_, n), i in zip(sorted(numbers), alike[kind], strict=False):
            row = hasil[n].rows[0]
            row = row._replace(b=i) if mine == "b" else row._replace(c=i)
            hasil[n] = hasil[n]._replace(rows=(row,))
    return hasil
