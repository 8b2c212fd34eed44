"""A frozen document on the screen: the same cells, in the same words, as on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kkpd.core.money import Rupiah
from kkpd.engines.paper import Dokumen, Kelompok, Kolom, Paragraf, Rincian, Tabel, Terbilang
from kkpd.engines.paper.cell_text import tampil
from kkpd.engines.paper.parts import Baris, Rata

#: Rows of one table that a preview shows; the files hold all of them.
BARIS_PRATINJAU = 200
_KANAN = ("uang", "angka", "persen")


@dataclass(frozen=True, slots=True)
class SelTampil:
    """One cell as text."""

    teks: str
    angka: bool


@dataclass(frozen=True, slots=True)
class Golongan:
    """Rows under a heading ("" for none) with the subtotal row, None where there is none."""

    judul: str
    baris: tuple[tuple[SelTampil, ...], ...]
    jumlah: tuple[SelTampil, ...] | None


@dataclass(frozen=True, slots=True)
class TabelTampil:
    """A table to show; `sisa` rows are only in the files."""

    judul: str
    kepala: tuple[SelTampil, ...]
    golongan: tuple[Golongan, ...]
    label_jumlah: str
    jumlah: tuple[SelTampil, ...]
    kosong: str
    sisa: int


@dataclass(frozen=True, slots=True)
class BagianTampil:
    """One part: `jenis` is rincian, paragraf, terbilang or tabel, and names the field that holds
    it.
    """

    jenis: str
    rincian: tuple[tuple[str, str], ...] = ()
    teks: str = ""
    nomor: str = ""
    tabel: TabelTampil | None = None


def bagian(dokumen: Dokumen) -> Iterator[BagianTampil]:
    """The parts of the document in order."""
    for part in dokumen.isi:
        if isinstance(part, Rincian):
            yield BagianTampil("rincian", rincian=tuple((b.label, b.isi) for b in part.butir))
        elif isinstance(part, Paragraf):
            yield BagianTampil("paragraf", teks=part.teks, nomor=part.nomor)
        elif isinstance(part, Terbilang):
            yield BagianTampil("rincian", rincian=((part.label, part.kata),))
        else:
            yield BagianTampil("tabel", tabel=_table(part))


def banyak_baris(dokumen: Dokumen) -> int:
    """Rows of all its tables."""
    return sum(len(group.baris) for table in dokumen.tabel for group in table.kelompok)


def _table(tabel: Tabel) -> TabelTampil:
    groups, left = [], BARIS_PRATINJAU
    for group in tabel.kelompok:
        if left > 0:
            groups.append(_group(tabel, group, left))
        left -= len(group.baris)
    return TabelTampil(
        judul=tabel.judul,
        kepala=tuple(
            SelTampil(_head(kolom), _right(kolom.rata, kolom.jenis)) for kolom in tabel.kolom
        ),
        golongan=tuple(groups),
        label_jumlah=tabel.label_jumlah,
        jumlah=_sums(tabel, tabel.jumlah) if tabel.dijumlah else (),
        kosong=tabel.kosong,
        sisa=max(0, -left),
    )


def _head(kolom: Kolom) -> str:
    return f"{kolom.grup}: {kolom.judul}" if kolom.grup else kolom.judul


def _group(tabel: Tabel, group: Kelompok, most: int) -> Golongan:
    rows = tuple(_row(tabel, row) for row in islice(group.baris, most))
    sums = _sums(tabel, group.jumlah) if group.judul and tabel.dijumlah else None
    return Golongan(group.judul, rows, sums)


def _row(tabel: Tabel, row: Baris) -> tuple[SelTampil, ...]:
    return tuple(
        SelTampil(tampil(kolom.jenis, cell), _right(kolom.rata, kolom.jenis))
        for kolom, cell in zip(tabel.kolom, row, strict=True)
    )


def _right(rata: Rata, jenis: str) -> bool:
    return jenis in _KANAN and rata != "tengah"


def _sums(tabel: Tabel, amounts: tuple[Rupiah, ...]) -> tuple[SelTampil, ...]:
    """A row of sums under the totalled columns."""
    at = dict(zip(tabel.dijumlah, amounts, strict=True))
    return tuple(
        SelTampil(str(at[i]) if i in at else "", kolom.jenis in _KANAN)
        for i, kolom in enumerate(tabel.kolom)
    )
