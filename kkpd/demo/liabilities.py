"""Repayments of amounts that the budget does not bear, on the twentieth of each month."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.demo import script
from kkpd.demo.ground import YEAR, at_hour
from kkpd.demo.life import MAX_EVIDENCE_BYTES, OpdYear
from kkpd.demo.year import LAST_MONTH, PlannedPurchase
from kkpd.payment import liabilities as look
from kkpd.payment import repay as payment_repay


def settle_debts(session: Session, life: OpdYear, bulan: int) -> None:
    """Repay what was found before; not in the newest month."""
    day, who = date(YEAR, bulan, 20), life.opd.bendahara
    at = at_hour(day, 3)
    waiting = [one for one in look.listing(session, who, life.opd.id, YEAR, day) if one.sisa]
    plans = {id_: plan for plan in life.plans for id_ in life.belanja.get(plan.nomor, ())}
    for one in waiting:
        if bulan == LAST_MONTH and one.sejak.month == bulan:
            continue
        plan = plans.get(one.transaksi_id or 0)
        amount = _value(session, life, one, plan, day)
        if not amount:
            continue
        number = f"{'KW' if one.jenis == 'meterai' else 'STS'}-CONTOH/{bulan:02d}/{_number(one)}"
        payer = "bank" if script.FEE_REFUND in one.uraian else one.penanggung[0]
        paper = script.draw(payer.replace("_", " "), day, one.uraian, amount, number)
        command = payment_repay.Repay(
            opd_id=life.opd.id,
            penanggung=payer,
            tanggal=day,
            nilai=amount,
            nomor_bukti=number,
            transaksi_id=one.transaksi_id,
            selisih_id=one.selisih_id,
            berkas=(f"setor-{_number(one)}-{bulan}.png", paper),
        )
        payment_repay.record(session, who, command, life.store, MAX_EVIDENCE_BYTES, at)


def _number(one: look.Liability) -> str:
    return f"B{one.transaksi_id}" if one.transaksi_id else f"S{one.selisih_id}"


def _value(
    session: Session, life: OpdYear, one: look.Liability, plan: PlannedPurchase | None, day: date
) -> Rupiah:
    """How much is paid now: all, half of what was approved in part, or nothing yet."""
    slug, since = script.STILL_WAITING
    if life.opd.slug == slug and one.sejak.month >= since and one.jenis != "meterai":
        return ZERO
    if plan is None or one.jenis != "ditolak":
        return one.sisa
    if plan.special_story == "sebagian":
        return ZERO if one.payments_made else Rupiah.of(one.sisa.sen // 200)
    if plan.special_story != "tolak_kembali":
        return one.sisa
    back = life.belanja.get(-plan.nomor - 1)
    if back is None:  # waiting for the shop's money
        return ZERO
    mine = {one.transaksi_id, *back}
    parts = ledger.parts(session, [life.opd.id], day)
    return max(total(part.left for part in parts if part.purchase_id in mine), ZERO)
