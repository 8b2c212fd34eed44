"""One OPD's year as far as it was lived: its plans, its files, and how a purchase is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja import verbs as belanja
from kkpd.belanja.commands import CatatBelanja
from kkpd.core.money import NOL, Rupiah
from kkpd.core.permissions import Actor
from kkpd.demo import receipts as nota
from kkpd.demo import taxes as demo_taxes
from kkpd.demo.ground import SUMBER_DANA, OpdDemo
from kkpd.demo.parts import bagian, jam
from kkpd.demo.year import Rencana
from kkpd.models import Transaksi
from kkpd.records.custody import Store
from kkpd.records.issue import Penerbit

BUKTI_MAKS = 10 * 1024 * 1024


@dataclass(slots=True)
class Hidup:
    """One OPD's year: where its files go, the last bill, and plan -> the purchases it became; a
    refund of plan n stands under `-n - 1`.
    """

    opd: OpdDemo
    plans: list[Rencana]
    seed: int
    store: Store
    penerbit: Penerbit
    bud: Actor
    inspektur: Actor
    tagihan_lalu: Rupiah = NOL
    ditagih: date = date.min
    belanja: dict[int, list[int]] = field(default_factory=dict)

    def catat(self, session: Session, plan: Rencana) -> None:
        """Log a purchase: the holder from the phone, or the treasurer from the receipt."""
        holder = self.opd.kartu[plan.kartu].pemegang
        who = holder if plan.nomor % 3 == 0 else self.opd.bendahara
        at = jam(plan.tanggal + timedelta(days=plan.nomor % 3), 3)
        parts = bagian(plan)
        for part, (amount, volume) in enumerate(parts, 1):
            words = plan.barang.uraian if len(parts) == 1 else f"{plan.barang.uraian} ({part})"
            row = belanja.catat(session, who, self.perintah(plan, words, amount, volume, part), at)
            self.belanja.setdefault(plan.nomor, []).append(row.id)
            if plan.cerita != "tanpa_nota":
                self.nota(session, who, row, plan, at)

    def perintah(
        self, plan: Rencana, words: str, amount: Rupiah, volume: int | None, part: int
    ) -> CatatBelanja:
        """What is typed of this part of the plan, with its tax."""
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
        return demo_taxes.kena(command, item, plan.nomor)

    def nota(
        self, session: Session, who: Actor, row: Transaksi, plan: Rencana, at: datetime
    ) -> None:
        """Attach an example receipt."""
        picture = nota.gambar(
            row.merchant, row.tanggal, row.uraian, row.nilai, f"{plan.nota}/{row.id}"
        )
        command = belanja_evidence.Lampirkan(row.id, f"nota-{plan.nota}.png", picture)
        belanja_evidence.lampirkan(session, who, self.store, command, max_bytes=BUKTI_MAKS, now=at)
