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
from kkpd.core.money import NOL, Rupiah
from kkpd.models import BarisBank, KartuRiwayat, Tagihan, Transaksi
from kkpd.organisation import organisation
from kkpd.oversight import monitoring, monitoring_export
from kkpd.oversight.monitoring import Pantauan
from kkpd.pagu import up as up_service
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from tests.cast import ACTORS, DINKES, DISDIK, KARTU_ANI, ORANG
from tests.databases import Fill
from tests.services import belanja_dunia
from tests.services.belanja_dunia import NOW, brought, setelan
from tests.services.jalan import OKTOBER, baris_bank, berbukti, diperiksa, penerbit, setuju

HARI = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def satu(session: Session, hari: date = HARI) -> Pantauan:
    (row,) = monitoring.pantau(session, ACTORS["dewi"], 2026, hari)
    return row


def up(session: Session, mulai: date, nilai: int, nomor: str) -> None:
    command = up_service.TetapkanUp(
        opd_id=DINKES,
        tahun=2026,
        nomor=nomor,
        mulai=mulai,
        up=Rupiah.of(nilai),
        up_kkpd=None,
        dasar_hukum="Keputusan Bupati",
    )
    up_service.tetapkan_up(session, ACTORS["joko"], command, NOW)


def test_nothing_is_checked_where_nothing_is_set(session: Session) -> None:
    row = satu(session)
    assert (row.sorotan, row.kartu_diam, row.isi_kembali) == ((), (), 0)
    assert [one.pemakaian for one in row.bulan] == [None] * 12


def test_use_by_month_against_the_decision_in_force(session: Session, tmp_path: Path) -> None:
    up(session, date(2026, 1, 1), 5_000_000, "UP/1")
    up(session, date(2026, 10, 5), 3_750_000, "UP/2")
    waiting = berbukti(session, tmp_path)
    setelan(session, "low_use_threshold", "75%")
    setelan(session, "low_use_months", "3")
    assert satu(session).bulan[9].belanja == NOL  # realisasi begins with the DPT
    _pay(session, tmp_path, waiting, HARI)
    row = satu(session)
    assert row.bulan[8].up_kkpd == Rupiah.of(2_000_000)
    assert row.bulan[9].pemakaian == Fraction(1, 2)
    assert row.triwulan[3].belanja == Rupiah.of(750_000)
    assert [(one.aturan, one.bulan) for one in row.sorotan] == [
        ("rendah", tuple(range(1, 10))),
        ("turunkan", tuple(range(1, 10))),
    ]


def test_an_opds_own_setting_goes_first(session: Session) -> None:
    up(session, date(2026, 1, 1), 5_000_000, "UP/1")
    setelan(session, "low_use_threshold", "75%")
    setelan(session, "low_use_months", "2")
    own = organisation.DataSetelan(
        kunci="low_use_months", nilai=None, mulai=HARI, dasar_hukum="dikecualikan", opd_id=DINKES
    )
    organisation.tetapkan_setelan(session, ACTORS["joko"], own, NOW)
    assert satu(session).sorotan == ()
    assert satu(session, HARI - timedelta(days=1)).sorotan != ()
    with pytest.raises(DomainError, match="bilangan bulat mulai 1"):
        organisation.tetapkan_setelan(
            session,
            ACTORS["joko"],
            organisation.DataSetelan(
                kunci="low_use_months", nilai="dua", mulai=HARI, dasar_hukum="x"
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
        jatuh_tempo=HARI + timedelta(days=1),
    )
    session.add(bill)
    session.flush()
    brought(session, bill)
    due = _line_of(session, line, bill.id)
    assert satu(session).bulan[9].terlambat is None
    open_late = satu(session, HARI + timedelta(days=2)).bulan[9]
    assert (open_late.terlambat, open_late.terbuka) == (True, Rupiah.of(750_000))
    reconciliation_decide.pasangkan(
        session, ACTORS["citra"], DINKES, reconciliation_decide.Pasangkan(due.id, (row.id,)), NOW
    )
    _pay(session, tmp_path, row, HARI)
    paid = satu(session, HARI + timedelta(days=2))
    month = paid.bulan[9]
    assert (month.terlambat, month.dibayar, month.terbuka) == (False, HARI, NOL)
    assert paid.isi_kembali == 1


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
    approval_decide.putuskan(session, ACTORS["dewi"], setuju(row), NOW)
    office = penerbit(folder)
    issued = dpt.terbitkan_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        payment_pay.terbit(session, ACTORS[who], issued.id, jenis, office, NOW)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        paper = payment_pay.Catat(issued.id, langkah, f"{langkah}/1", day)
        payment_pay.catat(session, ACTORS[who], paper, NOW)


def test_a_card_that_was_never_used_counts_from_its_activation(session: Session) -> None:
    setelan(session, "unused_card_days", "90")
    session.add(
        KartuRiwayat(
            kartu_id=KARTU_ANI,
            opd_id=DINKES,
            status="aktif",
            tanggal=HARI - timedelta(days=90),
            nomor_dokumen="BA/1",
            at=NOW,
            oleh_id=ORANG["joko"],
        )
    )
    session.flush()
    (card,) = satu(session).kartu_diam
    assert (card.akhir, card.hari, card.pernah) == ("4821", 90, False)
    assert satu(session, HARI - timedelta(days=1)).kartu_diam == ()


def test_who_watches_what(session: Session) -> None:
    names = [row.slug for row in monitoring.pantau(session, ACTORS["fitri"], 2026, HARI)]
    assert names == ["dinkes", "disdik"]
    with pytest.raises(NotFound):
        monitoring.pantau(session, ACTORS["dewi"], 2026, HARI, DISDIK)
    with pytest.raises(Forbidden):
        monitoring.pantau(session, ACTORS["ani"], 2026, HARI)
    rows = monitoring.pantau(session, ACTORS["fitri"], 2026, HARI)
    table = monitoring_export.dokumen(session, rows, 2026, HARI)
    assert table.formulir == "pemantauan"
