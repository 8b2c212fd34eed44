"""Frozen shapes filled from rows."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

_Shape = TypeVar("_Shape")


def shaped(shape: type[_Shape], row: object, **other: Any) -> _Shape:
    """The shape of a row: fields that are not given are read from the row by their names."""
    own = {
        one.name: getattr(row, one.name)
        for one in fields(shape)  # type: ignore[arg-type]  # shapes are dataclasses
        if one.name not in other
    }
    return shape(**own, **other)
