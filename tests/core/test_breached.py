"""The file of breached passwords: found by halves, refused when it is no such file."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkpd.core import breached
from kkpd.core.config import SettingError, Settings
from kkpd.core.errors import DomainError
from kkpd.organisation import passwords
from kkpd.organisation.passwords import Owner, check_new_password

WORDS = [f"gerobak hijau pagi {number} teluk" for number in range(2_000)]


def digest(word: str) -> str:
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper()


def write(path: Path, words: list[str], end: str = "\n", count: str = "") -> Path:
    rows = sorted(digest(word) for word in words)
    path.write_text("".join(f"{row}{count}{end}" for row in rows), encoding="ascii", newline="")
    return path


@pytest.mark.parametrize(("end", "count"), [("\n", ""), ("\r\n", ":37"), ("\n", ":1")])
def test_every_word_of_it_is_found_and_no_other(tmp_path: Path, end: str, count: str) -> None:
    path = write(tmp_path / "pwned.txt", WORDS, end, count)
    assert breached.fault(path) is None
    assert all(breached.has(path, word) for word in WORDS)
    assert not any(breached.has(path, f"{word}!") for word in WORDS)
    for few in range(3):
        small = write(tmp_path / "few.txt", WORDS[:few], end, count)
        assert [breached.has(small, word) for word in WORDS[:3]] == [n < few for n in range(3)]
    unended = tmp_path / "unended.txt"
    unended.write_bytes(path.read_bytes().rstrip())
    assert all(breached.has(unended, word) for word in WORDS)


def test_a_large_file_stays_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "pwned.txt"
    with path.open("w", encoding="ascii") as handle:
        for number in range(200_000):
            handle.write(f"{number * 4:06X}{'0' * 34}:1\n")
    tracemalloc.start()
    assert breached.fault(path) is None
    assert not breached.has(path, "bukan di sana")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200_000 < path.stat().st_size / 40


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "tidak dapat dibaca"),
        ("", "kosong"),
        ("sandi\nrahasia\n", "bukan daftar sidik SHA-1"),
        (digest("a").lower() + "\n", "bukan daftar sidik SHA-1"),
        (f"{digest('a')[:32]}\n", "bukan daftar sidik SHA-1"),
        ("\n".join(sorted(map(digest, "abc"), reverse=True)), "tidak urut"),
    ],
)
def test_the_program_does_not_start_with_a_foreign_file(
    tmp_path: Path, content: str | None, said: str
) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "list"
    if content is not None:
        path.write_text(content)
        path.chmod(0o600)
    given = {"KKPD_INSTANCE": str(tmp_path), "KKPD_BREACHED_PASSWORDS": str(path)}
    with pytest.raises(SettingError, match=said) as refused:
        Settings.load(given)
    assert refused.value.name == "KKPD_BREACHED_PASSWORDS"


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[str]:
    """A word of the file that this process compares with."""
    passwords.setup(write(tmp_path / "pwned.txt", WORDS))
    yield WORDS[7]
    passwords.setup(None)


def test_a_breached_password_is_not_taken(listed: str) -> None:
    owner = Owner("citra")
    with pytest.raises(DomainError, match="pernah bocor") as refused:
        check_new_password(listed, listed, owner)
    assert refused.value.field == "baru"
    check_new_password("perahu kuning sore hari", "perahu kuning sore hari", owner)
