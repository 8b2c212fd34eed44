"""Imports go downward: the contracts of setup.cfg, checked by import-linter in the test run."""

from __future__ import annotations

import logging.config
import subprocess
import sys

import pytest
from importlinter import cli

from tests.architecture.source import ROOT

#: Commands that work on files alone and must start without the web, the database or dataframes.
WITHOUT_DATABASE = (
    ("statement", "parse"),
    ("classify",),
    ("match",),
    ("analyze",),
)
HEAVY = ("flask", "sqlalchemy", "pandas", "werkzeug")


def test_contracts_hold(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every contract is kept; the report of import-linter says which import breaks one."""
    # it would silence every other logger of this process, and the tests after this one read them
    monkeypatch.setattr(logging.config, "dictConfig", lambda _: None)
    status = cli.lint_imports(config_filename=str(ROOT / "setup.cfg"), no_cache=True)
    assert status == 0, capfd.readouterr().out


@pytest.mark.parametrize("command", WITHOUT_DATABASE, ids=" ".join)
def test_file_commands_start_light(command: tuple[str, ...]) -> None:
    """Their `--help` imports nothing heavy: start-up is most of their running time."""
    program = (
        "import sys\n"
        "from kkpd.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as leave:\n    assert not leave.code, leave.code\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
