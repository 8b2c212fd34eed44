"""The inspector's board: what it counts, and where its figures lead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.money import NOL, Rupiah
from kkpd.models import BarisBank, Opd, Temuan
from kkpd.queries import cocok, papan, papan_temuan
from tests.cast import ACTORS, DINKES, DISDIK
from tests.databases import Fill
from tests.services import belanja_dunia
from tests.services.belanja_dunia import NOW
from tests.services.jalan import OKTOBER, baris_bank, berbukti

FITRI = ACTORS["fitri"]
HARI = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def _dinkes(session: Session) -> papan.BarisPapan:
    return next(row for row in papan.papan(session, FITRI, 2026, HARI) if row.opd_id == DINKES)


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
    row = _dinkes(session)
    assert (row.tertua, row.periode_tertua) == (49, 11)
    assert row.bulan[10].tertua == late.id


def test_the_board_counts_days_as_the_month_does(session: Session) -> None:
    line = baris_bank(session, 750_000)[0]
    shown = cocok.baris_bulan(session, FITRI, DINKES, OKTOBER)[0]
    assert shown.id == line.id
    assert shown.tanggal is not None
    assert _dinkes(session).tertua == (HARI - shown.tanggal).days == 6


def test_an_office_that_ended_stays_while_it_has_lines(session: Session) -> None:
    baris_bank(session, 750_000)
    for id_ in (DINKES, DISDIK):
        session.get_one(Opd, id_).aktif = False
    session.flush()
    rows = papan.papan(session, FITRI, 2026, HARI)
    assert [(row.opd_id, row.selisih) for row in rows] == [(DINKES, Rupiah.of(750_000))]
    assert NOL not in {row.selisih for row in rows}


def test_the_age_of_a_finding_is_counted_in_days_of_the_office(
    session: Session, tmp_path: Path
) -> None:
    """At 18.00 UTC it is the next morning in Jakarta: found then, it is no day old there."""
    berbukti(session, tmp_path, 1, kartu_id=belanja_dunia.KARTU_DINAS)
    for row in session.scalars(select(Temuan)):
        row.at = datetime(2026, 10, 19, 18, 0, tzinfo=UTC)
    session.flush()
    assert {one.umur for one in papan_temuan.temuan(session, FITRI, HARI)} == {0}
    later = papan_temuan.temuan(session, FITRI, HARI + timedelta(days=3))
    assert {one.umur for one in later} == {3}
