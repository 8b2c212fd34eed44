"""Papers that move no line: a refusal notice taken back; and the SPM after the year's last day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import Conflict, DomainError, Forbidden
from kkpd.core.money import Rupiah
from kkpd.ledger import active
from kkpd.models import Dokumen, Penyelesaian, Setelan, Temuan, Transaksi
from kkpd.payment import repay as payment_repay
from kkpd.payment import take_back
from kkpd.payment.pay import past_cutoff
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    LULUS,
    OKTOBER,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]
DAYS = NOW.date()
WHY = "alamat pemegang keliru"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def refused(session: Session, folder: Path) -> Transaksi:
    """A purchase of 750,000 that the PA refused whole."""
    row = berbukti(session, folder)
    diperiksa(session, folder, row)
    answers: approval_decide.SixTestsDecision = setuju(
        row, keputusan="tolak", jawaban={**LULUS, 2: "tidak"}, alasan="bukan untuk dinas"
    )
    return approval_decide.decide(session, DEWI, answers, NOW)


def partial(row: Transaksi) -> approval_decide.SixTestsDecision:
    answers = LULUS | {4: "tidak"}
    return setuju(row, nilai=Rupiah.of(500_000), jawaban=answers, alasan="surcharge")


def notice(session: Session, folder: Path) -> Dokumen:
    (row,) = dpt.issue_refusal_notice(session, DEWI, DINKES, OKTOBER, penerbit(folder), NOW)
    return row


def test_a_notice_is_taken_back_and_the_decision_with_it(session: Session, tmp_path: Path) -> None:
    """The first keeps its number; the second tells anew; without one the decision is open again."""
    row = refused(session, tmp_path)
    first = notice(session, tmp_path)
    with pytest.raises(Conflict, match="Batalkan surat itu dahulu"):
        approval_decide.undo(session, DEWI, row.id, NOW)
    with pytest.raises(Forbidden):
        take_back.dokumen(session, CITRA, first.id, WHY, NOW)
    take_back.dokumen(session, DEWI, first.id, WHY, NOW)
    assert (row.status, active.taken_back(session, first.id) is None) == ("ditolak", False)
    with pytest.raises(Conflict, match="sudah dibatalkan"):
        take_back.dokumen(session, DEWI, first.id, WHY, NOW)
    second = notice(session, tmp_path)
    assert (first.urut, second.urut, second.total) == (1, 2, first.total)
    with pytest.raises(DomainError, match="Tidak ada penolakan"):
        notice(session, tmp_path)
    take_back.dokumen(session, DEWI, second.id, WHY, NOW)
    assert approval_decide.undo(session, DEWI, row.id, NOW).status == "diperiksa"


def test_a_notice_stays_once_the_holder_paid(session: Session, tmp_path: Path) -> None:
    """In part is enough; the payment reversed, it can go back."""
    row = refused(session, tmp_path)
    paper = notice(session, tmp_path)
    allowed = active.WITHOUT_STEP["penolakan"]
    command = payment_repay.Repay(
        opd_id=DINKES, tanggal=DAYS, nilai=Rupiah.of(100_000), nomor_bukti="STS-1",
        penanggung="pemegang", transaksi_id=row.id,
    )  # fmt: skip
    paid = payment_repay.record(session, CITRA, command, Store(tmp_path / "bukti"), 10**6, NOW)
    assert not active.can_take_back(session, paper.id, "penolakan", allowed)
    with pytest.raises(Conflict, match="pemegang sudah membayarnya"):
        take_back.dokumen(session, DEWI, paper.id, WHY, NOW)
    payment_repay.reverse(session, CITRA, DINKES, paid.id, "keliru belanja", NOW)
    assert active.can_take_back(session, paper.id, "penolakan", allowed)
    take_back.dokumen(session, DEWI, paper.id, WHY, NOW)
    assert len(session.scalars(select(Penyelesaian)).all()) == 2


def test_a_notice_in_part_stays_once_its_line_is_on_the_way_to_payment(
    session: Session, tmp_path: Path
) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    approval_decide.decide(session, DEWI, partial(row), NOW)
    paper = notice(session, tmp_path)
    issued = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    npd = issue_step(session, DEWI, issued.id, "npd", penerbit(tmp_path), NOW)
    with pytest.raises(Conflict, match="langkah berikutnya"):
        take_back.dokumen(session, DEWI, paper.id, WHY, NOW)
    take_back.dokumen(session, DEWI, npd.id, WHY, NOW)
    take_back.dokumen(session, DEWI, paper.id, WHY, NOW)
    assert row.status == "dpt"


def test_an_spm_after_the_last_day_leaves_a_finding(session: Session, tmp_path: Path) -> None:
    """The OPD's own dispensation counts; taken back, the finding is settled with it."""
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    issued = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    for jenis, who in (("npd", DEWI), ("spp", CITRA)):
        issue_step(session, who, issued.id, jenis, penerbit(tmp_path), NOW)

    def set_cutoff(day: str | None, opd_id: int | None) -> None:
        session.add(
            Setelan(
                kunci="year_end_spm_cutoff",
                nilai=day,
                mulai=DAYS,
                dasar_hukum="SE",
                opd_id=opd_id,
                dicatat_at=NOW,
                dicatat_oleh_id=ORANG["joko"],
            )
        )
        session.flush()

    def spm() -> list[Temuan]:
        paper = issue_step(session, DEWI, issued.id, "spm", penerbit(tmp_path), NOW)
        rows = session.scalars(select(Temuan).where(Temuan.aturan == "lewat_batas_spm")).all()
        take_back.dokumen(session, DEWI, paper.id, WHY, NOW)
        return list(rows)

    assert spm() == []  # blank: not checked
    set_cutoff((DAYS - timedelta(days=1)).isoformat(), None)
    (found,) = spm()
    assert (found.berat, found.tahun, found.bulan) == ("salah", DAYS.year, DAYS.month)
    assert found.masukan["batas"] == (DAYS - timedelta(days=1)).isoformat()
    assert "year_end_spm_cutoff" in found.masukan["dasar"]
    assert (found.selesai_catatan, found.selesai_at) == ("SPM dibatalkan.", NOW)
    set_cutoff(DAYS.isoformat(), DINKES)
    assert spm() == [found]


def test_a_cut_off_of_another_year_says_nothing() -> None:
    assert past_cutoff(DAYS.replace(year=2027, month=1), DAYS) is None
    assert past_cutoff(DAYS, None) is None
    assert past_cutoff(DAYS, DAYS) is None
    late = past_cutoff(DAYS + timedelta(days=1), DAYS)
    assert late is not None
    assert "dispensasi" in late.message
