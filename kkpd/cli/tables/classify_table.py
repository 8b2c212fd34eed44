"""The CSV around `kkpd classify`: any separator and encoding in, UTF-8 with commas out."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from errno import EISDIR
from functools import lru_cache
from pathlib import Path
from typing import IO

from kkpd.core.errors import DomainError, Unreadable
from kkpd.core.money import MAX_SEN, Rupiah
from kkpd.engines.reading.text import decode

#: The columns that are looked for, in any order and letter case.
COLUMNS_READ = (
    "uraian",
    "spesifikasi",
    "satuan",
    "volume",
    "harga",
    "nilai",
    "merchant",
    "mcc",
    "kode_barang",
    "jenis_pengadaan",
    "kode_rekening",
)
#: As a file name: the standard input or output.
STANDARD = "-"
_SEPARATORS = ",;\t|"
_EMPTY = frozenset({"", "-", "–", "nan", "none", "null", "n/a", "na"})
#: Bytes handed to the disk at once.
_WRITE_BUFFER = 1 << 20
#: Up to so many digits an amount is surely one that money can hold.
_PLAIN_DIGITS = 15
_RUPIAH = re.compile(r"^(?:rp|idr)\.?\s*|\s+|'|,-+$", re.IGNORECASE)
_DOT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file in memory: its head, and where the columns of interest stand."""

    judul: list[str]
    sep: str
    positions: dict[str, int]
    text: str

    @classmethod
    def baca(cls, path: Path) -> CsvTable:
        """Read a file. Unreadable when it cannot be opened, is empty or has no column `uraian`."""
        text = _text(path)
        first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
        separator = Counter({sign: first.count(sign) for sign in _SEPARATORS}).most_common(1)[0][0]
        judul = _read(text, separator)[0]
        names = [re.sub(r"\W+", "_", cell.strip().lower()).strip("_") for cell in judul]
        place = {name: names.index(name) for name in COLUMNS_READ if name in names}
        if "uraian" not in place:
            seen = ", ".join(cell.strip()[:20] for cell in judul[:12]) or "tidak ada apa-apa"
            raise Unreadable(
                f"Kolom “uraian” tidak ada pada baris judul {path.name}; yang ada: {seen}. "
                "Beri judul “uraian” pada kolom nama barang atau jasa.",
                field="uraian",
            )
        return cls(judul, separator, place, text)

    def twins(self, hasil: Sequence[str]) -> list[str]:
        """What is to be said of columns that stand twice: of two the first is read, and an answer
        stands behind a column of the input that bears its name.
        """
        names = [cell.strip().lower() for cell in self.judul]
        twice = [name for name in self.positions if names.count(name) > 1]
        same = [name for name in hasil if name in names]
        said = [f"Kolom {name} ada lebih dari sekali: yang pertama dibaca." for name in twice]
        if same:
            said.append(
                f"Kolom {', '.join(same)} sudah ada di masukan: isinya tetap, dan jawaban ada pada "
                "kolom terakhir dengan nama itu."
            )
        return said

    def baris(self) -> Iterator[tuple[list[str], str | None]]:
        """Each row as wide as the head, with what is wrong with its width, if anything."""
        width = len(self.judul)
        for cells in _read(self.text, self.sep)[1]:
            if len(cells) == width:
                yield cells, None
            elif len(cells) < width:
                yield [*cells, *[""] * (width - len(cells))], None
            else:
                damage = f"Baris berisi {len(cells)} kolom, sedangkan judulnya {width}"
                yield cells[:width], damage


def _text(path: Path) -> str:
    piped = str(path) == STANDARD
    try:
        text = decode(sys.stdin.buffer.read() if piped else path.read_bytes())
    except OSError as error:
        raise Unreadable(
            f"Berkas {path} tidak dapat dibuka ({error.strerror or error}). "
            "Periksa nama dan izinnya."
        ) from error
    if not text.strip():
        raise Unreadable(f"Berkas {path.name} kosong.")
    return text.replace("\0", "")


def _read(text: str, separator: str) -> tuple[list[str], Iterator[list[str]]]:
    """The head, the first row that says anything, and the rows after it; a cell may be as long as
    the file. Blank lines are no rows, but a row of empty cells is one: it gets its answer.
    """
    csv.field_size_limit(max(131_072, len(text) + 1))
    rows = filter(None, csv.reader(io.StringIO(text, newline=None), delimiter=separator))
    return next(filter(any, rows), []), rows


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


#: A number of things, read once for each way it is written.
volume = lru_cache(maxsize=16_384)(numeric)


@lru_cache(maxsize=65_536)
def money(text: str) -> Rupiah | None:
    """An amount cut to whole sen; beyond what money can hold, the greatest amount there is."""
    if text.isascii() and text.isdigit() and len(text) <= _PLAIN_DIGITS:
        return Rupiah.of(int(text))
    value = numeric(text)
    if value is None:
        return None
    if abs(value) * 100 > MAX_SEN:
        return Rupiah(MAX_SEN if value > 0 else -MAX_SEN)
    return Rupiah(int(value * 100))


def write_out(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write UTF-8 with commas, whole or not at all: a broken run leaves no half file.

    `-` is the standard output; a device or a pipe is written to, never replaced by a file.
    """
    if str(path) == STANDARD:
        _contents(sys.stdout, head, rows)
        return
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as stream:
                _contents(stream, head, rows)
        else:
            _replace_file(path.resolve(), head, rows)
    except OSError as error:
        raise DomainError(
            f"Berkas {path} tidak dapat ditulis: {error.strerror or error}. Pilih folder lain."
        ) from error


def _replace_file(target: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write beside the target and put the file in its place at the end."""
    with tempfile.NamedTemporaryFile(
        "w",
        buffering=_WRITE_BUFFER,
        encoding="utf-8",
        newline="",
        dir=target.parent,
        delete=False,
        suffix=".csv",
    ) as file:
        draft = Path(file.name)
        try:
            _contents(file, head, rows)
        except BaseException:
            draft.unlink()
            raise
    draft.chmod(0o666 & ~_umask())
    draft.replace(target)


def _contents(file: IO[str], head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)


def _umask() -> int:
    """The process's file creation mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
