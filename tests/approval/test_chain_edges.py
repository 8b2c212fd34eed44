"""Edges of the chain: nothing approved as the whole, papers in order, what is told late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Dokumen, Transaksi
from kkpd.payment import pay as payment_pay
from kkpd.payment import repay as payment_repay
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES
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
from tests.worlds.office import belanja as isi

DEWI, CITRA, LUKMAN = ACTORS["dewi"], ACTORS["citra"], ACTORS["lukman"]
SEBAGIAN = {"nilai": Rupiah.of(500_000), "alasan": "sebagian tidak sesuai"}
TOLAK = {"jawaban": {**LULUS, 5: "tidak"}, "keputusan": "tolak", "alasan": "belanja pribadi"}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def row(session: Session, tmp_path: Path) -> Transaksi:
    """A purchase of 750,000 on the PA's desk."""
    made = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, made)
    return made


def terbit(session: Session, folder: Path) -> Dokumen:
    return dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(folder), NOW)


def test_zero_approved_is_not_the_whole(session: Session, row: Transaksi) -> None:
    """An amount of zero once counted as none given, and approved the line whole."""
    with pytest.raises(DomainError, match="lebih dari nol"):
        approval_decide.decide(session, DEWI, setuju(row, nilai=ZERO, alasan="tidak sesuai"), NOW)


def test_an_sp2d_is_not_older_than_its_spm(
    session: Session, tmp_path: Path, row: Transaksi
) -> None:
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    issued, later = terbit(session, tmp_path), NOW + timedelta(days=6)
    for actor, jenis in ((DEWI, "npd"), (CITRA, "spp"), (DEWI, "spm")):
        issue_step(session, actor, issued.id, jenis, penerbit(tmp_path), later)
    for days, refused in ((1, True), (5, True), (6, False)):
        paper = payment_pay.RecordStep(
            issued.id, "sp2d", "S/1", (NOW + timedelta(days=days)).date()
        )
        if refused:
            with pytest.raises(DomainError, match=r"langkah sebelumnya \(26-10-2026\)"):
                payment_pay.record(session, LUKMAN, paper, later)
        else:
            payment_pay.record(session, LUKMAN, paper, later)


def test_what_was_refused_in_part_is_told_after_the_payment_went_on(
    session: Session, tmp_path: Path, row: Transaksi
) -> None:
    approval_decide.decide(session, DEWI, setuju(row, **SEBAGIAN), NOW)
    issued = terbit(session, tmp_path)
    issue_step(session, DEWI, issued.id, "npd", penerbit(tmp_path), NOW)
    told = dpt.issue_refusal_notice(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert [one.total for one in told] == [Rupiah.of(250_000)]
    assert dpt.not_yet_notified(session, DINKES, OKTOBER) == []


def test_a_reversed_repayment_binds_nobody(
    session: Session, tmp_path: Path, row: Transaksi
) -> None:
    approval_decide.decide(session, DEWI, setuju(row, **TOLAK), NOW)
    command = payment_repay.Repay(
        opd_id=DINKES,
        penanggung="pemegang",
        tanggal=NOW.date(),
        nilai=Rupiah.of(250_000),
        nomor_bukti="STS/1",
        transaksi_id=row.id,
    )
    paid = payment_repay.record(session, CITRA, command, Store(tmp_path), 10**6, NOW)
    with pytest.raises(Conflict, match="sudah dibayar"):
        approval_decide.undo(session, DEWI, row.id, NOW)
    payment_repay.reverse(session, CITRA, DINKES, paid.id, "salah catat", NOW)
    approval_decide.undo(session, DEWI, row.id, NOW)
    assert row.status == "diperiksa"


def test_a_refund_gives_back_another_purchase(session: Session) -> None:
    bought = belanja_verbs.record(session, CITRA, isi(), NOW)
    own = belanja_verbs.ChangePurchase(bought.id, 1, isi(rupiah=-5, asal_id=bought.id))
    with pytest.raises(Conflict, match="dirinya sendiri"):
        belanja_verbs.change(session, CITRA, own, NOW)
    belanja_verbs.record(session, CITRA, isi(kunci_kirim="b", rupiah=-5, asal_id=bought.id), NOW)
    other = belanja_verbs.record(session, CITRA, isi(kunci_kirim="c", rupiah=9), NOW)
    turned = belanja_verbs.ChangePurchase(bought.id, 1, isi(rupiah=-5, asal_id=other.id))
    with pytest.raises(Conflict, match="mempunyai pengembalian"):
        belanja_verbs.change(session, CITRA, turned, NOW)


def test_a_dpt_has_the_sum_that_was_seen(session: Session, tmp_path: Path, row: Transaksi) -> None:
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    office = penerbit(tmp_path)
    with pytest.raises(Conflict, match=r"kini Rp 750\.000, bukan Rp 1\.000"):
        dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, office, NOW, Rupiah.of(1_000))
    assert row.status == "disetujui"
    dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, office, NOW, Rupiah.of(750_000))


def test_the_pptk_signs_only_what_was_seen(session: Session, tmp_path: Path) -> None:
    """What was pulled back and put forward again behind an open page is told, not signed."""
    made = berbukti(session, tmp_path)
    dpr.put_forward(session, CITRA, DINKES, [made.id], NOW)
    seen = {made.id: dpr.PptkVerdict("setuju", versi=made.versi)}
    dpr.pull_back(session, CITRA, DINKES, [made.id], NOW)
    dpr.put_forward(session, CITRA, DINKES, [made.id], NOW)
    with pytest.raises(Conflict, match="berubah sejak"):
        dpr.check_dpr(session, ACTORS["budi"], DINKES, seen, penerbit(tmp_path), NOW)
