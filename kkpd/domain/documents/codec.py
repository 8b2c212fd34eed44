"""A frozen document to canonical JSON and back, exactly.

Each dataclass is an object with its field names; a part of `isi` carries its kind in `bagian`.
Money is a decimal string in rupiah ("750000.00"), a date ISO 8601, an empty cell null.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from kkpd.domain import canonical
from kkpd.domain.canonical import Json
from kkpd.domain.documents.model import Dokumen
from kkpd.domain.documents.parts import Baris, Kelompok, Paragraf, Rincian, Sel, Tabel, Terbilang
from kkpd.domain.errors import DomainError
from kkpd.domain.money import Rupiah

VERSION = 1
_T = TypeVar("_T")
_BAGIAN: dict[str, type] = {
    "paragraf": Paragraf, "rincian": Rincian, "tabel": Tabel, "terbilang": Terbilang,
}  # fmt: skip
_HINTS: dict[Any, Mapping[str, Any]] = {}
_NAMES = {kind: name for name, kind in _BAGIAN.items()}


def encode(dokumen: Dokumen) -> bytes:
    """The canonical bytes of the document."""
    return canonical.dumps({"v": VERSION, **_write_object(dokumen)})


def decode(data: bytes) -> Dokumen:
    """The document of these bytes; ValueError where they are not exactly what `encode` writes.

    Reading is lenient about spelling because the comparison at the end is not.
    """
    try:
        value = json.loads(data)
        if not isinstance(value, dict) or value.pop("v", None) != VERSION:
            raise ValueError("not a document of this version")
        found = _read_object(Dokumen, value)
    except (TypeError, RecursionError, DomainError) as error:
        raise ValueError(f"not a document: {error}") from None
    if found.to_json() != data:
        raise ValueError("the document is written otherwise than the ledger writes it")
    return found


def _write(value: Any) -> Json:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Rupiah):
        return rupiah_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    return _write_object(value)


def _write_object(value: Any) -> dict[str, Json]:
    written = {name: _write(getattr(value, name)) for name in _field_names(type(value))}
    if type(value) in _NAMES:
        written["bagian"] = _NAMES[type(value)]
    return written


def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(_field_types(kind))


def _field_types(kind: Any) -> Mapping[str, Any]:
    """Field names and types of a part, in order."""
    if kind not in _HINTS:
        hints = get_type_hints(kind)
        _HINTS[kind] = {field.name: hints[field.name] for field in fields(kind)}
    return _HINTS[kind]


def _read(kind: Any, value: Json) -> Any:
    """`value` as this type, which may be a dataclass, a tuple of one, a Literal or plain."""
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError("expected a list")
        return tuple(_read(get_args(kind)[0], item) for item in value)
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{value!r} is none of {get_args(kind)}")
        return value
    if get_origin(kind) in (typing.Union, types.UnionType):
        return _read_bagian(value)
    if kind is Tabel:
        return _read_tabel(value)
    if kind in _SCALARS:
        return _SCALARS[kind](value)
    return _read_object(kind, value)


def _read_bagian(value: Json) -> Any:
    if not isinstance(value, dict):
        raise TypeError("a part of a document is an object")
    rest = {key: item for key, item in value.items() if key != "bagian"}
    kind = _BAGIAN.get(str(value.get("bagian")))
    if kind is None:
        raise ValueError(f"no such part: {value.get('bagian')!r}")
    return _read(kind, rest)


def _read_object(kind: type[_T], value: Json) -> _T:
    hints = _field_types(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise ValueError(f"expected an object with {sorted(hints)}")
    return kind(**{name: _read(hint, value[name]) for name, hint in hints.items()})


def _read_tabel(value: Json) -> Tabel:
    """A table: the kinds of its columns say how its cells are read."""
    if not isinstance(value, dict) or value.keys() != set(_field_names(Tabel)):
        raise ValueError("not a table")
    hints = _field_types(Tabel)
    given = {n: _read(hints[n], value[n]) for n in value if n != "kelompok"}
    readers = [_CELLS[kolom.jenis] for kolom in given["kolom"]]
    groups = value["kelompok"]
    if not isinstance(groups, list):
        raise TypeError("groups are a list")
    return Tabel(**given, kelompok=tuple(_read_kelompok(item, readers) for item in groups))


def _read_kelompok(value: Json, readers: list[Callable[[Any], Sel]]) -> Kelompok:
    if not isinstance(value, dict) or value.keys() != set(_field_names(Kelompok)):
        raise ValueError("not a group of rows")
    rows = value["baris"]
    if not isinstance(rows, list):
        raise TypeError("rows are a list")
    jumlah = _read(_field_types(Kelompok)["jumlah"], value["jumlah"])
    judul = _SCALARS[str](value["judul"])
    return Kelompok(judul, tuple(_read_row(row, readers) for row in rows), jumlah)


def _read_row(value: Json, readers: list[Callable[[Any], Sel]]) -> Baris:
    if not isinstance(value, list) or len(value) != len(readers):
        raise ValueError("a row has one cell for each column")
    return tuple([None if v is None else read(v) for read, v in zip(readers, value, strict=True)])


def _of(kind: type[Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is kind:
            return value
        raise ValueError(f"{value!r} is no {kind.__name__}")

    return read


def rupiah_text(amount: Rupiah) -> str:
    """`-1234.50`: exact, without grouping, always two places."""
    sen = amount.sen
    return f"{sen // 100}.{sen % 100:02d}" if sen >= 0 else f"-{-sen // 100}.{-sen % 100:02d}"


def rupiah_from(text: str) -> Rupiah:
    """The amount that `rupiah_text` wrote; ValueError where it is no amount."""
    if type(text) is not str:
        raise TypeError(f"{text!r} is no text")
    whole, dot, sen = text.partition(".")
    if dot != "." or len(sen) != 2:
        raise ValueError(f"{text!r} is no amount as documents write it")
    return Rupiah(int(whole + sen))


_SCALARS: dict[Any, Callable[[Any], Any]] = {
    str: _of(str), int: _of(int), bool: _of(bool), date: date.fromisoformat, Rupiah: rupiah_from,
}  # fmt: skip
_CELLS: dict[str, Callable[[Any], Sel]] = {
    "teks": _SCALARS[str], "kode": _SCALARS[str], "angka": _SCALARS[int],
    "persen": _SCALARS[int], "tanggal": date.fromisoformat, "uang": rupiah_from,
}  # fmt: skip
