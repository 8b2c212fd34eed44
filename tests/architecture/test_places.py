"""The project stands on any machine: no file of it names one machine's folders or a registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

FOLDERS = (
    "benchmarks",
    "docs",
    "kkpd",
    "migrations",
    "requirements",
    "script",
    "tests",
    "train",
    ".ci",
)
SUFFIXES = {
    *("", ".py", ".sh", ".md", ".txt", ".in", ".cfg", ".toml", ".html", ".css", ".js"),
    *(".json", ".po", ".mako", ".java", ".yaml"),
}
#: Folders of somebody's own machine, and hosts that only an installer should know.
OWN_PLACES = re.compile(
    r"(?<![\w./])/(work|root|home|Users|opt/wheels|tmp/\w)\b[\w/.-]*|\.\./shared\b|\bshared/(data|design|domain)\b"
)
REGISTRIES = re.compile(r"\b(files\.pythonhosted|registry\.npmjs|deb\.debian|pypi)\.(org|com)\b")


def _files() -> Iterator[Path]:
    yield from (
        path
        for path in ROOT.iterdir()
        if path.is_file() and path.suffix in SUFFIXES and not path.name.startswith(".")
    )
    for folder in FOLDERS:
        yield from (
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in path.parts
        )


@pytest.mark.parametrize("pattern", [OWN_PLACES, REGISTRIES], ids=["folders", "registries"])
def test_no_machine_is_named(pattern: re.Pattern[str]) -> None:
    """Neither in code nor in documents; this file, which must say what it looks for, aside."""
    found = [
        f"{path.relative_to(ROOT)}:{number} {match.group()}"
        for path in sorted(_files())
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        for match in pattern.finditer(line)
    ]
    assert found == []


def test_locks_name_hashes_only() -> None:
    """Every locked release carries hashes and no address."""
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        releases = re.split(r"\n(?=[a-z])", text)
        unpinned = [r.splitlines()[0] for r in releases if "==" in r and "--hash=sha256:" not in r]
        assert unpinned == [], lock.name
