"""What the budget does not bear is made good on the twentieth, or still waits for somebody."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.money import NOL, Rupiah, total
from kkpd.demo import receipts, stories
from kkpd.demo.ground import TAHUN
from kkpd.demo.life import BUKTI_MAKS, Hidup
from kkpd.demo.parts import jam
from kkpd.demo.year import BULAN_TERAKHIR, Rencana
from kkpd.payment import liabilities as lihat
from kkpd.payment import repay as payment_repay


def lunasi(session: Session, life: Hidup, bulan: int) -> None:
    """Pay what was found before; in the newest month people have not come to it yet."""
    day, who = date(TAHUN, bulan, 20), life.opd.bendahara
    at = jam(day, 3)
    waiting = [one for one in lihat.daftar(session, who, life.opd.id, TAHUN, day) if one.sisa]
    plans = {id_: plan for plan in life.plans for id_ in life.belanja.get(plan.nomor, ())}
    for one in waiting:
        if bulan == BULAN_TERAKHIR and one.sejak.month == bulan:
            continue
        plan = plans.get(one.transaksi_id or 0)
        amount = _nilai(session, life, one, plan, day)
        if not amount:
            continue
        number = f"{'KW' if one.jenis == 'meterai' else 'STS'}-CONTOH/{bulan:02d}/{_nomor(one)}"
        payer = "bank" if stories.BIAYA_KEMBALI in one.uraian else one.penanggung[0]
        paper = receipts.gambar(payer.replace("_", " "), day, one.uraian, amount, number)
        command = payment_repay.Bayar(
            opd_id=life.opd.id,
            penanggung=payer,
            tanggal=day,
            nilai=amount,
            nomor_bukti=number,
            transaksi_id=one.transaksi_id,
            selisih_id=one.selisih_id,
            berkas=(f"setor-{_nomor(one)}-{bulan}.png", paper),
        )
        payment_repay.catat(session, who, command, life.store, BUKTI_MAKS, at)


def _nomor(one: lihat.Tanggungan) -> str:
    return f"B{one.transaksi_id}" if one.transaksi_id else f"S{one.selisih_id}"


def _nilai(
    session: Session, life: Hidup, one: lihat.Tanggungan, plan: Rencana | None, day: date
) -> Rupiah:
    """How much is paid now: all, half of what was approved in part, or nothing yet."""
    slug, since = stories.MENUNGGU
    if life.opd.slug == slug and one.sejak.month >= since and one.jenis != "meterai":
        return NOL
    if plan is None or one.jenis != "ditolak":
        return one.sisa
    if plan.cerita == "sebagian":
        return NOL if one.bayaran else Rupiah.of(one.sisa.sen // 200)
    if plan.cerita != "tolak_kembali":
        return one.sisa
    back = life.belanja.get(-plan.nomor - 1)
    if back is None:  # the shop has promised the money
        return NOL
    mine = {one.transaksi_id, *back}
    parts = ledger.parts(session, [life.opd.id], day)
    return max(total(part.left for part in parts if part.purchase_id in mine), NOL)
