"""Oddities of a bank line: a card that is not ours, or an amount that was paid before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.db.session import everywhere
from kkpd.core.money import ZERO
from kkpd.models import BarisBank, Cocok, Kartu, Transaksi
from kkpd.reconciliation.matching_input import Row

#: States of a purchase that was paid.
PAID: Final = ("lunas", "dibayar_pribadi")
#: Values per statement, within the database's limit of parameters.
_AT_ONCE: Final = 500


def card_owners(session: Session, opd_id: int, lines: Iterable[Row]) -> dict[str, bool]:
    """Last four digits of lines with an unknown card -> whether the card is this OPD's own.

    Digits without an entry are nobody's card. For another OPD's card its name is not revealed (law
    12). A card that was registered after its line counts as known.
    """
    digits = sorted({line.kartu_akhir for line in lines if line.kartu_id is None} - {""})
    owners: dict[str, set[int]] = {}
    for start in range(0, len(digits), _AT_ONCE):
        some = Kartu.nomor_akhir.in_(digits[start : start + _AT_ONCE])
        with everywhere(session):
            rows = session.execute(select(Kartu.nomor_akhir, Kartu.opd_id).where(some)).all()
        for last4, owner in rows:
            owners.setdefault(last4, set()).add(owner)
    return {last4: opd_id in every for last4, every in owners.items()}


def billed_again(session: Session, opd_id: int, lines: Sequence[Row]) -> set[int]:
    """Open lines that equal, in card, day, amount and text, a line whose purchase was paid already:
    they are billed a second time.
    """
    alone: dict[tuple[object, ...], set[int]] = {}
    for line in lines:
        if line.nilai > ZERO and line.sisa == line.nilai and line.tanggal_transaksi:
            like = (line.kartu_id, line.nilai, line.tanggal_transaksi, line.merchant)
            alone.setdefault(like, set()).add(line.id)
    days = sorted({line.tanggal_transaksi for line in lines if line.tanggal_transaksi})
    found: set[int] = set()
    for start in range(0, len(days), _AT_ONCE):
        rows = session.execute(
            select(
                BarisBank.kartu_id,
                BarisBank.nilai,
                BarisBank.tanggal_transaksi,
                BarisBank.merchant,
            )
            .join(Cocok, (Cocok.baris_bank_id == BarisBank.id) & Cocok.dicabut_at.is_(None))
            .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
            .where(
                BarisBank.opd_id == opd_id,
                BarisBank.tanggal_transaksi.in_(days[start : start + _AT_ONCE]),
                Transaksi.status.in_(PAID),
            )
        )
        found = found.union(*(alone.get(tuple(row), ()) for row in rows))
    return found
