"""Reading both CSV files of `kkpd match` as rows, and saying what cannot be read.

What cannot be read (a date that is not ISO, an amount that is not whole rupiah, a missing column)
is refused with its rows. What can be read but may not be linked (another currency) is a finding.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from kkpd.core.errors import Finding, Unreadable
from kkpd.core.money import Rupiah
from kkpd.engines.matching.shapes import BankLine, Belanja

#: The columns, in the order of the fields of `BankLine` and `Belanja`.
BANK = ("referensi", "kartu", "tanggal_posting", "tanggal_transaksi", "nilai", "merchant")
BELANJA = ("id", "opd", "kartu", "tanggal", "nilai", "merchant")
#: The first data row of a file.
FIRST_ROW = 2
_NAME_AT_MOST = 5
_LARGEST = 10**15
_VALUE = re.compile(r"(?:[A-Za-z]{2,3}\s*)?([+-]?\d+)(?:\s*[A-Za-z]{2,3})?", re.ASCII)
_NO_LETTERS = re.compile(r"[^A-Za-z]+")
_RUPIAH = {"", "IDR", "RP"}
_Row = TypeVar("_Row", BankLine, Belanja)


def read_statement(path: Path) -> tuple[list[BankLine], dict[int, Finding]]:
    """The lines of a bank statement, and those in another currency, by place."""
    return _rows(path, BANK, BankLine)


def read_ledger(path: Path) -> tuple[list[Belanja], dict[int, Finding]]:
    """The purchases of a ledger, and those in another currency, by place."""
    return _rows(path, BELANJA, Belanja)


def _rows(
    path: Path, columns: Sequence[str], row_type: Callable[..., _Row]
) -> tuple[list[_Row], dict[int, Finding]]:
    """Rows made of these columns; Unreadable names rows and fields."""
    header, cells = _read(path)
    lacks = [column for column in columns if column not in header]
    if lacks:
        raise Unreadable(
            f"Berkas {path.name} tidak punya kolom {', '.join(lacks)}. "
            f"Baris pertama harus berisi {','.join(columns)}."
        )
    fields = [(column, header.index(column), _READ.get(column, str)) for column in columns]
    amount = header.index("nilai")
    currency = header.index("mata_uang") if "mata_uang" in header else None
    rows: list[_Row] = []
    foreign: dict[int, Finding] = {}
    mistakes: list[str] = []
    for n, cell in enumerate(cells, FIRST_ROW):
        if len(cell) != len(header):
            mistakes.append(f"baris {n} punya {len(cell)} kolom, bukan {len(header)}")
            continue
        values = []
        for column, place, read in fields:
            try:
                values.append(read(cell[place].strip()))
            except ValueError as sebab:
                mistakes.append(f"baris {n} kolom {column}{sebab}")
        for kata in ("" if currency is None else cell[currency], cell[amount]):
            if (letters := _NO_LETTERS.sub("", kata)).upper() not in _RUPIAH:
                foreign[n - FIRST_ROW] = _other_currency(path, n, letters)
        if not mistakes:
            rows.append(row_type(*values))
    if mistakes:
        more = len(mistakes) - _NAME_AT_MOST
        tail = f"; dan {more} lainnya" if more > 0 else ""
        raise Unreadable(f"Berkas {path.name}: {'; '.join(mistakes[:_NAME_AT_MOST])}{tail}.")
    return rows, foreign


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header in small letters, and the rows."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as isi:
            first_one = isi.readline()
            sep = ";" if first_one.count(";") > first_one.count(",") else ","
            header = next(csv.reader([first_one], delimiter=sep), [])
            rows = list(csv.reader(isi, delimiter=sep, strict=True))
    except FileNotFoundError:
        raise Unreadable(f"Berkas {path} tidak ada. Periksa nama dan foldernya.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as sebab:
        raise Unreadable(
            f"Berkas {path.name} tidak dapat dibaca sebagai CSV berhuruf UTF-8 ({sebab})."
        ) from sebab
    # a spreadsheet leaves rows at the end in which nothing stands
    while rows and not any(kata.strip() for kata in rows[-1]):
        del rows[-1]
    return [kata.strip().lower() for kata in header], rows


def _other_currency(path: Path, n: int, currency: str) -> Finding:
    message = f"{path.name} baris {n}: mata uang {currency}, bukan IDR; tidak dicocokkan."
    return Finding("mata_uang", message, "salah", row=n, field="nilai")


def _name(kata: str) -> str:
    if not kata:
        raise ValueError(" kosong")
    return kata


@lru_cache(maxsize=10_000)
def _day(kata: str) -> date:
    try:
        if len(kata) == 10:
            return date.fromisoformat(kata)
    except ValueError:
        pass
    raise ValueError(f": “{kata[:20]}” bukan tanggal seperti 2026-10-31")


def _day_or_none(kata: str) -> date | None:
    return _day(kata) if kata else None


def _amount(kata: str) -> Rupiah:
    found = _VALUE.fullmatch(kata)
    if found is None or abs(int(found[1])) >= _LARGEST:
        raise ValueError(f": “{kata[:20]}” bukan rupiah bulat (seperti 750000)")
    return Rupiah.of(int(found[1]))


#: How a column is read; the others are texts.
_READ: dict[str, Callable[[str], object]] = {
    "referensi": _name,
    "id": _name,
    "tanggal": _day,
    "tanggal_posting": _day_or_none,
    "tanggal_transaksi": _day_or_none,
    "nilai": _amount,
}
