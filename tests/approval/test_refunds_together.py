"""Refunds beside each other and beside their original: no order of events pays the bank twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.models import Ceiling, Dokumen, Transaksi
from kkpd.reports.tieout import check
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW
from tests.worlds.tie_world import _limit, pay

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]
DAYS = date(2026, 11, 24)
NOVEMBER = (2026, 11)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def agrees(session: Session) -> None:
    """What ceilings hold is what is owed, and every paper says the same."""
    session.flush()
    session.expire_all()
    up = select(Ceiling).where(Ceiling.jenis == "up_kkpd", Ceiling.opd_id == DINKES)
    held = total(one.reserved + one.posted for one in session.scalars(up))
    assert held == ledger.owed(ledger.parts(session, [DINKES], DAYS))
    failing = [one.sentence for one in check(session, 2026, DAYS, "dinkes") if not one.holds]
    assert failing == []


def approve(session: Session, *rows: Transaksi) -> None:
    for row in rows:
        approval_decide.decide(session, DEWI, setuju(row), NOW)


def issue(
    session: Session, folder: Path, month: tuple[int, int] = OKTOBER, now: datetime = NOW
) -> Dokumen:
    return dpt.issue_dpt(session, DEWI, DINKES, month, penerbit(folder), now)


def test_what_came_back_whole_is_not_paid_by_the_next_bill(
    session: Session, tmp_path: Path
) -> None:
    session.add(_limit())
    first = berbukti(session, tmp_path, 1)
    back = berbukti(session, tmp_path, 2, rupiah=-750_000, asal_id=first.id)
    diperiksa(session, tmp_path, first, back)
    approve(session, first, back)
    with pytest.raises(DomainError, match="ikut DPT tagihan berikutnya"):
        issue(session, tmp_path)
    later = berbukti(session, tmp_path, 4, rupiah=900_000)
    later.bulan = 11
    session.flush()
    diperiksa(session, tmp_path, later)
    approve(session, later)
    moment = datetime(2026, 11, 20, 2, tzinfo=UTC)
    paper = issue(session, tmp_path, NOVEMBER, moment)
    assert paper.total == Rupiah.of(900_000)
    pay(session, tmp_path, paper, date(2026, 11, 20), moment)
    assert {first.status, back.status} == {"lunas"}
    agrees(session)


def test_the_refund_decided_first_counts_first(session: Session, tmp_path: Path) -> None:
    session.add(_limit())
    first = berbukti(session, tmp_path, 1)
    slow = berbukti(session, tmp_path, 2, rupiah=-500_000, asal_id=first.id)
    quick = berbukti(session, tmp_path, 3, rupiah=-400_000, asal_id=first.id)
    diperiksa(session, tmp_path, first, slow, quick)
    approve(session, first, quick)
    paper = issue(session, tmp_path)
    assert paper.total == Rupiah.of(350_000)
    agrees(session)
    pay(session, tmp_path, paper, date(2026, 10, 20), NOW)
    agrees(session)
    approve(session, slow)
    agrees(session)


def test_a_cancelled_refund_leaves_its_room_to_the_others(session: Session, tmp_path: Path) -> None:
    session.add(_limit())
    first = berbukti(session, tmp_path, 1)
    gone = berbukti(session, tmp_path, 2, rupiah=-500_000, asal_id=first.id)
    berbukti(session, tmp_path, 3, rupiah=-400_000, asal_id=first.id)
    agrees(session)
    words = belanja_verbs.CancelPurchase(gone.id, gone.versi, "tercatat dua kali")
    belanja_verbs.cancel(session, CITRA, words, NOW + timedelta(hours=1))
    agrees(session)


def test_a_charge_and_its_refund_both_open_are_told(session: Session, tmp_path: Path) -> None:
    baris_bank(session, 87_500, -87_500)
    agrees(session)
    parts = ledger.parts(session, [DINKES], DAYS)
    assert total(one.amount for one in parts) == ZERO
    assert len([one for one in parts if one.is_open]) == 2
