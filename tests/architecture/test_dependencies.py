"""What the program imports is what setup.cfg declares; every declared library has its reason."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from tests.architecture.source import ROOT, Source, sources

OURS = {"kkpd", "tests", "benchmarks", "script", "train", "migrations", "wsgi"} | {
    path.stem for path in (ROOT / "script").glob("*.py")
}
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
    return _names(parser["options"]["install_requires"]) | _names(
        parser["options.extras_require"]["train"]
    )


def _names(requirements: str) -> set[str]:
    lines = (line for line in requirements.split("\n") if re.match(r"\w", line))
    return {_canonical(re.split(r"[\[<>=~! ]", line)[0]) for line in lines}


def _used_in(*folders: str) -> set[str]:
    """The distributions whose modules these folders import, in canonical spelling."""
    names = {name for source in sources(*folders) for name in _imported(source)}
    distributions = packages_distributions()
    return {
        _canonical(distribution)
        for name in names - sys.stdlib_module_names - OURS
        for distribution in distributions.get(name, [f"({name}: not installed)"])
    }


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
    used = _used_in("kkpd", "train", "migrations")
    assert used - _declared() == set(), "imported but not declared"
    assert _declared() - used - set(USED_OTHERWISE) == set(), "declared but not used"


def test_tools_are_locked() -> None:
    """Tests import only what the environment for developing is locked to have.

    Benchmarks may ask for a peer that is not: they name it when it is missing.
    """
    tools = _names((ROOT / "requirements" / "dev.in").read_text(encoding="utf-8"))
    assert _used_in("tests", "script") - _declared() - tools == set()


def test_every_library_has_its_reason() -> None:
    """One row a library in the decision record."""
    text = REASONS.read_text(encoding="utf-8")
    reasoned = {_canonical(name) for name in re.findall(r"^\| ([\w.-]+)", text, re.MULTILINE)}
    assert _declared() - reasoned == set()
