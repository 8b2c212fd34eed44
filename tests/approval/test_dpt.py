"""Issuing a DPT, refunds in it, and payment step by step with its refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.models import Ceiling, Dokumen
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.payment import pay as payment_pay
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def up(session: Session) -> Ceiling:
    return session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()


class TestDpt:
    """Issuing, and what it refuses."""

    def test_without_approved_lines(self, session: Session, tmp_path: Path) -> None:
        with pytest.raises(DomainError, match="Belum ada belanja"):
            dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
        with pytest.raises(Forbidden):
            dpt.issue_dpt(session, ACTORS["citra"], DINKES, OKTOBER, penerbit(tmp_path), NOW)

    def test_numbers_have_no_gaps_over_a_rollback(self, session: Session, tmp_path: Path) -> None:
        issue = penerbit(tmp_path)
        first = berbukti(session, tmp_path, 1)
        with pytest.raises(RuntimeError, match="crash"), session.begin_nested():  # noqa: PT012 -- the crash is inside
            diperiksa(session, tmp_path, first)
            raise RuntimeError("crash")
        session.expire_all()
        second = berbukti(session, tmp_path, 2)
        dpr.put_forward(session, ACTORS["citra"], DINKES, [second.id], NOW)
        words = {second.id: dpr.PptkVerdict("setuju")}
        made = dpr.check_dpr(session, ACTORS["budi"], DINKES, words, issue, NOW)
        assert made[0].urut == 1

    def test_a_refund_gives_back_what_was_posted(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path, 1)
        back = berbukti(session, tmp_path, 2, rupiah=-250_000, asal_id=row.id)
        diperiksa(session, tmp_path, row, back)
        for one in (row, back):
            approval_decide.decide(session, ACTORS["dewi"], setuju(one), NOW)
        issued = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
        assert issued.total == Rupiah.of(500_000)
        assert up(session).posted + up(session).reserved == Rupiah.of(500_000)


class TestPembayaran:
    """Steps in order, by whom, with their papers."""

    @pytest.fixture
    def issued(self, session: Session, tmp_path: Path) -> Dokumen:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
        return dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)

    def test_no_step_is_skipped(self, session: Session, tmp_path: Path, issued: Dokumen) -> None:
        with pytest.raises(Conflict, match="berstatus dpt"):
            payment_pay.issue(session, ACTORS["citra"], issued.id, "spp", penerbit(tmp_path), NOW)
        command = payment_pay.RecordStep(issued.id, "sp2d", "SP2D/1", NOW.date())
        with pytest.raises(Conflict, match="berstatus dpt"):
            payment_pay.record(session, ACTORS["lukman"], command, NOW)

    @pytest.mark.parametrize(
        ("nomor", "day", "sentence"),
        [("", NOW.date(), "Tulis nomornya"), ("1", NOW.date().replace(year=2027), "belum tiba")],
    )
    def test_a_paper_needs_number_and_a_day_that_was(
        self, session: Session, issued: Dokumen, nomor: str, day: object, sentence: str
    ) -> None:
        command = payment_pay.RecordStep(issued.id, "sp2d", nomor, day)  # type: ignore[arg-type]  # a date
        with pytest.raises(DomainError, match=sentence):
            payment_pay.record(session, ACTORS["lukman"], command, NOW)

    def test_only_of_a_dpt_one_may_see(
        self, session: Session, tmp_path: Path, issued: Dokumen
    ) -> None:
        with pytest.raises(NotFound):
            payment_pay.issue(session, ACTORS["eko"], issued.id, "npd", penerbit(tmp_path), NOW)
        other = session.scalars(select(Dokumen).where(Dokumen.jenis == "dpr")).one()
        with pytest.raises(Conflict, match="bukan DPT"):
            payment_pay.issue(session, ACTORS["dewi"], other.id, "npd", penerbit(tmp_path), NOW)


def test_a_line_without_room_is_not_posted(session: Session, tmp_path: Path) -> None:
    """An approved line whose reservation is gone is refused, and nothing is issued."""
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    ceilings_movements.settle(session, row.id, "void", oleh_id=1, now=NOW)
    with pytest.raises(DomainError, match="belum mempunyai tempat pada pagu"):
        dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
