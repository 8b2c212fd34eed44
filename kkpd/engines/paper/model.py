"""The frozen document: PDF, XLSX, CSV and the screen are drawn from it and nothing else.

It converts to canonical JSON and back exactly: each dataclass is an object with its field names; a
part of `isi` has its kind in `bagian`. Money is a decimal string in rupiah ("750000.00"), a date
ISO 8601, an empty cell null.
"""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json
from kkpd.engines.paper.parts import (
    Entries,
    Letterhead,
    Paragraph,
    Piece,
    Row,
    RowGroup,
    Sel,
    SignatureBlock,
    Table,
    Terbilang,
    trimmed,
)

#: The version of documents made now; issued ones keep theirs.
FORM_VERSION: Final = 2
_FORM = re.compile(r"[a-z][a-z0-9_]{1,40}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class FrozenDocument:
    """One official form with its whole content, in order.

    `formulir` and `versi` choose the drawing; `tanggal` is the document's own date (also the only
    date in the file); `periode` is `2026-10`, `2026-T3` or `2026`. `alamat_periksa` is the address
    before the hash in the QR, empty for none. A `rancangan` (draft) is marked on every page.
    """

    formulir: str
    versi: int
    judul: str
    kop: Letterhead
    tanggal: date
    isi: tuple[Piece, ...]
    subjudul: tuple[str, ...] = ()
    nomor: str = ""
    periode: str = ""
    tempat: str = ""
    tanda_tangan: tuple[SignatureBlock, ...] = ()
    kertas: Literal["A4", "F4"] = "A4"
    arah: Literal["tegak", "mendatar"] = "tegak"
    rancangan: bool = True
    alamat_periksa: str = ""

    def __post_init__(self) -> None:
        for name in ("judul", "nomor", "periode", "tempat", "alamat_periksa"):
            object.__setattr__(self, name, trimmed(getattr(self, name)))
        object.__setattr__(self, "subjudul", tuple(map(trimmed, self.subjudul)))
        if not _FORM.fullmatch(self.formulir) or self.versi < 1 or not self.judul:
            raise ValueError("a document needs a form, a version from 1 and a title")
        if self.kertas not in ("A4", "F4") or self.arah not in ("tegak", "mendatar"):
            raise ValueError(f"no such paper: {self.kertas} {self.arah}")

    @property
    def data_table(self) -> Iterator[Table]:
        """Its tables, in order."""
        return (bagian for bagian in self.isi if isinstance(bagian, Table))

    @cached_property
    def _data(self) -> bytes:
        return encode(self)

    def to_json(self) -> bytes:
        """The canonical bytes: `data.json`, whose hash is in the issue event."""
        return self._data

    @classmethod
    def from_json(cls, data: bytes) -> FrozenDocument:
        """Read canonical bytes; ValueError if shape, spelling or a total is wrong."""
        return decode(data)

    def sidik(self) -> str:
        """Hex SHA-256 of the canonical bytes: the document's fingerprint."""
        return sha256(self._data).hexdigest()


VERSION = 1
_T = TypeVar("_T")
_PARTS: dict[str, type] = {
    "paragraf": Paragraph, "rincian": Entries, "tabel": Table, "terbilang": Terbilang,
}  # fmt: skip
_HINTS: dict[Any, Mapping[str, Any]] = {}
_NAMES = {kind: name for name, kind in _PARTS.items()}


def encode(dokumen: FrozenDocument) -> bytes:
    """The canonical bytes of the document."""
    return canonical.dumps({"v": VERSION, **_write_object(dokumen)})


def decode(data: bytes) -> FrozenDocument:
    """The document of these bytes; ValueError where they are not exactly what `encode` writes.

    Parsing may be lenient, because the comparison at the end is strict.
    """
    try:
        value = json.loads(data)
        if not isinstance(value, dict) or value.pop("v", None) != VERSION:
            raise ValueError("not a document of this version")
        found = _read_object(FrozenDocument, value)
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
        return _read_part(value)
    if kind is Table:
        return _read_table(value)
    if kind in _SCALARS:
        return _SCALARS[kind](value)
    return _read_object(kind, value)


def _read_part(value: Json) -> Any:
    if not isinstance(value, dict):
        raise TypeError("a part of a document is an object")
    rest = {key: item for key, item in value.items() if key != "bagian"}
    kind = _PARTS.get(str(value.get("bagian")))
    if kind is None:
        raise ValueError(f"no such part: {value.get('bagian')!r}")
    return _read(kind, rest)


def _read_object(kind: type[_T], value: Json) -> _T:
    hints = _field_types(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise ValueError(f"expected an object with {sorted(hints)}")
    return kind(**{name: _read(hint, value[name]) for name, hint in hints.items()})


def _read_table(value: Json) -> Table:
    """A table; the kinds of its columns tell how its cells are read."""
    if not isinstance(value, dict) or value.keys() != set(_field_names(Table)):
        raise ValueError("not a table")
    hints = _field_types(Table)
    given = {n: _read(hints[n], value[n]) for n in value if n != "kelompok"}
    readers = [_CELLS[kolom.jenis] for kolom in given["kolom"]]
    groups = value["kelompok"]
    if not isinstance(groups, list):
        raise TypeError("groups are a list")
    return Table(**given, kelompok=tuple(_read_group(item, readers) for item in groups))


def _read_group(value: Json, readers: list[Callable[[Any], Sel]]) -> RowGroup:
    if not isinstance(value, dict) or value.keys() != set(_field_names(RowGroup)):
        raise ValueError("not a group of rows")
    rows = value["baris"]
    if not isinstance(rows, list):
        raise TypeError("rows are a list")
    jumlah = _read(_field_types(RowGroup)["jumlah"], value["jumlah"])
    judul = _SCALARS[str](value["judul"])
    return RowGroup(judul, tuple(_read_row(row, readers) for row in rows), jumlah)


def _read_row(value: Json, readers: list[Callable[[Any], Sel]]) -> Row:
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
