"""Python's collector of cycles, kept from walking over many small values that make none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause() -> Iterator[None]:
    """No collection meanwhile: each would walk over whole columns of a file and find nothing.

    Values without cycles are freed at once as ever; cycles of other threads wait till the end.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
