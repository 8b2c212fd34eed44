"""Law 2: money is whole sen; no float comes near it, in the program or in a column."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Source, sources

#: Columns that could hold a fraction of a sen or lose one.
INEXACT_TYPES = {"Float", "Numeric", "REAL", "DOUBLE", "DOUBLE_PRECISION", "Double"}

#: "path::function" -> why a ratio of amounts is right there
RATIO_FOR_A_REASON = {
    "kkpd/engines/classify/policy.py::harga_satuan": "the quantity is a Decimal",
}


def _is_money(node: ast.AST) -> bool:
    """Whether an amount in sen, or the type itself, is part of this expression."""
    return any(
        (isinstance(part, ast.Attribute) and part.attr == "sen")
        or (isinstance(part, ast.Name) and part.id in {"sen", "Rupiah"})
        for part in ast.walk(node)
    )


def _inexact(source: Source) -> Iterator[str]:
    """Float arithmetic on an amount: `/`, `float()`, `round()`, a float literal in `Rupiah()`."""
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        if f"{source.path}::{function.name}" in RATIO_FOR_A_REASON:
            continue
        for node in ast.walk(function):
            if _is_inexact(node):
                yield f"{source.path}:{node.lineno} {ast.unparse(node)}"  # type: ignore[attr-defined]  # an expression


def _is_inexact(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _is_money(node) and "Decimal(" not in ast.unparse(node)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    if node.func.id in {"float", "round"}:
        return _is_money(node)
    return node.func.id == "Rupiah" and any(
        isinstance(part, ast.Constant) and isinstance(part.value, float)
        for argument in node.args
        for part in ast.walk(argument)
    )


def test_no_float_near_money() -> None:
    """No amount is divided, rounded or turned into a float."""
    assert [what for source in sources("kkpd") for what in _inexact(source)] == []


def test_the_money_module_knows_no_float() -> None:
    """Not even a literal."""
    [money] = [s for s in sources("kkpd/core") if s.path == "kkpd/core/money.py"]
    floats = [
        node.lineno
        for node in ast.walk(money.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    assert floats == []


def test_no_inexact_columns() -> None:
    """The tables hold no type that rounds."""
    found = [
        f"{source.path}:{node.lineno}"
        for source in sources("kkpd/tables", "kkpd/core/db")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in INEXACT_TYPES
    ]
    assert found == []
