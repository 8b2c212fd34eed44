"""The bytes that may be kept of a bank file: as sent, or with card numbers hidden (law 8).

A file without a card number is kept byte for byte. Otherwise text formats keep their form with the
number cut to its last four digits; a workbook is written anew, every cell in its place; of a PDF,
which cannot be rewritten safely, the table that was read is kept as CSV. What is kept reads like
the file that was sent, and the SHA-256 of the bytes as sent goes with it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from kkpd.core import pan
from kkpd.core.pan import silence
from kkpd.engines.reading import guard, recognise
from kkpd.engines.reading.guard import encoding_of
from kkpd.engines.reading.statement import Cell, Sheet, text_of

_NUMBER = re.compile("\\d(?:[ \u00a0\u202f-]?\\d){12,}")
_DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_MOMENT = re.compile(rf"{_DAY}(?:{_DAY}|(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d\d\d)?)")
_DIGITS = bytes(48 if 48 <= byte <= 57 else 120 for byte in range(256))
_TAG = re.compile(r"<[^>]*>")
_VALUE = re.compile(r"<v>[^<]*</v>")
#: How a cell of this kind looks in a workbook that is written anew.
_LOOKS = {
    date: "yyyy-mm-dd",
    datetime: "yyyy-mm-dd hh:mm:ss",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}
_MEDIA = {
    "csv": "text/csv",
    "html": "text/html",
    "xml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "pdf": "application/pdf",
    "mt940": "text/plain",
    "camt": "application/xml",
    "ofx": "application/x-ofx",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What to keep: bytes, name and media type; `sha256_sent` is None when they are as sent."""

    data: bytes
    name: str
    media: str
    sha256_sent: str | None = None


def keepable(data: bytes, name: str) -> Kept:
    """The bytes that may be kept. Raises the readers' Unreadable and TooLarge."""
    guard.refuse_sizes(data)
    kind = recognise.format_of(data)
    changed = _HIDE.get(kind, _hide_text)(data)
    name = pan.mask(name)
    if changed is None:
        return Kept(data, name, _MEDIA[kind])
    kept, new_kind = changed
    if new_kind != kind:
        name = f"{name}.{new_kind}"
    return Kept(kept, name, _MEDIA[new_kind], hashlib.sha256(data).hexdigest())


def hide(text: str) -> str:
    """`text` with card numbers cut; no card number begins with a year, so dates stay."""
    return _NUMBER.sub(_hide_one, text)


def _hide_one(found: re.Match[str]) -> str:
    digits = "".join(letter for letter in found[0] if letter.isdigit())
    return found[0] if _MOMENT.fullmatch(digits) else pan.mask(found[0])


Changed = tuple[bytes, str] | None


def _hide_text(data: bytes, kind: str = "csv") -> Changed:
    encoding = encoding_of(data)
    if not encoding.startswith(("utf-16", "utf-32")) and not _long_number(data):
        return None
    text, encoding = _decoded(data, encoding)
    hidden = hide(text)
    return None if hidden == text else (hidden.encode(encoding), kind)


def _long_number(data: bytes) -> bool:
    """False when no 13 digits follow each other, blanks and dashes aside: cheap for whole files."""
    return b"0" * 13 in data.translate(_DIGITS, b" -\xa0\xc2\xe2\x80\xaf")


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    """The text, and an encoding that gives back every byte that was not changed."""
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _hide_workbook(data: bytes) -> Changed:
    sheets = recognise.sheets("xlsx", data)
    if data.startswith(b"PK") and not any(map(_suspect, _members(data))):
        return None
    found = any(map(_is_card, _cell_texts(sheets))) or any(map(_is_card, _other_texts(data)))
    return (_rewritten(sheets), "xlsx") if found else None


def _is_card(text: str) -> bool:
    return hide(text) != text


def _cell_texts(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The texts of all cells, joined so that one look serves many."""
    for sheet in sheets:
        yield sheet.name or ""
        for row in sheet.rows():
            yield "\n".join(map(text_of, row))


def _members(data: bytes) -> Iterator[bytes]:
    """The parts of a zipped workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield archive.read(name)


def _suspect(member: bytes) -> bool:
    """A long number, or a text in runs of its own format that may hide one."""
    return b"<r>" in member or b"\x00" in member or _long_number(member)


def _other_texts(data: bytes) -> Iterator[str]:
    """What a workbook says outside its cells: comments, properties, drawings, headers."""
    if data.startswith(b"PK"):
        for member in _members(data):
            text = _VALUE.sub("", member.decode("utf-8", "replace"))
            yield _TAG.sub("\n", text)
            yield _TAG.sub("", text) if "<r>" in text else ""


def _rewritten(sheets: Sequence[Sheet]) -> bytes:
    """The same cells in the same places, card numbers cut; the same bytes every time."""
    import xlsxwriter  # type: ignore[import-untyped]  # ships no types

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 (a fixed mark)
        looks = {kind: book.add_format({"num_format": form}) for kind, form in _LOOKS.items()}
        for sheet in sheets:
            page = book.add_worksheet(hide(sheet.name or "")[:31] or None)
            for rownum, row in enumerate(sheet.rows()):
                for column, cell in enumerate(row):
                    _write(page, rownum, column, cell, looks)
    return out.getvalue()


def _write(page: Any, row: int, column: int, cell: Cell, looks: Mapping[type, Any]) -> None:
    text = text_of(cell)
    if not text:
        return
    if isinstance(cell, str) or _is_card(text):
        page.write_string(row, column, hide(text))
    else:  # a date, truth value or number of the workbook itself
        page.write(row, column, cell, looks.get(type(cell)))


def _hide_pdf(data: bytes) -> Changed:
    rows = [
        [text_of(cell) for cell in row]
        for sheet in recognise.sheets("pdf", data)
        for row in sheet.rows()
    ]
    told = "\n".join(_pdf_properties(data))
    if not any(_is_card(" ".join(row)) for row in rows) and not _is_card(told):
        return None
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(map(_hidden_row, rows))
    return out.getvalue().encode(), "csv"


def _hidden_row(row: Sequence[str]) -> list[str]:
    """Cell by cell; a number that reaches over cells takes its row together."""
    hidden = [hide(cell) for cell in row]
    together = " ".join(hidden)
    return [hide(together)] if _is_card(together) else hidden


def _pdf_properties(data: bytes) -> Iterator[str]:
    import pdfplumber

    silence()
    with pdfplumber.open(io.BytesIO(data)) as document:
        for value in (document.metadata or {}).values():
            yield str(value)


_HIDE: dict[str, Callable[[bytes], Changed]] = {
    "xlsx": _hide_workbook,
    "xls": _hide_workbook,
    "pdf": _hide_pdf,
    **{kind: partial(_hide_text, kind=kind) for kind in ("html", "xml", "mt940", "camt", "ofx")},
}
