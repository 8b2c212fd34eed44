"""An audit package as a ZIP: the same content gives the same bytes, read from anywhere offline."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from importlib import resources
from typing import IO, Final

from kkpd.domain import canonical
from kkpd.domain.canonical import Json
from kkpd.reports.csv import harmless

VERSION: Final = 1
#: What is packed already is stored as it is.
_PADAT: Final = (".pdf", ".png", ".jpg", ".jpeg", ".xlsx", ".webp")
_IMPOR: Final = "from kkpd.reports.ed25519 import ed25519_sah\n"


class Paket:
    """Writes files one after the other, then the manifest over them, PERIKSA.md and the verifier.

    `at` is the moment of the package's checkpoint: the only time in the file.
    """

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w", allowZip64=True)
        self._at = (at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
        self._files: dict[str, Json] = {}
        self._reports: list[Json] = []
        self._lost: list[Json] = []

    def __enter__(self) -> Paket:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def hilang(self, name: str) -> None:
        """A file that the books name and the store has no more: the verifier will say so."""
        self._lost.append(name)

    def tambah(self, name: str, data: bytes) -> None:
        """One more file; a name that is there already is a ValueError."""
        if name in self._files:
            raise ValueError(f"{name} is in the package already")
        self._files[name] = {"sha256": sha256(data).hexdigest(), "ukuran": len(data)}
        self._put(name, data)

    def laporan(self, nomor: str, name: str, data: bytes, pdf: bytes) -> None:
        """An issued report: its data beside its PDF, both checked by the verifier."""
        self.tambah(f"{name}.json", data)
        self.tambah(f"{name}.pdf", pdf)
        self._reports.append({"nomor": nomor, "data": f"{name}.json", "pdf": f"{name}.pdf"})

    def tutup(self, about: dict[str, Json], petunjuk: str) -> None:
        """Write the manifest, the words for the reader and the verifier; the ZIP is complete."""
        manifest = {**about, "v": VERSION, "files": self._files}
        manifest |= {"laporan": self._reports, "hilang": self._lost}
        self._put("manifes.json", canonical.dumps(manifest))
        self._put("PERIKSA.md", petunjuk.encode())
        self._put("periksa.py", pemeriksa())

    def _put(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, self._at)
        packed = name.lower().endswith(_PADAT)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)


def pemeriksa() -> bytes:
    """The stand-alone verifier: one file that needs the standard library and nothing else."""
    folder = resources.files("kkpd.reports")
    main = folder.joinpath("periksa.py").read_text("utf-8")
    curve = folder.joinpath("ed25519.py").read_text("utf-8")
    assert _IMPOR in main, "the verifier takes its signature check from one place"
    _docstring, _future, body = curve.partition("from __future__ import annotations\n")
    return main.replace(_IMPOR, body.replace("\nimport hashlib\n", "")).encode()


def tabel(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV (RFC 4180, UTF-8 with BOM), harmless in a spreadsheet.

    An amount keeps its minus sign: a number is no formula.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(cell: str) -> str:
    number = cell.startswith("-") and cell[1:].replace(".", "", 1).isdecimal()
    return cell if number else harmless(cell)
