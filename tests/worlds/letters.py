"""A DPT over one purchase and its steps of payment, for the tests of papers."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.models import Dokumen
from tests.cast import ACTORS, DINKES
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, issue_step, penerbit, setuju
from tests.worlds.office import NOW


def terbit_dpt(session: Session, folder: Path, **changes: object) -> Dokumen:
    """A DPT over one approved purchase."""
    row = berbukti(session, folder, 1, **changes)
    diperiksa(session, folder, row)
    approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    return dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(folder), NOW)


def langkah(session: Session, paper: Dokumen, folder: Path, *steps: str) -> Dokumen:
    """These steps of payment, each by its officer; the last document."""
    who = {"npd": "dewi", "spp": "citra", "spm": "dewi"}
    issue = penerbit(folder)
    for jenis in steps:
        last = issue_step(session, ACTORS[who[jenis]], paper.id, jenis, issue, NOW)
    return last
