"""Links as decided by matching, the order of identical rows, and each link's reasons (law 13)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from kkpd.core.money import Rupiah
from kkpd.engines.matching.rows import F64, BothSides, Side
from kkpd.engines.matching.score import Edges, amount_text, day_text
from kkpd.engines.matching.shapes import Kind, Reason
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


#: From this similarity on two merchant texts count as agreeing.
_SAME_NAME = 0.9
_PARTS = {SPLIT: "belanja", GROUP: "baris bank"}


def link_reasons(both: BothSides, link: FoundLink) -> tuple[Reason, ...]:
    """The reasons of a link; their weights add up to its score."""
    w_amount, w_day, w_name = (
        sum(weights)
        for weights in zip(*((r.w_amount, r.w_day, r.w_name) for r in link.rows), strict=True)
    )
    before = link.scores - w_amount - w_day - w_name
    kartu = Reason("kartu", "kartu sama", 0.0, True)
    days = [_day(link, row) for row in link.rows]
    same_day = all(same for _, same in days)
    teks = days[0][0] if same_day else ", ".join(teks for teks, _ in days)
    day = Reason("tanggal", teks, w_day, same_day)
    similar = [row.similar for row in link.rows if not math.isnan(row.similar)]
    lowest = min(similar, default=math.nan)
    name = Reason("nama", name_text(lowest), w_name, lowest >= _SAME_NAME)
    if link.jenis not in _PARTS:
        teks, agrees = _amount(both, link, link.rows[0])
        nilai = Reason("nilai", teks, w_amount, agrees)
        return kartu, nilai, day, name, Reason("awal", "sebelum dibandingkan", before, True)
    total = (
        both.bank.nilai[link.rows[0].b]
        if link.jenis == SPLIT
        else both.catatan.nilai[link.rows[0].c]
    )
    teks = f"{len(link.rows)} {_PARTS[link.jenis]} berjumlah Rp {Rupiah(int(total))}: tepat sama"
    return kartu, Reason("nilai", teks, w_amount + before, True), day, name


def row_reasons(both: BothSides, link: FoundLink, row: LinkRow, *, explain: bool) -> str:
    """One line of reasons for a row of a link; `explain` adds weights, probability and margin."""
    if link.jenis in _PARTS:
        nilai = f"satu dari {len(link.rows)} {_PARTS[link.jenis]} yang jumlahnya tepat sama"
    elif link.jenis != REFUND and row.amount_class == 0:
        nilai = "nilai sama"
    else:
        nilai = _amount(both, link, row)[0]
    teks = f"{nilai}; {_day(link, row)[0]}; {name_text(row.similar)}"
    if not explain:
        return teks
    weights = f"nilai {row.w_amount:+.2f}; tanggal {row.w_day:+.2f}; nama {row.w_name:+.2f}"
    finish = f"peluang {link.peluang:.5f}; jarak {link.distance:.2f}"
    return f"{teks} [{f'{weights}; {finish}'.replace('.', ',')}]"


def _amount(both: BothSides, link: FoundLink, row: LinkRow) -> tuple[str, bool]:
    """What a person reads about the amounts of one line and one purchase; do they agree."""
    bank, catatan = int(both.bank.nilai[row.b]), int(both.catatan.nilai[row.c])
    if link.jenis != REFUND:
        return amount_text(row.amount_class, bank, catatan)
    in_full = bank == -catatan
    kata = "penuh" if in_full else "sebagian"
    return f"pengembalian {kata}: Rp {Rupiah(-bank)} dari Rp {Rupiah(catatan)}", in_full


def _day(link: FoundLink, row: LinkRow) -> tuple[str, bool]:
    if link.jenis == REFUND:
        return f"{-row.days_apart} hari sesudah belanja", row.days_apart <= 0
    return day_text(row.day_class, row.days_apart)


def name_text(similar: float) -> str:
    """`nama mirip 0,88`, or that a side names nobody (or a marketplace only)."""
    if math.isnan(similar):
        return "nama tidak dapat dibandingkan"
    return f"nama mirip {similar:.2f}".replace(".", ",")
