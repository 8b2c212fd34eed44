"""Readings kept aside, so that each file is read once: for the upload, the check and taking it in.

Keyed by the file's hash, the profile and the answers. Card numbers are hidden already. A reading is
thrown away when its file is taken in, or after a week. These files are the installation's own, as
its database is: nothing that a person sent is unpickled.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kkpd.core.proof.canonical import Json, dumps
from kkpd.engines.reading.statement import Statement
from kkpd.records.custody import intact

#: The form of these files; another one is read anew.
SHAPE: Final = 5
_WEEK_SECONDS: Final = 7 * 24 * 3600
#: What reading a damaged file, or one of another version, ends with.
_DAMAGED: Final = (
    *(pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError),
    *(AttributeError, ImportError, MemoryError),
)


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
            found = pickle.loads((self.root / kunci).read_bytes())  # noqa: S301 (our own file)
        except FileNotFoundError:
            return None
        except _DAMAGED:
            found = None
        if isinstance(found, Statement):
            return found
        self.drop(kunci)
        return None

    def simpan(self, kunci: str, read: Statement) -> None:
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
