"""Files of one idea, small functions, folders that are no bags; a reason stands here."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from tests.architecture.source import Source, sources

FILE_LINES = 500
FUNCTION_LINES = 50
#: Python files directly in one folder of the program.
FOLDER_FILES = 20

#: path, or "path::function" -> why it is better whole
LONG_FOR_A_REASON: dict[str, str] = {}

_FOLDERS = ("kkpd", "tests", "benchmarks", "script", "train")


def long_files() -> Iterator[tuple[str, int]]:
    """(path, lines) of files past the limit."""
    for source in sources(*_FOLDERS):
        lines = source.text.count("\n")
        if lines > FILE_LINES:
            yield source.path, lines


def long_functions() -> Iterator[tuple[str, int]]:
    """(path::function, lines without its docstring) of functions past the limit."""
    for source in sources(*_FOLDERS):
        for name, lines in _functions(source):
            if lines > FUNCTION_LINES:
                yield f"{source.path}::{name}", lines


def _functions(source: Source) -> Iterator[tuple[str, int]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1 - _docstring_lines(node)


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None:
        return 0
    first = node.body[0]
    assert first.end_lineno is not None
    return first.end_lineno - first.lineno + 1


def test_files_and_functions_are_small() -> None:
    """Nothing is past its limit without a reason, and no reason outlives its cause."""
    found = dict([*long_files(), *long_functions()])
    unexplained = [f"{what}: {lines} lines" for what, lines in found.items()]
    unexplained = [line for line in unexplained if line.rsplit(": ", 1)[0] not in LONG_FOR_A_REASON]
    assert unexplained == []
    assert set(LONG_FOR_A_REASON) <= set(found), "a reason is listed for what is no longer long"


def test_no_folder_is_a_bag() -> None:
    """A folder holds one idea; more files than this are several."""
    counted = Counter(source.path.rpartition("/")[0] for source in sources("kkpd"))
    assert {folder: n for folder, n in counted.items() if n > FOLDER_FILES} == {}


def report() -> str:
    """The longest files and functions, for a person who looks (`python -m tests.architecture`)."""
    files = sorted(((s.text.count("\n"), s.path) for s in sources("kkpd")), reverse=True)
    functions = sorted(
        ((n, f"{s.path}::{name}") for s in sources("kkpd") for name, n in _functions(s)),
        reverse=True,
    )
    lines = [f"{len(files)} files, {sum(n for n, _ in files)} lines; {len(functions)} functions"]
    lines += [f"{n:5} {path}" for n, path in files[:10]]
    lines += [f"{n:5} {name}" for n, name in functions[:10]]
    return "\n".join(lines)
