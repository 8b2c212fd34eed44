"""Linking bank lines with purchases, by a person or by certain proposals.

Everything can be undone until the period closes; nothing is deleted (law 5). A line or purchase
that somebody else settled meanwhile is a Conflict, never a second link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, Role, require
from kkpd.engines import matching
from kkpd.models import BarisBank, Periode
from kkpd.reconciliation import differences, line_detail
from kkpd.reconciliation import month as queries
from kkpd.reconciliation.link import SPLIT_LIMIT, link_by_person, link_one, open_purchases
from kkpd.reconciliation.matching_input import OpenPurchase, Row
from kkpd.reconciliation.undo import undo
from kkpd.tagihan import billing_findings, line_state

__all__ = [
    "SPLIT_LIMIT",
    "LinkUp",
    "accept_certain",
    "accept_certain_of_file",
    "accept_proposal",
    "pair_up",
    "undo",
]


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Link one bank line with these purchases (one, or several where the line is split).

    A remainder (surcharge, rounding) needs `jenis_sisa` and `catatan`, and becomes a Selisih.
    `terlihat` is the open part of the line that the person saw; None skips this check.
    """

    line_id: int
    purchase_ids: tuple[int, ...]
    left_kinds: str = ""
    catatan: str = ""
    terlihat: Rupiah | None = None


def accept_certain(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    now: datetime,
    terlihat: str | None = None,
) -> int:
    """Accept every certain pair of the month; returns how many lines were linked.

    `terlihat` is the `tanda` (line_detail) of the pairs that the person saw; Conflict if they have
    changed. None skips this check.
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    found = queries.working(session, actor, opd_id, periode)
    if terlihat not in (None, line_detail.tanda(found, found.certain)):
        raise Conflict(
            "Pasangan pasti berubah sejak Anda melihatnya, jadi belum ada yang diterima. "
            "Periksa daftarnya sekali lagi."
        )
    return _accept(session, actor, role, opd_id, found, found.certain, now)


def accept_proposal(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    line_id: int,
    now: datetime,
    terlihat: str | None = None,
) -> int:
    """Accept the whole proposal with this line: a split, a group or one to one. Returns how many
    lines were linked; Conflict when the proposal is gone, not exact, or not the one whose `tanda`
    (line_detail) the person saw (`terlihat`; None skips this check).
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    found = queries.working(session, actor, opd_id, periode)
    pair = found.proposal_for(line_id)
    same = pair is not None and terlihat in (None, line_detail.tanda(found, (pair,)))
    if pair is None or not same or not found.exact(pair):
        raise Conflict("Usul ini sudah berubah. Muat ulang untuk melihat keadaannya.")
    line = line_state.open_line(session, opd_id, line_id)
    assert (line.tahun, line.bulan) == periode
    return _accept(session, actor, role, opd_id, found, (pair,), now)


def _accept(
    session: Session,
    actor: Actor,
    role: Role,
    opd_id: int,
    found: queries.MonthWork,
    pairs: Sequence[matching.Pairing],
    now: datetime,
) -> int:
    """Link every part of the pairs whose sides are equal; returns how many lines."""
    lines = {str(line.id): line for line in found.baris}
    purchases = {str(row.id): row for row in found.belanja}
    for pair in pairs:
        for line_id, transaksi_id, amount in _parts(pair, lines, purchases):
            link_one(session, actor, role, opd_id, line_id, transaksi_id, amount, pair, now)
    session.flush()
    linked = {int(id_) for pair in pairs for id_ in pair.belanja}
    billing_findings.check_links(session, opd_id, linked, oleh_id=actor.orang_id, now=now)
    return sum(len(pair.baris) for pair in pairs)


def accept_certain_of_file(
    session: Session, actor: Actor, opd_id: int, berkas_id: int, now: datetime
) -> int:
    """The same for each open month with lines of a bank file, so that exact pairs are settled as
    soon as the bill is taken in. Returns how many lines were linked.
    """
    require(actor, "cocok:putuskan", opd_id)
    months = session.execute(
        select(BarisBank.tahun, BarisBank.bulan)
        .outerjoin(
            Periode,
            (Periode.opd_id == BarisBank.opd_id)
            & (Periode.tahun == BarisBank.tahun)
            & (Periode.bulan == BarisBank.bulan),
        )
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.berkas_id == berkas_id,
            or_(Periode.status.is_(None), Periode.status == "terbuka"),
        )
        .distinct()
        .order_by(BarisBank.tahun, BarisBank.bulan)
    ).all()
    return sum(
        accept_certain(session, actor, opd_id, (tahun, bulan), now) for tahun, bulan in months
    )


def pair_up(session: Session, actor: Actor, opd_id: int, command: LinkUp, now: datetime) -> None:
    """Link as a person decides; the amounts are equal or the remainder is explained."""
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    line = line_state.open_line(session, opd_id, command.line_id)
    line_state.require_seen(session, line, command.terlihat)
    purchases = open_purchases(session, opd_id, command.purchase_ids)
    if any((row.nilai < ZERO) != (line.nilai < ZERO) for row in purchases):
        raise DomainError(
            "Uang keluar dan uang kembali tidak berpasangan langsung. Pilih belanja asalnya "
            "sebagai pengembalian, atau catat pengembaliannya dahulu.",
            field="transaksi",
        )
    rest = line_state.left_over(session, line) - total(row.nilai for row in purchases)
    if rest and not command.left_kinds:
        word = "lebih" if rest > ZERO else "kurang"
        raise DomainError(
            f"Tagihan {word} Rp {abs(rest)} dari belanja. "
            "Pilih jenis selisihnya dan tulis catatan.",
            field="jenis_sisa",
        )
    jenis: matching.Kind = "pecah" if len(purchases) > 1 else "satu"
    if line.nilai < ZERO:
        jenis = "refund"
    pair = link_by_person((line.id,), [row.id for row in purchases], jenis)
    for row in purchases:
        link_one(session, actor, role, opd_id, line.id, row.id, row.nilai, pair, now)
    if rest:
        explanation = differences.Explain(line.id, command.left_kinds, rest, command.catatan)
        differences.explain(session, actor, role, opd_id, line, explanation, now)
    session.flush()
    linked = {row.id for row in purchases}
    billing_findings.check_links(session, opd_id, linked, oleh_id=actor.orang_id, now=now)


def _parts(
    pair: matching.Pairing,
    lines: dict[str, Row],
    purchases: dict[str, OpenPurchase],
) -> list[tuple[int, int, Rupiah]]:
    """(line, purchase, amount) of a pair whose sides are equal."""
    if len(pair.baris) == 1:
        line = lines[pair.baris[0]]
        return [(line.id, purchases[id_].id, purchases[id_].nilai) for id_ in pair.belanja]
    purchase = purchases[pair.belanja[0]]
    return [(lines[id_].id, purchase.id, lines[id_].sisa) for id_ in pair.baris]
