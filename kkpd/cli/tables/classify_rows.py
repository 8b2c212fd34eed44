"""The answers of `kkpd classify`: from a row's cells to the cells that are added to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from kkpd.cli.tables.classify_table import Tabel, uang, volume
from kkpd.core.money import Rupiah
from kkpd.engines.classify import Barang, Putusan, penilai

#: Equal rows are decided once; the memory of them is emptied when it is full.
MAKS_INGAT = 20_000
#: Columns that hold a number, in the order in which a damaged one is named.
_BACA: dict[str, Callable[[str], object]] = {"volume": volume, "harga": uang, "nilai": uang}
_MEDAN = Barang._fields
_KOSONG: tuple[object, ...] = tuple(Barang(""))


class Aturan(NamedTuple):
    """The options of one run, checked."""

    ambang: float
    batas: Rupiah | None
    batas_buku: Rupiah | None
    tanpa_rekening: bool
    rinci: bool


class Penjawab:
    """Answers rows of one table; in a year of purchases the same row returns often."""

    def __init__(self, tabel: Tabel, aturan: Aturan) -> None:
        place = dict(tabel.letak)
        if aturan.tanpa_rekening:
            place.pop("kode_rekening", None)
        self._letak = list(place.values())
        #: Where each column stands among the fields of `Barang`, and how it is read.
        self._isi = [(_MEDAN.index(name), at, _BACA.get(name)) for name, at in place.items()]
        self._rinci = aturan.rinci
        self._nilai = penilai(
            batas_kapitalisasi=aturan.batas,
            ambang=aturan.ambang,
            batas_buku=aturan.batas_buku,
            rinci=aturan.rinci,
        )

    def jawab(
        self, rows: Iterable[tuple[list[str], str | None]], counts: dict[str, int]
    ) -> Iterator[list[str]]:
        """Each row with its answer; counts the classes on the way."""
        known: dict[object, list[str]] = {}
        pick = itemgetter(*self._letak)
        for cells, damage in rows:
            key = pick(cells)
            added = known.get(key) if damage is None else self._sel(cells, damage)
            if added is None:
                added = self._sel(cells, None)
                if len(known) >= MAKS_INGAT:
                    known.clear()
                known[key] = added
            counts[added[0]] += 1
            yield cells + added

    def _sel(self, cells: list[str], damage: str | None) -> list[str]:
        """The added cells of a row; the first is its class."""
        putusan = self._putuskan(cells, damage)
        added = [
            putusan.kelas,
            putusan.kelas_terbaik,
            f"{putusan.keyakinan:.3f}",
            ";".join([usul.kode for usul in putusan.rekening_usul]),
            putusan.aturan,
            putusan.alasan,
            putusan.yang_mengubah,
        ]
        if self._rinci:
            added.append("; ".join([f"{row.apa} {row.bagian:+.2f}" for row in putusan.bukti]))
            added.append(" ".join([finding.message for finding in putusan.temuan]))
        return added

    def _putuskan(self, cells: list[str], damage: str | None) -> Putusan:
        """The answer for one row; what cannot be read makes it `ragu` with the reason."""
        row = list(_KOSONG)
        for field, at, read in self._isi:
            row[field] = text = cells[at]
            if read is not None:
                try:
                    row[field] = read(text)
                except ValueError:
                    row[field] = None
                    name = _MEDAN[field]
                    damage = damage or f"Kolom {name} berisi “{text[:30]}”, bukan angka"
        putusan = self._nilai(Barang._make(row))
        return putusan if damage is None else _rusak(putusan, damage)


def _rusak(putusan: Putusan, damage: str) -> Putusan:
    return putusan._replace(
        kelas="ragu",
        keyakinan=0.5,
        aturan="baris_tak_terbaca",
        alasan=f"{damage}; jawaban terbaik hanya dari isi lainnya.",
        yang_mengubah="Perbaiki baris ini di berkas, lalu ulangi.",
    )
