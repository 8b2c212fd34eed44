"""Every form is PDF/UA-1 and PDF/A-3a at once, by veraPDF's own engine."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.sign import sign
from tests.reports.forms import FORMS
from tests.reports.samples import a_dpt, issue
from tests.reports.signers import ORDER, holder, serving, tsa
from tests.reports.test_drawing import HOSTILE, a_list, an_image, with_arms
from tests.tools.vera import judge


def files(folder: Path) -> list[Path]:
    """Issued forms without, with one and with many rows; drafts; odd texts; a coat of arms."""
    drawn = {f"{form}-{rows}": draw(*issue(make(rows))) for form, make in FORMS.items()
             for rows in (0, 1, 40)}  # fmt: skip
    drawn |= {f"odd-{kind}": draw(a_list([text, "b"])) for kind, text in HOSTILE.items()}
    drawn["draft"] = draw(a_dpt(40))
    drawn["arms"] = draw(with_arms(an_image()))
    drawn["f4"] = draw(dataclasses.replace(a_dpt(5), kertas="F4", arah="tegak"))
    drawn |= signed()
    found = []
    for name, data in drawn.items():
        found.append(folder / f"{name}.pdf")
        found[-1].write_bytes(data)
    return found


def signed() -> dict[str, bytes]:
    """Signed once, signed by two, the second with a time stamp."""
    once = sign(draw(*issue(a_dpt(40))), holder(), ORDER).data
    with serving(tsa) as url:
        order = dataclasses.replace(ORDER, field="TTD2")
        twice = sign(once, holder("Citra Contoh", tsa_url=url), order).data
    return {"signed": once, "signed-twice": twice}


def test_every_form_keeps_both_standards(tmp_path: Path) -> None:
    found = files(tmp_path)
    done = judge("ua1,3a", found)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.count("\ttrue\t") == 2 * len(found)
