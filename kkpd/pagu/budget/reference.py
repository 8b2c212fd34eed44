"""Uploaded tables (CSV or XLSX), columns by name, errors by row; and the year's
accounts and sub kegiatan, never hard-coded.

Headers are compared without case, and blanks equal underscores. A missing column is one sentence
that names it; a wrong row is a Finding with its number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from pathlib import PurePath
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kkpd.core import sandbox
from kkpd.core.db import facts as db_facts
from kkpd.core.errors import Finding, TooLarge, Unreadable
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor, require
from kkpd.core.reference_row import TOTAL_MARK, ReferenceRow
from kkpd.engines.reading.formats import workbook
from kkpd.models import Rekening, SubKegiatan
from kkpd.pagu.budget.rows import MONTH_COLUMNS
from kkpd.records import event_log

_HEAD: Final = ("opd", "unit", "nomor", "tanggal", "versi")
_ALIAS: Final = {
    "kode_skpd": "opd",
    "kode_opd": "opd",
    "skpd": "opd",
    "kode_sub_skpd": "unit",
    "kode_unit_skpd": "unit",
    "kode_sub_unit": "unit",
    "kode_unit": "unit",
    "kode_sub_kegiatan": "sub_kegiatan",
    "kode_subkegiatan": "sub_kegiatan",
    "sub_kegiatan_kode": "sub_kegiatan",
    "kode_rekening": "rekening",
    "kode_akun": "rekening",
    "akun": "rekening",
    "nama_akun": "nama_rekening",
    "uraian_rekening": "nama_rekening",
    "nama_sumber_dana": "sumber_dana",
    "sumber_pendanaan": "sumber_dana",
    "dana": "sumber_dana",
    "tgl": "tanggal",
}


@dataclass(frozen=True, slots=True)
class FileShape:
    """The columns of one kind of file: needed, allowed, and other names for them."""

    required: tuple[str, ...]
    allowed: tuple[str, ...]
    alias: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a file: its heading, our name for it where it is known, the cell below it."""

    text: str
    column: str
    sample: str


_PLAN: Final = FileShape(
    ("sub_kegiatan",),
    ("rekening", "bulan", "nilai", "jumlah", *MONTH_COLUMNS, *_HEAD),
    {
        **_ALIAS,
        **{name[:3]: name for name in MONTH_COLUMNS},
        "total": "jumlah",
        "nilai_spd": "nilai",
        "nilai_kas": "nilai",
        "nomor_spd": "nomor",
        "no_spd": "nomor",
        "tanggal_spd": "tanggal",
    },
)

#: kind -> its columns
SHAPE: Final = {
    "dpa": FileShape(
        ("sub_kegiatan", "rekening", "sumber_dana", "pagu"),
        ("nama_sub_kegiatan", "nama_rekening", *_HEAD),
        {
            **_ALIAS,
            "nilai": "pagu",
            "anggaran": "pagu",
            "pagu_anggaran": "pagu",
            "nilai_anggaran": "pagu",
            "nilai_rincian": "pagu",
            "total_harga": "pagu",
            "jumlah": "pagu",
            "nomor_dpa": "nomor",
            "no_dpa": "nomor",
            "tanggal_dpa": "tanggal",
        },
    ),
    "spd": _PLAN,
    "kas": _PLAN,
    "up": FileShape(
        ("up",),
        ("up_kkpd", "dasar_hukum", "jenis", "sampai", *_HEAD),
        {
            **_ALIAS,
            "besaran_up": "up",
            "nilai_up": "up",
            "besaran_up_kkpd": "up_kkpd",
            "nilai_up_kkpd": "up_kkpd",
            "nomor_keputusan": "nomor",
            "no_sk": "nomor",
            "nomor_sk": "nomor",
            "mulai": "tanggal",
            "tanggal_keputusan": "tanggal",
        },
    ),
}


