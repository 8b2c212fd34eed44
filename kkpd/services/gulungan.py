"""A file's lines while they are being taken in: read once, gone over again, little memory.

Short files stay in memory; of long ones all batches lie in a nameless temporary file, as plain
values without card numbers, and are gone with the process.
"""

from __future__ import annotations

import marshal
import os
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from kkpd.domain.tagihan.bacaan import Pembacaan, Ringkasan
from kkpd.domain.tagihan.hitung import jumlah_per
from kkpd.domain.tagihan.kembar import Kembar
from kkpd.domain.tagihan.kolom import Kolom, dari_baris

#: Beyond this many lines the batches go to disk.
DI_MEMORI = 150_000
#: So many lines are kept, and written into the books, at once.
SEKALI = 25_000

Lapor = Callable[[int], None]


class Gulungan:
    """The batches in file order, and what was counted on the way."""

    def __init__(self) -> None:
        self.banyak = 0
        self.kartu: set[str | None] = set()
        self.mata_uang: set[str | None] = set()
        self.jumlah: dict[str, tuple[int, int]] = {}
        self.terakhir: str | None = None
        self._kembar = Kembar()
        self._batches: list[Kolom] = []
        self._waiting: list[Kolom] = []
        self._file: IO[bytes] | None = None
        self._places: list[int] = []

    def tambah(self, kolom: Kolom) -> None:
        """Keep one more batch."""
        self.banyak += len(kolom)
        self._kembar.tambah(kolom.kunci)
        self.kartu.update(kolom.kartu)
        self.mata_uang.update(kolom.mata_uang)
        for jenis, (count, sen) in jumlah_per(kolom.jenis, kolom.sen).items():
            known, total = self.jumlah.get(jenis, (0, 0))
            self.jumlah[jenis] = (known + count, total + sen)
        days = {*kolom.posting, *kolom.transaksi, self.terakhir} - {None}
        self.terakhir = max(filter(None, days), default=None)
        self._waiting.append(kolom)
        if sum(map(len, self._waiting)) >= SEKALI:
            self.selesai()

    def selesai(self) -> None:
        """Put what waits away as one batch: few large batches are written quicker than many."""
        if not self._waiting:
            return
        kolom, self._waiting = Kolom.gabung(self._waiting), []
        self._batches.append(kolom)
        if self.banyak > DI_MEMORI:
            for one in self._batches:
                self._write(one)
            self._batches.clear()

    @cached_property
    def kembar(self) -> dict[str, int]:
        """The keys that several lines of the file have, with how many; asked when all is read."""
        return self._kembar.berulang(kolom.kunci for kolom in self)

    def _write(self, kolom: Kolom) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with this object)
            weakref.finalize(self, self._file.close)
        self._places.append(self._file.seek(0, os.SEEK_END))
        marshal.dump(kolom.bungkus(), self._file)

    def __iter__(self) -> Iterator[Kolom]:
        """The batches again, from the first; several may go over them at once."""
        yield from self._batches
        for place in self._places:
            assert self._file is not None, "batches lie in a file"
            self._file.seek(place)
            yield Kolom.buka(marshal.load(self._file))  # noqa: S302 (our own file, nameless)

    def bernomor(self) -> Iterator[tuple[int, Kolom]]:
        """Each batch with the position of its first line."""
        start = 0
        for kolom in self:
            yield start, kolom
            start += len(kolom)


@dataclass(frozen=True, slots=True)
class Tergulung:
    """A file read to its end, before any transaction needs it."""

    gulungan: Gulungan
    ringkasan: Ringkasan


def gulung(bacaan: Pembacaan, lapor: Lapor | None = None) -> Tergulung:
    """Read to the end. `lapor` is told how many lines were read so far, after each batch."""
    found = Gulungan()
    for lines in bacaan.batches():
        found.tambah(dari_baris(lines))
        if lapor is not None:
            lapor(found.banyak)
    found.selesai()
    return Tergulung(found, bacaan.statement())
