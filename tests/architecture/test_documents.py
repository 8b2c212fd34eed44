"""Documents speak of files that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.source import ROOT

#: Where a path in a document may begin, besides the root and the document's own folder.
BASES = ("", "kkpd", "kkpd/templates", "kkpd/engines/classify", "kkpd/engines/reading")
ENDINGS = "py|md|toml|cfg|csv|txt|html|json|sh"
FILE = re.compile(rf"`([\w.-]+(?:/[\w.-]+)*/?)`|\]\(([\w./-]+\.(?:{ENDINGS}))\)")
ENDING = re.compile(rf".+\.({ENDINGS})")

#: What an installation, a package or a user's shell holds, not the repository.
MADE_BY_RUNNING = (
    *("arsip/", "bacaan/", "berkas/", "hasil/", "surat/", "kkpd.toml", "instance/kkpd.toml"),
    *("instance/bacaan", "instance/secret_key", "datapackage.json", "belanja_kkpd.csv"),
    *("data.json", "data.csv", "bukti.json", "manifes.tanda.txt"),
)
#: Documents that the program was built from, and patterns with a part to fill in.
ELSEWHERE = ("kkpd.md", "benchmarks/NAME.py")
#: Travels inside every audit package and speaks of the files there.
PACKED = "kkpd/data/paket/PERIKSA.md"
#: Words with a stroke between them.
NO_PATHS = re.compile(r"[A-Z0-9_]+/.*|(amount|debit)/\w+|.*://.*")


def documents() -> list[Path]:
    """Every Markdown file of the project."""
    folders = ("docs", "kkpd", "benchmarks", "instance", "tests", "train", "migrations")
    below = [path for folder in folders for path in (ROOT / folder).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *below])


@cache
def _names() -> frozenset[str]:
    """The name of every file, for those that a document names without a folder."""
    folders = ("kkpd", "tests", "docs", "script", "train", "benchmarks", "migrations")
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return frozenset(path.name for path in found) | {path.name for path in ROOT.iterdir()}


def named_files(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of what looks like a file or a folder of the repository."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for quoted, linked in FILE.findall(line):
            text = quoted or linked
            if linked or "/" in text or ENDING.fullmatch(text):
                yield number, text


#: A file followed by what is in it: `approval/dpt.py` `issue_dpt`, `other`.
MEMBERS = re.compile(r"`([\w/]+\.py)`:?((?:(?:,| and)? `\w+`)+)")


def named_members(path: Path) -> Iterator[tuple[int, str, str]]:
    """(line, file, name) where a document says that a name is in a file of the program."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for file, names in MEMBERS.findall(line):
            yield from ((number, file, name) for name in re.findall(r"`(\w+)`", names))


def _exists(document: Path, text: str) -> bool:
    if "/" not in text.rstrip("/") and ENDING.fullmatch(text):
        return text in _names()
    places = [ROOT / base for base in BASES] + [document.parent]
    return any((place / text).exists() for place in places)


def test_documents_name_files_that_exist() -> None:
    """A path in backticks or a link leads somewhere; when a file moves, documents move with it.

    The list of changes may name files of the past.
    """
    dead = [
        f"{document.relative_to(ROOT)}:{number} {text}"
        for document in documents()
        if document not in (ROOT / "CHANGELOG.md", ROOT / PACKED)
        for number, text in named_files(document)
        if text not in MADE_BY_RUNNING + ELSEWHERE
        if not NO_PATHS.fullmatch(text)
        if not _exists(document, text)
    ]
    assert dead == []


def _has(file: str, name: str) -> bool:
    """Whether the file, as documents write its path, speaks of this name."""
    found = next((ROOT / base / file for base in BASES if (ROOT / base / file).is_file()), None)
    return found is None or re.search(rf"\b{name}\b", found.read_text("utf-8")) is not None


def test_documents_name_functions_where_they_are() -> None:
    """A function, class or constant that a document places in a file is there."""
    moved = [
        f"{document.relative_to(ROOT)}:{number} {file} has no {name}"
        for document in documents()
        for number, file, name in named_members(document)
        if not _has(file, name)
    ]
    assert moved == []
