"""October of Dinas Kesehatan with something of everything, for the reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.moments import parse_span
from kkpd.core.money import Rupiah
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.models import Transaksi, UpKeputusan
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import differences
from kkpd.reports import named
from tests.cast import ACTORS, DINKES
from tests.worlds.chain_steps import (
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import DINAS, KARTU_DINAS, NOW

DAYS: Final = date(2026, 11, 24)
LULUS_LIMA: Final[dict[int, str]] = {
    **dict.fromkeys(range(1, 7), "lulus"),
    5: "tidak",
}


def isi_bulan(session: Session, tmp_path: Path) -> Session:
    """October with a paid DPT, a refusal, a line that waits, bank lines, and findings."""
    session.add(
        UpKeputusan(
            opd_id=DINKES,
            tahun=2026,
            nomor="UP/1",
            mulai=date(2026, 1, 2),
            up=Rupiah.of(100_000_000),
            up_kkpd=Rupiah.of(40_000_000),
            dasar_hukum="contoh",
            dicatat_at=NOW,
            oleh_id=10,
        )
    )
    paid = berbukti(session, tmp_path, 1, dpp=Rupiah.of(675_675), ppn=Rupiah.of(74_325))
    partly = berbukti(session, tmp_path, 2)
    refused = berbukti(session, tmp_path, 3)
    trip = berbukti(session, tmp_path, 4, kartu_id=KARTU_DINAS, rekening=DINAS)
    diperiksa(session, tmp_path, paid, partly, refused, trip)
    pa = ACTORS["dewi"]
    approval_decide.decide(session, pa, setuju(paid), NOW)
    approval_decide.decide(session, pa, _in_part(partly), NOW)
    approval_decide.decide(session, pa, _tolak(refused), NOW)
    issue = penerbit(tmp_path)
    paper = dpt.issue_dpt(session, pa, DINKES, OKTOBER, issue, NOW)
    approval_decide.decide(session, pa, setuju(trip), NOW)
    _pay(session, paper.id, tmp_path)
    lines = baris_bank(session, 20_000, 10_000)
    said = differences.Explain(lines[1].id, "meterai", None, "Bea meterai dari UP Tunai.")
    differences.explain_difference(session, ACTORS["citra"], DINKES, said, NOW)
    session.flush()
    return session


def _in_part(row: Transaksi) -> approval_decide.SixTestsDecision:
    return setuju(row, nilai=Rupiah.of(700_000), alasan="Kelebihan hitung lima puluh ribu")


def _tolak(row: Transaksi) -> approval_decide.SixTestsDecision:
    return setuju(row, keputusan="tolak", jawaban=LULUS_LIMA, alasan="Bukan belanja kantor")


def _pay(session: Session, dpt_id: int, folder: Path) -> None:
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], dpt_id, jenis, penerbit(folder), NOW)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        command = payment_pay.RecordStep(dpt_id, langkah, f"{langkah}/1", date(2026, 10, 20))
        payment_pay.record(session, ACTORS[who], command, NOW)


def susun(
    session: Session, nama: str, opd: str = "dinkes", periode: str = "2026-10", kartu: str = ""
) -> Document:
    asked = named.ReportRequest(nama=nama, opd=opd, span=parse_span(periode), kartu=kartu)
    return named.compose(session, ACTORS["fitri"], asked, DAYS)
