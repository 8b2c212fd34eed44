"""The real files that lie in tests/data, with the rows and sums they must give."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from functools import cache
from pathlib import Path

from kkpd.engines.reading import Statement, parse

DATA = Path(__file__).parents[2] / "data"


def expected() -> dict[str, tuple[int, Decimal]]:
    """File (relative to tests/data) -> rows and sum; spending positive, money back negative."""
    found = json.loads((DATA / "expected.json").read_text("utf-8"))
    return {name: (one["rows"], Decimal(one["sum"])) for name, one in found.items()}


def read(name: str) -> bytes:
    """The bytes of a file, unpacked where it lies packed."""
    data = (DATA / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


@cache
def statement(name: str) -> Statement:
    """A file read once for all tests."""
    return parse(read(name), name)
