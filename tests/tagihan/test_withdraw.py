"""Taking an import out again: what goes, what stays, and in again with other answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import require
from kkpd.engines import matching
from kkpd.engines import reading as engines_reading
from kkpd.models import BarisBank, Berkas, Cocok, DtsFinal, Event, ImporKeluar, Tagihan, Temuan
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import decide as reconciliation_undo
from kkpd.reconciliation import link as reconciliation_link
from kkpd.reconciliation import month as look
from kkpd.records import event_log
from kkpd.tagihan import line_state, receive
from kkpd.tagihan import reads as tampil
from kkpd.tagihan.receive import TakeIn
from kkpd.tagihan.withdraw import withdraw
from kkpd.tagihan.withdraw.withdraw import TakeOut
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import BERALASAN, KOPI, NASI, ambil, csv, kepala_tagihan
from tests.worlds.chain_steps import OKTOBER, berbukti
from tests.worlds.office import NOW
from tests.worlds.withdrawals import (
    CITRA,
    DTS,
    NANTI,
    TOKO,
    blockers,
    keluar,
    line_of,
    not_withdrawn,
)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_a_wrong_answer_goes_out_and_the_right_one_comes_in(
    session: Session, tmp_path: Path
) -> None:
    """Final bill taken in as interim, in the wrong month: nothing of it is left afterwards."""
    data = csv([KOPI, KOPI, NASI])
    first = ambil(session, tmp_path, data, jenis="dts", periode=(2026, 11))
    consequences = withdraw.check(session, CITRA, DINKES, first.impor_id)
    assert (consequences.banyak.baris, consequences.banyak.tetap, consequences.blockers) == (
        3,
        0,
        (),
    )
    assert consequences.banyak.jumlah == Rupiah.of(237_500)
    assert [one.uraian for one in consequences.sample] == ["KOPI DELI", "KOPI DELI", "RM SEDERHANA"]
    done = keluar(session, first.impor_id)
    assert (done.baris, done.tetap, done.tagihan) == (3, 0, 1)
    assert not_withdrawn(session) == []
    assert tampil.listing(session, CITRA, DINKES, (2026, 11)) == ()
    second = ambil(session, tmp_path, data, jenis="final", now=NANTI)
    assert (second.baru, second.lama, second.already_taken_in) == (3, 0, False)
    assert not_withdrawn(session) == [
        ("KOPI DELI", 25_000),
        ("KOPI DELI", 25_000),
        ("RM SEDERHANA", 187_500),
    ]
    assert [bill.baris for bill in tampil.listing(session, CITRA, DINKES, OKTOBER)] == [3]
    files = session.scalars(select(Berkas).where(Berkas.jenis == "bank").order_by(Berkas.id)).all()
    assert [one.giliran for one in files] == [1, 2]
    assert len({one.sha256 for one in files}) == 1


def test_what_went_out_stays_to_be_seen(session: Session, tmp_path: Path) -> None:
    """Custody: bytes, lines, receipt and event are there; the withdrawal says who, when and why."""
    hasil = ambil(session, tmp_path, csv([KOPI]))
    keluar(session, hasil.impor_id, "Berkas dinas lain, kartu 4111 1111 1111 1111")
    row = session.get_one(ImporKeluar, hasil.impor_id)
    assert (row.oleh_id, row.at, row.baris) == (ORANG["citra"], NANTI, 1)
    assert "4111 1111" not in row.alasan
    assert session.scalar(select(func.count()).select_from(BarisBank)) == 1
    event_log.append_queued(session)
    event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.jenis, event.subjek) == ("tagihan:berkas:keluar", f"impor:{hasil.impor_id}")
    with pytest.raises(Conflict, match="sudah dikeluarkan sebelumnya"):
        keluar(session, hasil.impor_id)
    with pytest.raises(NotFound, match="sudah dikeluarkan bersama berkasnya"):
        line_state.get(session, DINKES, session.scalars(select(BarisBank.id)).one())


def test_a_taken_out_receipt_is_not_taken_in_again(session: Session, tmp_path: Path) -> None:
    data = csv([KOPI])
    hasil = ambil(session, tmp_path, data)
    old = session.scalars(select(Berkas.id).where(Berkas.jenis == "bank")).one()
    keluar(session, hasil.impor_id)
    command = TakeIn(DINKES, old, engines_reading.parse(data, "tagihan.csv", None, {}))
    with pytest.raises(Conflict, match="Unggah berkasnya sekali lagi"):
        receive.take_in(session, CITRA, command, NANTI)


def test_who_may_and_why(session: Session, tmp_path: Path) -> None:
    hasil = ambil(session, tmp_path, csv([KOPI]))
    command = TakeOut(DINKES, hasil.impor_id, "Salah berkas")
    for who in ("budi", "dewi", "ani", "joko"):
        with pytest.raises((Forbidden, NotFound)):
            withdraw.take_out(session, ACTORS[who], command, NANTI)
    with pytest.raises(NotFound):
        withdraw.take_out(session, ACTORS["eko"], command, NANTI)
    with pytest.raises(NotFound, match="Periksa nomornya"):
        keluar(session, 999)
    for reason in ("", "  x  ", "y" * 601):
        with pytest.raises(DomainError, match="Tulis alasan"):
            keluar(session, hasil.impor_id, reason)
    assert keluar(session, hasil.impor_id).baris == 1


def test_a_line_that_another_file_gives_stays_with_its_link(
    session: Session, tmp_path: Path
) -> None:
    row = berbukti(session, tmp_path, 1)
    first = ambil(session, tmp_path, csv([KOPI, TOKO, TOKO]), nama="a.csv")
    ambil(session, tmp_path, csv([TOKO, NASI]), nama="b.csv")
    line = session.scalars(
        select(BarisBank).where(BarisBank.keterangan == TOKO[3]).order_by(BarisBank.kejadian)
    ).first()
    assert line is not None
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
    )
    done = keluar(session, first.impor_id)
    assert (done.baris, done.tetap, done.tagihan) == (2, 1, 0)
    assert not_withdrawn(session) == [("RM SEDERHANA", 187_500), (TOKO[3], 750_000)]
    assert session.scalars(select(Cocok.dicabut_at)).one() is None
    again = ambil(session, tmp_path, csv([KOPI, TOKO, TOKO]), nama="a.csv", now=NANTI)
    assert (again.baru, again.lama) == (2, 1)
    assert len(not_withdrawn(session)) == 4
    shown = tampil.baris(session, CITRA, DINKES, again.tagihan_ids[0], tampil.BillCriteria())
    assert sorted(one.kejadian for one in shown.baris) == [1, 1, 1, 2]


def test_pairs_that_the_program_made_are_let_go(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    hasil = ambil(session, tmp_path, csv([TOKO]))
    assert reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NOW) == 1
    assert withdraw.check(session, CITRA, DINKES, hasil.impor_id).banyak.automatic == 1
    assert keluar(session, hasil.impor_id).pairs_freed == 1
    link = session.scalars(select(Cocok)).one()
    assert (link.dicabut_at, link.dicabut_oleh_id) == (NANTI, ORANG["citra"])
    assert [one.id for one in look.open_purchases(session, DINKES, OKTOBER)] == [row.id]
    ambil(session, tmp_path, csv([TOKO]), now=NANTI)
    assert reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NANTI) == 1


def test_a_final_bill_goes_and_its_interim_lines_count_again(
    session: Session, tmp_path: Path
) -> None:
    interim = ambil(session, tmp_path, csv(DTS), jenis="dts", nama="dts.csv")
    changed = (*NASI[:4], "180.000,00", "DB")
    final = ambil(session, tmp_path, csv([KOPI, changed]), nama="final.csv")
    assert final.interim_closed == 2
    keluar(session, final.impor_id)
    assert not_withdrawn(session) == [("KOPI DELI", 25_000), ("RM SEDERHANA", 187_500)]
    assert session.scalars(select(Temuan).where(Temuan.aturan == "dts_berubah")).one().selesai_at
    again = ambil(session, tmp_path, csv([KOPI, NASI]), nama="benar.csv", now=NANTI)
    assert again.interim_closed == 2
    assert not_withdrawn(session) == [("KOPI DELI", 25_000), ("RM SEDERHANA", 187_500)]
    turns = session.execute(select(DtsFinal.dts_id, DtsFinal.giliran)).all()
    assert sorted(turn for _, turn in turns) == [1, 1, 2, 2]
    shown = tampil.baris(session, CITRA, DINKES, interim.tagihan_ids[0], tampil.BillCriteria())
    assert len(shown.baris) == 2
    keluar(session, again.impor_id)
    keluar(session, interim.impor_id)
    assert not_withdrawn(session) == []


def test_a_bill_that_comes_again_is_a_new_bill(session: Session, tmp_path: Path) -> None:
    """Month and findings of the first reading are not the second's."""
    head = kepala_tagihan("300.000,00", "300.000,00")
    first = ambil(
        session, tmp_path, csv([KOPI, NASI], *head), periode=(2026, 11), jawaban=BERALASAN
    )
    assert session.scalar(select(func.count()).select_from(Temuan)) == 1
    keluar(session, first.impor_id)
    note = session.scalars(select(Temuan.selesai_catatan)).one()
    assert note == "Pengambilan berkasnya dikeluarkan: Salah menjawab"
    again = ambil(session, tmp_path, csv([KOPI, NASI], *head), now=NANTI, jawaban=BERALASAN)
    assert again.tagihan_ids != first.tagihan_ids
    open_ = session.scalars(select(Temuan).where(Temuan.selesai_at.is_(None))).one()
    assert (open_.subjek, open_.bulan) == (f"tagihan:{again.tagihan_ids[0]}", 10)
    assert session.get_one(Tagihan, again.tagihan_ids[0]).bulan == 10
    with pytest.raises(NotFound):
        tampil.one_item(session, CITRA, DINKES, first.tagihan_ids[0])


