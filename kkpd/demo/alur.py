"""Living through an OPD's year by the same verbs that people use, at the hours they would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.demo import bank, nota, pajak
from kkpd.demo.dasar import SUMBER_DANA, TAHUN, OpdDemo
from kkpd.demo.isian import bagian, jam, pengembalian_dari
from kkpd.demo.tahun import BULAN_TERAKHIR, Rencana, pengembalian, tagihan_bulan
from kkpd.demo.terima import terima
from kkpd.demo.tutup import tutup
from kkpd.domain.errors import Conflict
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.peran import Actor
from kkpd.models import Transaksi
from kkpd.queries import cocok as lihat
from kkpd.queries import uji as lihat_uji
from kkpd.services import (
    belanja,
    bukti,
    cocok,
    dpr,
    dpt,
    kelas,
    pembayaran,
    selisih,
    uji,
)
from kkpd.services.belanja_isian import CatatBelanja
from kkpd.services.berkas import Store
from kkpd.services.dokumen import Penerbit

_BUKTI_MAKS = 10 * 1024 * 1024


@dataclass(slots=True)
class Kehidupan:
    """One OPD's year being lived: where its files go and what happened so far."""

    opd: OpdDemo
    plans: list[Rencana]
    seed: int
    store: Store
    penerbit: Penerbit
    bud: Actor
    tagihan_lalu: Rupiah = NOL
    belanja: dict[int, list[int]] = field(default_factory=dict)

    def bulan(self, session: Session, bulan: int) -> None:
        """A whole month: purchases, bill, matching, and as far down the chain as it goes."""
        for plan in self.plans:
            if plan.bulan == bulan and plan.cerita != "lupa":
                self._belanja(session, plan)
        self._tagihan(session, bulan)
        self._cocokkan(session, bulan)
        if bulan < BULAN_TERAKHIR:
            self._selesaikan(session, bulan)
        else:
            self._setengah_jalan(session, bulan)

    def _belanja(self, session: Session, plan: Rencana) -> None:
        """Log a purchase: the holder from the phone, or the treasurer from the receipt."""
        holder = self.opd.kartu[plan.kartu].pemegang
        who = holder if plan.nomor % 3 == 0 else self.opd.bendahara
        at = jam(plan.tanggal + timedelta(days=plan.nomor % 3), 3)
        parts = bagian(plan)
        for part, (amount, volume) in enumerate(parts, 1):
            words = plan.barang.uraian if len(parts) == 1 else f"{plan.barang.uraian} ({part})"
            row = belanja.catat(session, who, self._catat(plan, words, amount, volume, part), at)
            self.belanja.setdefault(plan.nomor, []).append(row.id)
            if plan.cerita != "tanpa_nota":
                self._nota(session, who, row, plan, at)

    def _catat(
        self, plan: Rencana, words: str, amount: Rupiah, volume: int | None, part: int
    ) -> CatatBelanja:
        item = plan.barang
        command = CatatBelanja(
            opd_id=self.opd.id,
            kartu_id=self.opd.kartu[plan.kartu].id,
            tanggal=plan.tanggal,
            merchant=item.merchant,
            uraian=words,
            sub_kegiatan=self.opd.kegiatan[item.kegiatan],
            rekening=item.rekening,
            nilai=amount,
            kunci_kirim=f"demo-{self.opd.slug}-{plan.nomor}-{part}",
            sumber_dana=SUMBER_DANA,
            kanal=item.kanal,
            satuan=item.satuan,
            volume=volume,
            harga_satuan=None if volume is None else plan.harga,
            nota=plan.nota,
            program_id=self.opd.program_id if item.program else None,
        )
        return pajak.kena(command, item, plan.nomor)

    def _nota(
        self, session: Session, who: Actor, row: Transaksi, plan: Rencana, at: datetime
    ) -> None:
        picture = nota.gambar(
            row.merchant, row.tanggal, row.uraian, row.nilai, f"{plan.nota}/{row.id}"
        )
        command = bukti.Lampirkan(row.id, f"nota-{plan.nota}.png", picture)
        bukti.lampirkan(session, who, self.store, command, max_bytes=_BUKTI_MAKS, now=at)

    def _tagihan(self, session: Session, bulan: int) -> None:
        bill = tagihan_bulan(self.opd, self.plans, bulan, self.tagihan_lalu, self.seed)
        self.tagihan_lalu = bill.total
        workbook = (self.opd.id + bulan) % 2 == 0
        data = bank.xlsx_bytes(bill) if workbook else bank.csv_bytes(bill)
        name = f"tagihan-{self.opd.slug}-{TAHUN}-{bulan:02d}.{'xlsx' if workbook else 'csv'}"
        at = jam(bill.tanggal + timedelta(days=3), 2)
        terima(session, self.opd.bendahara, self.opd.id, data, name, (TAHUN, bulan), self.store, at)

    def _cocokkan(self, session: Session, bulan: int) -> None:
        """The sure pairs by themselves; in a closed month the treasurer settles the rest."""
        at = jam(date(TAHUN, bulan, 28) + timedelta(days=8), 2)
        if bulan < BULAN_TERAKHIR:
            self._pengembalian(session, bulan, at)
        cocok.terima_pasti(session, self.opd.bendahara, self.opd.id, (TAHUN, bulan), at)
        if bulan < BULAN_TERAKHIR:
            for line in lihat.baris_bulan(session, self.opd.bendahara, self.opd.id, (TAHUN, bulan)):
                if line.sisa:
                    self._putuskan(session, line, (TAHUN, bulan), at)

    def _pengembalian(self, session: Session, bulan: int, at: datetime) -> None:
        """Log the money that came back as refunds of their purchases."""
        lines = lihat.baris_bulan(session, self.opd.bendahara, self.opd.id, (TAHUN, bulan))
        returned = {line.nilai for line in lines if line.nilai < NOL}
        for plan in self.plans:
            key = -plan.nomor - 1
            amount = -pengembalian(plan)
            if plan.nomor not in self.belanja or plan.cerita != "refund":
                continue
            if key in self.belanja or amount not in returned:
                continue
            origin = session.get_one(Transaksi, self.belanja[plan.nomor][0])
            command = self._catat(plan, f"Pengembalian {origin.uraian}", amount, None, 9)
            line = next(line for line in lines if line.nilai == amount)
            day = line.tanggal or origin.tanggal
            row = belanja.catat(
                session, self.opd.bendahara, pengembalian_dari(command, origin.id, day), at
            )
            self.belanja[key] = [row.id]
            self._nota(session, self.opd.bendahara, row, plan, at)

    def _putuskan(
        self, session: Session, line: lihat.Baris, bulan: tuple[int, int], at: datetime
    ) -> None:
        """Settle one line as a treasurer would: stamp duty, a candidate, or the holder's debt."""
        who, opd_id = self.opd.bendahara, self.opd.id
        if line.jenis == "meterai":
            words = "Bea meterai dibayar dari UP Tunai."
            selisih.jelaskan(
                session, who, opd_id, selisih.Jelaskan(line.id, "meterai", None, words), at
            )
            return
        for ids in self._calon(session, line, bulan):
            try:
                command = cocok.Pasangkan(
                    line.id, ids, "biaya", "Surcharge merchant; ditanggung pemegang kartu."
                )
                cocok.pasangkan(session, who, opd_id, command, at)
            except Conflict:
                continue
            return
        words = "Tidak ada catatan belanja; ditanyakan kepada pemegang kartu."
        selisih.jelaskan(
            session, who, opd_id, selisih.Jelaskan(line.id, "tanpa_belanja", None, words), at
        )

    def _calon(
        self, session: Session, line: lihat.Baris, bulan: tuple[int, int]
    ) -> Iterable[tuple[int, ...]]:
        """What may stand behind the line: what the bank's text and amount point at."""
        open_ids = {row.id: row for row in lihat.belanja_terbuka(session, self.opd.id, bulan)}
        for plan in self.plans:
            ids = tuple(id_ for id_ in self.belanja.get(plan.nomor, ()) if id_ in open_ids)
            same_day = plan.tanggal == line.tanggal_transaksi
            if ids and same_day and bank.teks_bank(plan.barang.merchant) == line.merchant:
                yield ids

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
        if self._ids(session, month, "disetujui"):
            issued = dpt.terbitkan_dpt(session, self.opd.pa, self.opd.id, month, self.penerbit, at)
            self._bayar(session, issued.id, at)
        if dpt.belum_diberitahu(session, self.opd.id, month):
            dpt.terbitkan_penolakan(session, self.opd.pa, self.opd.id, month, self.penerbit, at)
        tutup(session, self.opd, self.penerbit, month, at)

    def _bayar(self, session: Session, dpt_id: int, at: datetime) -> None:
        """NPD, SPP, SPM, SP2D and the debit to the bank, a day after the other."""
        day = timedelta(days=1)
        steps = (("npd", self.opd.pa), ("spp", self.opd.bendahara), ("spm", self.opd.pa))
        for jenis, who in steps:
            pembayaran.terbit(session, who, dpt_id, jenis, self.penerbit, at)
        for langkah, who in (("sp2d", self.bud), ("bayar", self.opd.bendahara)):
            at += day
            number = f"{langkah.upper()}-CONTOH/{dpt_id:04d}/{TAHUN}"
            command = pembayaran.Catat(dpt_id, langkah, number, at.date())
            pembayaran.catat(session, who, command, at)

    def _nota_hilang(self, session: Session, month: tuple[int, int], at: datetime) -> None:
        """A lost receipt is replaced by the holder's statement; one of them still is missing."""
        if (self.opd.slug, month[1]) == ("cktr", 8):
            return
        for id_ in self._ids(session, month, "tercatat"):
            row = session.get_one(Transaksi, id_)
            words = f"Surat pernyataan kehilangan nota {row.nota}"
            paper = nota.gambar(row.merchant, row.tanggal, words, row.nilai, f"SP/{row.id}")
            command = bukti.Lampirkan(id_, f"pernyataan-{row.id}.png", paper, "lain")
            who = self.opd.bendahara
            bukti.lampirkan(session, who, self.store, command, max_bytes=_BUKTI_MAKS, now=at)

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

    def _kelas(self, session: Session, month: tuple[int, int], at: datetime) -> None:
        """The treasurer settles what the program was not sure of."""
        for id_ in self._ids(session, month, "berbukti"):
            row = session.get_one(Transaksi, id_)
            if row.kelas == "ragu":
                word = "modal" if row.rekening.startswith("5.2") else "operasi"
                command = kelas.TetapkanKelas(id_, word, "Menurut nota dan rekening DPA.")
                kelas.tetapkan(session, self.opd.bendahara, command, at)

    def _uji(self, session: Session, ids: list[int], at: datetime) -> None:
        for id_ in ids:
            row = session.get_one(Transaksi, id_)
            found = {seen.nomor: seen for seen in lihat_uji.uji_baris(session, row)}
            failed = [n for n, seen in found.items() if seen.hasil == "tidak_sesuai"]
            jawaban: dict[int, uji.Jawaban] = {
                n: "tidak" if n in failed else "lulus" for n in range(1, 7)
            }
            refuse = 5 in failed or 2 in failed
            if not refuse:
                jawaban = dict.fromkeys(range(1, 7), "lulus")
            reason = found[failed[0]].kalimat if refuse else ""
            command = uji.PutusanUji(
                id_, row.versi, jawaban, "tolak" if refuse else "setuju", None, reason
            )
            try:
                uji.putuskan(session, self.opd.pa, command, at)
            except Conflict:
                continue  # over the ceiling: it waits, as the law of the ledger says

    def _ids(self, session: Session, month: tuple[int, int], status: str) -> list[int]:
        return list(
            session.scalars(
                select(Transaksi.id)
                .where(
                    Transaksi.opd_id == self.opd.id,
                    Transaksi.tahun == month[0],
                    Transaksi.bulan == month[1],
                    Transaksi.status == status,
                )
                .order_by(Transaksi.id)
            )
        )
