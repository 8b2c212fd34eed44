"""Manners that a small look at the syntax tree can hold: clock, commits, docstrings, silencing."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.source import Source, calls, sources

#: Where a clock may be read; below, `now` is an argument (law 3).
WITH_A_CLOCK = ("kkpd/web/", "kkpd/views/", "kkpd/cli/", "kkpd/worker/", "kkpd/app.py")
CLOCK = re.compile(
    r"(datetime|date|dt|time|func)\.(now|utcnow|today|time|time_ns|localtime|gmtime"
    r"|current_timestamp|current_date|localtimestamp)"
)

#: Where a transaction may be ended (law 4).
WITH_A_COMMIT = ("kkpd/core/db/",)
COMMIT = re.compile(r".*\.commit|(.*\.)?(engine|connection|session)\.begin")

#: A silenced check says why, in words after its codes.
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no|djlint:off|nosec|mypy:)")
EXPLAINED = re.compile(
    r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*"
    r"|type:\s*ignore\[[a-z, -]+\]|pragma:\s*no (cover|branch))"
    r"\W+\w+\W+\w+"
)

EVERYTHING = sources("kkpd", "tests", "benchmarks", "script", "train", "migrations")


def _calls_outside(allowed: tuple[str, ...], forbidden: re.Pattern[str]) -> list[str]:
    return [
        f"{source}:{line} {what}"
        for source in sources("kkpd")
        if not source.path.startswith(allowed)
        for line, what in calls(source)
        if forbidden.fullmatch(what)
    ]


def test_no_clock_below_web() -> None:
    """Law 3: below web and cli, `now` is an argument."""
    assert _calls_outside(WITH_A_CLOCK, CLOCK) == []


def test_no_commit_outside_db() -> None:
    """Law 4: services flush, and kkpd.core.db commits once."""
    assert _calls_outside(WITH_A_COMMIT, COMMIT) == []


def test_every_module_says_what_it_answers_for() -> None:
    """A module docstring; empty files need none."""
    silent = [s.path for s in EVERYTHING if s.text.strip() and not ast.get_docstring(s.tree)]
    assert silent == []


def _comments(source: Source) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_silencing_is_explained() -> None:
    """`noqa` and `type: ignore` name their code and carry a reason after it."""
    unexplained = [
        f"{source}:{line} {comment}"
        for source in EVERYTHING
        for line, comment in _comments(source)
        if SILENCED.search(comment) and not EXPLAINED.search(comment)
    ]
    assert unexplained == []
