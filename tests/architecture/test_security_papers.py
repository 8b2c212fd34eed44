"""What the papers on security say is what is there: ASVS table, settings, algorithms."""

from __future__ import annotations

import csv
import re

import pytest

from kkpd.core.config import NAMES
from kkpd.core.permissions import EVERYONE, ROLE_NAMES, holders
from tests.architecture.source import ROOT, sources

PAPER = (ROOT / "docs" / "keamanan.md").read_text("utf-8")
STATES = {"met", "belum", "n.a."}

#: A name by which the code asks for an algorithm -> how the inventory names it.
ALGORITHMS = {
    "sha256": "SHA-256",
    "SHA256": "SHA-256",
    "sha1": "SHA-1",
    "SHA1": "SHA-1",
    "blake2b": "BLAKE2b",
    "sha512": "SHA-512",
    "Fernet": "Fernet",
    "Ed25519PrivateKey": "Ed25519",
    "Ed25519PublicKey": "Ed25519",
    "PasswordHasher": "Argon2id",
}
_ASKED = re.compile(
    r"\bhashlib\.(?!file_digest)(\w+)|\bhashes\.([A-Z]\w+)"
    r"|\bfrom hashlib import (?!file_digest)(\w+)"
    r"|\b(Fernet|Ed25519\w+Key|PasswordHasher|AESGCM|ChaCha20\w*|md5|MD5)\b"
)


def _rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_requirement_has_a_state_and_a_test_or_a_reason() -> None:
    rows = _rows()
    assert len(rows) == len({row["id"] for row in rows}) > 250
    bad = [row["id"] for row in rows if row["state"] not in STATES or len(row["shown_by"]) < 6]
    assert bad == []


def _known_tests() -> set[str]:
    return {
        name
        for source in sources("tests")
        for name in re.findall(r"^\s*def (test_\w+)", source.text, re.MULTILINE)
    }


def test_every_test_that_the_table_names_exists() -> None:
    named = {name for row in _rows() for name in re.findall(r"\btest_\w+", row["shown_by"])}
    assert len(named) > 60
    assert sorted(named - _known_tests()) == []


def _section(title: str) -> str:
    return PAPER.partition(f"## {title}\n")[2].partition("\n## ")[0]


def _cells(section: str) -> list[list[str]]:
    """The rows of the tables of a section, without their heads."""
    found = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    rules = [place for place, row in enumerate(found) if set(row[0]) == {"-"}]
    heads = {place - 1 for place in rules} | {*rules}
    return [row for place, row in enumerate(found) if place not in heads]


def test_who_sees_which_field_is_what_the_program_says() -> None:
    rows = _cells(_section("Siapa melihat isian apa"))
    assert len(rows) > 10
    for what, permission, who, _limit in rows:
        word = permission.strip("`")
        held = {ROLE_NAMES[role] for role in holders(word)}
        if word in EVERYONE:
            held = {"setiap orang yang masuk"}
        assert {*who.split(", ")} == held, what


def test_every_class_of_data_has_a_test() -> None:
    rows = _cells(_section("Golongan data"))
    classes = [row[0] for row in rows if len(row) == 7]
    tested = {row[0]: row[1] for row in rows if len(row) == 2}
    assert len(classes) > 10
    assert classes == [*tested]
    assert all(re.search(r"`test_\w+`", tests) for tests in tested.values())


def test_every_test_that_the_paper_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAPER))
    assert len(named) > 30
    assert sorted(named - _known_tests()) == []


@pytest.mark.parametrize("name", ["instance", *NAMES])
def test_every_setting_stands_in_the_table(name: str) -> None:
    assert f"`KKPD_{name.upper()}`" in PAPER.partition("## Setelan")[2]


def test_every_algorithm_of_the_code_is_in_the_inventory() -> None:
    inventory = PAPER.partition("## Kunci dan algoritma")[2].partition("\n## ")[0]
    found = {
        name
        for source in sources("kkpd")
        for groups in _ASKED.findall(source.text)
        for name in groups
        if name
    }
    assert {"sha256", "Fernet"} <= found
    assert sorted(found - set(ALGORITHMS)) == [], "write it into the inventory, then here"
    assert [name for name in found if ALGORITHMS[name] not in inventory] == []
