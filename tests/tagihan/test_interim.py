"""Interim and final bills: of a line that both show only one counts, and decisions move along."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.ledger.active import effective
from kkpd.models import BarisBank, Cocok, DtsFinal, Penyelesaian, Selisih, Temuan, Transaksi
from kkpd.tagihan.line_state import amount_paid
from tests.cast import DINKES, KARTU_ANI, ORANG, fill
from tests.databases import Fill
from tests.worlds.bills import KOPI, NASI, SEKARANG, ambil, csv, kepala_tagihan, tutup_bulan

NANTI = SEKARANG + timedelta(days=1)
INTERIM = [
    ("13/10/2026", "", "4821", "KOPI DELI", "25.000,00", "DB"),
    ("14/10/2026", "", "4821", "RM SEDERHANA", "180.000,00", "DB"),
]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


def test_a_final_line_closes_its_dts_line(session: Session, tmp_path: Path) -> None:
    interim = [
        ("13/10/2026", "", "4821", "KOPI DELI", "25.000,00", "DB"),
        ("14/10/2026", "", "4821", "RM SEDERHANA", "180.000,00", "DB"),
        ("30/10/2026", "", "4821", "BELUM TERTAGIH", "10.000,00", "DB"),
    ]
    first = ambil(session, tmp_path, csv(interim), jenis="dts", nama="dts.csv")
    assert (first.baru, first.interim_closed) == (3, 0)
    second = ambil(session, tmp_path, csv([KOPI, NASI]), nama="final.csv")
    assert (second.baru, second.interim_closed) == (2, 2)
    pairs = session.execute(select(DtsFinal.selisih).order_by(DtsFinal.dts_id)).scalars().all()
    assert pairs == [Rupiah(0), Rupiah.of(7_500)]
    found = session.scalars(select(Temuan)).one()
    assert (found.aturan, found.masukan["selisih"]) == ("dts_berubah", "7.500")
    counted = session.scalars(
        select(BarisBank.keterangan).where(effective()).order_by(BarisBank.id)
    ).all()
    assert counted == ["BELUM TERTAGIH", "KOPI DELI", "RM SEDERHANA"]


def test_what_only_one_of_the_two_lists_has_is_a_finding(session: Session, tmp_path: Path) -> None:
    interim = [
        *INTERIM,
        ("15/10/2026", "", "4821", "BATAL", "10.000,00", "DB"),
        ("24/10/2026", "", "4821", "BELUM TENTU", "11.000,00", "DB"),
        ("15/10/2026", "", "7730", "KARTU LAIN", "12.000,00", "DB"),
    ]
    ambil(session, tmp_path, csv(interim), jenis="dts", nama="dts.csv")
    final = [KOPI, ("13/10/2026", "15/10/2026", "4821", "TAK ADA DI DTS", "500,00", "DB"), NASI]
    head = kepala_tagihan("213.000,00", "213.000,00")
    hasil = ambil(session, tmp_path, csv(final, *head), nama="final.csv")
    assert hasil.interim_closed == 2
    found = {one.aturan: one for one in session.scalars(select(Temuan))}
    assert found["dts_tanpa_final"].masukan == {"n": "1", "jumlah": "10.000"}
    assert found["final_tanpa_dts"].masukan == {"n": "1", "jumlah": "500"}
    assert hasil.temuan == 2


def test_dts_after_final_is_closed_too(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI]), nama="final.csv")
    interim = csv([(KOPI[0], "", *KOPI[2:])])
    hasil = ambil(session, tmp_path, interim, jenis="dts", nama="dts.csv", now=NANTI)
    assert hasil.already_taken_in is False
    assert (hasil.baru, hasil.interim_closed) == (1, 1)


def test_links_and_explanations_move_to_the_final_line(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv(INTERIM), jenis="dts", nama="dts.csv")
    same, changed = session.scalars(select(BarisBank).order_by(BarisBank.id)).all()
    _link(session, same, 20_000)
    _paid(session, _explain(session, same, 5_000), 2_000)
    _link(session, changed, 180_000)
    ambil(session, tmp_path, csv([KOPI, NASI]), nama="final.csv", now=NANTI)
    living = session.scalars(select(Cocok).where(Cocok.dicabut_at.is_(None))).all()
    told = session.scalars(select(Selisih).where(Selisih.dicabut_at.is_(None))).all()
    final = session.scalars(
        select(BarisBank.id).where(effective(), BarisBank.keterangan == "KOPI DELI")
    ).one()
    assert [(link.baris_bank_id, link.nilai) for link in living] == [(final, Rupiah.of(20_000))]
    assert [(one.baris_bank_id, one.nilai) for one in told] == [(final, Rupiah.of(5_000))]
    held = session.scalars(select(Selisih).order_by(Selisih.id)).all()
    assert [amount_paid(session, one) for one in held] == [Rupiah(0), Rupiah.of(2_000)]


def test_a_paid_explanation_of_a_changed_line_stays(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv(INTERIM[1:]), jenis="dts", nama="dts.csv")
    _paid(session, _explain(session, session.scalars(select(BarisBank)).one(), 180_000), 180_000)
    ambil(session, tmp_path, csv([NASI]), nama="final.csv", now=NANTI)
    told = session.scalars(select(Selisih)).one()
    assert (told.dicabut_at, amount_paid(session, told)) == (None, Rupiah.of(180_000))


def test_a_closed_month_keeps_its_interim_line(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv(INTERIM[:1]), jenis="dts", nama="dts.csv")
    interim = session.scalars(select(BarisBank)).one()
    _link(session, interim, 25_000)
    tutup_bulan(session, 10)
    hasil = ambil(session, tmp_path, csv([KOPI]), nama="final.csv", now=NANTI)
    assert hasil.interim_closed == 1
    counted = session.scalars(select(BarisBank.id).where(effective())).all()
    assert counted == [interim.id]
    assert session.scalars(select(Cocok.dicabut_at)).all() == [None]


def test_a_line_closes_at_most_one(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([INTERIM[0]] * 2), jenis="dts", nama="dts.csv")
    hasil = ambil(session, tmp_path, csv([KOPI]), nama="final.csv")
    assert hasil.interim_closed == 1
    more = ambil(session, tmp_path, csv([KOPI, KOPI, KOPI]), nama="lagi.csv")
    assert (more.baru, more.interim_closed) == (2, 1)
    assert len(session.scalars(select(BarisBank.id).where(effective())).all()) == 3


def _link(session: Session, line: BarisBank, rupiah: int) -> None:
    bought = Transaksi(
        opd_id=DINKES,
        tahun=2026,
        bulan=10,
        kartu_id=KARTU_ANI,
        pemegang_id=ORANG["ani"],
        pemakai_id=ORANG["ani"],
        perekam_id=ORANG["citra"],
        tanggal=date(2026, 10, 13),
        merchant="KOPI",
        uraian="Rapat",
        sub_kegiatan="1.02.01",
        rekening="510201010052",
        sumber_dana="PAD",
        nilai=Rupiah.of(rupiah),
        kanal="lain",
        dicatat_at=SEKARANG,
        kunci_kirim=f"{line.id}-{rupiah}",
    )
    session.add(bought)
    session.flush()
    session.add(
        Cocok(
            opd_id=DINKES,
            baris_bank_id=line.id,
            transaksi_id=bought.id,
            nilai=bought.nilai,
            jenis="satu",
            status="dipilih",
            peluang=9_000,
            alasan=[],
            at=SEKARANG,
            oleh_id=ORANG["citra"],
        )
    )
    session.flush()


def _explain(session: Session, line: BarisBank, rupiah: int) -> Selisih:
    row = Selisih(
        opd_id=DINKES,
        tahun=2026,
        bulan=10,
        jenis="biaya",
        nilai=Rupiah.of(rupiah),
        catatan="biaya layanan",
        at=SEKARANG,
        oleh_id=ORANG["citra"],
        pemilik_id=ORANG["ani"],
        baris_bank_id=line.id,
    )
    session.add(row)
    session.flush()
    return row


def _paid(session: Session, about: Selisih, rupiah: int) -> None:
    session.add(
        Penyelesaian(
            opd_id=DINKES,
            penanggung="pemegang",
            tanggal=date(2026, 10, 20),
            nilai=Rupiah.of(rupiah),
            nomor_bukti="STS-1",
            at=SEKARANG,
            oleh_id=ORANG["citra"],
            selisih_id=about.id,
        )
    )
    session.flush()