def read_reference_file(
    jenis: str, data: bytes, name: str, chosen: Mapping[str, str] | None = None
) -> list[ReferenceRow]:
    """The rows of a budget file of this kind; `chosen` is heading -> column as a person said."""
    shape = SHAPE[jenis]
    told = {_plain(heading): column for heading, column in (chosen or {}).items()}
    known = {word: column for word, column in shape.alias.items() if column not in told.values()}
    return read(data, name, shape.required, shape.allowed, known | told)


def headings(jenis: str, data: bytes, name: str) -> list[Heading]:
    """The columns of a budget file whose headings must be asked for: those of the row that looks
    most like a header. Empty where no row has as many cells as there are columns needed.
    """
    found: list[Heading] = sandbox.run(
        f"{__name__}:_headings",
        *(data, name, SHAPE[jenis]),
        limits=sandbox.for_size(len(data)),
        shapes=(Heading,),
    )
    return found


def _headings(data: bytes, name: str, shape: FileShape) -> list[Heading]:
    known = {*shape.required, *shape.alias}
    sheets = _sheets(data, name) if _is_workbook(data, name) else [[*_text(data, name, known)]]
    rows = [(table, at) for table in sheets for at in range(min(len(table), HEADER_ROWS))]
    texts = [(_like_header(table[at], known), -at, table, at) for table, at in rows]
    _score, _first, table, at = max(texts, key=lambda one: one[:2], default=((0, 0), 0, [], 0))
    cells = table[at] if table else []
    if sum(map(bool, cells)) < len(shape.required):
        return []
    below = table[at + 1] if at + 1 < len(table) else []
    plain = [_plain(cell) for cell in cells]
    return [
        Heading(cell.strip(), _own(word, plain, shape.alias), mask(sample))
        for cell, word, sample in zip_longest(cells, plain, below[: len(cells)], fillvalue="")
        if cell.strip()
    ]


def _like_header(cells: Sequence[str], known: Collection[str]) -> tuple[int, int]:
    """More known headings first, then more words that are no numbers."""
    words = [cell for cell in cells if cell.strip() and not cell.strip()[0].isdigit()]
    return sum(_plain(cell) in known for cell in words), len(words)


ROW_LIMIT: Final = 200_000
#: The header must be within this many rows.
HEADER_ROWS: Final = 30
_TOTAL_WORDS: Final = ("jumlah", "total", "grand total")
BYTE_LIMIT: Final = 64 * 1024 * 1024


def read(
    data: bytes,
    name: str,
    required: Sequence[str],
    allowed: Sequence[str] = (),
    alias: Mapping[str, str] | None = None,
) -> list[ReferenceRow]:
    """The rows of the table, read in a child process (`core/sandbox.py`).

    Unreadable when it is no table or a needed column is missing.

    `alias` maps other headings to ours. Title rows above the header are skipped; a total row is
    marked by the column `TOTAL_MARK` of kkpd.core.reference_row.
    """
    if not data.strip():
        raise Unreadable(f"Berkas {name} kosong. Ekspor ulang lalu unggah lagi.")
    if len(data) > BYTE_LIMIT:
        raise TooLarge(f"Berkas {name} lebih dari 64 MB. Pecah menjadi beberapa berkas.")
    rows: list[ReferenceRow] = sandbox.run(
        f"{__name__}:_rows",
        *(data, name, tuple(required), tuple(allowed), dict(alias or {})),
        limits=sandbox.for_size(len(data)),
        shapes=(ReferenceRow,),
    )
    return rows


