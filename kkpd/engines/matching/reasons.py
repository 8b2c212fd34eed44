"""The reasons of a link in words, with their weights: every decision explains itself (law 13)."""

from __future__ import annotations

import math

import numpy as np

from kkpd.core.money import Rupiah
from kkpd.engines.matching.amount_gap import amount_text
from kkpd.engines.matching.arrays import I64, combine_keys
from kkpd.engines.matching.columns import BothSides
from kkpd.engines.matching.day_gap import day_text
from kkpd.engines.matching.links import KINDS, ONE, REFUND, REVERSAL, SPLIT, LinkColumns
from kkpd.engines.matching.shapes import Reason

#: From this similarity on two merchant texts count as agreeing.
_SAME_NAME = 0.9
#: Kinds of one line and one purchase.
_SINGLE = (ONE, REFUND, REVERSAL)


def link_reasons(both: BothSides, tautan: LinkColumns, nomor: int, rows: I64) -> tuple[Reason, ...]:
    """Reasons of link `nomor`, whose rows are `rows`; their weights add up to its score."""
    r, jenis = tautan.rinci, int(tautan.jenis[nomor])
    w_day, w_name = float(r.w_day[rows].sum()), float(r.w_name[rows].sum())
    w_amount = float(r.w_amount[rows].sum())
    sisa = float(tautan.scores[nomor]) - w_day - w_name - w_amount
    kartu = Reason("kartu", "kartu sama", 0.0, True)
    if jenis in _SINGLE:
        row = int(rows[0])
        nilai = _value(both, tautan, row, w_amount, jenis)
        start = Reason("awal", "sebelum dibandingkan", sisa, True)
        return kartu, nilai, _day(tautan, row, w_day), _name(tautan, row, w_name), start
    return kartu, _total(both, tautan, jenis, rows, w_amount + sisa), *_parts(tautan, rows)


def _value(both: BothSides, tautan: LinkColumns, row: int, w: float, jenis: int) -> Reason:
    r = tautan.rinci
    bank, catatan = int(both.bank.nilai[r.b[row]]), int(both.catatan.nilai[r.c[row]])
    teks, same = _amount_words(jenis, int(r.amount_class[row]), bank, catatan)
    return Reason("nilai", teks, w, same)


def _amount_words(jenis: int, kelas: int, bank: int, catatan: int) -> tuple[str, bool]:
    """What a person reads about the amounts (sen) of one line and one purchase."""
    if jenis != REFUND:
        return amount_text(kelas, bank, catatan)
    in_full = bank == -catatan
    kata = "penuh" if in_full else "sebagian"
    return f"pengembalian {kata}: Rp {Rupiah(-bank)} dari Rp {Rupiah(catatan)}", in_full


def _day(tautan: LinkColumns, row: int, w: float) -> Reason:
    r, discrepancy = tautan.rinci, int(tautan.rinci.days_apart[row])
    if int(tautan.jenis[r.nomor[row]]) == REFUND:
        return Reason("tanggal", f"{-discrepancy} hari sesudah belanja", w, discrepancy <= 0)
    teks, same = day_text(int(r.day_class[row]), discrepancy)
    return Reason("tanggal", teks, w, same)


def _name(tautan: LinkColumns, row: int, w: float) -> Reason:
    similar = float(tautan.rinci.similar[row])
    return Reason("nama", name_text(similar), w, similar >= _SAME_NAME)


def name_text(similar: float) -> str:
    """`nama mirip 0,88`, or that a side names nobody (or a marketplace only)."""
    if math.isnan(similar):
        return "nama tidak dapat dibandingkan"
    return f"nama mirip {similar:.2f}".replace(".", ",")


def _total(both: BothSides, tautan: LinkColumns, jenis: int, rows: I64, w: float) -> Reason:
    r = tautan.rinci
    pecah = KINDS[jenis] == "pecah"
    bagian = both.catatan.nilai[r.c[rows]] if pecah else both.bank.nilai[r.b[rows]]
    kata = "belanja" if pecah else "baris bank"
    teks = f"{len(rows)} {kata} berjumlah Rp {Rupiah(int(bagian.sum()))}: tepat sama"
    return Reason("nilai", teks, w, True)


