"""Readings of long files, kept aside so that each is read once: its lines, and what was remarked.

Keyed by the file's hash, the profile and the answers. Card numbers are hidden already. A reading is
thrown away when its file is taken in, or after a week.

When the reader's result changes its shape, raise `SHAPE`. Kept readings may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from kkpd.core.errors import Finding
from kkpd.core.proof.canonical import Json, dumps
from kkpd.engines.reading.lines import ReadSummary
from kkpd.engines.reading.statement import Bill, Choice, Question, Skipped, Statement
from kkpd.records.custody import intact
from kkpd.tagihan.intake.line_buffer import BufferedFile, LineBuffer
from kkpd.tagihan.intake.line_columns import LineColumns

#: The form of these files; another one is read anew.
SHAPE: Final = 4
_WEEK_SECONDS: Final = 7 * 24 * 3600
_DAY: Final = frozenset({"bill_date", "due_date"})
_MONEY: Final = frozenset(
    {
        *("previous_balance", "payments", "new_charges", "stamp_duty", "total_due"),
        *("opening", "closing"),
    }
)


@dataclass(frozen=True, slots=True)
class ReadingShelf:
    """The folder of readings; a reading is whole or absent."""

    root: Path

    def present(self, kunci: str) -> bool:
        """Whether the file was read so."""
        return (self.root / kunci).exists()

    def load_data(self, kunci: str) -> BufferedFile | None:
        """The reading; None when there is none, or none that can still be read: it is made anew."""
        try:
            with (self.root / kunci).open("rb") as handle:
                count, summary = json.loads(marshal.load(handle))  # noqa: S302 (our own file)
                return BufferedFile(_lines(handle, count), _summary(summary))
        except FileNotFoundError:
            return None
        except (EOFError, ValueError, TypeError, LookupError):  # damaged, or of another Python
            self.drop(kunci)
            return None

    def simpan(self, kunci: str, read: BufferedFile) -> None:
        """Keep a reading, and throw away those that nobody came for."""
        self.root.mkdir(parents=True, exist_ok=True)
        for old in self.root.iterdir():
            if old.stat().st_mtime < time.time() - _WEEK_SECONDS:
                old.unlink(missing_ok=True)
        with intact(self.root / kunci) as handle:
            marshal.dump(json.dumps([read.buffer.banyak, _fields(read.summary)]), handle)
            for kolom in read.buffer:
                marshal.dump(kolom.pack(), handle)

    def drop(self, kunci: str) -> None:
        """The file is in the books: its reading has done its work."""
        (self.root / kunci).unlink(missing_ok=True)


def reading_key(sha256: str, profil: str, jawaban: Mapping[str, str]) -> str:
    """What a reading depends on; `profil` is the profile's text, empty for recognition."""
    asked: Json = {"bentuk": SHAPE, "isi": sha256, "profil": profil, "jawaban": dict(jawaban)}
    return hashlib.sha256(dumps(asked)).hexdigest()


def _lines(handle: IO[bytes], count: int) -> LineBuffer:
    """The lines; ValueError when there are not as many as were kept."""
    found = LineBuffer()
    for packed in _each(handle):
        found.add_in(LineColumns.buka(packed))
    found.selesai()
    if found.banyak != count:
        raise ValueError(f"{found.banyak} lines of {count}")
    return found


def _each(handle: IO[bytes]) -> Iterator[Any]:
    end = os.fstat(handle.fileno()).st_size
    while handle.tell() < end:
        yield marshal.load(handle)  # noqa: S302 (our own file)


def _fields(read: ReadSummary) -> dict[str, Any]:
    return {
        "format": read.format,
        "profile": read.profile,
        "currency": read.currency,
        "rows": read.rows,
        "unread": read.unread,
        "skipped": [(one.row, one.reason, one.text, one.sheet) for one in read.skipped],
        "findings": [
            (one.rule, one.message, one.severity, one.row, one.field, dict(one.inputs))
            for one in read.findings
        ],
        "questions": [
            (one.key, one.text, [(choice.value, choice.label) for choice in one.choices])
            for one in read.questions
        ],
        "bills": [_plain(one) for one in read.bills],
    }


def _plain(bill: object) -> dict[str, str | None]:
    values = {one.name: getattr(bill, one.name, None) for one in fields(Bill)}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _summary(found: dict[str, Any]) -> Statement:
    return Statement(
        format=found["format"],
        profile=found["profile"],
        sha256="",
        opening=None,
        closing=None,
        currency=found["currency"],
        lines=(),
        skipped=tuple(Skipped(*one) for one in found["skipped"]),
        findings=tuple(Finding(*one) for one in found["findings"]),
        questions=tuple(
            Question(key, text, tuple(Choice(*choice) for choice in choices))
            for key, text, choices in found["questions"]
        ),
        bills=tuple(_bill(one) for one in found["bills"]),
        rows=found["rows"],
        unread=found["unread"],
    )


def _bill(texts: Mapping[str, str | None]) -> Bill:
    values: dict[str, Any] = {
        name: date.fromisoformat(text)
        if name in _DAY
        else Decimal(text)
        if name in _MONEY
        else text
        for name, text in texts.items()
        if text is not None
    }
    return Bill(**values)
