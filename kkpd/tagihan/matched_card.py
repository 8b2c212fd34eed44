"""The card that the bank's line names, once it is matched: is it of the kind for this purchase?

A purchase is checked at entry against the card it was recorded on. When the bank says that another
card paid, the kind of that card counts (Art. 18): travel on a goods card, or the other way round.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja.checks import card as aturan
from kkpd.core.errors import Finding
from kkpd.models import BarisBank, Cocok, Kartu, Temuan, Transaksi
from kkpd.records import findings as records_findings
from kkpd.tagihan import billing_findings

_RULES: Final = "kartu_tagihan_salah"


def check(
    session: Session, opd_id: int, purchase_ids: Collection[int], *, oleh_id: int, now: datetime
) -> None:
    """Write the finding of each of these purchases, or settle it when its link is gone; what links
    say of money billed twice or paid beyond the bill is looked at again, too.
    """
    found = _kinds(session, opd_id, purchase_ids)
    known = session.scalars(
        select(Temuan.subjek).where(
            Temuan.opd_id == opd_id,
            Temuan.aturan == _RULES,
            Temuan.subjek.in_([records_findings.subjek(id_) for id_ in purchase_ids]),
        )
    ).all()
    told = {id_ for id_ in purchase_ids if records_findings.subjek(id_) in known}
    for id_ in sorted(told | found.keys()):
        line = session.get_one(Transaksi, id_)
        findings = _findings(line, found[id_]) if id_ in found else []
        records_findings.write_out(session, line, findings, (_RULES,), oleh_id=oleh_id, now=now)
    billing_findings.refresh(session, opd_id, oleh_id=oleh_id, now=now)


def _kinds(
    session: Session, opd_id: int, purchase_ids: Collection[int]
) -> dict[int, tuple[str, str]]:
    """Purchase -> (kind, last digits) of the other card that its bank line names."""
    rows = session.execute(
        select(Transaksi.id, Kartu.jenis, Kartu.nomor_akhir)
        .join(Cocok, Cocok.transaksi_id == Transaksi.id)
        .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
        .join(Kartu, Kartu.id == BarisBank.kartu_id)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.id.in_(purchase_ids),
            Cocok.dicabut_at.is_(None),
            BarisBank.kartu_id != Transaksi.kartu_id,
        )
        .order_by(Cocok.id)
    )
    return {id_: (jenis, digits) for id_, jenis, digits in rows}


def _findings(line: Transaksi, card: tuple[str, str]) -> list[Finding]:
    said = aturan.wrong_kind(card[0], line.rekening)
    if said is None:
        return []
    seen = {"kartu": f"{card[0]} berakhiran {card[1]}", "rekening": line.rekening}
    message = f"Menurut tagihan dibayar dengan kartu berakhiran {card[1]}. {said[0]}"
    return [Finding(_RULES, message, "salah", inputs={**seen, "dasar": said[1]})]