def _parts(tautan: LinkColumns, rows: I64) -> tuple[Reason, ...]:
    """Date and name of every part together."""
    r = tautan.rinci
    day = [day_text(int(r.day_class[row]), int(r.days_apart[row])) for row in rows]
    same = all(correct for _, correct in day)
    teks = "tanggal sama" if same else ", ".join(kata for kata, _ in day)
    similar = r.similar[rows]
    lowest = float(np.nanmin(similar)) if not np.isnan(similar).all() else math.nan
    return (
        Reason("tanggal", teks, float(r.w_day[rows].sum()), same),
        Reason("nama", name_text(lowest), float(r.w_name[rows].sum()), lowest >= _SAME_NAME),
    )


def short_reasons(both: BothSides, tautan: LinkColumns, rows: I64, *, rinci: bool) -> list[str]:
    """One line of reasons for each of `rows`; with `rinci` every weight, probability and margin.

    Rows that compare alike share their text; only differing amounts and sets are worded one by one.
    """
    r = tautan.rinci
    jenis = tautan.jenis[r.nomor[rows]]
    percent = np.where(np.isnan(r.similar[rows]), -1, np.nan_to_num(r.similar[rows]) * 100).round()
    discrepancy = r.days_apart[rows].astype(np.int64)
    smallest = int(discrepancy.min(initial=0))
    feature_values = combine_keys(
        jenis,
        r.day_class[rows].astype(np.int64),
        discrepancy - smallest,
        percent.astype(np.int64) + 1,
    )
    _, first_one, balik = np.unique(feature_values, return_index=True, return_inverse=True)
    tail = [_general(tautan, int(row)) for row in rows[first_one]]
    same = [f"nilai sama; {kata}" for kata in tail]
    teks = list(map(same.__getitem__, balik.tolist()))
    special = np.flatnonzero((jenis % REVERSAL != ONE) | (r.amount_class[rows] != 0))
    header = _special(both, tautan, rows[special])
    for n, ke, kata in zip(special.tolist(), balik[special].tolist(), header, strict=True):
        teks[n] = f"{kata}; {tail[ke]}"
    if rinci:
        teks = [f"{kata} [{_weights(tautan, row)}]" for kata, row in zip(teks, rows, strict=True)]
    return teks


def _general(tautan: LinkColumns, row: int) -> str:
    return f"{_day(tautan, row, 0.0).teks}; {_name(tautan, row, 0.0).teks}"


def _special(both: BothSides, tautan: LinkColumns, rows: I64) -> list[str]:
    """The amounts of rows in words, each by itself."""
    r, nomor = tautan.rinci, tautan.rinci.nomor[rows]
    # rows of one link stand together
    banyak = np.searchsorted(r.nomor, nomor, "right") - np.searchsorted(r.nomor, nomor)
    column = (
        tautan.jenis[nomor], r.amount_class[rows],
        both.bank.nilai[r.b[rows]], both.catatan.nilai[r.c[rows]], banyak,
    )  # fmt: skip
    hasil = []
    for jenis, kelas, bank, catatan, n in zip(*(isi.tolist() for isi in column), strict=True):
        if jenis in _SINGLE:
            hasil.append(_amount_words(jenis, kelas, bank, catatan)[0])
        else:
            kata = "belanja" if jenis == SPLIT else "baris bank"
            hasil.append(f"satu dari {n} {kata} yang jumlahnya tepat sama")
    return hasil


def _weights(tautan: LinkColumns, row: np.int64) -> str:
    r, n = tautan.rinci, int(tautan.rinci.nomor[row])
    bagian = (("nilai", r.w_amount[row]), ("tanggal", r.w_day[row]), ("nama", r.w_name[row]))
    teks = "; ".join(f"{kata} {w:+.2f}" for kata, w in bagian)
    finish = f"peluang {tautan.peluang[n]:.5f}; jarak {tautan.distance[n]:.2f}"
    return f"{teks}; {finish}".replace(".", ",")