def _rows(
    data: bytes,
    name: str,
    required: Sequence[str],
    allowed: Sequence[str],
    alias: Mapping[str, str],
) -> list[ReferenceRow]:
    if _is_workbook(data, name):
        numbered, columns = _of_workbook(_sheets(data, name), name, required, alias)
    else:
        numbered = enumerate(_text(data, name, {*required, *alias}), 1)
        columns = _header(numbered, name, required, alias)
    wanted = {*required, *allowed}
    rows = []
    for number, cells in numbered:
        named = zip(columns, cells, strict=False)
        values = {c: mask(v.strip()) for c, v in named if c in wanted and v}
        if any(values.values()):
            if any(cell.strip().casefold().startswith(_TOTAL_WORDS) for cell in cells):
                values[TOTAL_MARK] = "ya"
            rows.append(ReferenceRow(number, values))
        if number > ROW_LIMIT:
            raise TooLarge(f"Berkas {name} lebih dari {ROW_LIMIT} baris. Pecah berkasnya.")
    return rows


def _of_workbook(
    sheets: Sequence[list[list[str]]], name: str, required: Sequence[str], alias: Mapping[str, str]
) -> tuple[Iterator[tuple[int, list[str]]], list[str]]:
    """The rows below the header and its columns, on the first sheet that has all we need.

    If no sheet has them, the error names what the first one lacks.
    """
    refused: Unreadable | None = None
    for table in sheets:
        numbered = iter(enumerate(table, 1))
        try:
            return numbered, _header(numbered, name, required, alias)
        except Unreadable as wrong:
            refused = refused or wrong
    raise refused or Unreadable(f"Berkas {name} tidak mempunyai baris judul.")


def _header(
    numbered: Iterator[tuple[int, list[str]]],
    name: str,
    required: Sequence[str],
    alias: Mapping[str, str],
) -> list[str]:
    """The columns under our names; the first heading of a name is used, a second one is ignored."""
    first: list[str] = []
    for number, cells in numbered:
        plain = [_plain(cell) for cell in cells]
        columns = [_own(word, plain, alias) for word in plain]
        if all(column in columns for column in required):
            return [
                column if column not in columns[:at] else "" for at, column in enumerate(columns)
            ]
        first = first or ([*columns] if any(columns) else [])
        if number >= HEADER_ROWS:
            break
    if not first:
        raise Unreadable(f"Berkas {name} tidak mempunyai baris judul.")
    missing = next(column for column in required if column not in first)
    raise Unreadable(
        f"Kolom “{missing}” tidak ada dalam {name}. Kolom yang diperlukan: {', '.join(required)}.",
        field=missing,
    )


def _own(word: str, words: Sequence[str], alias: Mapping[str, str]) -> str:
    """Our name for a heading; if our own name is present too, an alias of it is another column."""
    ours = alias.get(word, word)
    return word if ours != word and ours in words else ours


def _plain(cell: str) -> str:
    return "_".join(cell.strip().casefold().replace("_", " ").split())


def _is_workbook(data: bytes, name: str) -> bool:
    known = PurePath(name).suffix.casefold() in {".xlsx", ".xls"}
    return known or data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _text(data: bytes, name: str, known: Collection[str]) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"Berkas {name} bukan teks UTF-8. Simpan sebagai CSV UTF-8 lalu unggah lagi."
        ) from error
    head = text.split("\n", HEADER_ROWS)[:HEADER_ROWS]
    separator = max(
        ",;\t|",
        key=lambda one: max(
            sum(_plain(c.strip('"\r')) in known for c in x.split(one)) for x in head
        ),
    )
    return _csv_rows(text, separator, name)


