"""Every fact table is in the events: whoever writes past the unit of work hands the rows over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import kkpd.models
from kkpd.core.db.columns import Base
from kkpd.core.db.facts_kinds import LEFT_OUT, NO_KEY, NOT_FACTS
from tests.architecture.source import Source, sources

#: What writes past the unit of work; `insert_missing` hands over by itself.
_WRITERS = frozenset({"insert", "update", "delete", "insert_columns", "Batches"})
_SQL = re.compile(r"\s*(INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b")


def silent(source: Source) -> Iterator[str]:
    """Calls that write a fact in a module that hands nothing over."""
    hands_over = "facts." in source.text
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _SQL.match(node.value)
        ):
            yield f"{source.path}:{node.lineno} {node.value[:40]}"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in _WRITERS and not hands_over and not _no_fact(node):
            yield f"{source.path}:{node.lineno} {node.func.id}"


def _no_fact(call: ast.Call) -> bool:
    named = call.args[0] if call.args else None
    model = getattr(kkpd.models, named.id, None) if isinstance(named, ast.Name) else None
    return model is not None and model.__tablename__ in NOT_FACTS


def test_what_is_written_past_the_unit_of_work_is_handed_over() -> None:
    found = [
        line
        for source in sources("kkpd")
        if not source.path.startswith("kkpd/core/db/")
        for line in silent(source)
    ]
    assert found == []


def test_a_silent_write_is_seen() -> None:
    text = (
        "session.execute(update(Kartu))\nsession.execute(update(Sesi))\nrun('UPDATE opd SET a = 1')"
    )
    source = Source("kkpd/x.py", text, ast.parse(text))
    assert list(silent(source)) == ["kkpd/x.py:1 update", "kkpd/x.py:3 UPDATE opd SET a = 1"]


def test_the_kinds_name_what_there_is() -> None:
    tables = Base.metadata.tables
    assert {*NOT_FACTS, *LEFT_OUT, *NO_KEY} <= tables.keys()
    for table, columns in LEFT_OUT.items():
        assert columns.keys() <= {column.key for column in tables[table].columns}
    assert all(reason for kinds in (NOT_FACTS, NO_KEY) for reason in kinds.values())


def test_nothing_points_at_rows_told_without_their_key() -> None:
    pointed = {
        key.column.table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
    }
    assert not pointed & NO_KEY.keys()
