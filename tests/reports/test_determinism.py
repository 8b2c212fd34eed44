"""The same document gives the same bytes in any time zone, locale and order of hashing (law 14)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.reports.forms import FORMS

SCRIPT = """
import hashlib, sys
from kkpd.engines.paper import csv, xlsx
from kkpd.engines.paper.sheet import draw
from tests.reports.forms import FORMS
from tests.reports.samples import issue
for form in sorted(FORMS):
    document, bukti = issue(FORMS[form](12))
    for data in (draw(document, bukti), xlsx.write(document), csv.write(document)):
        sys.stdout.write(hashlib.sha256(data).hexdigest() + "\\n")
"""


def drawn(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Kiritimati", "LANG": "id_ID.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"},
    ],
)
def test_same_bytes_elsewhere(environment: dict[str, str]) -> None:
    here = drawn(TZ="UTC", LANG="en_US.UTF-8", PYTHONHASHSEED="0")
    assert here.count("\n") == len(FORMS) * 3
    assert drawn(**environment) == here
