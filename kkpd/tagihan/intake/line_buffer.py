"""A file's lines while they are being taken in: read once, gone over again, little memory.

A short file is gone over in its own order. One of more than `AT_ONCE` lines is gone over day by
day, each day in the file's order: the books' unique index begins with the day, so that a million
lines fill one corner of it after the other, instead of all of it again with every batch. What does
not fit in memory lies in a nameless temporary file, as plain values without card numbers, and is
gone with the process.
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
from kkpd.engines.reading.equal_lines import EqualLines
from kkpd.engines.reading.lines import BatchReading, ReadSummary
from kkpd.tagihan.bill_arithmetic import sums_by_key
from kkpd.tagihan.intake.line_columns import LineColumns, columns_of_lines

#: So many lines are sorted at once; those of a longer file go to disk, so many at a time.
IN_MEMORY = 150_000
#: About so many lines are gone over, and written into the books, at once.
AT_ONCE = 25_000

OnProgress = Callable[[int], None]


class LineBuffer:
    """The batches in order, and what was counted on the way."""

    def __init__(self) -> None:
        self.banyak = 0
        self.kartu: set[str | None] = set()
        self.mata_uang: set[str | None] = set()
        self.jumlah: dict[str, tuple[int, int]] = {}
        self.day: set[tuple[str | None, str | None]] = set()
        self._twins = EqualLines()
        self._batches: Iterable[LineColumns] = ()
        self._waiting: list[LineColumns] = []
        self._waiting_count = 0
        self._disk: _Disk | None = None

    def add_in(self, kolom: LineColumns) -> None:
        """Keep one more batch."""
        self.banyak += len(kolom)
        self._twins.add_in(kolom.kunci)
        self.kartu.update(kolom.kartu)
        self.mata_uang.update(kolom.mata_uang)
        for jenis, (count, sen) in sums_by_key(kolom.jenis, kolom.sen).items():
            known, total = self.jumlah.get(jenis, (0, 0))
            self.jumlah[jenis] = (known + count, total + sen)
        self.day.update(zip(kolom.posting, kolom.transaksi, strict=True))
        self._waiting.append(kolom)
        self._waiting_count += len(kolom)
        if self._waiting_count > IN_MEMORY:
            self._to_disk()

    def selesai(self) -> None:
        """All is read: bring it into the order in which it is gone over."""
        if self._disk is not None:
            self._to_disk()
        elif self._waiting:
            whole, self._waiting = LineColumns.combine(self._waiting), []
            self._batches = _SortedByDay(whole) if len(whole) > AT_ONCE else [whole]

    def _to_disk(self) -> None:
        if self._waiting:
            self._disk = self._disk or _Disk()
            self._disk.write_out(LineColumns.combine(self._waiting))
            self._waiting, self._waiting_count = [], 0

    @property
    def terakhir(self) -> str | None:
        """The last day of all lines."""
        return max(filter(None, chain.from_iterable(self.day)), default=None)

    @cached_property
    def twins(self) -> dict[str, int]:
        """The keys that several lines of the file have, with how many; asked when all is read."""
        return self._twins.repeated(kolom.kunci for kolom in self)

    def __iter__(self) -> Iterator[LineColumns]:
        """The batches again, from the first; several may go over them at once."""
        return iter(self._batches) if self._disk is None else _joined(self._disk)

    def numbered(self) -> Iterator[tuple[int, LineColumns]]:
        """Each batch with the position of its first line."""
        start = 0
        for kolom in self:
            yield start, kolom
            start += len(kolom)


class _SortedByDay:
    """Lines in memory, by day; each batch is picked when it is gone over for the first time.

    The first is small: a database that works beside us begins while the others are made ready.
    """

    def __init__(self, whole: LineColumns) -> None:
        self._picks = whole.slices_by_day(chain([AT_ONCE // 5 or 1], repeat(AT_ONCE)))
        self._picked: list[LineColumns] = []

    def __iter__(self) -> Iterator[LineColumns]:
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

    def write_out(self, kolom: LineColumns) -> None:
        """Some more lines of the file."""
        for part in kolom.by_day().each_day(AT_ONCE):
            packed = marshal.dumps(part.pack())
            self._places.setdefault(part.day, []).append((self._file.tell(), len(packed)))
            self._file.write(packed)
        self._file.flush()

    def __iter__(self) -> Iterator[LineColumns]:
        """Day by day, the lines of one day in the file's order."""
        for day in sorted(self._places):
            for start, size in self._places[day]:
                packed = os.pread(self._file.fileno(), size, start)
                yield LineColumns.buka(marshal.loads(packed))  # noqa: S302 (our own file, nameless)


def _joined(parts: Iterable[LineColumns]) -> Iterator[LineColumns]:
    """Small batches together, `AT_ONCE` lines and more at a time."""
    waiting: list[LineColumns] = []
    count = 0
    for part in parts:
        waiting.append(part)
        count += len(part)
        if count >= AT_ONCE:
            yield LineColumns.combine(waiting)
            waiting, count = [], 0
    if waiting:
        yield LineColumns.combine(waiting)


@dataclass(frozen=True, slots=True)
class BufferedFile:
    """A file read to its end, before any transaction needs it."""

    buffer: LineBuffer
    summary: ReadSummary


@gc_paused.pause()
def fill_buffer(file_reading: BatchReading, on_progress: OnProgress | None = None) -> BufferedFile:
    """Read to the end. `on_progress` is told how many lines were read so far, after each batch."""
    found = LineBuffer()
    for lines in file_reading.batches():
        found.add_in(columns_of_lines(lines))
        if on_progress is not None:
            on_progress(found.banyak)
    found.selesai()
    return BufferedFile(found, file_reading.statement())
