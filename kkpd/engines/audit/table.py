"""A CSV file as columns of text: separator and encoding by content, columns by name or by title.

pandas reads in pieces, so that of a long file only the wanted columns stay in memory.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines.audit.amounts import FIRST_ROW
from kkpd.engines.reading.guard import MAX_BYTES, decode

_SEPARATORS: Final = ",;\t|"
#: The separator of a file with one column: a sign that stands in no text.
_NONE: Final = "\x1f"
_PIECE: Final = 100_000
_SHOWN: Final = 12


@dataclass(frozen=True)
class Source:
    """A file's bytes in UTF-8, its separator, and the titles of its columns as they are written."""

    name: str
    data: bytes
    separator: str
    titles: tuple[str, ...]

    @classmethod
    def of(cls, data: bytes, name: str) -> Source:
        """Unreadable when there is nothing that could be a table with a row of titles."""
        if len(data) > MAX_BYTES:
            raise TooLarge(
                f"Berkas {name} lebih besar dari {MAX_BYTES // 1024 // 1024} MB. Bagi berkasnya."
            )
        if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or data[:5] == b"%PDF-":
            raise Unreadable(f"Berkas {name} bukan CSV. Simpan dahulu sebagai CSV, lalu ulangi.")
        data = decode(data).replace("\0", "").lstrip("\r\n").encode("utf-8", "replace")
        if b"\n" not in data:
            data = data.replace(b"\r", b"\n")
        first = data.split(b"\n", 1)[0].decode()
        if not first.strip():
            raise Unreadable(f"Berkas {name} kosong.")
        separator = max(_SEPARATORS, key=first.count)
        if separator not in first:
            separator = _NONE
        titles = next(_records(data, separator))
        return cls(name, data, separator, tuple(one.strip() for one in titles))

    def column(self, wanted: str) -> int:
        """The place of the column that bears this name, in any spelling of case and blanks."""
        for names in (self.titles, [plain(one) for one in self.titles]):
            key = wanted.strip() if names is self.titles else plain(wanted)
            if names.count(key) == 1:
                return names.index(key)
            if names.count(key) > 1:
                raise Unreadable(
                    f"Kolom “{wanted}” ada lebih dari sekali di {self.name}. Beri judul berbeda.",
                    field=wanted,
                )
        raise Unreadable(
            f"Kolom “{wanted}” tidak ada di {self.name}; yang ada: {self.seen}.", field=wanted
        )

    @property
    def seen(self) -> str:
        """The titles, for a sentence."""
        more = " …" if len(self.titles) > _SHOWN else ""
        return (", ".join(one[:30] or "(kosong)" for one in self.titles[:_SHOWN])) + more

    def pieces(self, places: Sequence[int] | None = None) -> Iterator[pd.DataFrame]:
        """Frames of text with the columns by place and the rows' numbers in the file as index.

        Rows in which nothing stands are left out; they count in the numbers.
        """
        options: dict[str, Any] = {
            "sep": self.separator,
            "header": None,
            "names": list(range(len(self.titles))),
            "index_col": False,
            "usecols": None if places is None else sorted(set(places)),
            "dtype": str,
            "na_filter": False,
            "skip_blank_lines": False,
            "chunksize": _PIECE,
        }
        blank = self._blank_rows()
        try:
            at = FIRST_ROW - 1
            for frame in pd.read_csv(io.BytesIO(self.data), **options):
                rows = frame.fillna("")
                rows.index = pd.RangeIndex(at, at + len(rows))
                at += len(rows)
                yield rows.drop(index=[row for row in blank if row in rows.index])
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            raise Unreadable(
                f"Berkas {self.name} bukan CSV yang utuh ({str(error).strip()[:120]})."
            ) from error

    def _blank_rows(self) -> list[int]:
        """The row of titles and rows without content; Unreadable for one wider than its titles,
        which says that a separator stands inside a value.
        """
        most, found = len(self.titles), [1]
        separator = self.separator.encode()
        nothing = separator + b" \t\r\n"
        quoted = b'"' in self.data
        lines: Any = _records(self.data, self.separator) if quoted else io.BytesIO(self.data)
        for number, line in enumerate(lines, 1):
            width = len(line) if quoted else line.count(separator) + 1
            if width > most:
                raise Unreadable(
                    f"Berkas {self.name} baris {number} punya {width} kolom, sedangkan judulnya "
                    f"{most}. Beri tanda kutip pada isi yang memuat “{self.separator}”."
                )
            if not (any(map(str.strip, line)) if quoted else line.strip(nothing)):
                found.append(number)
        return found

    def texts(self, places: Sequence[int]) -> tuple[list[list[str]], NDArray[np.int64]]:
        """The cells of these columns, each a list, and the numbers of their rows in the file."""
        columns: list[list[str]] = [[] for _ in places]
        numbers: list[NDArray[np.int64]] = []
        for frame in self.pieces(places):
            for into, place in zip(columns, places, strict=True):
                into.extend(map(str.strip, frame[place].tolist()))
            numbers.append(np.asarray(frame.index, dtype=np.int64))
        return columns, np.concatenate(numbers)


def _records(data: bytes, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(max(131_072, len(data) + 1))
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return csv.reader(text, delimiter=separator)


def plain(title: str) -> str:
    """A title without blanks, signs and case."""
    return re.sub(r"[\W_]+", "", title.casefold())
