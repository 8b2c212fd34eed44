"""One line paid for many purchases (pecah), many lines for one purchase (gabung).

Small subset sums inside one card and window, bounded: at most `part_candidates` likeliest parts are
looked at for a total, at most `most_parts` of them together. The sum must be exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from kkpd.engines.matching.arrays import F64, I64
from kkpd.engines.matching.day_gap import day_class
from kkpd.engines.matching.score import MatchContext, pair_day_weight, pair_name_weight

#: Sums compared in one go (bounds memory).
_AT_ONCE = 8_000_000
#: A part less likely than this beside its total is not looked at.
_LOWEST = -5.6
#: Of one total the best sets that enter the world.
_BEST = 6


@dataclass(frozen=True, slots=True)
class CandidateSets:
    """Sets as rows: the total's row, the parts' rows padded with -1, the score.

    In a `pecah` the total is a line and parts are purchases; in a `combine` the other way round.
    """

    parent: I64
    isi: I64
    w: F64

    def __len__(self) -> int:
        return len(self.parent)


def pecah(context: MatchContext, b: I64, c: I64) -> CandidateSets:
    """Lines whose amount is the sum of near purchases; (b, c) are near pairs."""
    return _search(context, b, c, pecah=True)


def combine(context: MatchContext, b: I64, c: I64) -> CandidateSets:
    """Purchases whose amount is the sum of near lines."""
    return _search(context, b, c, pecah=False)


def _search(context: MatchContext, b: I64, c: I64, *, pecah: bool) -> CandidateSets:
    bank, catatan, day_window = context.both.bank, context.both.catatan, context.weight.day_window
    nb, nc = bank.nilai[b], catatan.nilai[c]
    bagian = (nc < nb) if pecah else (nb < nc)
    b, c = b[bagian], c[bagian]
    w = part_weight(context, b, c, pecah=pecah)
    parent, members = (b, c) if pecah else (c, b)
    eligible = w >= _LOWEST
    urut = np.flatnonzero(eligible)
    urut = urut[np.lexsort((members[urut], -w[urut], parent[urut]))]
    parent, members, w = parent[urut], members[urut], w[urut]
    pilih = _rank_within(parent) < day_window.part_candidates
    parent, members, w = parent[pilih], members[pilih], w[pilih]
    parent_amounts = (bank if pecah else catatan).nilai
    member_amounts = (catatan if pecah else bank).nilai
    chance = context.chance_bank if pecah else context.chance_ledger
    start = context.weight.start
    starting = (
        np.log(start.pecah / start.without_purchase)
        if pecah
        else np.log(start.combine / start.without_line)
    )
    hasil = []
    for baris, positions in _exact_sums(
        parent, parent_amounts[parent], member_amounts[members], day_window.most_parts
    ):
        present = positions >= 0
        isi = np.where(present, members[positions], -1)
        scores = starting - chance[parent[baris]] + np.where(present, w[positions], 0.0).sum(axis=1)
        hasil.append((parent[baris], _tidy(isi), scores))
    return _best_sets(hasil, day_window.most_parts)


def part_weight(context: MatchContext, b: I64, c: I64, *, pecah: bool) -> F64:
    """Date and name of a part beside its total, against free rows a day on the card."""
    kelas, _ = day_class(context.both.bank, b, context.both.catatan, c, context.weight)
    crowd = context.crowd_ledger if pecah else context.crowd_bank
    nama, _ = pair_name_weight(context, b, c)
    return pair_day_weight(context, b, kelas) - crowd[context.both.bank.kartu[b]] + nama


def _rank_within(kelompok: I64) -> I64:
    """0, 1, 2, ... within each run of equal values."""
    if len(kelompok) == 0:
        return kelompok
    start = np.flatnonzero(np.concatenate([[True], kelompok[1:] != kelompok[:-1]]))
    long = np.diff(np.concatenate([start, [len(kelompok)]]))
    return np.arange(len(kelompok), dtype=np.int64) - np.repeat(start, long)


@cache
def _choices(n: int, at_most: int) -> tuple[F64, I64]:
    """All sets of 2..terbanyak out of n: as a 0/1 matrix (n, sets) and as padded positions."""
    isi = [s for k in range(2, min(n, at_most) + 1) for s in combinations(range(n), k)]
    matrix = np.zeros((n, len(isi)))
    positions = np.full((len(isi), at_most), -1, dtype=np.int64)
    for nomor, one_item in enumerate(isi):
        matrix[list(one_item), nomor] = 1
        positions[nomor, : len(one_item)] = one_item
    return matrix, positions


def _exact_sums(
    parent: I64, parent_amounts: I64, nilai: I64, at_most: int
) -> Iterator[tuple[I64, I64]]:
    """(position of the total's first part, padded positions of the parts) of every exact set."""
    if len(parent) == 0:
        return
    start = np.flatnonzero(np.concatenate([[True], parent[1:] != parent[:-1]]))
    long = np.diff(np.concatenate([start, [len(parent)]]))
    for n in np.unique(long[long >= 2]).tolist():
        matrix, options = _choices(n, at_most)
        mulai = start[long == n]
        langkah = max(1, _AT_ONCE // matrix.shape[1])
        for k in range(0, len(mulai), langkah):
            cut = mulai[k : k + langkah]
            isi = nilai[cut[:, None] + np.arange(n)].astype(np.float64)
            affected, set_index = np.nonzero(isi @ matrix == parent_amounts[cut][:, None])
            positions = options[set_index]
            yield cut[affected], np.where(positions >= 0, positions + cut[affected][:, None], -1)


def _tidy(isi: I64) -> I64:
    """Parts in row order, padding last."""
    large = np.iinfo(np.int64).max
    urut = np.sort(np.where(isi < 0, large, isi), axis=1)
    return np.where(urut == large, -1, urut)


def _best_sets(hasil: list[tuple[I64, I64, F64]], lebar: int) -> CandidateSets:
    if not hasil:
        kosong = np.empty(0, dtype=np.int64)
        return CandidateSets(kosong, np.empty((0, lebar), dtype=np.int64), np.empty(0))
    parent = np.concatenate([one_item[0] for one_item in hasil])
    isi = np.concatenate([one_item[1] for one_item in hasil])
    w = np.concatenate([one_item[2] for one_item in hasil])
    urut = np.flatnonzero(w > 0)
    kunci = (*isi[urut].T[::-1], -w[urut], parent[urut])
    urut = urut[np.lexsort(kunci)]
    urut = urut[_rank_within(parent[urut]) < _BEST]
    return CandidateSets(parent[urut], isi[urut], w[urut])


def gather_sets(bagian: Sequence[CandidateSets]) -> CandidateSets:
    """Several lists of sets as one."""
    return CandidateSets(
        np.concatenate([one_item.parent for one_item in bagian]),
        np.concatenate([one_item.isi for one_item in bagian]),
        np.concatenate([one_item.w for one_item in bagian]),
    )
