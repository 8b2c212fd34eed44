"""Ceilings hold what the budget bears, and what a decision or a DPT rests on is not taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.errors import Conflict
from kkpd.domain.money import NOL, Rupiah
from kkpd.models import Ceiling, Cocok, Periode, Transaksi
from kkpd.services import belanja, cocok, dpt, tahun_buka, uji
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.services import belanja_dunia
from tests.services.belanja_dunia import NOW
from tests.services.jalan import LULUS, OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.services.test_akhir_tahun import JANUARI

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def reserved(session: Session, jenis: str = "up_kkpd", tahun: int = 2026) -> Rupiah:
    return session.scalars(
        select(Ceiling.reserved).where(Ceiling.jenis == jenis, Ceiling.tahun == tahun)
    ).one()


def line_of(session: Session, row: Transaksi) -> int:
    return session.scalars(select(Cocok.baris_bank_id).where(Cocok.transaksi_id == row.id)).one()


def test_what_is_not_approved_takes_no_room(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    part = {"nilai": Rupiah.of(500_000), "alasan": "Sebagian tanpa nota"}
    uji.putuskan(session, DEWI, setuju(row, **part), NOW)
    assert reserved(session) == Rupiah.of(500_000)
    uji.urungkan(session, DEWI, row.id, NOW)
    assert reserved(session) == Rupiah.of(750_000)
    uji.putuskan(session, DEWI, setuju(row, **part), NOW)
    issued = dpt.terbitkan_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert (issued.total, reserved(session)) == (Rupiah.of(500_000), NOL)


def test_the_link_of_what_a_dpt_pays_stays(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    uji.putuskan(session, DEWI, setuju(row), NOW)
    dpt.terbitkan_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    with pytest.raises(Conflict, match="sudah dimuat dalam DPT"):
        cocok.urungkan(session, CITRA, DINKES, line_of(session, row), NOW)


def test_a_purchase_with_a_refund_is_not_cancelled(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    berbukti(session, tmp_path, 2, rupiah=-250_000, asal_id=row.id)
    with pytest.raises(Conflict, match="mempunyai pengembalian"):
        belanja.batalkan(
            session, CITRA, belanja.BatalkanBelanja(row.id, row.versi, "tercatat dua kali"), NOW
        )


def test_a_decision_that_a_closed_month_rests_on_stays(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    answers = {**LULUS, 5: "tidak"}
    refused = uji.PutusanUji(row.id, row.versi, answers, "tolak", None, "Bukan belanja KKPD")
    uji.putuskan(session, DEWI, refused, NOW)
    month = session.get(Periode, (DINKES, *OKTOBER))
    if month is None:
        month = Periode(
            opd_id=DINKES, tahun=2026, bulan=10, status="terbuka", sejak=NOW, oleh_id=ORANG["citra"]
        )
        session.add(month)
    month.status = "ditutup"
    session.flush()
    with pytest.raises(Conflict, match="sudah ditutup dengan putusan ini"):
        uji.urungkan(session, DEWI, row.id, NOW)


def test_a_carried_refund_frees_the_card_in_the_new_year(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    berbukti(session, tmp_path, 2, rupiah=-250_000, asal_id=row.id)
    tahun_buka.buka(session, ACTORS["joko"], DINKES, 2027, JANUARI)
    assert reserved(session, "kartu", 2027) == Rupiah.of(500_000)
