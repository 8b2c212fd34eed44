"""Opening an audit package, a folder or a ZIP, that anybody may have put together.

It travels in every package inside `periksa.py`: standard library only.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

ReadFile = Callable[[str], bytes]
#: The most bytes of one file of a package.
MOST_BYTES = 1024**3
#: What reading a damaged or hostile package can end in.
DAMAGE_ERRORS = (
    OSError, LookupError, TypeError, ValueError, AttributeError, RuntimeError, MemoryError,
    EOFError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def buka(where: Path) -> tuple[ReadFile, list[str]]:
    """How its files are read, and their names; ValueError where two have one name."""
    if where.is_dir():
        found = {p.relative_to(where).as_posix(): p for p in where.rglob("*") if p.is_file()}
        sizes = {name: path.stat().st_size for name, path in found.items()}
        return _bounded(lambda name: found[name].read_bytes(), sizes), list(found)
    archive = zipfile.ZipFile(where)
    inside = [info for info in archive.infolist() if not info.is_dir()]
    names = [info.filename for info in inside]
    if len(set(names)) != len(names):
        raise ValueError("dua berkas dengan nama yang sama di dalam ZIP")
    return _bounded(archive.read, {info.filename: info.file_size for info in inside}), names


def _bounded(baca: ReadFile, sizes: dict[str, int]) -> ReadFile:
    """Reads only what is in the package, and nothing that is too large for any."""

    def read(name: str) -> bytes:
        if name not in sizes:
            raise KeyError(f"{name} tidak ada dalam paket")
        if sizes[name] > MOST_BYTES:
            raise ValueError(f"{name} lebih dari 1 GiB")
        return baca(name)

    return read
