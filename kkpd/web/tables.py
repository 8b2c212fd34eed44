"""Table heads, sort order and paging by key; the choices are kept in the URL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from kkpd.web.request.converters import whole_number


@dataclass(frozen=True, slots=True)
class Col:
    """One column of a table: head, whether it holds numbers, sort key, hidden on a phone."""

    label: str
    num: bool = False
    sort: str | None = None
    hide: bool = False


def col(label: str, num: bool = False, sort: str | None = None, hide: bool = False) -> Col:
    """A column for `ui.table`."""
    return Col(label, num, sort, hide)


@dataclass(frozen=True, slots=True)
class SortState:
    """The link of the head, and how the column is sorted now."""

    url: str
    aria: str | None
    arrow: str


def url_with(**changes: Any) -> str:
    """This URL with some query fields changed (None removes a field)."""
    fields = request.args.to_dict(flat=False) | {
        name: [str(value)] for name, value in changes.items() if value is not None
    }
    kept = {name: values for name, values in fields.items() if changes.get(name, "") is not None}
    return f"{request.path}?{urlencode(kept, doseq=True)}" if kept else request.path


def sort_state(key: str) -> SortState:
    """The link and arrow of a head: ascending first, descending on the second click."""
    now = request.args.get("urut", "")
    if now == key:
        return SortState(url_with(urut=f"-{key}", sesudah=None), "ascending", " ▲")
    arrow, aria = (" ▼", "descending") if now == f"-{key}" else ("", None)
    return SortState(url_with(urut=key, sesudah=None), aria, arrow)


def after() -> int:
    """The key behind which this page of a list begins (`?sesudah=`); 0 on the first page."""
    return whole_number(request.args.get("sesudah", "")) or 0


def sorted_by(allowed: Collection[str], default: str) -> tuple[str, bool]:
    """The sort key in the URL (`?urut=-nilai`) and whether it descends."""
    asked = request.args.get("urut", default)
    key = asked.removeprefix("-")
    return (key, asked.startswith("-")) if key in allowed else sorted_default(default)


def sorted_default(default: str) -> tuple[str, bool]:
    """The default order, written as in the URL."""
    return default.removeprefix("-"), default.startswith("-")
