"""Ceilings hold what the budget bears, and what a decision or a DPT rests on is not taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling, Cocok, Periode, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.year import open_year
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import LULUS, OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW
from tests.year.test_year_end import JANUARI

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def reserved(session: Session, jenis: str = "up_kkpd", tahun: int = 2026) -> Rupiah:
    return session.scalars(
        select(Ceiling.reserved).where(Ceiling.jenis == jenis, Ceiling.tahun == tahun)
    ).one()


def line_of(session: Session, row: Transaksi) -> int:
    return session.scalars(select(Cocok.baris_bank_id).where(Cocok.transaksi_id == row.id)).one()


def test_what_is_not_approved_takes_no_room(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    part = {"nilai": Rupiah.of(500_000), "alasan": "Sebagian tanpa nota"}
    approval_decide.decide(session, DEWI, setuju(row, **part), NOW)
    assert reserved(session) == Rupiah.of(500_000)
    approval_decide.undo(session, DEWI, row.id, NOW)
    assert reserved(session) == Rupiah.of(750_000)
    approval_decide.decide(session, DEWI, setuju(row, **part), NOW)
    issued = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert (issued.total, reserved(session)) == (Rupiah.of(500_000), ZERO)


def test_the_link_of_what_a_dpt_pays_stays(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    with pytest.raises(Conflict, match="sudah dimuat dalam DPT"):
        reconciliation_decide.undo(session, CITRA, DINKES, line_of(session, row), NOW)


def test_a_purchase_with_a_refund_is_not_cancelled(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    berbukti(session, tmp_path, 2, rupiah=-250_000, asal_id=row.id)
    with pytest.raises(Conflict, match="mempunyai pengembalian"):
        belanja_verbs.cancel(
            session,
            CITRA,
            belanja_verbs.CancelPurchase(row.id, row.versi, "tercatat dua kali"),
            NOW,
        )


def test_a_decision_that_a_closed_month_rests_on_stays(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    answers = {**LULUS, 5: "tidak"}
    refused = approval_decide.SixTestsDecision(
        row.id, row.versi, answers, "tolak", None, "Bukan belanja KKPD"
    )
    approval_decide.decide(session, DEWI, refused, NOW)
    month = session.get(Periode, (DINKES, *OKTOBER))
    if month is None:
        month = Periode(
            opd_id=DINKES, tahun=2026, bulan=10, status="terbuka", sejak=NOW, oleh_id=ORANG["citra"]
        )
        session.add(month)
    month.status = "ditutup"
    session.flush()
    with pytest.raises(Conflict, match="sudah ditutup dengan putusan ini"):
        approval_decide.undo(session, DEWI, row.id, NOW)


def test_a_carried_refund_frees_the_card_in_the_new_year(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    berbukti(session, tmp_path, 2, rupiah=-250_000, asal_id=row.id)
    open_year.open_year(session, ACTORS["joko"], DINKES, 2027, JANUARI)
    assert reserved(session, "kartu", 2027) == Rupiah.of(500_000)
