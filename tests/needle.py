"""Look for a number in every byte of a folder, with everything unpacked that can be unpacked.

It knows nothing of the program: it takes away what is no letter or digit and looks for the digits.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")


def holds(data: bytes, digits: str, depth: int = 3) -> bool:
    """Whether the digits stand in these bytes, whatever is between them."""
    if any(digits in text for text in _squeezed(data)):
        return True
    return depth > 0 and any(holds(part, digits, depth - 1) for part in _parts(data))


def files_with(folder: Path, digits: str) -> list[str]:
    """The files of a folder that hold the digits, in their name or content."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if digits in re.sub(r"\W|_", "", path.name)
        or (path.is_file() and holds(path.read_bytes(), digits))
    ]


def _parts(data: bytes) -> Iterator[bytes]:
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield from map(archive.read, archive.namelist())
    for found in _PACKED.finditer(data):
        maker = zlib.decompressobj(31 if found[0].startswith(b"\x1f") else 15)
        with suppress(zlib.error):
            yield maker.decompress(data[found.start() :])


def _squeezed(data: bytes) -> Iterator[str]:
    for text in (data.decode("latin-1"), data.decode("utf-8", "ignore")):
        plain = "".join(str(int(one)) if one.isdecimal() else one for one in text)
        yield re.sub(r"\W|_", "", plain)
        yield re.sub(r"\W|_", "", re.sub(r"<[^>]*>|&#?\w+;", "", plain))
    wide = data.replace(b"\x00", b"").decode("latin-1")
    yield re.sub(r"\W|_", "", wide)
