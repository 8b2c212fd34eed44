"""Each form against its golden text and the fingerprint of its decoded bytes.

After a wanted change of a form, or of a drawing that was never issued:
`python -m tests.reports.test_golden`. What lies under `v1` is never written anew: documents were
issued with that drawing, and these are some of them, frozen as they were.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kkpd.core.document_kinds import KINDS
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.sheet import LOOKS, draw
from tests.reports import extract
from tests.reports.forms import FORMS
from tests.reports.samples import issue, issue_first

GOLDEN = Path(__file__).parent.parent / "golden" / "reports"
ROWS = 5
_LINES = (GOLDEN / "v1" / "fingerprints.txt").read_text("ascii").splitlines()
FIRST = dict(line.split()[::-1] for line in _LINES)


def fingerprints() -> dict[str, str]:
    found: dict[str, str] = json.loads((GOLDEN / "fingerprints.json").read_text("ascii"))
    return found


def test_every_form_has_samples_and_a_drawing() -> None:
    assert set(FORMS) == {kind.drawing for kind in KINDS.values() if kind.drawing}
    assert {FORMS[form](1).versi for form in FORMS} <= set(LOOKS)


@pytest.mark.parametrize("form", FORMS)
def test_text_and_bytes(form: str) -> None:
    data = draw(*issue(FORMS[form](ROWS)))
    assert extract.text(data) == (GOLDEN / f"{form}.txt").read_text("utf-8")
    assert extract.fingerprint(data) == fingerprints()[form]


@pytest.mark.parametrize("name", FIRST)
def test_the_first_drawing_gives_what_it_always_gave(name: str) -> None:
    document = FrozenDocument.from_json((GOLDEN / "v1" / f"{name}.json").read_bytes())
    assert document.versi == 1
    assert extract.fingerprint(draw(*issue_first(document))) == FIRST[name]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", [0, 1, 40])
def test_the_frozen_document_reads_back(form: str, rows: int) -> None:
    document = FORMS[form](rows)
    assert document.formulir == form
    again = FrozenDocument.from_json(document.to_json())
    assert again == document
    assert draw(again) == draw(document)


def write() -> None:
    """Write the golden files anew."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    found = {}
    for form, make in FORMS.items():
        data = draw(*issue(make(ROWS)))
        (GOLDEN / f"{form}.txt").write_text(extract.text(data), "utf-8")
        found[form] = extract.fingerprint(data)
    (GOLDEN / "fingerprints.json").write_text(json.dumps(found, indent=1) + "\n", "ascii")


if __name__ == "__main__":
    write()
    sys.exit(0)
