"""Both sides as columns in one canonical order, so that no answer depends on the order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kkpd.engines.matching.arrays import I64, Ya, order_by_keys

#: A day that the file does not give.
NO_DAY = -1


@dataclass(frozen=True, slots=True)
class MatchColumns:
    """One side before ordering: `kartu` and `nama` are codes into `daftar_*`, `nilai` whole sen.

    `day` is the transaction day (the typed day of a purchase), `posting` the posting day, both as
    proleptic ordinals or TANPA_HARI. `id` are the file's own names of the rows; `opd` codes into
    `opd_list` (none for a statement, which does not know OPDs). `unique_ids`: known to all differ.
    """

    id: Sequence[str]
    kartu: I64
    card_list: Sequence[str]
    day: I64
    posting: I64
    nilai: I64
    nama: I64
    name_list: Sequence[str]
    opd: I64
    opd_list: Sequence[str]
    unique_ids: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One side in canonical order: by card, amount, reference day; row i is row `asal[i]` given."""

    asal: I64
    kartu: I64
    acuan: I64
    day: I64
    posting: I64
    nilai: I64
    amount_code: I64
    nama: I64
    name_list: Sequence[str]

    def __len__(self) -> int:
        return len(self.asal)


@dataclass(frozen=True, slots=True)
class BothSides:
    """Both sides with common codes for cards (`card_count`) and amounts (`amount_count`)."""

    bank: Side
    catatan: Side
    card_count: int
    amount_count: int


def susun(
    bank: MatchColumns,
    catatan: MatchColumns,
    lines_eligible: Ya | None = None,
    purchases_eligible: Ya | None = None,
) -> BothSides:
    """Common codes and canonical order for the rows of both sides that may be linked."""
    kartu = sorted({*bank.card_list, *catatan.card_list})
    tempat = {nama: kode for kode, nama in enumerate(kartu)}
    lines_picked, purchases_picked = (
        _eligible_rows(bank, lines_eligible),
        _eligible_rows(catatan, purchases_eligible),
    )
    everything = np.concatenate([bank.nilai[lines_picked], catatan.nilai[purchases_picked]])
    nilai, sandi = np.unique(everything, return_inverse=True)
    bound = len(lines_picked)
    return BothSides(
        _build_side(bank, lines_picked, tempat, sandi[:bound].astype(np.int64)),
        _build_side(catatan, purchases_picked, tempat, sandi[bound:].astype(np.int64)),
        len(kartu),
        len(nilai),
    )


def _eligible_rows(kolom: MatchColumns, eligible: Ya | None) -> I64:
    if eligible is None:
        return np.arange(len(kolom.nilai), dtype=np.int64)
    return np.flatnonzero(eligible).astype(np.int64)


def _build_side(kolom: MatchColumns, picked: I64, tempat: dict[str, int], sandi: I64) -> Side:
    code_map = np.array([tempat[nama] for nama in kolom.card_list] or [0], dtype=np.int64)
    kartu, day, posting = code_map[kolom.kartu[picked]], kolom.day[picked], kolom.posting[picked]
    acuan = np.where(day == NO_DAY, posting, day)
    urut, twins = order_by_keys(kartu, sandi, acuan, day, posting)
    _order_twins(kolom, picked, urut, twins)
    return Side(
        asal=picked[urut],
        kartu=kartu[urut],
        acuan=acuan[urut],
        day=day[urut],
        posting=posting[urut],
        nilai=kolom.nilai[picked[urut]],
        amount_code=sandi[urut],
        nama=kolom.nama[picked[urut]],
        name_list=kolom.name_list,
    )


def _order_twins(kolom: MatchColumns, picked: I64, urut: I64, same: Ya) -> None:
    """Rows equal in card, amount and dates stand by text, then by id: a total order."""
    start = np.flatnonzero(same & ~np.concatenate([[False], same[:-1]]))
    finish = np.flatnonzero(same & ~np.concatenate([same[1:], [False]])) + 2
    for dari, sampai in zip(start.tolist(), finish.tolist(), strict=True):
        rows = sorted(
            (kolom.name_list[int(kolom.nama[picked[i]])], kolom.id[int(picked[i])], i)
            for i in urut[dari:sampai].tolist()
        )
        urut[dari:sampai] = [i for _, _, i in rows]