def _paid_by_two_files(session: Session, folder: Path, *status: matching.Status) -> tuple[int, int]:
    """A purchase that one line of each of two files paid: the first import and the purchase."""
    row = berbukti(session, folder, 1)
    amounts = ("500.000,00", "250.000,00")
    parts = [(*TOKO[:3], f"TOKO {n}", nilai, "DB") for n, nilai in enumerate(amounts)]
    first, _ = (ambil(session, folder, csv([part]), nama=f"{part[3]}.csv") for part in parts)
    role = require(CITRA, "cocok:putuskan", DINKES)
    for part, state in zip(parts, status, strict=True):
        line = line_of(session, part[3])
        ids = (str(line.id),), (str(row.id),)
        pair = matching.Pairing(*ids, "gabung", state, 9.0, 0.99, 5.0, ())
        reconciliation_link.link_one(
            session, CITRA, role, DINKES, line.id, row.id, line.nilai, pair, NOW
        )
    session.flush()
    return first.impor_id, row.id


def test_a_purchase_that_two_files_paid_is_open_again_whole(
    session: Session, tmp_path: Path
) -> None:
    """Covered by the other file's line alone it would be neither billed nor open."""
    impor_id, purchase = _paid_by_two_files(session, tmp_path, "pasti", "pasti")
    assert withdraw.check(session, CITRA, DINKES, impor_id).banyak.automatic == 2
    assert keluar(session, impor_id).pairs_freed == 1
    assert session.scalars(select(Cocok.dicabut_at)).all() == [NANTI, NANTI]
    assert [one.id for one in look.open_purchases(session, DINKES, OKTOBER)] == [purchase]
    assert not_withdrawn(session) == [("TOKO 1", 250_000)]


def test_what_a_person_joined_over_two_files_is_undone_first(
    session: Session, tmp_path: Path
) -> None:
    impor_id, _ = _paid_by_two_files(session, tmp_path, "pasti", "usul")
    assert "dari berkas lain dipasangkan bersama" in blockers(session, impor_id)
    assert session.scalars(select(Cocok.dicabut_at)).all() == [None, None]
    reconciliation_undo.undo(session, CITRA, DINKES, line_of(session, "TOKO 1").id, NOW)
    assert keluar(session, impor_id).pairs_freed == 0
