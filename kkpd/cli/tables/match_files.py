"""Reading both CSV files of `kkpd match` as rows, and saying what cannot be read.

What cannot be read (a date that is not ISO, an amount that is not whole rupiah, a missing column)
is refused with its rows. What can be read but may not be linked (another currency) is a finding.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kkpd.core.errors import Finding, Unreadable
from kkpd.core.money import Rupiah
from kkpd.engines.matching import BankLine, Belanja

BANK = ("referensi", "kartu", "tanggal_posting", "tanggal_transaksi", "nilai", "merchant")
BELANJA = ("id", "opd", "kartu", "tanggal", "nilai", "merchant")
#: The first data row of a file.
FIRST_ROW = 2
_NAME_AT_MOST = 5
_LARGEST = 10**15
_VALUE = re.compile(r"(?:([A-Za-z]{2,3})\s*)?([+-]?\d+)(?:\s*([A-Za-z]{2,3}))?", re.ASCII)
_RUPIAH = {"", "IDR", "RP"}


@dataclass(slots=True)
class Sheet:
    """A file while it is read: its rows, what is wrong with them, rows in another currency."""

    file_name: str
    header: list[str]
    rows: list[list[str]]
    mistakes: list[str] = field(default_factory=list)
    foreign: dict[int, str] = field(default_factory=dict)

    def wrong(self, i: int, column: str, kata: str) -> None:
        self.mistakes.append(f"baris {i + FIRST_ROW} kolom {column}{kata}")

    def texts(self, column: str) -> list[str]:
        """A column without spaces around."""
        place = self.header.index(column)
        return [row[place].strip() for row in self.rows]

    def names(self, column: str) -> list[str]:
        """A column in which no field may be empty."""
        hasil = self.texts(column)
        for i in (i for i, kata in enumerate(hasil) if not kata):
            self.wrong(i, column, " kosong")
        return hasil

    def days(self, column: str) -> list[date | None]:
        texts = self.texts(column)
        known = {kata: _day(kata) for kata in set(texts)}
        for i, kata in enumerate(texts):
            if known[kata] is None and (kata or column == "tanggal"):
                self.wrong(i, column, f": “{kata[:20]}” bukan tanggal seperti 2026-10-31")
        return [known[kata] for kata in texts]

    def amounts(self) -> list[Rupiah]:
        texts = self.texts("nilai")
        currencies = self.texts("mata_uang") if "mata_uang" in self.header else [""] * len(texts)
        hasil = []
        for i, (kata, currency) in enumerate(zip(texts, currencies, strict=True)):
            found = _VALUE.fullmatch(kata)
            if found is None or abs(int(found[2])) >= _LARGEST:
                self.wrong(i, "nilai", f": “{kata[:20]}” bukan rupiah bulat (seperti 750000)")
                continue
            for one in (currency, found[1] or found[3] or ""):
                if one.upper() not in _RUPIAH:
                    self.foreign[i] = one
            hasil.append(Rupiah.of(int(found[2])))
        return hasil

    def findings(self) -> list[Finding]:
        return [
            Finding(
                "mata_uang",
                f"{self.file_name} baris {i + FIRST_ROW}: mata uang {currency}, bukan IDR; "
                "tidak dicocokkan.",
                "salah",
                row=i + FIRST_ROW,
                field="nilai",
            )
            for i, currency in sorted(self.foreign.items())
        ]

    def refuse_mistakes(self) -> None:
        if self.mistakes:
            more = len(self.mistakes) - _NAME_AT_MOST
            tail = f"; dan {more} lainnya" if more > 0 else ""
            named = "; ".join(self.mistakes[:_NAME_AT_MOST])
            raise Unreadable(f"Berkas {self.file_name}: {named}{tail}.")


def read_statement(path: Path) -> tuple[list[BankLine], Sheet]:
    """A bank statement; Unreadable names rows and fields."""
    sheet = _read(path, BANK)
    columns = (
        sheet.names("referensi"),
        sheet.texts("kartu"),
        sheet.days("tanggal_posting"),
        sheet.days("tanggal_transaksi"),
        sheet.amounts(),
        sheet.texts("merchant"),
    )
    sheet.refuse_mistakes()
    return [BankLine(*row) for row in zip(*columns, strict=True)], sheet


def read_ledger(path: Path) -> tuple[list[Belanja], Sheet]:
    """A purchase ledger; Unreadable names rows and fields."""
    sheet = _read(path, BELANJA)
    names, opd, kartu = sheet.names("id"), sheet.texts("opd"), sheet.texts("kartu")
    days, amounts, merchants = sheet.days("tanggal"), sheet.amounts(), sheet.texts("merchant")
    sheet.refuse_mistakes()
    rows = [
        Belanja(id_, office, card, day or date.min, nilai, merchant)
        for id_, office, card, day, nilai, merchant in zip(
            names, opd, kartu, days, amounts, merchants, strict=True
        )
    ]
    return rows, sheet


def _read(path: Path, header: Sequence[str]) -> Sheet:
    """A file with all columns of `header` and as many fields in every row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as isi:
            first_one = isi.readline()
            sep = ";" if first_one.count(";") > first_one.count(",") else ","
            first_row = next(csv.reader([first_one], delimiter=sep), [])
            rows = list(csv.reader(isi, delimiter=sep, strict=True))
    except FileNotFoundError:
        raise Unreadable(f"Berkas {path} tidak ada. Periksa nama dan foldernya.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as sebab:
        raise Unreadable(
            f"Berkas {path.name} tidak dapat dibaca sebagai CSV berhuruf UTF-8 ({sebab})."
        ) from sebab
    judul = [kata.strip().lower() for kata in first_row]
    lacks = [kata for kata in header if kata not in judul]
    if lacks:
        raise Unreadable(
            f"Berkas {path.name} tidak punya kolom {', '.join(lacks)}. "
            f"Baris pertama harus berisi {','.join(header)}."
        )
    # a spreadsheet leaves rows at the end in which nothing stands
    while rows and not any(kata.strip() for kata in rows[-1]):
        del rows[-1]
    sheet = Sheet(path.name, judul, rows)
    for i, row in enumerate(rows):
        if len(row) != len(judul):
            sheet.mistakes.append(
                f"baris {i + FIRST_ROW} punya {len(row)} kolom, bukan {len(judul)}"
            )
    sheet.refuse_mistakes()
    return sheet


def _day(kata: str) -> date | None:
    try:
        return date.fromisoformat(kata) if len(kata) == 10 else None
    except ValueError:
        return None
