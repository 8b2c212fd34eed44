"""The month's reconciliation: the headline difference, and its lines.

The headline is the sum of the open remainders of the lines without signs, so that too much and too
little never hide each other. With signs they equal billed minus matched minus explained amounts
(asserted).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.engines import matching
from kkpd.ledger import rules, standing
from kkpd.ledger.active import effective
from kkpd.models import BarisBank, Berkas, Cocok, Selisih, Transaksi
from kkpd.reconciliation import matching_input as inputs
from kkpd.reconciliation.matching_input import Row

#: Kinds of lines that somebody must account for; a payment of the last bill is not.
COUNTED_KINDS: Final = ("belanja", "refund", "biaya", "meterai")
#: Kinds of lines that a purchase can match.
PAIRABLE_KINDS: Final = ("belanja", "refund")


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """The headline (`selisih`, without signs) and the counts beside it."""

    tagihan: Rupiah
    cocok: Rupiah
    amount_explained: Rupiah
    selisih: Rupiah
    baris: int
    matched_lines: int
    to_decide: int
    unpaired: int
    not_yet_billed: int
    amount_not_yet_billed: Rupiah


@dataclass(frozen=True, slots=True)
class MonthWork:
    """Everything the page of a month needs; `sisa` and `harga` are the open amounts by id."""

    summary: MonthSummary
    baris: tuple[Row, ...]
    belanja: tuple[inputs.OpenPurchase, ...]
    certain: tuple[matching.Pairing, ...]
    proposal: tuple[matching.Pairing, ...]
    sisa: Mapping[str, Rupiah]
    harga: Mapping[str, Rupiah]

    def proposal_for(self, line_id: int) -> matching.Pairing | None:
        """The link that is certain or proposed for a line."""
        found = (pair for pair in (*self.certain, *self.proposal) if str(line_id) in pair.baris)
        return next(found, None)

    def jumlah(self, pair: matching.Pairing) -> tuple[Rupiah, Rupiah]:
        """The two sides of a link: billed and bought."""
        return _total(pair, self.sisa, self.harga)

    def exact(self, pair: matching.Pairing) -> bool:
        """Whether both sides of a link are one amount."""
        return _exact(pair, self.sisa, self.harga)


def counted(
    opd_id: int, periode: tuple[int, int], jenis: Sequence[str] = COUNTED_KINDS
) -> tuple[ColumnElement[bool], ...]:
    """The condition that a bank line counts in a month: a DTS line only until its final line
    exists.
    """
    return (
        BarisBank.opd_id == opd_id,
        BarisBank.tahun == periode[0],
        BarisBank.bulan == periode[1],
        BarisBank.jenis.in_(jenis),
        effective(),
    )


def month_lines(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    jenis: Sequence[str] = COUNTED_KINDS,
) -> tuple[Row, ...]:
    """The lines of the month that count (of these kinds), with covered amounts, oldest first."""
    require(actor, "cocok:lihat", opd_id)
    covered = _sums(Cocok, opd_id)
    explained = _sums(Selisih, opd_id)
    rows = session.execute(
        select(
            BarisBank.id,
            BarisBank.jenis,
            BarisBank.tanggal_transaksi,
            BarisBank.tanggal_posting,
            BarisBank.merchant,
            BarisBank.keterangan,
            BarisBank.nilai,
            BarisBank.kartu_id,
            func.coalesce(BarisBank.kartu_akhir, ""),
            BarisBank.berkas_id,
            Berkas.nama,
            Berkas.sha256,
            func.coalesce(BarisBank.lembar, ""),
            BarisBank.baris,
            covered.c.nilai,
            explained.c.nilai,
            BarisBank.bulan_asal,
        )
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .outerjoin(covered, covered.c.baris_bank_id == BarisBank.id)
        .outerjoin(explained, explained.c.baris_bank_id == BarisBank.id)
        .where(*counted(opd_id, periode, jenis))
        .order_by(
            func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting), BarisBank.id
        )
    )
    return tuple(
        Row(*(*raw, matched or ZERO, told or ZERO, divmod(late, 100) if late else None))
        for *raw, matched, told, late in rows
    )


def open_purchases(session: Session, opd_id: int, sampai: tuple[int, int]) -> list[Transaksi]:
    """Purchases without a bank line, booked up to this month, oldest first."""
    waited = Transaksi.status.not_in(rules.BORNE_BY_HOLDER)
    statement = select(Transaksi).where(*_still_open(opd_id, sampai), waited)
    return list(session.scalars(statement.order_by(Transaksi.tanggal, Transaksi.id)))


def open_lines_month(
    session: Session, opd_id: int, sampai: tuple[int, int]
) -> tuple[inputs.OpenPurchase, ...]:
    """The same for matching and the page; refused ones are included, since they are billed too."""
    return inputs.open_purchases(session, _still_open(opd_id, sampai))


def _still_open(opd_id: int, sampai: tuple[int, int]) -> tuple[ColumnElement[bool], ...]:
    linked = select(Cocok.transaksi_id).where(Cocok.opd_id == opd_id, Cocok.dicabut_at.is_(None))
    return (
        Transaksi.opd_id == opd_id,
        Transaksi.tahun * 100 + Transaksi.bulan <= sampai[0] * 100 + sampai[1],
        Transaksi.status != "dibatalkan",
        Transaksi.id.not_in(linked),
    )


def working(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
) -> MonthWork:
    """The month as the page shows it: headline, lines, open purchases, certain and proposed."""
    lines = month_lines(session, actor, opd_id, periode)
    purchases = open_lines_month(session, opd_id, periode)
    open_lines = [line for line in lines if line.sisa and line.jenis in PAIRABLE_KINDS]
    asked = inputs.to_lines(session, opd_id, open_lines)
    found = matching.match(asked, inputs.to_purchases(session, opd_id, purchases))
    open_sums = {str(line.id): line.sisa for line in open_lines}
    prices = {str(row.id): row.nilai for row in purchases}
    sure = tuple(p for p in found.pairings if p.status == "pasti" and _exact(p, open_sums, prices))
    taken = {pair.baris for pair in sure}
    proposed = tuple(pair for pair in found.pairings if pair.baris not in taken)
    alone = set(found.unpaired_lines)
    back = {line.id: line for line in open_lines if line.sisa < ZERO and str(line.id) in alone}
    proposed += inputs.refund_proposals(
        session, opd_id, tuple(back.values()), tuple(one for one in asked if int(one.id) in back)
    )
    return MonthWork(
        summary(
            lines,
            purchases,
            {id_ for pair in (*sure, *proposed) for id_ in pair.baris},
            standing.unowned(session, opd_id, periode),
        ),
        lines,
        purchases,
        sure,
        proposed,
        open_sums,
        prices,
    )


def _exact(
    pair: matching.Pairing, sums: Mapping[str, Rupiah], prices: Mapping[str, Rupiah]
) -> bool:
    """Whether both sides are equal; a difference, even a plausible one, is left to people."""
    billed, bought = _total(pair, sums, prices)
    return billed == bought


def _total(
    pair: matching.Pairing, sums: Mapping[str, Rupiah], prices: Mapping[str, Rupiah]
) -> tuple[Rupiah, Rupiah]:
    """The open amounts on both sides of a link; nearly all links are one to one."""
    if len(pair.baris) == len(pair.belanja) == 1:
        return sums[pair.baris[0]], prices.get(pair.belanja[0], ZERO)
    return (
        total(sums[id_] for id_ in pair.baris),
        total(prices[id_] for id_ in pair.belanja if id_ in prices),
    )


def summary(
    lines: tuple[Row, ...],
    purchases: Sequence[Transaksi | inputs.OpenPurchase],
    with_candidates: set[str],
    unowned: Rupiah = ZERO,
) -> MonthSummary:
    """The headline of these lines; with signs it is the billed amount that is not accounted for.

    `unowned` is matched but borne by nobody (`kkpd.ledger.standing`); it is a difference too.
    """
    billed = total(line.nilai for line in lines)
    matched = total(line.cocok for line in lines)
    explained = total(line.amount_explained for line in lines)
    assert total(line.sisa for line in lines) == billed - matched - explained
    waiting = [line for line in lines if line.sisa]
    unbilled = [one for one in purchases if one.status not in rules.BORNE_BY_HOLDER]
    decidable = sum(str(line.id) in with_candidates for line in waiting)
    return MonthSummary(
        tagihan=billed,
        cocok=matched,
        amount_explained=explained,
        selisih=total(abs(line.sisa) for line in lines) + unowned,
        baris=len(lines),
        matched_lines=len(lines) - len(waiting),
        to_decide=decidable,
        unpaired=len(waiting) - decidable,
        not_yet_billed=len(unbilled),
        amount_not_yet_billed=total(one.nilai for one in unbilled),
    )


def _sums(model: type[Cocok] | type[Selisih], opd_id: int):  # type: ignore[no-untyped-def]  # a subquery's type names no columns
    """Sums per bank line, without undone rows."""
    return (
        select(model.baris_bank_id, func.sum(model.nilai).label("nilai"))
        .where(model.opd_id == opd_id, model.dicabut_at.is_(None))
        .group_by(model.baris_bank_id)
        .subquery()
    )
