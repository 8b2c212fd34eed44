"""Issuing reports: proved, numbered, replaced, refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import dpt
from kkpd.core.document_kinds import KINDS
from kkpd.core.errors import Conflict, Forbidden
from kkpd.core.moments import parse_span
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Role
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.verify import verify
from kkpd.models import Dokumen, Event
from kkpd.records.issue import IssuePlan, issue_document
from kkpd.reports import named
from kkpd.reports.issue import issue as issue_reports
from kkpd.reports.named import issued
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, penerbit
from tests.worlds.office import NOW
from tests.worlds.report_world import isi_bulan


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def bulan(session: Session, tmp_path: Path) -> Session:
    """October with something of everything."""
    return isi_bulan(session, tmp_path)


def test_an_issue_is_proved_and_a_newer_one_replaces_it(bulan: Session, tmp_path: Path) -> None:
    citra, issue = ACTORS["citra"], penerbit(tmp_path)
    asked = named.ReportRequest(nama="lpj", opd="dinkes", span=parse_span("2026-10"))
    first = issue_reports(bulan, citra, asked, issue, NOW)
    assert first.baru
    file = issue.arsip.get(issued.archive_fingerprint(bulan, first.dokumen.id))
    assert verify(file, issue.signer.public_key).exit_status == 0
    again = issue_reports(bulan, citra, asked, issue, NOW + timedelta(days=1))
    assert (again.baru, again.dokumen.id) == (False, first.dokumen.id)
    dpt.issue_dpt(bulan, ACTORS["dewi"], DINKES, OKTOBER, issue, NOW)
    assert not issued.is_fresh(bulan, citra, first.dokumen)
    second = issue_reports(bulan, citra, asked, issue, NOW + timedelta(days=2)).dokumen
    assert second.menggantikan_id == first.dokumen.id
    assert (second.urut, second.total) == (2, Rupiah.of(2_200_000))
    kinds = set(bulan.scalars(select(Event.jenis)))
    assert {"laporan:terbit", "laporan:arsip"} <= kinds


def test_a_kind_that_nobody_declared_is_never_issued(session: Session, tmp_path: Path) -> None:
    """The database keeps no list of kinds (0006): `core/document_kinds` is the only one."""
    assert {report.dokumen for report in named.LISTING.values()} <= KINDS.keys()

    def document(_nomor: str) -> FrozenDocument:
        raise AssertionError("not even drawn up")

    plan = IssuePlan(
        jenis="lain", opd_id=DINKES, tahun=2026, bulan=10, tanggal=NOW.date(), total=ZERO,
        baris=(), document=document,
    )  # fmt: skip
    with pytest.raises(ValueError, match="no kind of document: 'lain'"):
        issue_document(session, ACTORS["citra"], Role.BENDAHARA, plan, penerbit(tmp_path), NOW)


def test_reports_of_all_opds_have_numbers_of_their_own(bulan: Session, tmp_path: Path) -> None:
    issue, lukman = penerbit(tmp_path), ACTORS["lukman"]
    numbers = []
    for periode in ("2026-10", "2026-T4", "2026"):
        asked = named.ReportRequest(nama="rekap", opd="semua", span=parse_span(periode))
        row = issue_reports(bulan, lukman, asked, issue, NOW).dokumen
        numbers.append((row.opd_id, row.urut, row.periode, row.bulan))
    assert numbers == [(None, 1, "2026-10", 10), (None, 2, "2026-T4", 12), (None, 3, "2026", 12)]
    with pytest.raises(Forbidden):
        issue_reports(bulan, ACTORS["citra"], asked, issue, NOW)


def test_papers_of_the_chain_are_not_issued_as_reports(bulan: Session, tmp_path: Path) -> None:
    issue = penerbit(tmp_path)
    asked = named.ReportRequest(nama="dpt", opd="dinkes", span=parse_span("2026-10"))
    with pytest.raises(Conflict, match="langkahnya sendiri"):
        issue_reports(bulan, ACTORS["dewi"], asked, issue, NOW)
    lpj = named.ReportRequest(nama="lpj", opd="dinkes", span=parse_span("2026-10"))
    with pytest.raises(Forbidden):
        issue_reports(bulan, ACTORS["budi"], lpj, issue, NOW)

    def found(nama: str) -> list[Dokumen]:
        wanted = named.ReportRequest(nama=nama, opd="dinkes", span=parse_span("2026-10"))
        return issued.chain_papers(bulan, [DINKES], wanted, named.find(nama))

    assert [len(found(nama)) for nama in ("dpt", "dpr_perjalanan", "dpr_barang", "dpr_modal")] == [
        1,
        1,
        1,
        0,
    ]
    assert issued.is_fresh(bulan, ACTORS["citra"], found("dpt")[0])
