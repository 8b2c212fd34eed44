"""Files written completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import IO


@contextmanager
def intact(path: Path, mode: int = 0o600) -> Iterator[IO[bytes]]:
    """A file written completely or not at all, also after a crash; its owner's alone unless `mode`
    says otherwise (minus the umask).
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    try:
        with open(aside, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
