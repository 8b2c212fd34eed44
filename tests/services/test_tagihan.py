"""Taking bank files in: nothing lost, nothing twice, whatever comes first."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.money import Rupiah
from kkpd.models import BarisBank, Event, Impor, SumberBaris, Tagihan, Temuan
from tests.cast import DINKES, fill
from tests.databases import Fill
from tests.services.tagihan_bantu import KEMBALI, KOPI, NASI, ambil, csv, kepala_tagihan


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


def test_a_list_comes_in_once(session: Session, tmp_path: Path) -> None:
    hasil = ambil(session, tmp_path, csv([KOPI, NASI, KEMBALI]))
    assert (hasil.baru, hasil.lama, hasil.lewat, hasil.baris_masuk) == (3, 0, 1, 4)
    assert lines(session) == [
        ("KOPI DELI", Rupiah.of(25_000), 1),
        ("RM SEDERHANA", Rupiah.of(187_500), 1),
        ("REFUND RM SEDERHANA", Rupiah.of(-87_500), 1),
    ]
    again = ambil(session, tmp_path, csv([KOPI, NASI, KEMBALI]))
    assert again.sudah_ada
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
    hasil = ambil(session, tmp_path, csv([KOPI, NASI, KEMBALI], *head))
    bill = session.scalars(select(Tagihan)).one()
    assert hasil.tagihan_ids == (bill.id,)
    assert (bill.kartu_akhir, bill.jenis, bill.tahun, bill.bulan) == ("4821", "final", 2026, 10)
    assert (bill.belanja_baru, bill.total) == (Rupiah.of(125_000), Rupiah.of(125_000))
    assert hasil.temuan == 0
    card = session.scalars(select(BarisBank.kartu_id).distinct()).all()
    assert card == [1]


def test_lines_that_do_not_add_up_are_a_finding(session: Session, tmp_path: Path) -> None:
    head = kepala_tagihan("225.000,00", "225.000,00")
    ambil(session, tmp_path, csv([KOPI, NASI, KEMBALI], *head))
    found = session.scalars(select(Temuan)).one()
    assert (found.aturan, found.berat) == ("jumlah_baris", "salah")
    assert found.masukan == {"jumlah_baris": "125.000", "tercetak": "225.000"}


def test_the_event_holds_counts_and_hash(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    session.info["at_end"].pop()(session)
    kinds = session.scalars(select(Event.jenis).order_by(Event.seq)).all()
    assert kinds == ["tagihan:berkas:unggah", "tagihan:berkas:ambil"]
    assert session.scalars(select(Impor)).one().opd_id == DINKES
