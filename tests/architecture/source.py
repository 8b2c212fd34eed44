"""The program's own source as the architecture tests see it: paths, text, syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the project, and what it says."""

    path: str
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return self.path


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file below these folders, in order of path."""
    return tuple(
        _read(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))
    )


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def calls(source: Source) -> Iterator[tuple[int, str]]:
    """(line, what is called as written, e.g. "datetime.now") for every call of a plain name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.lineno, ast.unparse(node.func)
