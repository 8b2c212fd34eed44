"""Monitoring read from the books: spending, UP in force, bills paid late, idle cards."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import DomainError, Forbidden, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import BarisBank, KartuRiwayat, Tagihan, Transaksi
from kkpd.organisation import organisation
from kkpd.oversight import monitoring
from kkpd.oversight.monitoring import WatchedYear
from kkpd.pagu import up as up_service
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from tests.cast import ACTORS, DINKES, DISDIK, KARTU_ANI, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW, brought, setelan

DAYS = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def one_item(session: Session, day: date = DAYS) -> WatchedYear:
    (row,) = monitoring.watch_opds(session, ACTORS["dewi"], 2026, day)
    return row


def up(session: Session, mulai: date, nilai: int, nomor: str) -> None:
    command = up_service.DecideUp(
        opd_id=DINKES,
        tahun=2026,
        nomor=nomor,
        mulai=mulai,
        up=Rupiah.of(nilai),
        up_kkpd=None,
        dasar_hukum="Keputusan Bupati 188/2026",
    )
    up_service.decide_up(session, ACTORS["joko"], command, NOW)


def test_nothing_is_checked_where_nothing_is_set(session: Session) -> None:
    row = one_item(session)
    assert (row.highlights, row.idle_cards, row.refill_count) == ((), (), 0)
    assert [one.usage for one in row.bulan] == [None] * 12


def test_use_by_month_against_the_decision_in_force(session: Session, tmp_path: Path) -> None:
    up(session, date(2026, 1, 1), 5_000_000, "UP/1")
    up(session, date(2026, 10, 5), 3_750_000, "UP/2")
    waiting = berbukti(session, tmp_path)
    setelan(session, "low_use_threshold", "75%")
    setelan(session, "low_use_months", "3")
    assert one_item(session).bulan[9].belanja == ZERO  # realisasi begins with the DPT
    _pay(session, tmp_path, waiting, DAYS)
    row = one_item(session)
    assert row.bulan[8].up_kkpd == Rupiah.of(2_000_000)
    assert row.bulan[9].usage == Fraction(1, 2)
    assert row.year_quarters[3].belanja == Rupiah.of(750_000)
    assert [(one.aturan, one.bulan) for one in row.highlights] == [
        ("rendah", tuple(range(1, 10))),
        ("turunkan", tuple(range(1, 10))),
    ]


def test_an_opds_own_setting_goes_first(session: Session) -> None:
    up(session, date(2026, 1, 1), 5_000_000, "UP/1")
    setelan(session, "low_use_threshold", "75%")
    setelan(session, "low_use_months", "2")
    own = organisation.SettingData(
        kunci="low_use_months", nilai=None, mulai=DAYS, dasar_hukum="dikecualikan", opd_id=DINKES
    )
    organisation.decide_setting(session, ACTORS["joko"], own, NOW)
    assert one_item(session).highlights == ()
    assert one_item(session, DAYS - timedelta(days=1)).highlights != ()
    with pytest.raises(DomainError, match="bilangan bulat mulai 1"):
        organisation.decide_setting(
            session,
            ACTORS["joko"],
            organisation.SettingData(
                kunci="low_use_months", nilai="dua", mulai=DAYS, dasar_hukum="x"
            ),
            NOW,
        )


def test_a_bill_is_late_by_its_debit_or_while_it_is_open(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    line = baris_bank(session, 750_000)[0]
    bill = Tagihan(
        opd_id=DINKES,
        tahun=2026,
        bulan=10,
        jenis="final",
        identitas="ef" * 32,
        berkas_id=line.berkas_id,
        at=NOW,
        oleh_id=1,
        jatuh_tempo=DAYS + timedelta(days=1),
    )
    session.add(bill)
    session.flush()
    brought(session, bill)
    due = _line_of(session, line, bill.id)
    assert one_item(session).bulan[9].came_late is None
    open_late = one_item(session, DAYS + timedelta(days=2)).bulan[9]
    assert (open_late.came_late, open_late.still_open) == (True, Rupiah.of(750_000))
    reconciliation_decide.pair_up(
        session, ACTORS["citra"], DINKES, reconciliation_decide.LinkUp(due.id, (row.id,)), NOW
    )
    _pay(session, tmp_path, row, DAYS)
    paid = one_item(session, DAYS + timedelta(days=2))
    month = paid.bulan[9]
    assert (month.came_late, month.dibayar, month.still_open) == (False, DAYS, ZERO)
    assert paid.refill_count == 1


def _line_of(session: Session, plain: BarisBank, tagihan_id: int) -> BarisBank:
    """The same bank line on a bill that has a due date."""
    made = BarisBank(
        opd_id=DINKES,
        tahun=2026,
        bulan=10,
        tagihan_id=tagihan_id,
        kunci_dasar="9" * 64,
        kejadian=1,
        jenis="belanja",
        nilai=Rupiah.of(750_000),
        keterangan="SUMBER REJEKI MEDAN ID",
        merchant="SUMBER REJEKI MEDAN ID",
        berkas_id=plain.berkas_id,
        baris=99,
    )
    session.add(made)
    session.flush()
    return made


def _pay(session: Session, folder: Path, row: Transaksi, day: date) -> None:
    diperiksa(session, folder, row)
    approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    office = penerbit(folder)
    issued = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], issued.id, jenis, office, NOW)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        paper = payment_pay.RecordStep(issued.id, langkah, f"{langkah}/1", day)
        payment_pay.record(session, ACTORS[who], paper, NOW)


def test_a_card_that_was_never_used_counts_from_its_activation(session: Session) -> None:
    setelan(session, "unused_card_days", "90")
    session.add(
        KartuRiwayat(
            kartu_id=KARTU_ANI,
            opd_id=DINKES,
            status="aktif",
            tanggal=DAYS - timedelta(days=90),
            nomor_dokumen="BA/1",
            at=NOW,
            oleh_id=ORANG["joko"],
        )
    )
    session.flush()
    (card,) = one_item(session).idle_cards
    assert (card.finish, card.day, card.ever_used) == ("4821", 90, False)
    assert one_item(session, DAYS - timedelta(days=1)).idle_cards == ()


def test_who_watches_what(session: Session) -> None:
    names = [row.slug for row in monitoring.watch_opds(session, ACTORS["fitri"], 2026, DAYS)]
    assert names == ["dinkes", "disdik"]
    with pytest.raises(NotFound):
        monitoring.watch_opds(session, ACTORS["dewi"], 2026, DAYS, DISDIK)
    with pytest.raises(Forbidden):
        monitoring.watch_opds(session, ACTORS["ani"], 2026, DAYS)
    rows = monitoring.watch_opds(session, ACTORS["fitri"], 2026, DAYS)
    table = monitoring.dokumen(session, rows, 2026, DAYS)
    assert table.formulir == "pemantauan"
