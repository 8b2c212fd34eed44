"""The frozen document: what PDF, XLSX, CSV and the screen are all drawn from, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Final, Literal

from kkpd.domain.documents.parts import Bagian, Kop, Tabel, TandaTangan
from kkpd.domain.documents.text import bersih

#: The drawing of documents that are made today; issued ones keep theirs.
VERSI: Final = 2
_FORM = re.compile(r"[a-z][a-z0-9_]{1,40}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Dokumen:
    """One official form with all that stands on it, in the order in which it stands.

    `formulir` and `versi` choose the drawing; `tanggal` is the document's own date (also the only
    date in the file); `periode` is `2026-10`, `2026-T3` or `2026`. `alamat_periksa` is the address
    before the hash in the QR, empty for none. A `rancangan` (draft) says so on every page.
    """

    formulir: str
    versi: int
    judul: str
    kop: Kop
    tanggal: date
    isi: tuple[Bagian, ...]
    subjudul: tuple[str, ...] = ()
    nomor: str = ""
    periode: str = ""
    tempat: str = ""
    tanda_tangan: tuple[TandaTangan, ...] = ()
    kertas: Literal["A4", "F4"] = "A4"
    arah: Literal["tegak", "mendatar"] = "tegak"
    rancangan: bool = True
    alamat_periksa: str = ""

    def __post_init__(self) -> None:
        for name in ("judul", "nomor", "periode", "tempat", "alamat_periksa"):
            object.__setattr__(self, name, bersih(getattr(self, name)))
        object.__setattr__(self, "subjudul", tuple(map(bersih, self.subjudul)))
        if not _FORM.fullmatch(self.formulir) or self.versi < 1 or not self.judul:
            raise ValueError("a document needs a form, a version from 1 and a title")
        if self.kertas not in ("A4", "F4") or self.arah not in ("tegak", "mendatar"):
            raise ValueError(f"no such paper: {self.kertas} {self.arah}")

    @property
    def tabel(self) -> Iterator[Tabel]:
        """Its tables, in order."""
        return (bagian for bagian in self.isi if isinstance(bagian, Tabel))

    @cached_property
    def _data(self) -> bytes:
        from kkpd.domain.documents.codec import encode

        return encode(self)

    def to_json(self) -> bytes:
        """The canonical bytes: `data.json`, what the issue event holds the hash of."""
        return self._data

    @classmethod
    def from_json(cls, data: bytes) -> Dokumen:
        """Read canonical bytes; ValueError where shape, spelling or a total do not hold."""
        from kkpd.domain.documents.codec import decode

        return decode(data)

    def sidik(self) -> str:
        """Hex SHA-256 of the canonical bytes: the document's fingerprint."""
        return sha256(self._data).hexdigest()
