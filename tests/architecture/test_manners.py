"""Manners that a small look at the syntax tree can hold: clock, commits, docstrings, silencing."""

from __future__ import annotations

import ast
import io
import re
import tokenize

import pytest

from tests.architecture.source import Source, calls, sources

#: Where a clock may be read; below, `now` is an argument (law 3).
WITH_A_CLOCK = ("kkpd/web/", "kkpd/views/", "kkpd/cli/", "kkpd/app.py")
CLOCK = re.compile(
    r"(datetime|date|dt|time|func)\.(now|utcnow|today|time|time_ns|localtime|gmtime"
    r"|current_timestamp|current_date|localtimestamp)"
)

#: Where a transaction may be ended (law 4).
WITH_A_COMMIT = ("kkpd/db/",)
COMMIT = re.compile(r".*\.commit|(.*\.)?(engine|connection|session)\.begin")

#: A silenced check says why, in words after its codes.
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no|djlint:off|nosec|mypy:)")
EXPLAINED = re.compile(
    r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*"
    r"|type:\s*ignore\[[a-z, -]+\]|pragma:\s*no (cover|branch))"
    r"\W+\w+\W+\w+"
)

EVERYTHING = sources("kkpd", "tests", "benchmarks", "script", "migrations")


@pytest.mark.parametrize("source", sources("kkpd"), ids=str)
def test_no_clock_below_web(source: Source) -> None:
    """Law 3: below web and cli, `now` is an argument."""
    if source.path.startswith(WITH_A_CLOCK):
        return
    assert [f"{line} {what}" for line, what in calls(source) if CLOCK.fullmatch(what)] == []


@pytest.mark.parametrize("source", sources("kkpd"), ids=str)
def test_no_commit_outside_db(source: Source) -> None:
    """Law 4: services flush, and kkpd.db commits once."""
    if source.path.startswith(WITH_A_COMMIT):
        return
    assert [f"{line} {what}" for line, what in calls(source) if COMMIT.fullmatch(what)] == []


@pytest.mark.parametrize("source", EVERYTHING, ids=str)
def test_every_module_says_what_it_answers_for(source: Source) -> None:
    """A module docstring; empty files need none."""
    assert not source.text.strip() or ast.get_docstring(source.tree)


@pytest.mark.parametrize("source", EVERYTHING, ids=str)
def test_silencing_is_explained(source: Source) -> None:
    """`noqa` and `type: ignore` name their code and carry a reason after it."""
    comments = (
        token
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline)
        if token.type == tokenize.COMMENT
    )
    unexplained = [
        f"{token.start[0]} {token.string}"
        for token in comments
        if SILENCED.search(token.string) and not EXPLAINED.search(token.string)
    ]
    assert unexplained == []
