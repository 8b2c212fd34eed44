"""Recorder, PPTK and decider of one line are three persons, whatever roles one person was given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr
from kkpd.core import statuses
from kkpd.core.errors import Forbidden
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.models import Persetujuan, Transaksi
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.chain_steps import bank_billed, berbukti, penerbit, setuju
from tests.worlds.office import NOW

CITRA, BUDI, DEWI, KARTIKA = (ACTORS[name] for name in ("citra", "budi", "dewi", "kartika"))


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The world of purchases."""
    return worlds.fill


def as_roles(who: Actor, *roles: Role) -> Actor:
    """The same person, with these roles today."""
    return replace(who, assignment=tuple(Assignment(role, DINKES) for role in roles))


@pytest.fixture
def row(session: Session, tmp_path: Path) -> Transaksi:
    """Recorded by Citra (treasurer), billed, put forward by Kartika (BPP)."""
    made = berbukti(session, tmp_path)
    bank_billed(session, tmp_path, made)
    dpr.put_forward(session, KARTIKA, DINKES, [made.id], NOW)
    event_log.append_queued(session)
    return made


def check(session: Session, who: Actor, row: Transaksi, folder: Path) -> None:
    words = {row.id: dpr.PptkVerdict("setuju")}
    dpr.check_dpr(session, who, DINKES, words, penerbit(folder), NOW)


def test_a_treasurer_with_all_roles_takes_no_step(
    session: Session, row: Transaksi, tmp_path: Path
) -> None:
    """He put a line forward that somebody else had recorded, checked it and approved it."""
    who = as_roles(KARTIKA, Role.BPP, Role.PPTK, Role.PA)
    with pytest.raises(Forbidden, match="Anda juga Bendahara Pengeluaran Pembantu di OPD ini"):
        check(session, who, row, tmp_path)
    check(session, BUDI, row, tmp_path)
    with pytest.raises(Forbidden, match="Anda juga"):
        approval_decide.decide(session, who, setuju(row), NOW)
    with pytest.raises(Forbidden, match="Anda juga"):
        dpr.pull_back(session, who, DINKES, [row.id], NOW)


def test_an_administrator_with_a_role_takes_no_step(
    session: Session, row: Transaksi, tmp_path: Path
) -> None:
    """He gave himself every role and took two purchases to lunas alone."""
    joko = ACTORS["joko"]
    who = replace(joko, assignment=(*joko.assignment, Assignment(Role.PPTK, DINKES)))
    with pytest.raises(Forbidden, match="Anda juga Administrator"):
        check(session, who, row, tmp_path)


def test_one_role_after_the_other_does_not_help(
    session: Session, row: Transaksi, tmp_path: Path
) -> None:
    """Who put the line forward as BPP is PPTK today; who checked it as PPTK is KPA tomorrow."""
    with pytest.raises(Forbidden, match="Anda telah memuat dalam DPR belanja ini"):
        check(session, as_roles(KARTIKA, Role.PPTK), row, tmp_path)
    check(session, BUDI, row, tmp_path)
    event_log.append_queued(session)
    for who, done in ((BUDI, "memeriksa sebagai PPTK"), (KARTIKA, "memuat dalam DPR")):
        with pytest.raises(Forbidden, match=f"Anda telah {done} belanja ini"):
            approval_decide.decide(session, as_roles(who, Role.KPA), setuju(row), NOW)
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    assert row.status == "disetujui"


def test_the_database_keeps_pptk_and_decider_apart(
    session: Session, row: Transaksi, tmp_path: Path
) -> None:
    check(session, BUDI, row, tmp_path)
    session.flush()
    words = Persetujuan(
        opd_id=DINKES,
        transaksi_id=row.id,
        perekam_id=row.perekam_id,
        pemegang_id=row.pemegang_id,
        penguji_id=BUDI.orang_id,
        peran="pa",
        keputusan="setuju",
        nilai=row.nilai,
        alasan="",
        at=NOW,
    )
    with pytest.raises(IntegrityError, match="bukan yang memutuskannya"), session.begin_nested():
        session.add(words)


def test_who_signed_the_spm_does_not_issue_the_sp2d() -> None:
    """Data of the table of steps: the persons of these steps differ."""
    for action, others in (
        ("periksa", {"ajukan"}),
        ("setujui", {"ajukan", "periksa"}),
        ("tolak", {"ajukan", "periksa"}),
        ("verifikasi_spp", {"ajukan_spp"}),
        ("terbit_spm", {"ajukan_spp", "verifikasi_spp"}),
        ("terbit_sp2d", {"ajukan_spp", "terbit_spm"}),
    ):
        assert statuses.BY_ACTION[action].apart == others
