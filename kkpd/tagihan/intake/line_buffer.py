"""A file's lines while they are being taken in: read once, gone over again, little memory.

A short file is gone over in its own order. One of more than `SEKALI` lines is gone over day by day,
each day in the file's order: the books' unique index begins with the day, so that a million lines
fill one corner of it after the other, instead of all of it again with every batch. What does not
fit in memory lies in a nameless temporary file, as plain values without card numbers, and is gone
with the process.
"""

from __future__ import annotations

import marshal
import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat

from kkpd.core import gc_paused
from kkpd.engines.reading.equal_lines import Kembar
from kkpd.engines.reading.lines import Pembacaan, Ringkasan
from kkpd.tagihan.bill_arithmetic import jumlah_per
from kkpd.tagihan.intake.line_columns import Kolom, dari_baris

#: So many lines are sorted at once; those of a longer file go to disk, so many at a time.
DI_MEMORI = 150_000
#: About so many lines are gone over, and written into the books, at once.
SEKALI = 25_000

Lapor = Callable[[int], None]


class Gulungan:
    """The batches in order, and what was counted on the way."""

    def __init__(self) -> None:
        self.banyak = 0
        self.kartu: set[str | None] = set()
        self.mata_uang: set[str | None] = set()
        self.jumlah: dict[str, tuple[int, int]] = {}
        self.hari: set[tuple[str | None, str | None]] = set()
        self._kembar = Kembar()
        self._batches: Iterable[Kolom] = ()
        self._waiting: list[Kolom] = []
        self._banyak_menunggu = 0
        self._disk: _Disk | None = None

    def tambah(self, kolom: Kolom) -> None:
        """Keep one more batch."""
        self.banyak += len(kolom)
        self._kembar.tambah(kolom.kunci)
        self.kartu.update(kolom.kartu)
        self.mata_uang.update(kolom.mata_uang)
        for jenis, (count, sen) in jumlah_per(kolom.jenis, kolom.sen).items():
            known, total = self.jumlah.get(jenis, (0, 0))
            self.jumlah[jenis] = (known + count, total + sen)
        self.hari.update(zip(kolom.posting, kolom.transaksi, strict=True))
        self._waiting.append(kolom)
        self._banyak_menunggu += len(kolom)
        if self._banyak_menunggu > DI_MEMORI:
            self._to_disk()

    def selesai(self) -> None:
        """All is read: bring it into the order in which it is gone over."""
        if self._disk is not None:
            self._to_disk()
        elif self._waiting:
            whole, self._waiting = Kolom.gabung(self._waiting), []
            self._batches = _Terurut(whole) if len(whole) > SEKALI else [whole]

    def _to_disk(self) -> None:
        if self._waiting:
            self._disk = self._disk or _Disk()
            self._disk.tulis(Kolom.gabung(self._waiting))
            self._waiting, self._banyak_menunggu = [], 0

    @property
    def terakhir(self) -> str | None:
        """The last day of all lines."""
        return max(filter(None, chain.from_iterable(self.hari)), default=None)

    @cached_property
    def kembar(self) -> dict[str, int]:
        """The keys that several lines of the file have, with how many; asked when all is read."""
        return self._kembar.berulang(kolom.kunci for kolom in self)

    def __iter__(self) -> Iterator[Kolom]:
        """The batches again, from the first; several may go over them at once."""
        return iter(self._batches) if self._disk is None else _joined(self._disk)

    def bernomor(self) -> Iterator[tuple[int, Kolom]]:
        """Each batch with the position of its first line."""
        start = 0
        for kolom in self:
            yield start, kolom
            start += len(kolom)


class _Terurut:
    """Lines in memory, by day; each batch is picked when it is gone over for the first time.

    The first is small: a database that works beside us begins while the others are made ready.
    """

    def __init__(self, whole: Kolom) -> None:
        self._picks = whole.potong_per_hari(chain([SEKALI // 5 or 1], repeat(SEKALI)))
        self._picked: list[Kolom] = []

    def __iter__(self) -> Iterator[Kolom]:
        position = 0
        while position < len(self._picked) or self._pick():
            yield self._picked[position]
            position += 1

    def _pick(self) -> bool:
        """Whether there was one more batch."""
        found = next(self._picks, None)
        if found is not None:
            self._picked.append(found)
        return found is not None


class _Disk:
    """Lines in a temporary file, those of each day apart."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with this object)
        weakref.finalize(self, self._file.close)
        self._places: dict[str, list[tuple[int, int]]] = {}

    def tulis(self, kolom: Kolom) -> None:
        """Some more lines of the file."""
        for part in kolom.per_hari().tiap_hari(SEKALI):
            packed = marshal.dumps(part.bungkus())
            self._places.setdefault(part.hari, []).append((self._file.tell(), len(packed)))
            self._file.write(packed)
        self._file.flush()

    def __iter__(self) -> Iterator[Kolom]:
        """Day by day, the lines of one day in the file's order."""
        for day in sorted(self._places):
            for start, size in self._places[day]:
                packed = os.pread(self._file.fileno(), size, start)
                yield Kolom.buka(marshal.loads(packed))  # noqa: S302 (our own file, nameless)


def _joined(parts: Iterable[Kolom]) -> Iterator[Kolom]:
    """Small batches together, `SEKALI` lines and more at a time."""
    waiting: list[Kolom] = []
    count = 0
    for part in parts:
        waiting.append(part)
        count += len(part)
        if count >= SEKALI:
            yield Kolom.gabung(waiting)
            waiting, count = [], 0
    if waiting:
        yield Kolom.gabung(waiting)


@dataclass(frozen=True, slots=True)
class Tergulung:
    """A file read to its end, before any transaction needs it."""

    gulungan: Gulungan
    ringkasan: Ringkasan


@gc_paused.istirahat()
def gulung(bacaan: Pembacaan, lapor: Lapor | None = None) -> Tergulung:
    """Read to the end. `lapor` is told how many lines were read so far, after each batch."""
    found = Gulungan()
    for lines in bacaan.batches():
        found.tambah(dari_baris(lines))
        if lapor is not None:
            lapor(found.banyak)
    found.selesai()
    return Tergulung(found, bacaan.statement())