def _csv_rows(text: str, separator: str, name: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise Unreadable(
            f"Berkas {name} bukan CSV yang utuh ({error}). Ekspor ulang lalu unggah lagi."
        ) from error


def _sheets(data: bytes, name: str) -> list[list[list[str]]]:
    """The sheets of a workbook as texts, rows counted from the top of the sheet."""
    try:
        found = workbook.filled(data)
    except Unreadable as error:
        raise Unreadable(
            f"Berkas {name} bukan buku kerja Excel yang utuh. Buka, simpan ulang, unggah lagi."
        ) from error
    return [[[_cell(value) for value in row] for row in sheet.rows()] for sheet in found]


def _cell(value: object) -> str:
    """A cell as a person would type it: `1234,5`, `2026-01-02`."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


_REKENING: Final = re.compile(r"[1-9]\.\d\.\d{2}\.\d{2}\.\d{2}\.\d{3,4}", re.ASCII)
_SUB_KEGIATAN: Final = re.compile(r"[\dX]\.\w{2}\.\d{2}\.\d\.\d{2}\.\d{2,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReferenceLoad:
    """The result of a load: new rows, changed names, unchanged rows."""

    baru: int
    altered: int
    same: int


def rekening_code(text: str) -> str:
    """A level-6 code with four digits at the end; `001` of the first print becomes `0001`."""
    head, _, tail = text.strip().rpartition(".")
    return f"{head}.{tail:0>4}"


def load_rekening(
    session: Session,
    actor: Actor,
    rows: Sequence[ReferenceRow],
    tahun: int,
    now: datetime,
    versi: str = "",
) -> ReferenceLoad:
    """Account codes of a year from rows with `kode` and `nama` (and `deskripsi`); `versi` is of
    what decree they are, where that is known.
    """
    _check(rows, _REKENING, "kode rekening tingkat 6, mis. 5.1.02.01.01.0024")
    values = {rekening_code(row["kode"]): (row["nama"], row["deskripsi"]) for row in rows}
    return _load(session, actor, Rekening, tahun, values, now, versi)


def load_sub_kegiatan(
    session: Session,
    actor: Actor,
    rows: Sequence[ReferenceRow],
    tahun: int,
    now: datetime,
    versi: str = "",
) -> ReferenceLoad:
    """Sub kegiatan of a year from rows with `kode` and `nama`; `versi` as for account codes."""
    _check(rows, _SUB_KEGIATAN, "kode sub kegiatan, mis. 1.02.02.2.02.0010")
    values = {row["kode"]: (row["nama"], "") for row in rows}
    return _load(session, actor, SubKegiatan, tahun, values, now, versi)


def _check(rows: Iterable[ReferenceRow], form: re.Pattern[str], words: str) -> None:
    """Unreadable with the first wrong row; the findings name all of them."""
    found = [
        Finding("acuan:kode", f"Baris {row.nomor}: “{row['kode'][:30]}” bukan {words}.", "salah")
        for row in rows
        if not form.fullmatch(row["kode"]) or not row["nama"]
    ]
    if found:
        more = f" Ada {len(found) - 1} baris lain yang salah." if len(found) > 1 else ""
        raise Unreadable(f"{found[0].message} Betulkan berkasnya, tidak ada yang disimpan.{more}")


def _load(
    session: Session,
    actor: Actor,
    model: type[Rekening] | type[SubKegiatan],
    tahun: int,
    values: dict[str, tuple[str, str]],
    now: datetime,
    versi: str,
) -> ReferenceLoad:
    role = require(actor, "acuan:kelola")
    statement = select(model.kode, model.nama).where(model.tahun == tahun)
    known = {kode: nama for kode, nama in session.execute(statement)}  # noqa: C416 -- rows are typed so
    new = [
        {"tahun": tahun, "kode": kode, "nama": nama}
        | ({"deskripsi": words} if model is Rekening else {})
        for kode, (nama, words) in sorted(values.items())
        if kode not in known
    ]
    changed = [kode for kode in values if kode in known and known[kode] != values[kode][0]]
    with db_facts.watched(session, model, model.tahun == tahun):
        if new:
            session.execute(insert(model), new)
        for kode in changed:
            session.execute(
                update(model)
                .where(model.tahun == tahun, model.kode == kode)
                .values(nama=values[kode][0])
            )
    result = ReferenceLoad(len(new), len(changed), len(values) - len(new) - len(changed))
    event_log.record(
        session,
        actor,
        role,
        f"acuan:{model.__tablename__}:muat",
        f"{model.__tablename__}:{tahun}",
        now=now,
        after={"baru": result.baru, "berubah": result.altered, "sama": result.same}
        | ({"versi": versi} if versi else {}),
    )
    return result
