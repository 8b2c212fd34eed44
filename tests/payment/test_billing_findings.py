"""Paid beyond the bill, or billed twice: a finding of the same day, until the bank returned it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import dpt
from kkpd.models import Cocok, Temuan
from kkpd.payment import pay as payment_pay
from kkpd.payment import repay as payment_repay
from kkpd.payment import take_back
from kkpd.reconciliation import decide as cocok_service
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.ledger.test_standing import CITRA, DAYS, DEWI, approve, settle, tell
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti, issue_step, penerbit
from tests.worlds.office import NOW


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def rules(session: Session) -> dict[str, str]:
    rows = session.scalars(select(Temuan).where(Temuan.selesai_at.is_(None)))
    return {row.aturan: row.pesan for row in rows if row.berat == "salah"}


def test_a_debit_beyond_what_lines_ask_is_found_the_same_day(
    session: Session, tmp_path: Path
) -> None:
    row = berbukti(session, tmp_path)
    approve(session, tmp_path, row)
    issued = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], issued.id, jenis, penerbit(tmp_path), NOW)
    link = session.scalars(select(Cocok)).one()  # as books of before links were kept have it
    link.dicabut_at, link.dicabut_oleh_id = NOW, CITRA.orang_id
    session.flush()
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        paper = payment_pay.RecordStep(issued.id, langkah, f"{langkah}/1", DAYS)
        step = payment_pay.record(session, ACTORS[who], paper, NOW)
    assert "Rp 750.000 lebih dari yang diminta" in rules(session)["bayar_lebih"]
    assert "Mintalah bank mengembalikannya" in rules(session)["bayar_lebih"]
    take_back.pencairan(session, CITRA, step.id, "salah debet", NOW)
    assert "bayar_lebih" not in rules(session)


def test_a_line_billed_twice_is_found_until_the_bank_returned_it(
    session: Session, tmp_path: Path
) -> None:
    told = tell(session, baris_bank(session, 300_000)[0], "dibayar_dua_kali")
    assert "Rp 300.000 belum dikembalikan" in rules(session)["tagih_ganda"]
    settle(session, tmp_path, 100_000, selisih_id=told, penanggung="bank")
    assert "Rp 200.000 belum dikembalikan" in rules(session)["tagih_ganda"]
    last = settle(session, tmp_path, 200_000, selisih_id=told, penanggung="bank")
    assert "tagih_ganda" not in rules(session)
    payment_repay.reverse(session, CITRA, DINKES, last.id, "salah nomor", NOW)
    assert "Rp 200.000 belum dikembalikan" in rules(session)["tagih_ganda"]


def test_lines_that_ask_for_more_than_was_bought_are_found(
    session: Session, tmp_path: Path
) -> None:
    row = berbukti(session, tmp_path)
    first, line, other = baris_bank(session, 750_000, 750_000, 1)
    asked = cocok_service.LinkUp(first.id, (row.id,))
    cocok_service.pair_up(session, CITRA, DINKES, asked, NOW)
    assert "tagih_ganda" not in rules(session)
    link = session.scalars(select(Cocok)).one()
    session.add(
        Cocok(
            opd_id=DINKES, baris_bank_id=line.id, transaksi_id=row.id, nilai=row.nilai,
            jenis="satu", status="dipilih", peluang=10_000, alasan=[], at=NOW,
            oleh_id=link.oleh_id,
        )
    )  # fmt: skip
    session.flush()
    tell(session, other, "dibayar_dua_kali")
    rows = session.scalars(select(Temuan).where(Temuan.aturan == "tagih_ganda")).all()
    assert any("ditagih Rp 1.500.000: Rp 750.000 lebih" in one.pesan for one in rows)
