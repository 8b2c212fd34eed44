"""Reading a canonical JSON object whose fields are known: anything else is a ValueError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import Json

_T = TypeVar("_T")

#: The version byte of every shape that the log and its proofs have.
VERSION = 1


def exactly(found: _T, written: bytes, data: bytes) -> _T:
    """`found`, or ValueError if it was spelt differently than it would be written (e.g. `true` for
    1).
    """
    if written != data:
        raise ValueError("written otherwise than the log writes it")
    return found


def fields(data: bytes, keys: frozenset[str]) -> Mapping[str, Json]:
    """The object with exactly these keys, `v` being VERSION."""
    value = canonical.loads(data)
    if not isinstance(value, Mapping) or value.keys() != keys or value["v"] != VERSION:
        raise ValueError(f"expected an object of version {VERSION} with {sorted(keys)}")
    return value


def text(found: Mapping[str, Json], key: str) -> str:
    """A field that is text."""
    value = found[key]
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")  # noqa: TRY004 - wrong bytes, no wrong call
    return value


def count(found: Mapping[str, Json], key: str) -> int:
    """A field that counts from 1."""
    value = found[key]
    if type(value) is not int or value < 1:
        raise ValueError(f"{key} is no count from 1")
    return value


def hex_digest(found: Mapping[str, Json], key: str) -> str:
    """A field that is a hash in lower-case hex."""
    value = text(found, key)
    if digest(value).hex() != value:
        raise ValueError(f"{key} is not in lower-case hex")
    return value


def items(found: Mapping[str, Json], key: str) -> list[Json]:
    """A field that is a list."""
    value = found[key]
    if not isinstance(value, list):
        raise ValueError(f"{key} is no list")  # noqa: TRY004 - wrong bytes, no wrong call
    return value


def digest(value: Json) -> bytes:
    """The 32 bytes that a hex text stands for."""
    data = bytes.fromhex(value) if isinstance(value, str) else b""
    if len(data) != 32:
        raise ValueError("a hash has 32 bytes")
    return data
