"""One OPD's year as far as it was lived: its plans, its files, and how a purchase is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kkpd.demo import nota, pajak
from kkpd.demo.dasar import SUMBER_DANA, OpdDemo
from kkpd.demo.isian import bagian, jam
from kkpd.demo.tahun import Rencana
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.peran import Actor
from kkpd.models import Transaksi
from kkpd.services import belanja, bukti
from kkpd.services.belanja_isian import CatatBelanja
from kkpd.services.berkas import Store
from kkpd.services.dokumen import Penerbit

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
        return pajak.kena(command, item, plan.nomor)

    def nota(
        self, session: Session, who: Actor, row: Transaksi, plan: Rencana, at: datetime
    ) -> None:
        """Attach an example receipt."""
        picture = nota.gambar(
            row.merchant, row.tanggal, row.uraian, row.nilai, f"{plan.nota}/{row.id}"
        )
        command = bukti.Lampirkan(row.id, f"nota-{plan.nota}.png", picture)
        bukti.lampirkan(session, who, self.store, command, max_bytes=BUKTI_MAKS, now=at)
