"""What the program imports is what setup.cfg declares; every declared library has its reason."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from tests.architecture.source import ROOT, Source, sources

REASONS = ROOT / "docs" / "adr" / "0001-libraries.md"

#: declared -> who uses it, where no import shows it
USED_OTHERWISE = {
    "granian": "serves wsgi.py",
    "psycopg": "SQLAlchemy loads it for postgresql addresses",
    "fontpkg-fira-sans": "its font files are read by path",
}


def _declared() -> set[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    lines = [
        *parser["options"]["install_requires"].split("\n"),
        *parser["options.extras_require"]["train"].split("\n"),
    ]
    return {_canonical(re.split(r"[\[<>=~! ]", line)[0]) for line in lines if line.strip()}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_imports_and_declarations_agree() -> None:
    """No library is used undeclared, to break by another one's release; none is dead weight."""
    names = {name for source in sources("kkpd") for name in _imported(source)}
    distributions = packages_distributions()
    used = {
        _canonical(distribution)
        for name in names - sys.stdlib_module_names - {"kkpd"}
        for distribution in distributions.get(name, [f"({name}: not installed)"])
    }
    assert used - _declared() == set(), "imported but not declared"
    assert _declared() - used - set(USED_OTHERWISE) == set(), "declared but not used"


def test_every_library_has_its_reason() -> None:
    """One row a library in the decision record."""
    text = REASONS.read_text(encoding="utf-8")
    reasoned = {_canonical(name) for name in re.findall(r"^\| ([\w.-]+)", text, re.MULTILINE)}
    assert _declared() - reasoned == set()
