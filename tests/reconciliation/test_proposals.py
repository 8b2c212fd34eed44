"""Proposals accepted whole, and what settles by itself when a bank file is in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import BarisBank, Cocok, Periode
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import line_detail
from kkpd.reconciliation import month as look
from kkpd.reconciliation.links import reads as links_reads
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import LULUS, OKTOBER, baris_bank, berbukti, diperiksa, setuju
from tests.worlds.office import NOW

CITRA = ACTORS["citra"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def working(session: Session) -> look.MonthWork:
    return look.working(session, CITRA, DINKES, OKTOBER)


def test_a_line_split_over_two_purchases_is_accepted_whole(
    session: Session, tmp_path: Path
) -> None:
    for nomor, rupiah in ((1, 512_300), (2, 231_700)):
        berbukti(session, tmp_path, nomor, rupiah=rupiah)
    line = baris_bank(session, 744_000)[0]
    pair = working(session).proposal_for(line.id)
    assert pair is not None
    assert (pair.jenis, working(session).exact(pair)) == ("pecah", True)
    assert reconciliation_decide.accept_proposal(session, CITRA, DINKES, OKTOBER, line.id, NOW) == 1
    assert working(session).summary.selisih == ZERO
    assert {row.nilai for row in session.scalars(select(Cocok))} == {
        Rupiah.of(512_300),
        Rupiah.of(231_700),
    }
    with pytest.raises(Conflict, match="sudah berubah"):
        reconciliation_decide.accept_proposal(session, CITRA, DINKES, OKTOBER, line.id, NOW)


def test_two_lines_of_one_purchase_are_accepted_whole(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=744_000)
    first, second = baris_bank(session, 512_300, 231_700)
    assert (
        reconciliation_decide.accept_proposal(session, CITRA, DINKES, OKTOBER, second.id, NOW) == 2
    )
    links = session.scalars(select(Cocok).order_by(Cocok.baris_bank_id)).all()
    assert [(one.baris_bank_id, one.transaksi_id) for one in links] == [
        (first.id, row.id),
        (second.id, row.id),
    ]


def test_lines_of_one_purchase_go_back_together(session: Session, tmp_path: Path) -> None:
    """Else the purchase would be covered in part: neither billed nor open to its line again."""
    row = berbukti(session, tmp_path, 1, rupiah=744_000)
    first, second = baris_bank(session, 512_300, 231_700)
    reconciliation_decide.accept_proposal(session, CITRA, DINKES, OKTOBER, second.id, NOW)
    assert reconciliation_decide.undo(session, CITRA, DINKES, first.id, NOW) == [
        first.id,
        second.id,
    ]
    after = working(session)
    assert after.summary.selisih == row.nilai
    assert [one.id for one in after.belanja] == [row.id]
    assert (
        reconciliation_decide.accept_proposal(session, CITRA, DINKES, OKTOBER, first.id, NOW) == 2
    )


def test_another_decision_than_the_one_seen_is_not_undone(session: Session, tmp_path: Path) -> None:
    """Two forms on one line: the second undo would take back what the other has decided since."""
    first, second = (berbukti(session, tmp_path, nomor) for nomor in (1, 2))
    line = baris_bank(session, 750_000)[0]
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (first.id,)), NOW
    )
    seen = line_detail.decisions(session, DINKES, line.id)
    reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW, seen)
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (second.id,)), NOW
    )
    with pytest.raises(Conflict, match=r"berubah sejak Anda membukanya.*Citra.* menyimpan"):
        reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW, seen)
    assert working(session).summary.selisih == ZERO


def test_only_what_was_seen_is_accepted(session: Session, tmp_path: Path) -> None:
    """A proposal, or the list of certain pairs, that became another one is told, not accepted."""
    for nomor, rupiah in ((1, 512_300), (2, 231_700)):
        berbukti(session, tmp_path, nomor, rupiah=rupiah)
    line = baris_bank(session, 744_000, 1_237_450)[0]
    work = working(session)
    pair = work.proposal_for(line.id)
    assert pair is not None
    with pytest.raises(Conflict, match="sudah berubah"):
        reconciliation_decide.accept_proposal(
            session, CITRA, DINKES, OKTOBER, line.id, NOW, "0" * 16
        )
    before = line_detail.tanda(work, work.certain)
    berbukti(session, tmp_path, 3, rupiah=1_237_450)
    with pytest.raises(Conflict, match="berubah sejak Anda melihatnya"):
        reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NOW, before)
    work = working(session)
    reconciliation_decide.accept_proposal(
        session, CITRA, DINKES, OKTOBER, line.id, NOW, line_detail.tanda(work, (pair,))
    )
    work = working(session)
    assert (
        reconciliation_decide.accept_certain(
            session, CITRA, DINKES, OKTOBER, NOW, line_detail.tanda(work, work.certain)
        )
        == 1
    )


def test_money_out_and_money_back_are_no_pair(session: Session, tmp_path: Path) -> None:
    """Else a refund's line would take the purchase away from its own, the rest named away."""
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, -200_000)[0]
    command = reconciliation_decide.LinkUp(
        line.id, (row.id,), "refund_ditunggu", "dikembalikan toko"
    )
    with pytest.raises(DomainError, match="Uang keluar dan uang kembali"):
        reconciliation_decide.pair_up(session, CITRA, DINKES, command, NOW)


