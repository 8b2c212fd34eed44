"""Linking bank lines with purchases, by a person or by certain proposals, and undoing it.

Everything can be undone until the period closes, and only the decision that the person saw; nothing
is deleted (law 5). A line or purchase that somebody else settled meanwhile is a Conflict, never a
second link. Lines of one purchase are undone together, with a refund that the link had recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.verbs import CancelPurchase
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.engines import matching
from kkpd.ledger.rules import ON_DPT
from kkpd.models import BarisBank, Cocok, Periode, Selisih, Transaksi
from kkpd.reconciliation import differences, line_detail
from kkpd.reconciliation import month as queries
from kkpd.reconciliation.link import SPLIT_LIMIT, link_by_person, link_one, open_purchases
from kkpd.reconciliation.matching_input import OpenPurchase, Row
from kkpd.records import event_log
from kkpd.tagihan import billing_findings, line_state

__all__ = [
    "SPLIT_LIMIT",
    "LinkUp",
    "accept_certain",
    "accept_certain_of_file",
    "accept_proposal",
    "pair_all",
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
    pair_all(session, actor, opd_id, (command,), now)


def pair_all(
    session: Session, actor: Actor, opd_id: int, commands: Sequence[LinkUp], now: datetime
) -> None:
    """The same for several lines, all or none."""
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    linked: set[int] = set()
    for command in commands:
        linked |= _pair(session, actor, role, opd_id, command, now)
    session.flush()
    billing_findings.check_links(session, opd_id, linked, oleh_id=actor.orang_id, now=now)


def _pair(
    session: Session, actor: Actor, role: Role, opd_id: int, command: LinkUp, now: datetime
) -> set[int]:
    """Link one line; the ids of its purchases."""
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
    return {row.id for row in purchases}


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


_Undone = TypeVar("_Undone", Cocok, Selisih)


def key_prefix(line_id: int) -> str:
    """The prefix of the key of a refund that was recorded from this line (`refunds.py`)."""
    return f"kembali-{line_id}-"


def undo(
    session: Session,
    actor: Actor,
    opd_id: int,
    line_id: int,
    now: datetime,
    terlihat: str | None = None,
) -> list[int]:
    """Undo every link and explanation of a line; returns the lines that are open again.

    Lines that were joined to one purchase are undone together, because a partly covered purchase
    would be neither billed nor open. A refund that the link had recorded is cancelled with it, if
    nothing followed from it. `terlihat` is the `putusan` (line_detail) that the person saw;
    Conflict, with what changed, if it is another now. None skips this check.
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    line = line_state.get(session, opd_id, line_id)
    _require_seen(session, line, terlihat)
    living = _living(session, Cocok, opd_id, line_id)
    explained = _living(session, Selisih, opd_id, line_id)
    for named in explained:
        differences.require_unpaid(session, named)
    if not living and not explained:
        raise Conflict("Tidak ada pasangan yang dapat diurungkan; mungkin sudah diurungkan.")
    undone: dict[int, list[Cocok | Selisih]] = {line_id: [*living, *explained]}
    for link in _joined(session, opd_id, living):
        undone.setdefault(link.baris_bank_id, []).append(link)
    _require_not_on_dpt(session, {link.transaksi_id for link in living})
    for id_ in undone:
        freed = line_state.get(session, opd_id, id_)
        line_state.require_open_period(session, opd_id, freed.tahun, freed.bulan)
    for id_, rows in undone.items():
        for row in rows:
            row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
        after: dict[str, Json] = {"diurungkan": len(rows)}
        if id_ != line_id:
            after["bersama"] = f"baris_bank:{line_id}"
        _record(session, actor, role, f"baris_bank:{id_}", after, now, opd_id)
    session.flush()
    purchases = {link.transaksi_id for link in living}
    billing_findings.check_links(session, opd_id, purchases, oleh_id=actor.orang_id, now=now)
    _cancel_refund(session, actor, line_id, purchases, now)
    return list(undone)


def _require_not_on_dpt(session: Session, purchases: set[int]) -> None:
    """Refuse for a purchase on a DPT: without the link the DPT would pay an amount that nobody
    billed.
    """
    carried = session.scalars(
        select(Transaksi)
        .where(Transaksi.id.in_(purchases), Transaksi.status.in_(ON_DPT))
        .order_by(Transaksi.id)
        .with_for_update()
        .limit(1)
    ).one_or_none()
    if carried is not None:
        raise Conflict(
            f"Belanja {carried.merchant} Rp {carried.nilai} sudah dimuat dalam DPT tagihan ini, "
            "jadi pasangannya tidak diurungkan. Batalkan DPT itu dahulu."
        )


def _cancel_refund(
    session: Session, actor: Actor, line_id: int, purchases: set[int], now: datetime
) -> None:
    """Cancel the refund; without its link it would be money that nobody gives back."""
    written = select(Transaksi).where(
        Transaksi.id.in_(purchases),
        Transaksi.kunci_kirim.startswith(key_prefix(line_id), autoescape=True),
        Transaksi.status == "tercatat",
    )
    for row in session.scalars(written.order_by(Transaksi.id)).all():
        reason = "pasangannya dengan baris bank diurungkan"
        belanja_verbs.cancel(session, actor, CancelPurchase(row.id, row.versi, reason), now)


def _record(
    session: Session,
    actor: Actor,
    role: Role,
    subjek: str,
    after: dict[str, Json],
    now: datetime,
    opd_id: int,
) -> None:
    kind = "cocok:baris:urungkan"
    event_log.record(session, actor, role, kind, subjek, now=now, opd_id=opd_id, after=after)


def _require_seen(session: Session, line: BarisBank, terlihat: str | None) -> None:
    if terlihat is None or terlihat == line_detail.decisions(session, line.opd_id, line.id):
        return
    raise Conflict(
        "Putusan baris ini berubah sejak Anda membukanya, jadi tidak diurungkan. "
        f"{line_state.perubahan(session, line)}"
    )


def _living(session: Session, model: type[_Undone], opd_id: int, line_id: int) -> Sequence[_Undone]:
    return session.scalars(
        select(model)
        .where(model.opd_id == opd_id, model.baris_bank_id == line_id, model.dicabut_at.is_(None))
        .order_by(model.id)
    ).all()


def _joined(session: Session, opd_id: int, living: Sequence[Cocok]) -> Sequence[Cocok]:
    """The links of other lines to the purchases of these lines."""
    together = {link.transaksi_id for link in living}
    return session.scalars(
        select(Cocok)
        .where(
            Cocok.opd_id == opd_id,
            Cocok.transaksi_id.in_(together),
            Cocok.baris_bank_id.not_in({link.baris_bank_id for link in living}),
            Cocok.dicabut_at.is_(None),
        )
        .order_by(Cocok.id)
    ).all()
