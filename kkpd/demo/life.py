"""The state of one OPD's year: its plans, its files, and how a purchase is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja import verbs as belanja
from kkpd.belanja.fields import RecordPurchase
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor
from kkpd.demo import script as demo_taxes
from kkpd.demo import script as nota
from kkpd.demo.ground import FUND_SOURCE, OpdDemo, at_hour
from kkpd.demo.year import LAST_MONTH, PlannedPurchase
from kkpd.models import Transaksi
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer

MAX_EVIDENCE_BYTES = 10 * 1024 * 1024


@dataclass(slots=True)
class OpdYear:
    """One OPD's year: where its files go, the last bill, and plan -> the purchases it became; a
    refund of plan n stands under `-n - 1`. `open_month` is the first month that is not settled.
    """

    opd: OpdDemo
    plans: list[PlannedPurchase]
    seed: int
    store: Store
    penerbit: Issuer
    bud: Actor
    inspector: Actor
    tagihan_lalu: Rupiah = ZERO
    bank_billed: date = date.min
    belanja: dict[int, list[int]] = field(default_factory=dict)
    open_month: int = LAST_MONTH

    def record(self, session: Session, plan: PlannedPurchase) -> None:
        """Log a purchase: the holder from the phone, or the treasurer from the receipt."""
        holder = self.opd.kartu[plan.kartu].pemegang
        who = holder if plan.nomor % 3 == 0 else self.opd.bendahara
        at = at_hour(plan.tanggal + timedelta(days=plan.nomor % 3), 3)
        parts = _parts(plan)
        for part, (amount, volume) in enumerate(parts, 1):
            words = plan.thing.uraian if len(parts) == 1 else f"{plan.thing.uraian} ({part})"
            row = belanja.record(
                session, who, self.purchase_command(plan, words, amount, volume, part), at
            )
            self.belanja.setdefault(plan.nomor, []).append(row.id)
            if plan.special_story != "tanpa_nota":
                self.nota(session, who, row, plan, at)

    def purchase_command(
        self, plan: PlannedPurchase, words: str, amount: Rupiah, volume: int | None, part: int
    ) -> RecordPurchase:
        """The command for this part of the plan, with its tax."""
        item = plan.thing
        command = RecordPurchase(
            opd_id=self.opd.id,
            kartu_id=self.opd.kartu[plan.kartu].id,
            tanggal=plan.tanggal,
            merchant=item.merchant,
            uraian=words,
            sub_kegiatan=self.opd.kegiatan[item.kegiatan],
            rekening=item.rekening,
            nilai=amount,
            kunci_kirim=f"demo-{self.opd.slug}-{plan.nomor}-{part}",
            sumber_dana=FUND_SOURCE,
            kanal=item.kanal,
            satuan=item.satuan,
            volume=volume,
            harga_satuan=None if volume is None else plan.harga,
            nota=plan.nota,
            program_id=self.opd.program_id if item.program else None,
        )
        return demo_taxes.affected(command, item, plan.nomor)

    def nota(
        self, session: Session, who: Actor, row: Transaksi, plan: PlannedPurchase, at: datetime
    ) -> None:
        """Attach an example receipt."""
        number = f"{plan.nota}/{row.id}"
        ending, data = nota.receipt(
            row.id, row.merchant, row.tanggal, row.uraian, row.nilai, number
        )
        command = belanja_evidence.AttachEvidence(row.id, f"nota-{plan.nota}.{ending}", data)
        belanja_evidence.attach(
            session, who, self.store, command, max_bytes=MAX_EVIDENCE_BYTES, now=at
        )


def _parts(plan: PlannedPurchase) -> list[tuple[Rupiah, int | None]]:
    """(amount, volume) of the lines a purchase is logged as: a split receipt is two."""
    if plan.special_story != "pecah":
        return [(plan.nilai, plan.volume)]
    half = Rupiah.of(plan.nilai.sen // 200)
    return [(half, None), (plan.nilai - half, None)]
