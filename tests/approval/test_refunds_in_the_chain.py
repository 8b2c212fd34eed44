"""Refunds along the chain: before and after the original's DPT and payment, whole, part, later."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger.active import latest_decision
from kkpd.models import Ceiling, Dokumen, Transaksi
from kkpd.pagu.ceilings import recount as tally
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import LULUS, OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW

DEWI = ACTORS["dewi"]
NOVEMBER = (2026, 11)
LATER = NOW + timedelta(days=30)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def pair(session: Session, folder: Path, rupiah: int = -250_000) -> tuple[Transaksi, Transaksi]:
    """October's purchase of 750,000 and its refund that November books, both before the PA."""
    origin = berbukti(session, folder, 1)
    back = berbukti(session, folder, 2, rupiah=rupiah, asal_id=origin.id)
    back.bulan = 11
    session.flush()
    diperiksa(session, folder, origin, back)
    return origin, back


def terbit(
    session: Session, folder: Path, month: tuple[int, int], now: datetime = LATER
) -> Dokumen:
    return dpt.issue_dpt(session, DEWI, DINKES, month, penerbit(folder), now)


def up(session: Session) -> tuple[Rupiah, Rupiah]:
    row = session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()
    assert tally.recount(session)[1] is None
    return row.reserved, row.posted


def ya(session: Session, *rows: Transaksi) -> None:
    for row in rows:
        approval_decide.decide(session, DEWI, setuju(row), NOW)


@pytest.mark.parametrize("rupiah", [-250_000, -750_000])
def test_a_refund_waits_for_the_dpt_of_its_original(
    session: Session, tmp_path: Path, rupiah: int
) -> None:
    """A refund's DPT that came first once freed the original's room: its own DPT then failed."""
    origin, back = pair(session, tmp_path, rupiah)
    more = berbukti(session, tmp_path, 4, rupiah=900_000)
    more.bulan = 11
    session.flush()
    diperiksa(session, tmp_path, more)
    ya(session, origin, back, more)
    assert terbit(session, tmp_path, NOVEMBER).total == Rupiah.of(900_000)
    assert back.status == "disetujui"
    assert up(session) == (Rupiah.of(750_000 + rupiah), Rupiah.of(900_000))
    assert terbit(session, tmp_path, OKTOBER).total == Rupiah.of(750_000)
    with pytest.raises(DomainError, match=r"tidak ada yang dibayar kepada bank"):
        terbit(session, tmp_path, NOVEMBER)
    assert up(session) == (Rupiah.of(rupiah), Rupiah.of(1_650_000))


def test_a_bill_that_asks_for_nothing_has_no_dpt(session: Session, tmp_path: Path) -> None:
    """A refund alone on its bill waits, and lessens the next DPT."""
    origin, back = pair(session, tmp_path)
    ya(session, origin, back)
    terbit(session, tmp_path, OKTOBER)
    with pytest.raises(DomainError, match=r"berjumlah Rp -250\.000: tidak ada yang dibayar"):
        terbit(session, tmp_path, NOVEMBER)
    later = berbukti(session, tmp_path, 4, rupiah=400_000)
    later.bulan = 12
    session.flush()
    diperiksa(session, tmp_path, later)
    ya(session, later)
    paper = terbit(session, tmp_path, (2026, 12), LATER + timedelta(days=30))
    assert paper.total == Rupiah.of(150_000)
    assert back.status == "dpt"


def test_the_original_is_decided_first_and_stays(session: Session, tmp_path: Path) -> None:
    origin, back = pair(session, tmp_path)
    with pytest.raises(DomainError, match="baru berstatus diperiksa"):
        ya(session, back)
    ya(session, origin, back)
    with pytest.raises(DomainError, match=r"Pengembaliannya Rp -250\.000 sudah diputuskan"):
        approval_decide.undo(session, DEWI, origin.id, NOW)
    approval_decide.undo(session, DEWI, back.id, NOW)
    approval_decide.undo(session, DEWI, origin.id, NOW)
    assert (origin.status, back.status) == ("diperiksa", "diperiksa")


def test_a_refund_of_a_refused_purchase_is_the_holders(session: Session, tmp_path: Path) -> None:
    """Nobody refuses it, and no letter asks the holder for minus money."""
    origin, back = pair(session, tmp_path)
    no = {"jawaban": {**LULUS, 5: "tidak"}, "keputusan": "tolak", "alasan": "belanja pribadi"}
    approval_decide.decide(session, DEWI, setuju(origin, **no), NOW)
    with pytest.raises(DomainError, match="Pengembalian tidak dapat ditolak"):
        approval_decide.decide(session, DEWI, setuju(back, **no), NOW)
    ya(session, back)
    assert back.status == "ditolak"
    assert up(session) == (ZERO, ZERO)
    letters = dpt.issue_refusal_notice(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert [row.total for row in letters] == [Rupiah.of(750_000)]
    assert dpt.not_yet_notified(session, DINKES, NOVEMBER) == []


def test_only_what_was_approved_comes_back(session: Session, tmp_path: Path) -> None:
    """Of 750,000 the PA bears 500,000: of refunds of 250,000 and 400,000 that much is the OPD's."""
    origin, first = pair(session, tmp_path)
    second = berbukti(session, tmp_path, 3, rupiah=-400_000, asal_id=origin.id)
    diperiksa(session, tmp_path, second)
    part = setuju(origin, nilai=Rupiah.of(500_000), alasan="sebagian tidak sesuai")
    approval_decide.decide(session, DEWI, part, NOW)
    ya(session, first, second)
    decision = latest_decision(session, second.id)
    assert decision is not None
    assert decision.nilai == Rupiah.of(-250_000)
    assert decision.alasan == "Rp -150.000 mengurangi tanggungan pemegang."
    assert terbit(session, tmp_path, OKTOBER).total == Rupiah.of(250_000)
    told = dpt.issue_refusal_notice(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert [row.total for row in told] == [Rupiah.of(250_000)]
