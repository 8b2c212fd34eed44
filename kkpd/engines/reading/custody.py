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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from html import unescape
from typing import Any

from kkpd.core import endings, pan
from kkpd.core.errors import Unreadable
from kkpd.engines.reading import guard, inside, recognise
from kkpd.engines.reading.guard import encoding_of
from kkpd.engines.reading.statement import Cell, Sheet, text_of

_TAG = re.compile(r"<[^>]*>")
#: Marks inside a word; others stand between cells or paragraphs.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|code|em|font|i|mark|s|small|span|strong|sub|sup|tt|u|wbr)\b[^>]*>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_SPACE = re.compile(r"\s+")
_TAGGED = frozenset({"html", "xml", "camt", "ofx"})
_DISGUISED = (
    "Berkas ini memuat nomor kartu utuh yang terpecah atau ditulis dengan kode, sehingga tidak "
    "dapat dipotong. Unduh berkas lain dari bank (CSV atau XLSX), lalu unggah itu."
)
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
    endings.refuse_other(name, kind)
    changed = _HIDE.get(kind, _hide_text)(data)
    name = pan.mask(name)
    if changed is None:
        return Kept(data, name, _MEDIA[kind])
    kept, new_kind = changed
    if new_kind != kind:
        name = f"{name}.{new_kind}"
    return Kept(kept, name, _MEDIA[new_kind], hashlib.sha256(data).hexdigest())


Changed = tuple[bytes, str] | None


def _hide_text(data: bytes, kind: str = "csv") -> Changed:
    encoding = encoding_of(data)
    text, encoding = _decoded(data, encoding)
    hidden = pan.mask(text)
    if kind in _TAGGED and _in_disguise(hidden):
        if kind == "html":  # a page of tables: they are kept, its marks are not
            return _rewritten(recognise.sheets(kind, data)), "xlsx"
        raise Unreadable(_DISGUISED)
    return None if hidden == text else (hidden.encode(encoding), kind)


def _in_disguise(text: str) -> bool:
    """Whether a number stands in a page or XML written as entities, or over several elements."""
    plain = _INLINE.sub("", text)
    told = (unescape(text), _SPACE.sub(" ", unescape(_TAG.sub(pan.CELL, plain))))
    return any(map(_is_card, told))


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    """The text, and an encoding that gives back every byte that was not changed."""
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _hide_workbook(data: bytes) -> Changed:
    sheets = recognise.sheets("xlsx", data)
    found = any(map(_is_card, _cell_texts(sheets))) or any(map(_is_card, inside.texts(data)))
    return (_rewritten(sheets), "xlsx") if found else None


def _is_card(text: str) -> bool:
    return bool(pan.spans(text))


def _cell_texts(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The texts of all cells, a row together so that a number over cells is seen."""
    for sheet in sheets:
        yield sheet.name or ""
        for row in sheet.rows():
            yield pan.CELL.join(map(text_of, row))


def _rewritten(sheets: Sequence[Sheet]) -> bytes:
    """The same cells in the same places, card numbers cut; the same bytes every time."""
    import xlsxwriter  # type: ignore[import-untyped]  # ships no types

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 (a fixed mark)
        looks = {kind: book.add_format({"num_format": form}) for kind, form in _LOOKS.items()}
        for sheet in sheets:
            page = book.add_worksheet(pan.mask(sheet.name or "")[:31] or None)
            for rownum, row in enumerate(sheet.rows()):
                texts = [text_of(cell) for cell in row]
                for column, hidden in enumerate(pan.mask_row(texts)):
                    changed = hidden != texts[column]
                    _write(page, rownum, column, hidden if changed else row[column], looks)
    return out.getvalue()


def _write(page: Any, row: int, column: int, cell: Cell, looks: Mapping[type, Any]) -> None:
    text = text_of(cell)
    if not text:
        return
    if isinstance(cell, str):
        page.write_string(row, column, text)
    else:  # a date, truth value or number of the workbook itself
        page.write(row, column, cell, looks.get(type(cell)))


def _hide_pdf(data: bytes) -> Changed:
    rows = [
        [text_of(cell) for cell in row]
        for sheet in recognise.sheets("pdf", data)
        for row in sheet.rows()
    ]
    if not any(_is_card(" ".join(row)) for row in rows) and not _pdf_tells(data):
        return None
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(map(_hidden_row, rows))
    return out.getvalue().encode(), "csv"


def _pdf_tells(data: bytes) -> bool:
    """Whether the paper says a card number anywhere, or holds a file that nobody looks into."""
    return any(place == inside.ATTACHED or _is_card(text) for place, text in inside.paper(data))


def _hidden_row(row: Sequence[str]) -> list[str]:
    """Cell by cell; a number that reaches over cells takes its row together."""
    hidden = pan.mask_row(row)
    together = " ".join(hidden)
    return [pan.mask(together)] if _is_card(together) else hidden


_HIDE: dict[str, Callable[[bytes], Changed]] = {
    "xlsx": _hide_workbook,
    "xls": _hide_workbook,
    "pdf": _hide_pdf,
    **{kind: partial(_hide_text, kind=kind) for kind in ("html", "xml", "mt940", "camt", "ofx")},
}
