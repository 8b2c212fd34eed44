"""An audit package as a ZIP: the same content gives the same bytes, read from anywhere offline.

`periksa.py`, `opening.py`, `cells.py` and `ed25519.py` travel inside every package, so they use the
standard library only; `_IMPORTS` lists their import lines that are replaced on the way.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json
from kkpd.reports.package import periksa

VERSION: Final = 2
#: Compressed formats are stored without compressing again.
_COMPRESSED: Final = (".pdf", ".png", ".jpg", ".jpeg", ".xlsx", ".webp")


class AuditPackage:
    """Writes files one after the other, then the manifest over them, PERIKSA.md and the verifier.

    `at` is the moment of the package's checkpoint, the only time in the file.
    """

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w", allowZip64=True)
        self._at = (at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
        self._files: dict[str, Json] = {}
        self._reports: list[Json] = []
        self._lost: list[Json] = []

    def __enter__(self) -> AuditPackage:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def lost(self, name: str) -> None:
        """A file that is missing in the store; the verifier will report it."""
        self._lost.append(name)

    def add_in(self, name: str, data: bytes) -> None:
        """Add a file; a duplicate name is a ValueError."""
        if name in self._files:
            raise ValueError(f"{name} is in the package already")
        self._files[name] = {"sha256": sha256(data).hexdigest(), "ukuran": len(data)}
        self._put(name, data)

    def reporting(self, nomor: str, name: str, data: bytes, pdf: bytes) -> None:
        """An issued report: its data beside its PDF, both checked by the verifier."""
        self.add_in(f"{name}.json", data)
        self.add_in(f"{name}.pdf", pdf)
        self._reports.append({"nomor": nomor, "data": f"{name}.json", "pdf": f"{name}.pdf"})

    def finish_up(
        self, about: dict[str, Json], instructions: str, tanda: Callable[[bytes], bytes]
    ) -> None:
        """Write the instructions, the verifier, and the manifest with its signature by `tanda` (the
        log's key); this completes the ZIP.
        """
        self.add_in("PERIKSA.md", instructions.encode())
        self.add_in("periksa.py", verifier_source())
        manifest = canonical.dumps({
            **about, "v": VERSION, "files": self._files, "laporan": self._reports,
            "hilang": self._lost,
        })  # fmt: skip
        self._put("manifes.json", manifest)
        signed = tanda(periksa.MANIFEST_PREFIX + manifest).hex()
        self._put("manifes.tanda.txt", f"{signed}\n".encode())

    def _put(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, self._at)
        packed = name.lower().endswith(_COMPRESSED)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)


def verifier_source() -> bytes:
    """The stand-alone verifier: one file that needs the standard library and nothing else."""
    return Path(periksa.__file__).read_bytes()


def data_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV (RFC 4180, UTF-8 with BOM), harmless in a spreadsheet.

    An amount keeps its minus sign: a number is no formula.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([periksa.safe_cell(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
