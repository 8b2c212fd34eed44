"""An audit package as a ZIP, with the log's part: its end, its events, the proving checkpoint.

The same content gives the same bytes, read from anywhere offline. `periksa.py`, `opening.py`,
`cells.py` and `ed25519.py` travel inside every package, so they use the standard library only;
`_IMPORTS` lists their import lines that are replaced on the way.

A package of closed months ends with the last event about them, not with the newest event, so it is
the same package on any later day until something in it changes. A new kind of event that only reads
belongs in `READING_KINDS`, or it would change packages of months that are still open.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import time as clock
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span
from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.merkle import Frontier
from kkpd.models import (
    BarisBank,
    Chain,
    Dokumen,
    Event,
    Impor,
    Opd,
    Periode,
    Selisih,
    Tagihan,
    Transaksi,
)
from kkpd.reports.package import periksa
from kkpd.reports.package.contents import berkas, within

VERSION: Final = 2
#: Compressed formats are stored without compressing again.
_COMPRESSED: Final = (".pdf", ".png", ".jpg", ".jpeg", ".xlsx", ".webp")


class AuditPackage:
    """Writes files one after the other, then the manifest over them, PERIKSA.md and the verifier.

    `at` is the moment of the package's checkpoint, the only time in the file.
    """

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w", allowZip64=True)
        self._at = (at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
        self._files: dict[str, Json] = {}
        self._reports: list[Json] = []
        self._lost: list[Json] = []

    def __enter__(self) -> AuditPackage:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def lost(self, name: str) -> None:
        """A file that is missing or changed in its store; the verifier will report it."""
        self._lost.append(name)

    def add_in(self, name: str, data: bytes) -> None:
        """Add a file; a duplicate name is a ValueError."""
        if name in self._files:
            raise ValueError(f"{name} is in the package already")
        self._files[name] = {"sha256": sha256(data).hexdigest(), "ukuran": len(data)}
        self._put(name, data)

    def reporting(self, nomor: str, name: str, data: bytes, pdf: bytes) -> None:
        """An issued report: its data beside its PDF, both checked by the verifier."""
        self.add_in(f"{name}.json", data)
        self.add_in(f"{name}.pdf", pdf)
        self._reports.append({"nomor": nomor, "data": f"{name}.json", "pdf": f"{name}.pdf"})

    def finish_up(
        self, about: dict[str, Json], instructions: str, tanda: Callable[[bytes], bytes]
    ) -> None:
        """Write the instructions, the verifier, and the manifest with its signature by `tanda` (the
        log's key); this completes the ZIP.
        """
        self.add_in("PERIKSA.md", instructions.encode())
        self.add_in("periksa.py", verifier_source())
        manifest = canonical.dumps(
            {
                **about,
                "v": VERSION,
                "files": self._files,
                "laporan": self._reports,
                "hilang": self._lost,
            }
        )
        self._put("manifes.json", manifest)
        signed = tanda(periksa.MANIFEST_PREFIX + manifest).hex()
        self._put("manifes.tanda.txt", f"{signed}\n".encode())

    def _put(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, self._at)
        packed = name.lower().endswith(_COMPRESSED)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)


def verifier_source() -> bytes:
    """The stand-alone verifier: one file that needs the standard library and nothing else."""
    return Path(periksa.__file__).read_bytes()


def data_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV (RFC 4180, UTF-8 with BOM), harmless in a spreadsheet.

    An amount keeps its minus sign: a number is no formula.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([periksa.safe_cell(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


_AT_ONCE: Final = 500
#: Events that only record a download: they change nothing in a package.
READING_KINDS: Final = (
    "laporan:analisis:jalan",
    "laporan:unduh",
    "laporan:paket:buat",
    "laporan:paket:unduh",
    "laporan:sipd:unduh",
)


@dataclass(frozen=True, slots=True)
class LogExcerpt:
    """Events of the OPD's chain from `start` (counted from 1) to its end, with their proof."""

    of_chain: str
    start: int
    earlier: str
    puncak: tuple[str, ...]
    log_events: tuple[bytes, ...]


def bound(session: Session, opd: Opd, span: Span) -> int:
    """The number in the OPD's chain of the last event that the package must hold.

    While a month is open this is the last event that is not a download; once all months are closed,
    only events about them count.
    """
    chain = _chain(session, opd)
    told = Event.jenis.not_in(READING_KINDS)
    if not _closed(session, opd.id, span):
        newest = select(func.max(Event.seq)).where(Event.chain_id == chain.id, told)
        return session.scalar(newest) or 0
    return _of_subjects(session, chain, opd.id, span, func.max, told)[-1]


def _closed(session: Session, opd_id: int, span: Span) -> bool:
    closed = session.scalar(
        select(func.count())
        .select_from(Periode)
        .where(*within(Periode, opd_id, span), Periode.status != "terbuka")
    )
    return closed == span.finish - span.start + 1


def _chain(session: Session, opd: Opd) -> Chain:
    return session.scalars(select(Chain).where(Chain.opd_id == opd.id)).one()


def excerpt(session: Session, opd: Opd, span: Span, ukuran: int) -> LogExcerpt:
    """The events from the first that concerns the months to number `ukuran` of the OPD's chain."""
    chain = _chain(session, opd)
    first = min(_first(session, chain, opd.id, span), ukuran + 1)
    before = session.execute(
        select(Event.daun)
        .where(Event.chain_id == chain.id, Event.seq < first)
        .order_by(Event.seq)
        .execution_options(yield_per=5_000)
    )
    frontier, previous = Frontier(), bytes(32)
    for (leaf,) in before:
        frontier, previous = frontier.append(leaf), leaf
    rows = session.scalars(
        select(Event.isi)
        .where(Event.chain_id == chain.id, Event.seq >= first, Event.seq <= ukuran)
        .order_by(Event.seq)
    )
    peaks = tuple(peak.hex() for peak in frontier.peaks)
    return LogExcerpt(chain.nama, first, previous.hex(), peaks, tuple(rows))


def _first(session: Session, chain: Chain, opd_id: int, span: Span) -> int:
    """The sequence number with which the extract must begin."""
    midnight = datetime.combine(span.mulai, clock(), ZoneInfo("Asia/Jakarta"))
    since = select(func.min(Event.seq)).where(Event.chain_id == chain.id, Event.at >= midnight)
    found = [session.scalar(since), *_of_subjects(session, chain, opd_id, span, func.min)]
    return min((seq for seq in found if seq), default=chain.ukuran + 1)


def _of_subjects(
    session: Session, chain: Chain, opd_id: int, span: Span, ends: Any, *where: Any
) -> list[int]:
    """First or last numbers (`ends`) of events about what the package holds, ascending; [0] where
    there are none.
    """
    mine = select(ends(Event.seq)).where(Event.chain_id == chain.id, *where)
    subjects, found = list(_subjects(session, opd_id, span)), [0]
    for at in range(0, len(subjects), _AT_ONCE):
        seq = session.scalar(mine.where(Event.subjek.in_(subjects[at : at + _AT_ONCE])))
        found.append(seq or 0)
    issued = select(Dokumen.event_id).where(*within(Dokumen, opd_id, span))
    found.append(session.scalar(mine.where(Event.id.in_(issued))) or 0)
    return sorted(found)


def _subjects(session: Session, opd_id: int, span: Span) -> Iterator[str]:
    """The subjects of events about the months' purchases, papers, bills, files and closings."""
    for name, model in (
        ("transaksi", Transaksi),
        ("dokumen", Dokumen),
        ("baris_bank", BarisBank),
        ("tagihan", Tagihan),
        ("selisih", Selisih),
    ):
        keys = session.scalars(select(model.id).where(*within(model, opd_id, span)))
        yield from (f"{name}:{key}" for key in keys)
    files = berkas(opd_id, span)
    yield from (f"berkas:{key}" for key in session.scalars(files))
    received = select(Impor.id).where(Impor.opd_id == opd_id, Impor.berkas_id.in_(files))
    yield from (f"impor:{key}" for key in session.scalars(received))
    for month in range(span.start, span.finish + 1):
        yield f"periode:{span.tahun}-{month:02d}"
