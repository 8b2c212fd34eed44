"""What valid DPTs charge, by month, kind of spending, programme and shop: one definition for the
papers and boards that show realisation.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span
from kkpd.core.money import Rupiah
from kkpd.ledger import active
from kkpd.models import Dokumen, DokumenBaris, Transaksi

#: Accounts of capital spending begin so; the others are operating.
MODAL: Final = "5.2"


@dataclass(frozen=True, slots=True)
class Charge:
    """The charges of one OPD and month of one kind of spending, programme (or none) and shop."""

    opd_id: int
    bulan: int
    modal: bool
    program_id: int | None
    merchant: str
    count: int
    amount: Rupiah


def charges(session: Session, opd_ids: Collection[int], span: Span) -> list[Charge]:
    """All charges of the months' DPTs, in a fixed order; the month is that of the DPT."""
    capital = Transaksi.rekening.startswith(MODAL)
    keys = (
        Transaksi.opd_id,
        Dokumen.bulan,
        capital,
        Transaksi.program_id,
        Transaksi.merchant,
    )
    rows = session.execute(
        select(*keys, func.count(), func.sum(DokumenBaris.nilai))
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(
            Dokumen.opd_id.in_(opd_ids),
            Dokumen.tahun == span.tahun,
            Dokumen.bulan.between(span.start, span.finish),
            Dokumen.jenis == "dpt",
            active.holds(Dokumen),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    return [
        Charge(opd_id, month, bool(modal), program_id, merchant, count, amount)
        for opd_id, month, modal, program_id, merchant, count, amount in rows
    ]