def test_the_bill_of_a_refused_purchase_finds_it(session: Session, tmp_path: Path) -> None:
    """It may be refused before the bank asks for it; until then nobody waits for its bill."""
    row = berbukti(session, tmp_path, 1)
    diperiksa(session, tmp_path, row, tagih=False)
    no = setuju(row, keputusan="tolak", jawaban=LULUS | {2: "tidak"}, alasan="bukan untuk dinas")
    approval_decide.decide(session, ACTORS["dewi"], no, NOW)
    assert (working(session).summary.not_yet_billed, row.status) == (0, "ditolak")
    baris_bank(session, 750_000)
    assert reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NOW) == 1
    found = links_reads.bulan(session, CITRA, DINKES, OKTOBER, date(2026, 10, 30)).headline_sums
    assert found.jenis == (("ditolak", 1, row.nilai),)


def test_a_pair_with_a_difference_is_never_certain(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path, 1, rupiah=1_293_000)
    line = baris_bank(session, 1_331_790)[0]
    work = working(session)
    assert work.certain == ()
    pair = work.proposal_for(line.id)
    assert pair is not None
    assert not work.exact(pair)
    with pytest.raises(Conflict, match="sudah berubah"):
        reconciliation_decide.accept_proposal(session, CITRA, DINKES, OKTOBER, line.id, NOW)


def test_a_file_settles_what_is_exact_in_open_months_only(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path, 1)
    berbukti(session, tmp_path, 2, rupiah=1_237_450, tanggal=date(2026, 9, 14))
    lines = baris_bank(session, 750_000)
    lines += [_september(session, lines[0].tagihan_id, lines[0].berkas_id)]
    berkas_id = lines[0].berkas_id
    assert reconciliation_decide.accept_certain_of_file(session, CITRA, DINKES, berkas_id, NOW) == 1
    assert reconciliation_decide.accept_certain_of_file(session, CITRA, DINKES, 999, NOW) == 0
    assert {row.baris_bank_id for row in session.scalars(select(Cocok))} == {lines[0].id}


def _september(session: Session, tagihan_id: int, berkas_id: int) -> BarisBank:
    """A line of the same file that was booked in a month closed since."""
    row = BarisBank(
        opd_id=DINKES,
        tahun=2026,
        bulan=9,
        tagihan_id=tagihan_id,
        kunci_dasar="f" * 64,
        kejadian=1,
        jenis="belanja",
        nilai=Rupiah.of(1_237_450),
        keterangan="SUMBER REJEKI",
        merchant="SUMBER REJEKI",
        berkas_id=berkas_id,
        baris=99,
        kartu_akhir="4821",
        tanggal_transaksi=date(2026, 9, 14),
    )
    session.add(row)
    session.flush()
    session.get_one(Periode, (DINKES, 2026, 9)).status = "ditutup"
    session.flush()
    return row
