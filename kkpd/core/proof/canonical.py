"""Canonical JSON (RFC 8785): exactly one byte string for a value, so that hashes can be compared.

Only what the ledger needs: null, true/false, whole numbers within +-(2**53 - 1), strings, lists and
objects. No floats: money is whole sen as an int, or a decimal string where it may be larger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

#: Beyond it readers that keep numbers as doubles would read another number (RFC 7493).
MAX_INT = 2**53 - 1


def dumps(value: Json) -> bytes:
    """The canonical UTF-8 bytes of `value`.

    TypeError for a float or another foreign type, ValueError for an int beyond MAX_INT, a lone
    surrogate, or a nesting deeper than the interpreter takes.
    """
    try:
        written = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise ValueError("canonical JSON: nested too deeply") from None
    return written.encode("utf-8")


def loads(data: bytes) -> Json:
    """The value of canonical bytes; ValueError for bytes that are not exactly what `dumps` writes.

    So no two byte strings mean the same value; duplicate keys are refused too.
    """
    try:
        value: Json = _DECODE(data.decode("utf-8"))
        again = dumps(value)
    except (RecursionError, TypeError) as error:
        raise ValueError(f"not canonical JSON: {error}") from None
    if again != data:
        raise ValueError("not canonical JSON: the same value is written otherwise")
    return value


def _no_float(text: str) -> Json:
    raise ValueError(f"canonical JSON: {text} is not a whole number")


def _whole(text: str) -> int:
    return _within(int(text))


def _ordered(value: object) -> Json:
    """`value` with the keys of every object in the order of their UTF-16 code units."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value  # type: ignore[return-value]  # mypy does not narrow by type(x)
    if kind is int:
        return _within(value)  # type: ignore[arg-type]  # the same
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in _sorted_keys(value)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    raise TypeError(f"canonical JSON takes no {kind.__name__}")


def _within(number: int) -> int:
    if -MAX_INT <= number <= MAX_INT:
        return number
    raise ValueError(f"canonical JSON: {number} is beyond 2**53 - 1, write it as a string")


def _sorted_keys(keys: Mapping[str, Json]) -> list[str]:
    for key in keys:
        if type(key) is not str:
            raise TypeError(f"canonical JSON: the key {key!r} is no string")
    if all(map(str.isascii, keys)):
        return sorted(keys)
    return sorted(keys, key=lambda key: key.encode("utf-16-be"))


_DECODE: Final = json.JSONDecoder(
    parse_float=_no_float, parse_constant=_no_float, parse_int=_whole
).decode


_T = TypeVar("_T")

#: The first version of every shape that the log and its proofs have. It names shape and algorithms:
#: SHA-256, the Merkle tree of merkle.py, and Ed25519. Another shape or algorithm is another version
#: with a reader of its own beside this one: what was written as 1 is checked as 1 for ever.
VERSION = 1


def exactly(found: _T, written: bytes, data: bytes) -> _T:
    """`found`, or ValueError if it was spelt differently than it would be written (e.g. `true` for
    1).
    """
    if written != data:
        raise ValueError("written otherwise than the log writes it")
    return found


def fields(data: bytes, keys: frozenset[str], version: int = VERSION) -> Mapping[str, Json]:
    """The object with exactly these keys, `v` being this version."""
    value = loads(data)
    if not isinstance(value, Mapping) or value.keys() != keys or value["v"] != version:
        raise ValueError(f"expected an object of version {version} with {sorted(keys)}")
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


def position(found: Mapping[str, Json], key: str) -> int:
    """A field that counts from 0."""
    value = found[key]
    if type(value) is not int or value < 0:
        raise ValueError(f"{key} is no count from 0")
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
