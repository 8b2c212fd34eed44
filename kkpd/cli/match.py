"""`kkpd match`: a bank statement beside a purchase ledger, both CSV, no database."""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from kkpd.core import gc_paused
from kkpd.core.errors import DomainError, Finding, Unreadable
from kkpd.core.money import Rupiah
from kkpd.engines.matching.links import KINDS, row_reasons
from kkpd.engines.matching.pipeline import MatchAnswer, match_rows
from kkpd.engines.matching.rows import Side, check_forbidden_link, compose
from kkpd.engines.matching.shapes import BankLine, Belanja
from kkpd.engines.matching.weights import Weights, bawaan

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


HEAD = ("referensi", "id", "jenis", "status", "skor", "alasan")
EXPLANATION = """\
STATEMENT columns: referensi,kartu,tanggal_posting,tanggal_transaksi,nilai,merchant
LEDGER columns:    id,opd,kartu,tanggal,nilai,merchant
OUT columns:       referensi,id,jenis,status,skor,alasan; one row for each link of a line with a
                   purchase, a split or a group has several rows

Dates are ISO (2026-10-31; both bank dates may be empty), amounts whole rupiah, refunds negative. A
column mata_uang may say the currency; rows in another than IDR are findings and are not linked.

jenis   satu    one line, one purchase
        pecah   one line is the sum of several purchases
        gabung  several lines together are one purchase
        refund  a negative line and its negative purchase, or the purchase it gives back
status  pasti   may be accepted by itself
        usul    a person decides
skor    the sum of named weights (log-odds); see docs/rekonsiliasi.md

Counts go to stdout, findings (double ids, another OPD's purchase, a card nobody holds, ...) to
stderr. Exit status 0, or 2 when a file cannot be read: the sentence names the rows."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXPLANATION
    parser.add_argument("--statement", required=True, type=Path, help="bank statement, CSV")
    parser.add_argument("--ledger", required=True, type=Path, help="purchase ledger, CSV")
    parser.add_argument("--out", required=True, type=Path, help="where the links are written, CSV")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="write each reason's weight, the probability and the margin; list what stayed alone",
    )
    parser.add_argument("--weights", type=Path, help="another bobot.toml than the shipped one")


@gc_paused.pause()
def run(args: argparse.Namespace) -> int:
    """Match and write; exit status 0."""
    weight = _weights(args.weights)
    baris, foreign_lines = read_statement(args.statement)
    belanja, foreign_purchases = read_ledger(args.ledger)
    check = check_forbidden_link(baris, belanja, None, FIRST_ROW)
    excluded = (check.lines | foreign_lines.keys(), check.purchases | foreign_purchases.keys())
    answer = match_rows(compose(baris, belanja, *excluded), weight)
    _write(args.out, _out_rows(answer, explain=args.explain))
    foreign = (*foreign_lines.values(), *foreign_purchases.values())
    for one_item in (*foreign, *check.temuan, *answer.temuan):
        print(f"temuan: {one_item.message}", file=sys.stderr)
    linked = [row for link in answer.links for row in link.rows]
    lines_alone = _alone(baris, answer.both.bank, {row.b for row in linked})
    purchases_alone = _alone(belanja, answer.both.catatan, {row.c for row in linked})
    _print_counts(answer, len(lines_alone), len(purchases_alone))
    if args.explain:
        for kata, alone in (("baris bank", lines_alone), ("belanja", purchases_alone)):
            for i, id_ in alone:
                print(f"tanpa pasangan: {kata} {id_} (baris {i + FIRST_ROW})")
    return 0


def _weights(path: Path | None) -> Weights:
    if path is None:
        return bawaan()
    try:
        return Weights.read_in(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as sebab:
        raise DomainError(f"Berkas bobot {path.name} tidak dapat dibaca ({sebab}).") from sebab


def _out_rows(answer: MatchAnswer, *, explain: bool) -> Iterator[tuple[str, ...]]:
    """OUT rows in the order of the engine, which knows nothing of the files' order."""
    both = answer.both
    pairs = [(row.b, row.c, link, row) for link in answer.links for row in link.rows]
    for b, c, link, row in sorted(pairs, key=lambda pair: pair[:2]):
        yield (
            both.bank.id[b],
            both.catatan.id[c],
            KINDS[link.jenis],
            "pasti" if link.certain else "usul",
            f"{link.scores:.2f}",
            row_reasons(both, link, row, explain=explain),
        )


def _write(path: Path, rows: Iterator[tuple[str, ...]]) -> None:
    """Written beside and moved in place, so that a broken run leaves no half a file."""
    temporary = path.with_name(path.name + ".baru")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as isi:
            write_out = csv.writer(isi, lineterminator="\n")
            write_out.writerow(HEAD)
            write_out.writerows(rows)
        temporary.replace(path)
    except OSError as sebab:
        raise DomainError(f"Berkas {path} tidak dapat ditulis ({sebab.strerror}).") from sebab


def _alone(
    rows: Sequence[BankLine | Belanja], side: Side, linked: set[int]
) -> list[tuple[int, str]]:
    """(place, id) of the rows without a link, in file order."""
    places = {side.asal[i] for i in linked}
    return [(i, row.id) for i, row in enumerate(rows) if i not in places]


def _print_counts(answer: MatchAnswer, lines_alone: int, purchases_alone: int) -> None:
    """Counts to stdout; rows left out by a finding count as unmatched."""
    jenis = Counter(KINDS[link.jenis] for link in answer.links)
    rincian = ", ".join(f"{nama} {jenis[nama]}" for nama in dict.fromkeys(KINDS))
    certain = sum(link.certain for link in answer.links)
    print(f"pasangan: {len(answer.links)} ({rincian})")
    print(f"pasti: {certain}, usul: {len(answer.links) - certain}")
    print(f"baris bank tanpa pasangan: {lines_alone}")
    print(f"belanja tanpa pasangan: {purchases_alone}")
