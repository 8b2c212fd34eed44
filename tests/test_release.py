"""A release names every part it ships, and never passes because nobody could be asked."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def release() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("release", ROOT / "script" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bill_of_materials_names_every_locked_library_and_shipped_file(
    release: ModuleType,
) -> None:
    bom = release.bill_of_materials("1.0")
    assert bom["bomFormat"] == "CycloneDX"
    names = {one["name"] for one in bom["components"]}
    locked = re.findall(r"^([A-Za-z0-9._-]+)==", release.LOCK.read_text("utf-8"), re.MULTILINE)
    assert {name.lower() for name in locked} <= {name.lower() for name in names}
    assert {"kkpd/data/reports/FiraSans-Regular.ttf", "kkpd/static/js/mulai.js"} <= names
    assert all(one.get("hashes") for one in bom["components"] if one["type"] == "file")


ANSWERS = {
    "a weakness": (1, "Found 1 known vulnerability in 1 package", "SECURITY.md"),
    "no service": (1, "ERROR: connection failed", "could not be asked"),
    "a library it does not know": (1, "ERROR: x could not be audited", "could not be asked"),
    "nothing": (0, "No known vulnerabilities found", "no known weakness"),
}


@pytest.mark.parametrize("what", sorted(ANSWERS))
def test_only_an_answer_that_knows_of_nothing_lets_a_release_pass(
    release: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], what: str,
) -> None:  # fmt: skip
    status, said, sentence = ANSWERS[what]
    service = tmp_path / "pip-audit"
    service.write_text(
        f"#!{sys.executable}\nimport sys\nassert '--strict' in sys.argv\n"
        f"print({said!r}, file=sys.stderr)\nsys.exit({status})\n"
    )
    service.chmod(0o700)
    monkeypatch.setattr(release, "_beside", lambda name: str(tmp_path / name))
    assert release.weaknesses() == status
    assert sentence in capsys.readouterr().out
