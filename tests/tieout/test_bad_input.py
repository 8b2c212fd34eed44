"""What offices and banks really send: each has its answer in the tie-out, no silent difference."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Dokumen, DokumenBaris
from kkpd.reports.tieout import Claim, month
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, NASI, ambil, csv, kepala_tagihan
from tests.worlds.chain_steps import (
    OKTOBER,
    bank_billed,
    baris_bank,
    berbukti,
    diperiksa,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW

OCT = Span(2026, 10, 10)
DAY = date(2026, 11, 24)
DEWI = ACTORS["dewi"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def claims(session: Session) -> dict[str, list[Claim]]:
    """October's claims by key."""
    session.flush()
    found: dict[str, list[Claim]] = {}
    for claim in month(session, DINKES, OCT, DAY):
        found.setdefault(claim.key, []).append(claim)
    return found


def failing(session: Session) -> set[str]:
    return {key for key, rows in claims(session).items() if not all(one.holds for one in rows)}


def approved(session: Session, folder: Path, nomor: int = 1, **changes: int) -> None:
    row = berbukti(session, folder, nomor, **changes)
    diperiksa(session, folder, row)
    approval_decide.decide(session, DEWI, setuju(row), NOW)


def test_a_bill_without_printed_totals_ties_to_its_lines(session: Session, tmp_path: Path) -> None:
    approved(session, tmp_path)
    dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert failing(session) == set()
    assert claims(session)["A1"][0].left == Rupiah.of(750_000)


def test_two_bills_of_one_month_are_two(session: Session, tmp_path: Path) -> None:
    """Each has its own sums; a DPT names the one it pays."""
    approved(session, tmp_path)
    ambil(session, tmp_path, csv([KOPI], *kepala_tagihan("25.000,00", "25.000,00")))
    found = claims(session)
    assert sorted(one.left for one in found["A1"]) == [Rupiah.of(25_000), Rupiah.of(750_000)]
    assert failing(session) == set()
    paper = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert (paper.total, failing(session)) == (Rupiah.of(750_000), set())


def test_an_interim_list_without_its_final_is_told(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI, NASI]), jenis="dts", periode=OKTOBER)
    (told,) = claims(session)["A12"]
    assert "pada daftar sementara tanpa tagihan final Rp 212.500" in told.right_source
    assert failing(session) == set()


def test_a_final_bill_that_drops_a_line_leaves_it_on_the_interim_list(
    session: Session, tmp_path: Path
) -> None:
    ambil(session, tmp_path, csv([KOPI, NASI]), jenis="dts", periode=OKTOBER)
    ambil(session, tmp_path, csv([KOPI], *kepala_tagihan("25.000,00", "25.000,00")))
    (told,) = claims(session)["A12"]
    assert "pada tagihan final Rp 25.000, pada daftar sementara" in told.right_source
    assert "tanpa tagihan final Rp 187.500" in told.right_source
    assert failing(session) == set()


def test_a_refund_larger_than_its_original_is_open(session: Session, tmp_path: Path) -> None:
    origin = berbukti(session, tmp_path, 1)
    back = berbukti(session, tmp_path, 2, rupiah=-900_000, asal_id=origin.id)
    bank_billed(session, tmp_path, origin, back)
    assert claims(session)["I2"][0].left == Rupiah.of(150_000)
    assert failing(session) == set()


def test_a_line_that_nobody_explains_is_on_every_board(session: Session) -> None:
    baris_bank(session, 100_000, -40_000)
    (page,) = claims(session)["I2"]
    assert (page.left, page.right) == (Rupiah.of(140_000), Rupiah.of(140_000))


def test_a_dpt_of_before_the_bill_drove_the_chain_is_named(
    session: Session, tmp_path: Path
) -> None:
    """It carries a purchase that no bill asks for: the difference is told with both sources."""
    approved(session, tmp_path)
    paper = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    row = berbukti(session, tmp_path, 2, rupiah=90_000)
    session.add(_older(paper))
    session.flush()
    newest = session.scalars(select(Dokumen).where(Dokumen.urut == 99)).one()
    session.add(
        DokumenBaris(
            opd_id=DINKES, dokumen_id=newest.id, transaksi_id=row.id, nilai=Rupiah.of(90_000)
        )
    )
    (told,) = claims(session)["B3"]
    assert told.difference == Rupiah.of(90_000)
    assert "yang disetujui pada baris tagihan" in told.sentence


def _older(paper: Dokumen) -> Dokumen:
    return Dokumen(
        opd_id=DINKES,
        tahun=2026,
        bulan=10,
        periode="2026-10",
        jenis="dpt",
        urut=99,
        nomor="0099/DPT-KKPD/DINKES/X/2026",
        tanggal=paper.tanggal,
        judul=paper.judul,
        total=Rupiah.of(90_000),
        data=paper.data,
        data_sha256="0" * 64,
        at=NOW,
        oleh_id=ORANG["dewi"],
    )


def test_nothing_is_not_a_difference(session: Session) -> None:
    assert failing(session) == set()
    assert all(one.left == ZERO for one in claims(session)["B4"])
