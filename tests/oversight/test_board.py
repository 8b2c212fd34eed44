"""The inspector's board: what it counts, and where its figures lead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.approval import decide as approval_decide
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.models import BarisBank, Opd, Selisih, Transaksi
from kkpd.oversight import board
from kkpd.payment import repay as payment_repay
from kkpd.reconciliation import differences
from kkpd.reconciliation import month as reconciliation_month
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES, DISDIK
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import LULUS, OKTOBER, baris_bank, berbukti, diperiksa, setuju
from tests.worlds.office import NOW

FITRI = ACTORS["fitri"]
DAYS = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def _dinkes(session: Session, day: date = DAYS, tahun: int = 2026) -> board.BoardRow:
    return next(
        row for row in board.oversight_board(session, FITRI, tahun, day) if row.opd_id == DINKES
    )


def test_the_oldest_age_leads_to_its_own_line(session: Session) -> None:
    """A line that came late stands in a later month than its day, and its age is told there."""
    line = baris_bank(session, 750_000)[0]
    late = BarisBank(
        opd_id=DINKES,
        tahun=2026,
        bulan=11,
        bulan_asal=202609,
        tagihan_id=line.tagihan_id,
        berkas_id=line.berkas_id,
        kunci_dasar="e" * 64,
        kejadian=1,
        jenis="belanja",
        nilai=Rupiah.of(65_000),
        keterangan="WARUNG",
        merchant="WARUNG",
        baris=88,
        tanggal_transaksi=date(2026, 9, 1),
        tanggal_posting=date(2026, 10, 16),
    )
    session.add(late)
    session.flush()
    row = _dinkes(session, date(2026, 11, 5))
    assert row.oldest_cell == ((2026, 11), row.bulan[10])
    assert (row.oldest_open, row.bulan[10].oldest_open) == (65, late.id)


def test_the_board_counts_days_as_the_month_does(session: Session) -> None:
    line = baris_bank(session, 750_000)[0]
    shown = reconciliation_month.month_lines(session, FITRI, DINKES, OKTOBER)[0]
    assert shown.id == line.id
    assert shown.tanggal is not None
    assert _dinkes(session).oldest_open == (DAYS - shown.tanggal).days == 6


def test_an_office_that_ended_stays_while_it_has_lines(session: Session) -> None:
    baris_bank(session, 750_000)
    for id_ in (DINKES, DISDIK):
        session.get_one(Opd, id_).aktif = False
    session.flush()
    rows = board.oversight_board(session, FITRI, 2026, DAYS)
    assert [(row.opd_id, row.selisih) for row in rows] == [(DINKES, Rupiah.of(750_000))]
    assert ZERO not in {row.selisih for row in rows}


def test_the_board_counts_gross_and_equals_the_ledger(session: Session, tmp_path: Path) -> None:
    """A charge too much and a refund too little never hide each other."""
    lines = baris_bank(session, 750_000, -750_000, 10_000, 40_000)
    _tell(session, lines[2], "meterai")
    berbukti(session, tmp_path, 1)
    refused = berbukti(session, tmp_path, 2)
    _refuse(session, tmp_path, refused)
    row = _dinkes(session)
    parts = ledger.parts(session, [DINKES], DAYS)
    assert row.selisih == ledger.gross(parts) == Rupiah.of(1_540_000)
    waiting = [part for part in parts if part.waits]
    assert row.pending == (2, total(abs(part.left) for part in waiting))
    assert row.pending[1] == Rupiah.of(10_000) + refused.nilai
    assert row.not_yet_billed == (1, Rupiah.of(750_000))
    page = reconciliation_month.summary(
        reconciliation_month.month_lines(session, FITRI, DINKES, OKTOBER), (), set()
    )
    assert page.selisih == row.bulan[9].selisih


def test_a_month_is_ticked_only_when_nothing_is_open_and_nothing_waits(
    session: Session, tmp_path: Path
) -> None:
    line = baris_bank(session, 10_000)[0]
    assert not _dinkes(session).bulan[9].jumlah.done
    told = _tell(session, line, "meterai")
    cell = _dinkes(session).bulan[9]
    assert (cell.selisih, cell.jumlah.done) == (ZERO, False)
    assert cell.jumlah.waiting == {"up_tunai": Rupiah.of(10_000)}
    paid = payment_repay.Repay(
        opd_id=DINKES, penanggung="up_tunai", tanggal=DAYS, nilai=Rupiah.of(10_000),
        nomor_bukti="K/1", selisih_id=told.id,
    )  # fmt: skip
    payment_repay.record(session, ACTORS["citra"], paid, Store(tmp_path), 10**6, NOW)
    assert _dinkes(session).bulan[9].jumlah.done


def test_the_board_of_a_new_year_carries_what_the_old_one_left(session: Session) -> None:
    baris_bank(session, 750_000)
    row = _dinkes(session, date(2027, 1, 1), 2027)
    assert (row.selisih, row.carried_difference) == (Rupiah.of(750_000), Rupiah.of(750_000))
    assert [month for month, _ in row.dibawa] == [OKTOBER]
    assert row.oldest_open == (date(2027, 1, 1) - date(2026, 10, 14)).days
    table = board.dokumen(session, [row], 2027, date(2027, 1, 1))
    assert row.carried_difference in next(iter(next(iter(table.data_table)).baris))


def _tell(session: Session, line: BarisBank, jenis: str) -> Selisih:
    words = differences.Explain(line.id, jenis, None, f"tentang {jenis}")
    return differences.explain_difference(session, ACTORS["citra"], DINKES, words, NOW)


def _refuse(session: Session, folder: Path, row: Transaksi) -> None:
    diperiksa(session, folder, row)
    no = setuju(row, keputusan="tolak", jawaban={**LULUS, 5: "tidak"}, alasan="Belanja pribadi")
    approval_decide.decide(session, ACTORS["dewi"], no, NOW)
