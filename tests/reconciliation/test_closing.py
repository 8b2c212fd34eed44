"""A month closed by its treasurer, confirmed by the PA, reviewed and opened by the inspector."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.models import BarisBank, Cocok, Dokumen, Selisih, TindakanPeriode
from kkpd.reconciliation import differences, periods
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti, penerbit
from tests.worlds.office import NOW

CITRA, DEWI, FITRI = ACTORS["citra"], ACTORS["dewi"], ACTORS["fitri"]
NOVEMBER = (2026, 11)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def ditutup(session: Session, folder: Path) -> Dokumen:
    """October with stamp duty that is explained, closed."""
    line = baris_bank(session, 10_000, jenis="meterai", keterangan="BEA METERAI", merchant="")[0]
    command = differences.Explain(line.id, "meterai", None, "dari UP Tunai")
    differences.explain_difference(session, CITRA, DINKES, command, NOW)
    return periods.close(session, CITRA, DINKES, OKTOBER, penerbit(folder), NOW)


def test_the_minutes_freeze_the_figures(session: Session, tmp_path: Path) -> None:
    paper = ditutup(session, tmp_path)
    assert (paper.jenis, paper.total, paper.menggantikan_id) == (
        "rekonsiliasi",
        Rupiah.of(10_000),
        None,
    )
    told = paper.data.decode()
    assert "bea meterai, dari UP Tunai: dari UP Tunai (diselesaikan Citra Bendahara)" in told
    assert "Dewi Anggaran" in told
    assert Document.from_json(paper.data).sidik() == paper.data_sha256
    history = periods.history(session, DEWI, DINKES, OKTOBER)
    assert [(one.tindakan, one.oleh, one.sidik) for one in history] == [
        ("tutup", "Citra Bendahara", paper.data_sha256)
    ]


def test_the_whole_way_and_back(session: Session, tmp_path: Path) -> None:
    first = ditutup(session, tmp_path)
    with pytest.raises(Forbidden):
        periods.confirm(session, CITRA, DINKES, OKTOBER, NOW)
    with pytest.raises(Conflict, match="hanya dari keadaan dikonfirmasi"):
        periods.review(session, FITRI, DINKES, OKTOBER, "", NOW)
    assert periods.confirm(session, DEWI, DINKES, OKTOBER, NOW).status == "dikonfirmasi"
    with pytest.raises(Conflict, match="hanya dari keadaan ditutup"):
        periods.confirm(session, DEWI, DINKES, OKTOBER, NOW)
    assert periods.review(session, FITRI, DINKES, OKTOBER, "sesuai", NOW).status == "ditinjau"
    waiting = periods.closed_months(session, FITRI)
    assert [(one.slug, one.status) for one in waiting] == [("dinkes", "ditinjau")]
    with pytest.raises(DomainError, match="Tulis alasan"):
        periods.reopen(session, FITRI, DINKES, OKTOBER, " ", NOW)
    with pytest.raises(Forbidden):
        periods.reopen(session, DEWI, DINKES, OKTOBER, "salah hitung", NOW)
    assert periods.reopen(session, FITRI, DINKES, OKTOBER, "salah hitung", NOW).status == "terbuka"
    second = periods.close(session, CITRA, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert second.menggantikan_id == first.id
    acts = [one.tindakan for one in periods.history(session, FITRI, DINKES, OKTOBER)]
    assert acts == ["tutup", "konfirmasi", "tinjau", "buka", "tutup"]
    assert periods.closed_months(session, ACTORS["eko"]) == []


def test_months_open_from_the_back_and_acts_are_never_edited(
    session: Session, tmp_path: Path
) -> None:
    ditutup(session, tmp_path)
    december = NOW + timedelta(days=45)
    periods.close(session, CITRA, DINKES, NOVEMBER, penerbit(tmp_path), december)
    with pytest.raises(Conflict, match="November 2026 sudah ditutup sesudahnya"):
        periods.reopen(session, FITRI, DINKES, OKTOBER, "salah hitung", NOW)
    with pytest.raises(NotFound):
        periods.close(session, ACTORS["eko"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
    act = session.scalars(select(TindakanPeriode)).first()
    assert act is not None
    act.alasan = "lain"
    with pytest.raises(DBAPIError, match=r"hanya dapat ditambah|permission denied"):
        session.flush()


def test_decisions_of_a_closed_month_stand_by_any_path(session: Session, tmp_path: Path) -> None:
    ditutup(session, tmp_path)
    row = session.scalars(select(Selisih)).one()
    with pytest.raises(DBAPIError, match="periode sudah ditutup"), session.begin_nested():
        session.execute(update(Selisih).values(dicabut_at=NOW, dicabut_oleh_id=3))
    purchase = berbukti(session, tmp_path, 1)
    assert row.baris_bank_id is not None
    link = Cocok(
        opd_id=DINKES,
        baris_bank_id=row.baris_bank_id,
        transaksi_id=purchase.id,
        nilai=Rupiah.of(1),
        jenis="satu",
        status="dipilih",
        peluang=1,
        alasan=[],
        at=NOW,
        oleh_id=3,
    )
    session.add(link)
    with pytest.raises(DBAPIError, match="periode sudah ditutup"):
        session.flush()


def test_what_comes_late_points_back(session: Session, tmp_path: Path) -> None:
    ditutup(session, tmp_path)
    values: dict[str, Any] = {
        "opd_id": DINKES,
        "tahun": 2026,
        "bulan": 11,
        "bulan_asal": 202610,
        "tagihan_id": 1,
        "kunci_dasar": "ef" * 32,
        "kejadian": 1,
        "jenis": "belanja",
        "nilai": Rupiah.of(65_000),
        "keterangan": "KOPI",
        "merchant": "KOPI",
        "berkas_id": 1,
        "baris": 3,
    }
    late = BarisBank(**values)
    session.add(late)
    session.flush()
    row = berbukti(session, tmp_path, 1)  # of 14 October, recorded after the closing
    assert (row.tahun, row.bulan) == NOVEMBER
    found = periods.came_late(session, FITRI, DINKES, OKTOBER)
    assert [(one.jenis, one.id, one.periode) for one in found] == [
        ("bank", late.id, NOVEMBER),
        ("belanja", row.id, NOVEMBER),
    ]
    assert periods.came_late(session, FITRI, DINKES, (2026, 12)) == ()


def test_who_closed_does_not_confirm() -> None:
    assert periods.langkah("ditutup", "konfirmasi", "", 4, 3) == "dikonfirmasi"
    with pytest.raises(Forbidden, match="Anda menutup"):
        periods.langkah("ditutup", "konfirmasi", "", 3, 3)
    with pytest.raises(DomainError, match="sampai 600"):
        periods.langkah("dikonfirmasi", "tinjau", "x" * 601, 4, 3)
    assert periods.allowed("terbuka") == ("tutup",)
    assert periods.allowed("ditutup") == ("konfirmasi", "buka")


def test_a_month_to_come_stays_open(session: Session, tmp_path: Path) -> None:
    """Closed ahead, it would take the dates of papers that are still to be written."""
    for month in (NOVEMBER, (2027, 1)):
        with pytest.raises(Conflict, match="belum berjalan"):
            periods.close(session, CITRA, DINKES, month, penerbit(tmp_path), NOW)
