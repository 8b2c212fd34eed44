"""A file of breached passwords: SHA-1 in capitals, sorted, one a line, as the public download of
"pwned passwords" gives it (`:count` may follow). It is searched by halves, so that its many
gigabytes stay on the disk.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_LINE: Final = re.compile(rb"[0-9A-F]{40}(:\d+)?\r?\n?")
_DIGITS: Final = 40
#: A line is far shorter; what is longer belongs to another kind of file.
_LONGEST: Final = 200
#: So many places of a large file are looked at when the program starts.
_SAMPLES: Final = 1_000
_SMALL: Final = 1024 * 1024


def fault(path: Path) -> str | None:
    """What is wrong with the file in a sentence; None when it can be searched."""
    try:
        with path.open("rb") as handle:
            last = b""
            for line in _some_lines(handle):
                if not _LINE.fullmatch(line):
                    return "bukan daftar sidik SHA-1 huruf besar, satu sebaris."
                if line[:_DIGITS] < last:
                    return "tidak urut menurut sidiknya. Urutkan dahulu: LC_ALL=C sort."
                last = line[:_DIGITS]
    except OSError as problem:
        return f"tidak dapat dibaca ({problem.strerror})."
    return None if last else "kosong."


def has(path: Path, word: str) -> bool:
    """Whether this password is in the file."""
    wanted = hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as handle:
        begin, end = 0, handle.seek(0, os.SEEK_END)
        while begin < end:  # the line begins in [begin, end), if it is there
            middle = (begin + end) // 2
            start, line = _line_from(handle, middle)
            found = line[:_DIGITS]
            if found == wanted:
                return True
            if line and start < end and found < wanted:
                begin = start + len(line)
            else:
                end = middle
    return False


def _line_from(handle: BinaryIO, place: int) -> tuple[int, bytes]:
    """The first line that begins at this place or after it, and where; empty at the end."""
    handle.seek(max(place - 1, 0))
    if place:
        handle.readline(_LONGEST)
    return handle.tell(), handle.readline(_LONGEST)


def _some_lines(handle: BinaryIO) -> Iterator[bytes]:
    """All lines of a small file; of a large one some from beginning to end."""
    size = handle.seek(0, os.SEEK_END)
    place, step = 0, 1 if size <= _SMALL else size // _SAMPLES
    while place < size:
        start, line = _line_from(handle, place)
        if line:
            yield line
        place = max(start + len(line), place + step)
