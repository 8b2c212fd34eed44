"""The reasons of a link in words, with their weights: every decision explains itself (law 13)."""

from __future__ import annotations

import math

from kkpd.core.money import Rupiah
from kkpd.engines.matching.amount_gap import amount_text
from kkpd.engines.matching.day_gap import day_text
from kkpd.engines.matching.links import GROUP, REFUND, SPLIT, FoundLink, LinkRow
from kkpd.engines.matching.rows import BothSides
from kkpd.engines.matching.shapes import Reason

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
