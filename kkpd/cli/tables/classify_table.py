"""The CSV of `kkpd classify`: any separator and encoding in, numbers as people write them."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from kkpd.core.errors import Unreadable
from kkpd.core.money import MAX_SEN, Rupiah
from kkpd.engines.classify import Item
from kkpd.engines.reading.guard import decode

#: As a file name: the standard input or output.
STANDARD = "-"
_SEPARATORS = ",;\t|"
_EMPTY = frozenset({"", "-", "–", "nan", "none", "null", "n/a", "na"})
_RUPIAH = re.compile(r"^(?:rp|idr)\.?\s*|\s+|'|,-+$", re.IGNORECASE)
_DOT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class CsvTable(NamedTuple):
    """A CSV file: its head, where the columns of `Item` stand, and its rows, as wide as the head,
    each with what is wrong with its width, if anything.
    """

    judul: list[str]
    positions: dict[str, int]
    rows: list[tuple[list[str], str]]

    @classmethod
    def read_in(cls, path: Path) -> CsvTable:
        """Read a file. Unreadable when it cannot be opened, is empty or has no column `uraian`.

        The head is the first row that says anything. Blank lines are no rows, but a row of empty
        cells is one: it gets its answer.
        """
        text = _text(path)
        first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
        separator = max(_SEPARATORS, key=first.count)
        csv.field_size_limit(max(131_072, len(text) + 1))
        rows = filter(None, csv.reader(io.StringIO(text, newline=None), delimiter=separator))
        judul = next(filter(any, rows), [])
        names = [re.sub(r"\W+", "_", cell.strip().lower()).strip("_") for cell in judul]
        if "uraian" not in names:
            seen = ", ".join(cell.strip()[:20] for cell in judul[:12]) or "tidak ada apa-apa"
            raise Unreadable(
                f"Kolom “uraian” tidak ada pada baris judul {path.name}; yang ada: {seen}. "
                "Beri judul “uraian” pada kolom nama barang atau jasa.",
                field="uraian",
            )
        place = {name: names.index(name) for name in Item._fields if name in names}
        return cls(judul, place, [_fit(cells, len(judul)) for cells in rows])

    def twins(self, added: Iterable[str]) -> list[str]:
        """What is to be said of columns that stand twice: of two the first is read, and an answer
        stands behind a column of the input that bears its name.
        """
        names = [cell.strip().lower() for cell in self.judul]
        twice = [name for name in self.positions if names.count(name) > 1]
        same = [name for name in added if name in names]
        said = [f"Kolom {name} ada lebih dari sekali: yang pertama dibaca." for name in twice]
        if same:
            said.append(
                f"Kolom {', '.join(same)} sudah ada di masukan: isinya tetap, dan jawaban ada pada "
                "kolom terakhir dengan nama itu."
            )
        return said


def _text(path: Path) -> str:
    try:
        piped = str(path) == STANDARD
        text = decode(sys.stdin.buffer.read() if piped else path.read_bytes())
    except OSError as error:
        raise Unreadable(
            f"Berkas {path} tidak dapat dibuka ({error.strerror or error}). "
            "Periksa nama dan izinnya."
        ) from error
    if not text.strip():
        raise Unreadable(f"Berkas {path.name} kosong.")
    return text.replace("\0", "")


def _fit(cells: list[str], width: int) -> tuple[list[str], str]:
    if len(cells) > width:
        return cells[:width], f"Baris berisi {len(cells)} kolom, sedangkan judulnya {width}"
    return [*cells, *[""] * (width - len(cells))], ""


def numeric(text: str) -> Decimal | None:
    """`1.234.567`, `1234567.00`, `1,234,567`, `Rp 1.234.567,50` as a number; None for nothing.

    A single dot or comma before exactly three digits parts thousands, as people here write it.
    ValueError for anything else.
    """
    clean = _RUPIAH.sub("", text.strip().replace("\u00a0", " ").replace("\u2212", "-"))
    if clean.lower() in _EMPTY:
        return None
    if _DOT_THOUSANDS.fullmatch(clean):
        clean = clean.replace(".", "").replace(",", ".")
    elif _COMMA_THOUSANDS.fullmatch(clean):
        clean = clean.replace(",", "")
    else:
        clean = clean.replace(",", ".")
    try:
        value = Decimal(clean)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return value


def money(text: str) -> Rupiah | None:
    """An amount cut to whole sen; beyond what money can hold, the greatest amount there is."""
    value = numeric(text)
    if value is None:
        return None
    if abs(value) * 100 > MAX_SEN:
        return Rupiah(MAX_SEN if value > 0 else -MAX_SEN)
    return Rupiah(int(value * 100))
