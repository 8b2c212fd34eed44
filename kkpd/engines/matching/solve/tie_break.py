"""Among rows that nothing tells apart the first by identity are linked, in order.

The best world is not unique then; this makes the answer one: equal purchases go to lines in date
order by their ids, and equal lines to purchases likewise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kkpd.engines.matching.arrays import I64, Ya, combine_keys
from kkpd.engines.matching.columns import Side
from kkpd.engines.matching.links import ONE, LinkColumns
from kkpd.engines.matching.score import MatchContext
from kkpd.engines.matching.solve.graph import equivalents


def put_in_order(context: MatchContext, tautan: LinkColumns) -> LinkColumns:
    """The same links, with interchangeable rows in canonical order."""
    r = tautan.rinci
    one_item = tautan.jenis[r.nomor] == ONE
    both = context.both
    c = _deal_out(equivalents(both.catatan, None), r.c, r.b, one_item)
    b = _deal_out(_equivalent_lines(both.bank), r.b, c, one_item)
    return replace(tautan, rinci=replace(r, b=b, c=c))


def _equivalent_lines(bank: Side) -> I64:
    """Lines equal in all the bank wrote share a class, named by its first row."""
    if len(bank) == 0:
        return np.empty(0, dtype=np.int64)
    kunci = combine_keys(
        combine_keys(bank.kartu, bank.amount_code),
        bank.day - int(bank.day.min()),
        bank.posting - int(bank.posting.min()),
        bank.nama,
    )
    _, first_one, balik = np.unique(kunci, return_index=True, return_inverse=True)
    return first_one[balik].astype(np.int64)


def _deal_out(kelas: I64, isi: I64, lain: I64, one_item: Ya) -> I64:
    """`isi` with rows of one class dealt out anew: the first free ones, in the order of `lain`."""
    banyak = np.bincount(kelas, minlength=len(kelas))
    picked = np.flatnonzero(one_item & (banyak[kelas[isi]] > 1))
    if len(picked) == 0:
        return isi
    free = banyak[kelas] > 1
    free[isi[~one_item]] = False
    shortlist = np.flatnonzero(free)
    shortlist = shortlist[np.argsort(kelas[shortlist], kind="stable")]
    picked = picked[np.lexsort((lain[picked], kelas[isi[picked]]))]
    ke = np.searchsorted(kelas[shortlist], kelas[isi[picked]])
    owned = kelas[isi[picked]]
    start = np.searchsorted(owned, owned)
    hasil = isi.copy()
    hasil[picked] = shortlist[ke + np.arange(len(picked)) - start]
    return hasil
