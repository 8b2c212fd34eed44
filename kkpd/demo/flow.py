"""An OPD's year, played by the same verbs that people use, at office hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.approval import reads as approval_reads
from kkpd.approval.six_tests import SIX_TESTS
from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja.classes import decide as classes_decide
from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.demo import bills as demo_bills
from kkpd.demo import liabilities, script
from kkpd.demo.ground import YEAR, at_hour
from kkpd.demo.life import MAX_EVIDENCE_BYTES, OpdYear
from kkpd.demo.year import LAST_MONTH
from kkpd.ledger import bill_chain
from kkpd.ledger.shapes import Month
from kkpd.models import Transaksi
from kkpd.payment import pay as payment_pay
from kkpd.payment import verify
from kkpd.reconciliation import periods

#: How many months of each OPD the inspector has reviewed.
_REVIEWED_UNTIL: Final = 3


@dataclass(slots=True)
class LivedYear(OpdYear):
    """One OPD's year while it is played."""

    def bulan(self, session: Session, bulan: int) -> None:
        """A whole month: purchases, repayments, bills, matching, and the chain."""
        for plan in self.plans:
            if plan.bulan == bulan and plan.special_story != "lupa":
                self.record(session, plan)
        liabilities.settle_debts(session, self, bulan)
        demo_bills.entry(session, self, bulan)
        demo_bills.match_rows(session, self, bulan)
        if bulan < self.open_month:
            self._settle(session, bulan)
        else:
            self._halfway(session, bulan)

    def _settle(self, session: Session, bulan: int) -> None:
        """DPR, check, six tests, DPT, refusals, and the month closes."""
        at, month = at_hour(date(YEAR, bulan, 28) + timedelta(days=11), 2), (YEAR, bulan)
        self._lost_receipt(session, month, at)
        self._kelas(session, month, at)
        ids = self._ids(session, month, "berbukti")
        if ids:
            dpr.put_forward(session, self.opd.bendahara, self.opd.id, ids, at)
            words = {id_: dpr.PptkVerdict("setuju") for id_ in ids}
            dpr.check_dpr(session, self.opd.pptk, self.opd.id, words, self.penerbit, at)
            self._run_tests(session, self._ids(session, month, "diperiksa"), at)
        self._dpt(session, month, at)
        for told in ((YEAR, bulan - 1), month):
            if dpt.not_yet_notified(session, self.opd.id, told):
                dpt.issue_refusal_notice(session, self.opd.pa, self.opd.id, told, self.penerbit, at)
        self._close(session, month, at)

    def _close(self, session: Session, month: Month, at: datetime) -> None:
        """Close the month if nothing prevents it; the PA confirms all but the newest two days
        later, the inspector reviews the first ones a week after that.
        """
        opd = self.opd
        if periods.closing_obstacles(session, opd.bendahara, opd.id, month, business_day(at)):
            return
        periods.close(session, opd.bendahara, opd.id, month, self.penerbit, at)
        if month[1] < LAST_MONTH - 1:
            periods.confirm(session, opd.pa, opd.id, month, at + timedelta(days=2))
        if month[1] <= _REVIEWED_UNTIL:
            words, later = "Tagihan, DPT dan berita acara sama.", at + timedelta(days=9)
            periods.review(session, self.inspector, opd.id, month, words, later)

    def _dpt(self, session: Session, month: Month, at: datetime) -> None:
        """A DPT for each bill of the month that has approved lines."""
        who, opd_id = self.opd.pa, self.opd.id
        for bill in bill_chain.ready(session, opd_id, month, business_day(at)):
            if bill.total > ZERO:
                issued = dpt.issue_dpt(
                    session, who, opd_id, month, self.penerbit, at, tagihan_id=bill.bill_id
                )
                self._pay(session, issued.id, at)

    def _pay(self, session: Session, dpt_id: int, at: datetime) -> None:
        """NPD, SPP, SPM, SP2D and the debit to the bank, one a day."""
        day = timedelta(days=1)
        steps = (("npd", self.opd.pa), ("spp", self.opd.bendahara), ("spm", self.opd.pa))
        for jenis, who in steps:
            issued = payment_pay.issue(session, who, dpt_id, jenis, self.penerbit, at)
            if jenis == "spp":
                found = verify.checklist(session, self.opd.ppk, issued, at)
                answers = {one.kode: "ya" for one in found}
                command = verify.SppVerification(issued.id, answers)
                verify.verify(session, self.opd.ppk, command, at)
        for langkah, who in (("sp2d", self.bud), ("bayar", self.opd.bendahara)):
            at += day
            number = f"{langkah.upper()}-CONTOH/{dpt_id:04d}/{YEAR}"
            step = payment_pay.RecordStep(dpt_id, langkah, number, at.date())
            payment_pay.record(session, who, step, at)

    def _lost_receipt(self, session: Session, month: Month, at: datetime) -> None:
        """Lost receipts are replaced by the holder's statement; one is still missing."""
        if (self.opd.slug, month[1]) in (("cktr", 8), ("cktr", 9)):
            return
        for id_ in self._ids(session, month, "tercatat"):
            row = session.get_one(Transaksi, id_)
            words = f"Surat pernyataan kehilangan nota {row.nota}"
            paper = script.draw(row.merchant, row.tanggal, words, row.nilai, f"SP/{row.id}")
            command = belanja_evidence.AttachEvidence(
                id_, f"pernyataan-{row.id}.png", paper, "lain"
            )
            who = self.opd.bendahara
            belanja_evidence.attach(
                session, who, self.store, command, max_bytes=MAX_EVIDENCE_BYTES, now=at
            )

    def _halfway(self, session: Session, bulan: int) -> None:
        """The open month: some lines wait for the PPTK, some for the PA, the rest for the
        treasurer.
        """
        at, month = at_hour(date(YEAR, bulan, 28) + timedelta(days=12), 2), (YEAR, bulan)
        this_month = (Transaksi.bulan == bulan) & (Transaksi.kelas != "ragu")
        matched = sorted(self._ids(session, month, "berbukti", this_month))
        forward = matched[: max(4, len(matched) // 2)]
        if not forward:
            return
        dpr.put_forward(session, self.opd.bendahara, self.opd.id, forward, at)
        checked = {id_: dpr.PptkVerdict("setuju") for id_ in forward[: len(forward) // 2]}
        if checked:
            dpr.check_dpr(session, self.opd.pptk, self.opd.id, checked, self.penerbit, at)
        self._run_tests(session, self._ids(session, month, "diperiksa")[:1], at)

    def _kelas(self, session: Session, month: Month, at: datetime) -> None:
        """The treasurer settles the pairs that were not certain."""
        for id_ in self._ids(session, month, "berbukti"):
            row = session.get_one(Transaksi, id_)
            if row.kelas == "ragu":
                word = "modal" if row.rekening.startswith("5.2") else "operasi"
                command = classes_decide.SettleClass(id_, word, "Menurut nota dan rekening DPA.")
                classes_decide.settle_class(session, self.opd.bendahara, command, at)

    def _run_tests(self, session: Session, ids: list[int], at: datetime) -> None:
        partly = {
            id_
            for plan in self.plans
            if plan.special_story == "sebagian"
            for id_ in self.belanja.get(plan.nomor, ())
        }
        for id_ in ids:
            row = session.get_one(Transaksi, id_)
            found = {seen.nomor: seen for seen in approval_reads.line_tests(session, [row])[row.id]}
            failed = [n for n, seen in found.items() if seen.hasil == "tidak_sesuai"]
            jawaban: dict[int, str] = {n: "tidak" if n in failed else "lulus" for n in SIX_TESTS}
            refuse = row.nilai > ZERO and (5 in failed or 2 in failed)
            if not refuse:
                jawaban = dict.fromkeys(SIX_TESTS, "lulus")
            reason, part = found[failed[0]].wording if refuse else "", None
            if id_ in partly and not refuse:
                part = Rupiah.of(row.nilai.sen // 125)
                reason = "Seperlima dari nilainya tidak didukung nota."
            command = approval_decide.SixTestsDecision(
                id_, row.versi, jawaban, "tolak" if refuse else "setuju", part, reason
            )
            try:
                approval_decide.decide(session, self.opd.pa, command, at)
            except Conflict:
                continue  # over the ceiling: it waits (law 1)

    def _ids(
        self, session: Session, month: Month, status: str, also: ColumnElement[bool] | None = None
    ) -> list[int]:
        return list(
            session.scalars(
                select(Transaksi.id)
                .where(
                    Transaksi.opd_id == self.opd.id,
                    Transaksi.tahun == month[0],
                    Transaksi.bulan <= month[1],
                    Transaksi.status == status,
                    true() if also is None else also,
                )
                .order_by(Transaksi.nilai < ZERO, Transaksi.id)
            )
        )
