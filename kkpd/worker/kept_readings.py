"""Readings kept aside, so that each file is read once: for the upload, the check and taking it in.

Keyed by the file's hash, the profile and the answers. Card numbers are hidden already. A reading is
thrown away when its file is taken in, or after a week. These files are the installation's own, as
its database is, and only the shapes of a reading are loaded from them: a file that somebody
else put there runs nothing.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kkpd.core.errors import Finding
from kkpd.core.files import intact
from kkpd.core.proof.canonical import Json, dumps
from kkpd.engines.reading.statement import Bill, Choice, Line, Question, Skipped, Statement

#: The form of these files; another one is read anew.
SHAPE: Final = 5
_WEEK_SECONDS: Final = 7 * 24 * 3600
#: What reading a damaged file, or one of another version, ends with.
_DAMAGED: Final = (
    *(pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError),
    *(AttributeError, ImportError, MemoryError),
)
#: All that a reading is made of; whatever else a file names is not loaded.
_SHAPES: Final = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (Statement, Line, Skipped, Choice, Question, Bill, Finding, date, Decimal)
}


class _Reader(pickle.Unpickler):
    """Loads the shapes of a reading and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """UnpicklingError for any other class or function."""
        if (module, name) not in _SHAPES:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a reading")
        return _SHAPES[module, name]


@dataclass(frozen=True, slots=True)
class ReadingShelf:
    """The folder of readings; a reading is whole or absent."""

    root: Path

    def present(self, kunci: str) -> bool:
        """Whether the file was read so."""
        return (self.root / kunci).exists()

    def load_data(self, kunci: str) -> Statement | None:
        """The reading; None when there is none, or none that can still be read: it is made anew."""
        try:
            with (self.root / kunci).open("rb") as handle:
                found = _Reader(handle).load()
        except FileNotFoundError:
            return None
        except _DAMAGED:
            found = None
        if isinstance(found, Statement):
            return found
        self.drop(kunci)
        return None

    def save(self, kunci: str, read: Statement) -> None:
        """Keep a reading, and throw away those that nobody came for."""
        self.root.mkdir(parents=True, exist_ok=True)
        for old in self.root.iterdir():
            if old.stat().st_mtime < time.time() - _WEEK_SECONDS:
                old.unlink(missing_ok=True)
        with intact(self.root / kunci) as handle:
            pickle.dump(read, handle)

    def drop(self, kunci: str) -> None:
        """The file is in the books: its reading has done its work."""
        (self.root / kunci).unlink(missing_ok=True)


def reading_key(sha256: str, profil: str, jawaban: Mapping[str, str]) -> str:
    """What a reading depends on; `profil` is the profile's text, empty for recognition."""
    asked: Json = {"bentuk": SHAPE, "isi": sha256, "profil": profil, "jawaban": dict(jawaban)}
    return hashlib.sha256(dumps(asked)).hexdigest()
