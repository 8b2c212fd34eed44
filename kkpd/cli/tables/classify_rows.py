"""The answers of `kkpd classify`: from a row's cells to the cells that are added to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from kkpd.cli.tables.classify_table import CsvTable, money, volume
from kkpd.core.money import Rupiah
from kkpd.engines.classify import Classified, Item, judge

#: Equal rows are decided once; the memory of them is emptied when it is full.
MAX_REMEMBERED = 20_000
#: Columns that hold a number, in the order in which a damaged one is named.
_READERS: dict[str, Callable[[str], object]] = {"volume": volume, "harga": money, "nilai": money}
_FIELDS = Item._fields
_EMPTY: tuple[object, ...] = tuple(Item(""))


class RowPolicy(NamedTuple):
    """The options of one run, checked."""

    threshold: float
    bound: Rupiah | None
    book_limit: Rupiah | None
    tanpa_rekening: bool
    rinci: bool


class Answerer:
    """Answers rows of one table; in a year of purchases the same row returns often."""

    def __init__(self, data_table: CsvTable, aturan: RowPolicy) -> None:
        place = dict(data_table.positions)
        if aturan.tanpa_rekening:
            place.pop("kode_rekening", None)
        self._positions = list(place.values())
        #: Where each column stands among the fields of `Item`, and how it is read.
        self._contents = [
            (_FIELDS.index(name), at, _READERS.get(name)) for name, at in place.items()
        ]
        self._detail = aturan.rinci
        self._value = judge(
            capitalisation_limit=aturan.bound,
            threshold=aturan.threshold,
            book_limit=aturan.book_limit,
            rinci=aturan.rinci,
        )

    def reply(
        self, rows: Iterable[tuple[list[str], str | None]], counts: dict[str, int]
    ) -> Iterator[list[str]]:
        """Each row with its answer; counts the classes on the way."""
        known: dict[object, list[str]] = {}
        pick = itemgetter(*self._positions)
        for cells, damage in rows:
            key = pick(cells)
            added = known.get(key) if damage is None else self._sel(cells, damage)
            if added is None:
                added = self._sel(cells, None)
                if len(known) >= MAX_REMEMBERED:
                    known.clear()
                known[key] = added
            counts[added[0]] += 1
            yield cells + added

    def _sel(self, cells: list[str], damage: str | None) -> list[str]:
        """The added cells of a row; the first is its class."""
        putusan = self._decide(cells, damage)
        added = [
            putusan.kelas,
            putusan.best_kelas,
            f"{putusan.keyakinan:.3f}",
            ";".join([usul.kode for usul in putusan.proposed_rekening]),
            putusan.aturan,
            putusan.alasan,
            putusan.yang_mengubah,
        ]
        if self._detail:
            added.append("; ".join([f"{row.what} {row.bagian:+.2f}" for row in putusan.bukti]))
            added.append(" ".join([finding.message for finding in putusan.temuan]))
        return added

    def _decide(self, cells: list[str], damage: str | None) -> Classified:
        """The answer for one row; what cannot be read makes it `ragu` with the reason."""
        row = list(_EMPTY)
        for field, at, read in self._contents:
            row[field] = text = cells[at]
            if read is not None:
                try:
                    row[field] = read(text)
                except ValueError:
                    row[field] = None
                    name = _FIELDS[field]
                    damage = damage or f"Kolom {name} berisi “{text[:30]}”, bukan angka"
        putusan = self._value(Item._make(row))
        return putusan if damage is None else _damaged(putusan, damage)


def _damaged(putusan: Classified, damage: str) -> Classified:
    return putusan._replace(
        kelas="ragu",
        keyakinan=0.5,
        aturan="baris_tak_terbaca",
        alasan=f"{damage}; jawaban terbaik hanya dari isi lainnya.",
        yang_mengubah="Perbaiki baris ini di berkas, lalu ulangi.",
    )
