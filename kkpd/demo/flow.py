"""Living through an OPD's year by the same verbs that people use, at the hours they would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.approval import reads as lihat_uji
from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja.classes import decide as classes_decide
from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day
from kkpd.core.money import NOL, Rupiah
from kkpd.demo import bills as demo_bills
from kkpd.demo import liabilities, receipts
from kkpd.demo.close import tutup
from kkpd.demo.ground import TAHUN
from kkpd.demo.life import BUKTI_MAKS, Hidup
from kkpd.demo.parts import jam
from kkpd.demo.year import BULAN_TERAKHIR
from kkpd.ledger import bill_chain
from kkpd.ledger.booking_month import Bulan
from kkpd.models import Transaksi
from kkpd.payment import pay as payment_pay


@dataclass(slots=True)
class Kehidupan(Hidup):
    """One OPD's year being lived."""

    def bulan(self, session: Session, bulan: int) -> None:
        """A whole month: purchases, debts, bills, matching, and as far down the chain as it
        goes.
        """
        for plan in self.plans:
            if plan.bulan == bulan and plan.cerita != "lupa":
                self.catat(session, plan)
        liabilities.lunasi(session, self, bulan)
        demo_bills.masuk(session, self, bulan)
        demo_bills.cocokkan(session, self, bulan)
        if bulan < BULAN_TERAKHIR:
            self._selesaikan(session, bulan)
        else:
            self._setengah_jalan(session, bulan)

    def _selesaikan(self, session: Session, bulan: int) -> None:
        """DPR, check, six tests, DPT, refusals, and the month closes."""
        at, month = jam(date(TAHUN, bulan, 28) + timedelta(days=11), 2), (TAHUN, bulan)
        self._kelas(session, month, at)
        self._nota_hilang(session, month, at)
        ids = self._ids(session, month, "berbukti")
        if ids:
            dpr.ajukan(session, self.opd.bendahara, self.opd.id, ids, at)
            words = {id_: dpr.Putusan("setuju") for id_ in ids}
            dpr.periksa(session, self.opd.pptk, self.opd.id, words, self.penerbit, at)
            self._uji(session, self._ids(session, month, "diperiksa"), at)
        self._dpt(session, month, at)
        for told in ((TAHUN, bulan - 1), month):
            if dpt.belum_diberitahu(session, self.opd.id, told):
                dpt.terbitkan_penolakan(session, self.opd.pa, self.opd.id, told, self.penerbit, at)
        tutup(session, self.opd, self.penerbit, month, at, self.inspektur)

    def _dpt(self, session: Session, month: Bulan, at: datetime) -> None:
        """A DPT for each bill of the month that asks for something."""
        who, opd_id = self.opd.pa, self.opd.id
        for bill in bill_chain.ready(session, opd_id, month, business_day(at)):
            if bill.total > NOL:
                issued = dpt.terbitkan_dpt(
                    session, who, opd_id, month, self.penerbit, at, tagihan_id=bill.bill_id
                )
                self._bayar(session, issued.id, at)

    def _bayar(self, session: Session, dpt_id: int, at: datetime) -> None:
        """NPD, SPP, SPM, SP2D and the debit to the bank, a day after the other."""
        day = timedelta(days=1)
        steps = (("npd", self.opd.pa), ("spp", self.opd.bendahara), ("spm", self.opd.pa))
        for jenis, who in steps:
            payment_pay.terbit(session, who, dpt_id, jenis, self.penerbit, at)
        for langkah, who in (("sp2d", self.bud), ("bayar", self.opd.bendahara)):
            at += day
            number = f"{langkah.upper()}-CONTOH/{dpt_id:04d}/{TAHUN}"
            command = payment_pay.Catat(dpt_id, langkah, number, at.date())
            payment_pay.catat(session, who, command, at)

    def _nota_hilang(self, session: Session, month: Bulan, at: datetime) -> None:
        """A lost receipt is replaced by the holder's statement; one of them still is missing."""
        if (self.opd.slug, month[1]) in (("cktr", 8), ("cktr", 9)):
            return
        for id_ in self._ids(session, month, "tercatat"):
            row = session.get_one(Transaksi, id_)
            words = f"Surat pernyataan kehilangan nota {row.nota}"
            paper = receipts.gambar(row.merchant, row.tanggal, words, row.nilai, f"SP/{row.id}")
            command = belanja_evidence.Lampirkan(id_, f"pernyataan-{row.id}.png", paper, "lain")
            who = self.opd.bendahara
            belanja_evidence.lampirkan(
                session, who, self.store, command, max_bytes=BUKTI_MAKS, now=at
            )

    def _setengah_jalan(self, session: Session, bulan: int) -> None:
        """The open month: some lines wait for the PPTK, some for the PA, the rest for work."""
        at, month = jam(date(TAHUN, bulan, 28) + timedelta(days=12), 2), (TAHUN, bulan)
        matched = list(
            session.scalars(
                select(Transaksi.id)
                .where(
                    Transaksi.opd_id == self.opd.id,
                    Transaksi.tahun == TAHUN,
                    Transaksi.bulan == bulan,
                    Transaksi.status == "berbukti",
                    Transaksi.kelas != "ragu",
                )
                .order_by(Transaksi.id)
            )
        )
        forward = matched[: max(4, len(matched) // 2)]
        if not forward:
            return
        dpr.ajukan(session, self.opd.bendahara, self.opd.id, forward, at)
        checked = {id_: dpr.Putusan("setuju") for id_ in forward[: len(forward) // 2]}
        if checked:
            dpr.periksa(session, self.opd.pptk, self.opd.id, checked, self.penerbit, at)
        self._uji(session, self._ids(session, month, "diperiksa")[:1], at)

    def _kelas(self, session: Session, month: Bulan, at: datetime) -> None:
        """The treasurer settles what the program was not sure of."""
        for id_ in self._ids(session, month, "berbukti"):
            row = session.get_one(Transaksi, id_)
            if row.kelas == "ragu":
                word = "modal" if row.rekening.startswith("5.2") else "operasi"
                command = classes_decide.TetapkanKelas(id_, word, "Menurut nota dan rekening DPA.")
                classes_decide.tetapkan(session, self.opd.bendahara, command, at)

    def _uji(self, session: Session, ids: list[int], at: datetime) -> None:
        partly = {
            id_
            for plan in self.plans
            if plan.cerita == "sebagian"
            for id_ in self.belanja.get(plan.nomor, ())
        }
        for id_ in ids:
            row = session.get_one(Transaksi, id_)
            found = {seen.nomor: seen for seen in lihat_uji.uji_baris(session, row)}
            failed = [n for n, seen in found.items() if seen.hasil == "tidak_sesuai"]
            jawaban: dict[int, approval_decide.Jawaban] = {
                n: "tidak" if n in failed else "lulus" for n in range(1, 7)
            }
            refuse = row.nilai > NOL and (5 in failed or 2 in failed)
            if not refuse:
                jawaban = dict.fromkeys(range(1, 7), "lulus")
            reason, part = found[failed[0]].kalimat if refuse else "", None
            if id_ in partly and not refuse:
                part = Rupiah.of(row.nilai.sen // 125)
                reason = "Seperlima dari nilainya tidak didukung nota."
            command = approval_decide.PutusanUji(
                id_, row.versi, jawaban, "tolak" if refuse else "setuju", part, reason
            )
            try:
                approval_decide.putuskan(session, self.opd.pa, command, at)
            except Conflict:
                continue  # over the ceiling: it waits, as the law of the ledger says

    def _ids(self, session: Session, month: Bulan, status: str) -> list[int]:
        return list(
            session.scalars(
                select(Transaksi.id)
                .where(
                    Transaksi.opd_id == self.opd.id,
                    Transaksi.tahun == month[0],
                    Transaksi.bulan <= month[1],
                    Transaksi.status == status,
                )
                .order_by(Transaksi.nilai < NOL, Transaksi.id)
            )
        )
