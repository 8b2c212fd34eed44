"""Pause garbage collection during bulk work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause() -> Iterator[None]:
    """Switch the collector off inside the block: it would walk over whole columns and find no
    cycles.

    Values without cycles are still freed at once; cycles of other threads wait until the end.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
