"""Taking bank files in: nothing lost, nothing twice, whatever comes first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound, Unreadable
from kkpd.core.money import Rupiah
from kkpd.engines import reading as engines_reading
from kkpd.models import BarisBank, Event, Impor, SumberBaris, Tagihan, Temuan
from kkpd.tagihan import receive
from kkpd.tagihan.receive import TakeIn
from tests.cast import ACTORS, DINKES, DISDIK, fill
from tests.databases import Fill
from tests.worlds.bills import (
    BERALASAN,
    KOPI,
    NASI,
    REFUND_DAYS,
    SEKARANG,
    ambil,
    csv,
    kepala_tagihan,
    tutup_bulan,
)


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


def lines(session: Session) -> list[tuple[str, Rupiah, int]]:
    """(text, amount, occurrence) of every line in the books."""
    return [
        (text, nilai, kejadian)
        for text, nilai, kejadian in session.execute(
            select(BarisBank.keterangan, BarisBank.nilai, BarisBank.kejadian).order_by(
                BarisBank.tanggal_transaksi, BarisBank.kejadian
            )
        )
    ]


def test_a_row_that_cannot_be_read_keeps_the_whole_file_out(
    session: Session, tmp_path: Path
) -> None:
    wrong = ("31/02/2026", *NASI[1:])
    with pytest.raises(Unreadable, match="Baris 3: tanggal “31/02/2026” tidak ada di kalender"):
        ambil(session, tmp_path, csv([KOPI, wrong, REFUND_DAYS]))
    assert lines(session) == []


def test_a_list_comes_in_once(session: Session, tmp_path: Path) -> None:
    hasil = ambil(session, tmp_path, csv([KOPI, NASI, REFUND_DAYS]))
    assert (hasil.baru, hasil.lama, hasil.lewat, hasil.baris_masuk) == (3, 0, 1, 4)
    assert lines(session) == [
        ("KOPI DELI", Rupiah.of(25_000), 1),
        ("RM SEDERHANA", Rupiah.of(187_500), 1),
        ("REFUND RM SEDERHANA", Rupiah.of(-87_500), 1),
    ]
    again = ambil(session, tmp_path, csv([KOPI, NASI, REFUND_DAYS]))
    assert again.already_taken_in
    assert again.impor_id == hasil.impor_id
    assert len(lines(session)) == 3


def test_two_equal_purchases_stay_two_whatever_overlaps(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    second = ambil(session, tmp_path, csv([KOPI, KOPI, NASI]), nama="dua.csv")
    assert (second.baru, second.lama) == (2, 1)
    third = ambil(session, tmp_path, csv([NASI, KOPI]), nama="tiga.csv")
    assert (third.baru, third.lama) == (0, 2)
    assert [kejadian for _, _, kejadian in lines(session)] == [1, 2, 1]
    assert session.scalar(select(func.count()).select_from(SumberBaris)) == 3


def test_a_bill_with_its_totals(session: Session, tmp_path: Path) -> None:
    head = kepala_tagihan("125.000,00", "125.000,00")
    hasil = ambil(session, tmp_path, csv([KOPI, NASI, REFUND_DAYS], *head))
    bill = session.scalars(select(Tagihan)).one()
    assert hasil.tagihan_ids == (bill.id,)
    assert (bill.kartu_akhir, bill.jenis, bill.tahun, bill.bulan) == ("4821", "final", 2026, 10)
    assert (bill.belanja_baru, bill.total) == (Rupiah.of(125_000), Rupiah.of(125_000))
    assert hasil.temuan == 0
    card = session.scalars(select(BarisBank.kartu_id).distinct()).all()
    assert card == [1]


def test_lines_that_do_not_add_up_are_a_finding(session: Session, tmp_path: Path) -> None:
    head = kepala_tagihan("225.000,00", "225.000,00")
    data = csv([KOPI, NASI, REFUND_DAYS], *head)
    with pytest.raises(DomainError, match="pertanyaan") as refused:
        ambil(session, tmp_path, data)
    assert refused.value.field == "beda_tercetak"
    ambil(session, tmp_path, data, jawaban=BERALASAN)
    found = session.scalars(select(Temuan)).one()
    assert (found.aturan, found.berat) == ("jumlah_baris", "salah")
    assert found.masukan == {"jumlah_baris": "125.000", "tercetak": "225.000"}


def test_the_event_holds_counts_and_hash(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    session.info["at_end"].pop()(session)
    kinds = session.scalars(select(Event.jenis).order_by(Event.seq)).all()
    assert kinds == ["tagihan:berkas:unggah", "tagihan:berkas:ambil"]
    assert session.scalars(select(Impor)).one().opd_id == DINKES


def test_closed_months_send_lines_to_the_oldest_open_one(session: Session, tmp_path: Path) -> None:
    tutup_bulan(session, 8)
    tutup_bulan(session, 9)
    late = ("28/08/2026", "29/08/2026", "4821", "HOTEL", "500.000,00", "DB")
    ambil(session, tmp_path, csv([late, KOPI]))
    rows = session.execute(
        select(BarisBank.bulan, BarisBank.bulan_asal, BarisBank.tanggal_transaksi).order_by(
            BarisBank.id
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        (10, 202608, date(2026, 8, 28)),
        (10, None, date(2026, 10, 13)),
    ]
    found = session.scalars(select(Temuan)).one()
    assert (found.aturan, found.masukan["asal"]) == ("baris_terlambat", "2026-08")


def test_the_list_of_a_month_is_one_whatever_file_came_first(
    session: Session, tmp_path: Path
) -> None:
    november = ("02/11/2026", "03/11/2026", "4821", "ATK", "75.000,00", "DB")
    ambil(session, tmp_path, csv([KOPI, november]))
    ambil(session, tmp_path, csv([november, NASI]), nama="dua.csv")
    bills = session.execute(select(Tagihan.identitas, Tagihan.bulan).order_by(Tagihan.bulan)).all()
    assert [tuple(row) for row in bills] == [
        ("daftar:final:2026-10", 10),
        ("daftar:final:2026-11", 11),
    ]


def test_a_chosen_month_holds_all(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI, NASI]), periode=(2026, 11))
    assert session.scalars(select(BarisBank.bulan).distinct()).all() == [11]


def test_a_second_file_of_one_bill_is_the_same_bill(session: Session, tmp_path: Path) -> None:
    head = kepala_tagihan("237.500,00", "237.500,00")
    first = ambil(session, tmp_path, csv([KOPI, KOPI, NASI], *head))
    other = [
        ("13/10/2026", "", "4821", "KOPI DELI MEDAN ID", "25.000,00", "DB"),
        ("13/10/2026", "", "4821", "KOPI DELI MEDAN ID", "25.000,00", "DB"),
        ("14/10/2026", "", "4821", "RM SEDERHANA LUBUK PAKAM", "187.500,00", "DB"),
    ]
    second = ambil(session, tmp_path, csv(other, *head), nama="lain.csv")
    assert second.tagihan_ids == first.tagihan_ids
    assert (second.baru, second.lama, second.temuan) == (0, 3, 0)
    assert len(lines(session)) == 3


def test_a_line_that_a_complete_bill_lacks_is_left_out_and_said(
    session: Session, tmp_path: Path
) -> None:
    head = kepala_tagihan("212.500,00", "212.500,00")
    ambil(session, tmp_path, csv([KOPI, NASI], *head))
    odd = ("15/10/2026", "15/10/2026", "4821", "ENTAH", "1.000,00", "DB")
    data = csv([KOPI, NASI, odd], *head)
    hasil = ambil(session, tmp_path, data, nama="lain.csv", jawaban=BERALASAN)
    assert (hasil.baru, hasil.lama) == (0, 2)
    receipt = session.get_one(Impor, hasil.impor_id)
    assert receipt.lewat[-1]["sebab"].startswith("tidak ada pada tagihan yang sudah lengkap")
    rules = set(session.scalars(select(Temuan.aturan)))
    assert rules == {"jumlah_baris", "wakil_berbeda"}


def test_pieces_of_a_bill_add_up(session: Session, tmp_path: Path) -> None:
    head = kepala_tagihan("237.500,00", "237.500,00")
    ambil(session, tmp_path, csv([KOPI], *head), jawaban=BERALASAN)
    ambil(session, tmp_path, csv([NASI], *head), nama="dua.csv", jawaban=BERALASAN)
    third = ambil(session, tmp_path, csv([KOPI, KOPI, NASI], *head), nama="tiga.csv")
    assert (third.baru, third.lama) == (1, 2)
    assert [(text, number) for text, _, number in lines(session)] == [
        ("KOPI DELI", 1),
        ("KOPI DELI", 2),
        ("RM SEDERHANA", 1),
    ]


def test_a_bill_of_another_opd_is_refused_without_names(session: Session, tmp_path: Path) -> None:
    theirs = (*KOPI[:2], "7730", *KOPI[3:])
    with pytest.raises(DomainError, match="berakhiran 7730") as refused:
        ambil(session, tmp_path, csv([theirs]))
    assert "Pendidikan" not in refused.value.message
    assert not session.scalar(select(func.count()).select_from(Tagihan))
    hasil = ambil(session, tmp_path, csv([theirs, KOPI]), nama="campur.csv")
    assert hasil.baru == 2
    found = session.scalars(select(Temuan)).one()
    assert (found.aturan, found.masukan["kartu"]) == ("opd_salah", "7730")


def test_unknown_cards_and_foreign_currency_are_findings(session: Session, tmp_path: Path) -> None:
    data = (
        b"Tanggal;Nomor Kartu;Keterangan;Mata Uang;Jumlah\n"
        b"13/10/2026;9999;HOTEL BANGKOK;THB;1.250,00\n"
        b"14/10/2026;4821;KOPI;IDR;25.000,00\n"
    )
    ambil(session, tmp_path, data)
    rules = session.scalars(select(Temuan.aturan).order_by(Temuan.aturan)).all()
    assert rules == ["kartu_tak_dikenal", "mata_uang_asing"]
    line = session.scalars(select(BarisBank).where(BarisBank.kartu_akhir == "9999")).one()
    assert (line.kartu_id, line.mata_uang) == (None, "THB")


def test_many_lines_under_one_rule_make_one_finding(session: Session, tmp_path: Path) -> None:
    many = [(*KOPI[:2], "9999", f"TOKO {n}", *KOPI[4:]) for n in range(150)]
    hasil = ambil(session, tmp_path, csv(many))
    found = session.scalars(select(Temuan)).one()
    assert (found.aturan, found.subjek) == ("kartu_tak_dikenal", f"tagihan:{hasil.tagihan_ids[0]}")
    assert found.masukan["n"] == "150"


def test_open_questions_are_refused_and_answers_settle_them(
    session: Session, tmp_path: Path
) -> None:
    data = b"Tanggal,Uraian,Jumlah\n03/04/2026,KOPI,25.000\n"
    with pytest.raises(DomainError, match="pertanyaan"):
        ambil(session, tmp_path, data)
    answers = {"urutan_tanggal": "dmy", "tanda_desimal": ","}
    assert ambil(session, tmp_path, data, jawaban=answers).baru == 1
    with pytest.raises(Conflict, match="pilihan lain"):
        ambil(session, tmp_path, data, jawaban={**answers, "urutan_tanggal": "mdy"})


@pytest.mark.parametrize(
    ("who", "error"), [("eko", NotFound), ("budi", Forbidden), ("fitri", Forbidden)]
)
def test_only_the_treasurer_takes_in(
    session: Session, tmp_path: Path, who: str, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        ambil(session, tmp_path, csv([KOPI]), actor=ACTORS[who])


def test_a_file_of_another_opd_is_not_found(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    berkas_id = session.scalars(select(Impor.berkas_id)).one()
    command = TakeIn(DISDIK, berkas_id, engines_reading.parse(csv([KOPI])))
    with pytest.raises(NotFound, match="tidak ditemukan"):
        receive.take_in(session, ACTORS["eko"], command, SEKARANG)


def test_known_references_keep_equal_lines_apart(session: Session, tmp_path: Path) -> None:
    head = "Tanggal;No Referensi;Keterangan;Jumlah\n"
    one = f"{head}13/10/2026;R1;KOPI;25.000,00\n13/10/2026;R2;KOPI;25.000,00\n"
    two = f"{head}13/10/2026;R2;KOPI;25.000,00\n13/10/2026;R3;KOPI;25.000,00\n"
    ambil(session, tmp_path, one.encode())
    hasil = ambil(session, tmp_path, two.encode(), nama="dua.csv")
    assert (hasil.baru, hasil.lama) == (1, 1)


def test_a_reference_learned_later_is_remembered(session: Session, tmp_path: Path) -> None:
    plain = "Tanggal;Keterangan;Jumlah\n13/10/2026;KOPI;25.000,00\n"
    named = "Tanggal;No Referensi;Keterangan;Jumlah\n13/10/2026;R1;KOPI;25.000,00\n"
    ambil(session, tmp_path, plain.encode())
    ambil(session, tmp_path, named.encode(), nama="dua.csv")
    assert session.scalars(select(SumberBaris.referensi)).all() == ["R1"]
    other = named.replace("R1", "R2") + "13/10/2026;R1;KOPI;25.000,00\n"
    hasil = ambil(session, tmp_path, other.encode(), nama="tiga.csv")
    assert (hasil.baru, hasil.lama) == (1, 1)
