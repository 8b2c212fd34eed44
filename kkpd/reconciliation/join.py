"""Joining several bank lines to one purchase that was paid in several card payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.choices import PURCHASE_LINE_KINDS
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.models import BarisBank, Transaksi
from kkpd.reconciliation.link import SPLIT_LIMIT, link_by_person, link_one, open_purchases
from kkpd.tagihan import line_state, matched_card


@dataclass(frozen=True, slots=True)
class JoinLines:
    """Join the line and others of its month to one purchase; their open parts equal its amount.

    `terlihat` is the open part of the first line that the person saw; None skips this check.
    """

    line_id: int
    shared: tuple[int, ...]
    transaksi_id: int
    terlihat: Rupiah | None = None


def gabungkan(
    session: Session, actor: Actor, opd_id: int, command: JoinLines, now: datetime
) -> int:
    """Link each line with its open part; returns how many lines.

    Raises DomainError where the lines are too few or many, of other months, or do not add up to
    the purchase exactly; Conflict where one of them or the purchase was settled meanwhile.
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    ids = tuple(dict.fromkeys((command.line_id, *command.shared)))
    if not 2 <= len(ids) <= SPLIT_LIMIT:
        raise DomainError(
            f"Pilih satu sampai {SPLIT_LIMIT - 1} baris lain yang digabungkan dengan baris ini.",
            field="bersama",
        )
    lines = [line_state.open_line(session, opd_id, id_) for id_ in ids]
    line_state.require_seen(session, lines[0], command.terlihat)
    (purchase,) = open_purchases(session, opd_id, (command.transaksi_id,))
    parts = {line.id: line_state.sisa(session, line) for line in lines}
    _require_fit(lines, total(parts.values()), purchase)
    pair = link_by_person(ids, (purchase.id,), "gabung")
    for id_, amount in parts.items():
        link_one(session, actor, role, opd_id, id_, purchase.id, amount, pair, now)
    session.flush()
    matched_card.periksa(session, opd_id, {purchase.id}, oleh_id=actor.orang_id, now=now)
    return len(lines)


def _require_fit(lines: list[BarisBank], asked: Rupiah, purchase: Transaksi) -> None:
    first = lines[0]
    if any((line.tahun, line.bulan) != (first.tahun, first.bulan) for line in lines):
        raise DomainError("Baris dari bulan lain tidak dapat digabungkan.", field="bersama")
    if any(line.jenis not in PURCHASE_LINE_KINDS for line in lines):
        raise DomainError(
            "Biaya, meterai dan pembayaran bukan bagian harga belanja. Jelaskan baris itu sendiri.",
            field="bersama",
        )
    if any((line.nilai < ZERO) != (purchase.nilai < ZERO) for line in lines):
        raise DomainError(
            "Uang keluar dan uang kembali tidak dapat digabungkan. Pilih baris yang searah.",
            field="bersama",
        )
    rest = asked - purchase.nilai
    if rest:
        word = "lebih" if rest > ZERO else "kurang"
        raise DomainError(
            f"Baris yang dipilih berjumlah Rp {asked}, {word} Rp {abs(rest)} dari belanja "
            f"{purchase.merchant} Rp {purchase.nilai}. Pilih baris lain, atau jelaskan dahulu "
            "bagian baris yang bukan belanja ini.",
            field="bersama",
        )
