"""What the budget does not bear: repaid whole or in parts, and wrong entries reversed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Penyelesaian
from kkpd.payment import liabilities as look
from kkpd.payment import repay as payment_repay
from tests.simulator.langkah import MAX_EVIDENCE_BYTES, Konteks, WorkStep


def bayar(k: Konteks) -> WorkStep | None:
    """The holder, the seller, the bank or UP Tunai makes something good."""
    who, now, store, day = k.kantor.orang["bendahara"], k.now, k.store, business_day(k.now)
    owed = look.listing(k.session, who, k.kantor.id, day.year, day)
    waiting = [one for one in owed if one.sisa]
    if not waiting:
        return None
    one = k.rng.choice(waiting[:10])
    part = one.sisa if k.rng.random() < 0.5 else Rupiah(max(1, one.sisa.sen // 3))
    command = payment_repay.Repay(
        opd_id=k.kantor.id,
        penanggung=k.rng.choice(one.penanggung),
        tanggal=day,
        nilai=part,
        nomor_bukti=f"STS-{k.kantor.urut()}",
        transaksi_id=one.transaksi_id,
        selisih_id=one.selisih_id,
    )
    return WorkStep(
        "bayar_tanggungan",
        lambda s: payment_repay.record(s, who, command, store, MAX_EVIDENCE_BYTES, now),
        twins=True,
    )


def bayar_lebih(k: Konteks) -> WorkStep | None:
    """More is paid than is owed."""
    who, now, store, day = k.kantor.orang["bendahara"], k.now, k.store, business_day(k.now)
    owed = [one for one in look.listing(k.session, who, k.kantor.id, day.year, day) if one.sisa]
    if not owed:
        return None
    one = k.rng.choice(owed[:10])
    command = payment_repay.Repay(
        opd_id=k.kantor.id,
        penanggung=one.penanggung[0],
        tanggal=day,
        nilai=one.sisa + Rupiah(1),
        nomor_bukti="STS-lebih",
        transaksi_id=one.transaksi_id,
        selisih_id=one.selisih_id,
    )
    return WorkStep(
        "bayar_lebih",
        lambda s: payment_repay.record(s, who, command, store, MAX_EVIDENCE_BYTES, now),
        harapan="tolak",
    )


def balik(k: Konteks) -> WorkStep | None:
    """A payment that was entered wrongly is reversed by a row of its own."""
    back = aliased(Penyelesaian)
    rows = k.session.scalars(
        select(Penyelesaian.id)
        .where(
            Penyelesaian.opd_id == k.kantor.id,
            Penyelesaian.nilai > ZERO,
            ~select(back.id).where(back.membalik_id == Penyelesaian.id).exists(),
        )
        .order_by(Penyelesaian.id.desc())
        .limit(10)
    ).all()
    if not rows:
        return None
    id_, who, now = k.rng.choice(rows), k.kantor.orang["bendahara"], k.now
    return WorkStep(
        "balik_bayaran",
        lambda s: payment_repay.reverse(s, who, k.kantor.id, id_, "Nomor bukti keliru", now),
        twins=True,
    )
