"""Money that came back is linked with its original in one act; four links see all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Cocok, Transaksi
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from kkpd.reconciliation import month as look
from kkpd.reconciliation.decide import LinkUp, pair_up
from kkpd.reconciliation.links import reads as links_reads
from kkpd.reconciliation.refunds import GiveBack, give_back
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
    shortlist,
)
from tests.worlds.office import KARTU_DINAS, NOW

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]
DAYS = date(2026, 11, 20)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_a_refund_finds_its_original_that_is_linked_already(
    session: Session, tmp_path: Path
) -> None:
    origin = berbukti(session, tmp_path, 1)
    bought, back = baris_bank(session, 750_000, -250_000)
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(bought.id, (origin.id,)), NOW
    )
    month = look.working(session, CITRA, DINKES, OKTOBER)
    assert [(pair.jenis, pair.belanja) for pair in month.proposal] == [
        ("refund", (str(origin.id),))
    ]
    found = shortlist(session, CITRA, DINKES, OKTOBER, back.id)
    assert [one.transaksi_id for one in found] == [origin.id]
    row = give_back(session, CITRA, DINKES, GiveBack(back.id, origin.id), NOW)
    assert (row.asal_id, row.nilai, row.rekening) == (
        origin.id,
        Rupiah.of(-250_000),
        origin.rekening,
    )
    assert session.scalars(select(Cocok.jenis).order_by(Cocok.id)).all() == ["satu", "refund"]
    reconciliation_decide.undo(session, CITRA, DINKES, back.id, NOW)
    assert row.status == "dibatalkan"  # it came with the link and goes with it
    again = give_back(session, CITRA, DINKES, GiveBack(back.id, origin.id), NOW)
    counted = select(Transaksi.id).where(Transaksi.status != "dibatalkan")
    assert set(session.scalars(counted)) == {origin.id, again.id}
    again.kunci_kirim = "dicatat-orang"
    reconciliation_decide.undo(session, CITRA, DINKES, back.id, NOW)
    assert again.status == "tercatat"  # what a person recorded waits for its line, and
    assert give_back(session, CITRA, DINKES, GiveBack(back.id, origin.id), NOW).id == again.id
    with pytest.raises(Conflict, match=r"sudah diselesaikan\. Citra Bendahara menyimpan pasangan"):
        give_back(session, CITRA, DINKES, GiveBack(back.id, origin.id), NOW)


def test_refunds_that_are_none(session: Session, tmp_path: Path) -> None:
    origin = berbukti(session, tmp_path, 1)
    gone = berbukti(session, tmp_path, 2)
    gone.status = "dibatalkan"
    much, positive = baris_bank(session, -900_000, 5_000)
    for line, asal, wrong, sentence in (
        (much, origin.id, DomainError, r"tinggal Rp 750\.000 yang dapat dikembalikan"),
        (positive, origin.id, DomainError, "Hanya baris yang bernilai negatif"),
        (much, gone.id, Conflict, "sudah dibatalkan"),
        (much, 999, NotFound, "tidak ditemukan"),
    ):
        with pytest.raises(wrong, match=sentence):
            give_back(session, CITRA, DINKES, GiveBack(line.id, asal), NOW)
    stale = GiveBack(much.id, origin.id, Rupiah.of(-1))
    with pytest.raises(Conflict, match="berubah sejak Anda membukanya"):
        give_back(session, CITRA, DINKES, stale, NOW)


def test_a_stale_decision_is_told_what_changed(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 772_500)[0]
    part = differences.Explain(
        line.id, "biaya", Rupiah.of(22_500), "surcharge", terlihat=line.nilai
    )
    differences.explain_difference(session, CITRA, DINKES, part, NOW)
    kartika = ACTORS["kartika"]
    late = reconciliation_decide.LinkUp(
        line.id, (row.id,), "biaya", "surcharge", terlihat=line.nilai
    )
    with pytest.raises(Conflict, match=r"kini Rp 750\.000.*Citra Bendahara menyimpan penjelasan"):
        reconciliation_decide.pair_up(session, kartika, DINKES, late, NOW)
    reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)
    half = differences.Explain(line.id, "biaya", None, "surcharge", terlihat=Rupiah.of(750_000))
    with pytest.raises(Conflict, match="Citra Bendahara mengurungkan penjelasan"):
        differences.explain_difference(session, kartika, DINKES, half, NOW)


def test_the_four_links_of_a_month(session: Session, tmp_path: Path) -> None:
    """Paid, refused in part, wrong card, over the limit, unbilled, duty, refund: one headline."""
    paid, part = berbukti(session, tmp_path, 1), berbukti(session, tmp_path, 2, rupiah=400_000)
    lines = baris_bank(session, 750_000, 400_000, 90_000, 9_500_000, -20_000, 65_000)
    for line, row in zip(lines, (paid, part), strict=False):
        pair_up(session, CITRA, DINKES, LinkUp(line.id, (row.id,)), NOW)
        diperiksa(session, tmp_path, row)
    approval_decide.decide(session, DEWI, setuju(paid), NOW)
    partly = setuju(part, nilai=Rupiah.of(300_000), alasan="sebagian tidak sesuai")
    approval_decide.decide(session, DEWI, partly, NOW)
    paper = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    wrong = berbukti(session, tmp_path, 3, rupiah=90_000, kartu_id=KARTU_DINAS)
    over = berbukti(session, tmp_path, 4, rupiah=9_500_000)
    berbukti(session, tmp_path, 5, rupiah=77_000)
    for line, row in zip(lines[2:], (wrong, over), strict=False):
        pair_up(session, CITRA, DINKES, LinkUp(line.id, (row.id,)), NOW)
    command = differences.Explain(
        lines[5].id, "tanpa_belanja", Rupiah.of(60_000), "tanya Ani", pemilik_id=1
    )
    differences.explain_difference(session, CITRA, DINKES, command, NOW)
    month = links_reads.bulan(session, CITRA, DINKES, OKTOBER, DAYS)
    kinds = {kind: amount for kind, _count, amount in month.headline_sums.jenis}
    assert kinds == {
        "belum_ditagih": Rupiah.of(77_000),
        "tanpa_belanja": Rupiah.of(60_000),
        "nilai": Rupiah.of(5_000),
        "kartu_salah": Rupiah.of(90_000),
        "lewat_batas": Rupiah.of(9_500_000),
        "ditolak": Rupiah.of(100_000),
        "belum_dibayar": Rupiah.of(1_050_000),
        "refund_ditunggu": Rupiah.of(-20_000),
    }
    assert month.selisih == Rupiah.of(-15_000)
    owners = {part.discrepancy.jenis: part.pemilik for part in month.bagian if part.discrepancy}
    assert (owners["kartu_salah"], owners["lewat_batas"]) == ("Ani Pemegang", "Dewi Anggaran")
    assert owners["belum_dibayar"] == "Dewi Anggaran"
    first = next(part for part in month.bagian if part.belanja is paid)
    assert first.dpa.booked == Rupiah.of(750_000)
    assert [kertas.jenis for kertas in first.kertas] == ["dpr", "dpt"]
    for jenis, who in (("npd", DEWI), ("spp", CITRA), ("spm", DEWI)):
        issue_step(session, who, paper.id, jenis, penerbit(tmp_path), NOW)
    for langkah, who in (("sp2d", ACTORS["lukman"]), ("bayar", CITRA)):
        step = payment_pay.RecordStep(paper.id, langkah, f"{langkah}-1", NOW.date())
        payment_pay.record(session, who, step, NOW)
    after = links_reads.bulan(session, CITRA, DINKES, OKTOBER, DAYS)
    assert after.headline_sums.through == Rupiah.of(1_050_000)
    assert "belum_dibayar" not in {kind for kind, _, _ in after.headline_sums.jenis}
    assert month.headline_sums.through == ZERO
