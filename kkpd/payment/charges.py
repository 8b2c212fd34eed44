"""Charges of DPTs: sums by sub kegiatan and account, with budget and earlier charges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger import cancelled
from kkpd.models import Dokumen, DokumenBaris, Dpa, DpaBaris, Rekening, Transaksi
from kkpd.payment.forms.payment_facts import PaymentRow

#: (opd_id, sub kegiatan, account)
Key = tuple[int, str, str]


def payment_rows(session: Session, dpts: Sequence[Dokumen]) -> list[PaymentRow]:
    """One row for each sub kegiatan and account of these DPTs of one year, in their order.

    Charges of earlier DPTs of the same OPD are given beside the budget.
    """
    if not dpts:
        return []
    tahun, mine = dpts[0].tahun, {dpt.id for dpt in dpts}
    first: dict[int, int] = {}
    for dpt in dpts:
        first[dpt.opd_id or 0] = min(dpt.id, first.get(dpt.opd_id or 0, dpt.id))
    this: dict[Key, Rupiah] = defaultdict(lambda: ZERO)
    earlier: dict[Key, Rupiah] = defaultdict(lambda: ZERO)
    for opd_id, dokumen_id, activity, account, amount in _charged(session, first, tahun):
        if dokumen_id in mine:
            this[opd_id, activity, account] += amount
        elif dokumen_id < first[opd_id]:
            earlier[opd_id, activity, account] += amount
    budget, names = pagu(session, first, tahun), nama_rekening(session, tahun, this)
    return [
        PaymentRow(
            sub_kegiatan=key[1],
            rekening=key[2],
            uraian=names.get(key[2], key[2]),
            anggaran=budget.get(key, ZERO),
            sebelumnya=earlier[key],
            nilai=nilai,
        )
        for key, nilai in sorted(this.items())
    ]


def _charged(
    session: Session, opd_ids: Iterable[int], tahun: int
) -> list[tuple[int, int, str, str, Rupiah]]:
    rows = session.execute(
        select(
            Transaksi.opd_id,
            Dokumen.id,
            Transaksi.sub_kegiatan,
            Transaksi.rekening,
            func.sum(DokumenBaris.nilai),
        )
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(Dokumen.opd_id.in_(opd_ids), Dokumen.tahun == tahun, Dokumen.jenis == "dpt")
        .where(cancelled.effective(Dokumen))
        .group_by(Transaksi.opd_id, Dokumen.id, Transaksi.sub_kegiatan, Transaksi.rekening)
    )
    return [(o, d, activity, account, amount) for o, d, activity, account, amount in rows]


def pagu(session: Session, opd_ids: Iterable[int], tahun: int) -> dict[Key, Rupiah]:
    """The newest DPA of each OPD by sub kegiatan and account, fund sources added up."""
    newest = (
        select(func.max(Dpa.id))
        .where(Dpa.opd_id.in_(opd_ids), Dpa.tahun == tahun)
        .group_by(Dpa.opd_id)
    )
    rows = session.execute(
        select(DpaBaris.opd_id, DpaBaris.sub_kegiatan, DpaBaris.rekening, func.sum(DpaBaris.pagu))
        .where(DpaBaris.dpa_id.in_(newest))
        .group_by(DpaBaris.opd_id, DpaBaris.sub_kegiatan, DpaBaris.rekening)
    )
    return {(opd_id, activity, account): amount for opd_id, activity, account, amount in rows}


def nama_rekening(session: Session, tahun: int, keys: Iterable[Key]) -> dict[str, str]:
    """The official names of these accounts."""
    codes = sorted({account for _, _, account in keys})
    wanted = select(Rekening.kode, Rekening.nama).where(Rekening.tahun == tahun)
    rows = session.execute(wanted.where(Rekening.kode.in_(codes)))
    return {row.kode: row.nama for row in rows}
