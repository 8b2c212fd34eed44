"""A month's amounts with their four links, and the kinds of difference that make its headline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, Role
from kkpd.engines.matching import bawaan
from kkpd.ledger import active
from kkpd.models import BarisBank, Cocok, Kartu, Orang, Tagihan, Transaksi
from kkpd.reconciliation import four_way
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.four_way import AmountFacts, Difference, Headline
from kkpd.reconciliation.links.inputs import HeldRoom, LinkInputs, LinkPaper, inputs
from kkpd.reconciliation.links.oddities import (
    RepeatedDebit,
    billed_again,
    card_owners,
    repeated_debits,
)
from kkpd.reconciliation.matching_input import Row
from kkpd.records import settings as records_settings
from kkpd.records.office_holders import officer

_EMPTY: Final = HeldRoom(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class LinkPiece:
    """One amount: its line or None, its purchase or None, and why each link exists or not.

    For a surplus payment, `debit` says how often the bank shows it and how often it was made.
    """

    known_facts: AmountFacts
    discrepancy: Difference | None
    baris: Row | None
    belanja: Transaksi | None
    alasan: tuple[str, ...]
    dpa: HeldRoom
    up: HeldRoom
    kertas: tuple[LinkPaper, ...]
    pemilik: str
    catatan: str
    debit: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class FourLinks:
    """The month: its headline by kinds, and every amount. `selisih` is that of the first link."""

    headline_sums: Headline
    bagian: tuple[LinkPiece, ...]
    selisih: Rupiah


def bulan(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], day: date
) -> FourLinks:
    """Every amount of the month as of `day`; the sums of kinds equal the headline, asserted."""
    lines = reconciliation_month.month_lines(session, actor, opd_id, periode)
    unbilled = reconciliation_month.open_purchases(session, opd_id, periode)
    days = records_settings.value(session, "settle_within_days", day, opd_id)
    work = _MonthParts(
        session,
        opd_id,
        day,
        inputs(session, opd_id, [line.id for line in lines]),
        _due(session, opd_id, periode),
        int(days) if days and days.isdigit() else None,
        card_owners(session, opd_id, lines),
        billed_again(session, opd_id, lines),
        set(session.scalars(active.verified_lines(opd_id))),
    )
    parts = [part for line in lines for part in work.baris(line)]
    parts += [work.belanja(row) for row in unbilled]
    parts += [work.debit(one) for one in repeated_debits(session, actor, opd_id, periode)]
    billed = total(line.nilai for line in lines)
    headline = four_way.headline_sums(
        [(part.known_facts, part.discrepancy) for part in parts], billed
    )
    rest = total(line.sisa for line in lines)
    alone = [
        p.known_facts
        for p in parts
        if p.known_facts.bank_billed and not p.known_facts.status and not p.known_facts.nama
    ]
    assert total(fact.nilai for fact in alone) == rest, "the first link's difference is the page's"
    return FourLinks(headline, tuple(parts), rest)


def _due(session: Session, opd_id: int, periode: tuple[int, int]) -> dict[int, date]:
    """Line -> the day on which its bill is due, where the bill says one."""
    rows = session.execute(
        select(BarisBank.id, Tagihan.jatuh_tempo)
        .join(Tagihan, Tagihan.id == BarisBank.tagihan_id)
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.tahun == periode[0],
            BarisBank.bulan == periode[1],
        )
    )
    return {id_: due for id_, due in rows if due is not None}


@dataclass(slots=True)
class _MonthParts:
    """The computation for one month."""

    session: Session
    opd_id: int
    day: date
    inputs: LinkInputs
    due_term: dict[int, date]
    days_to_settle: int | None
    kartu: dict[str, bool]
    further: set[int]
    verified: set[int]
    officer: dict[Role, str] = field(default_factory=dict)

    def baris(self, line: Row) -> Iterator[LinkPiece]:
        """The amounts of one bank line: linked, explained, still open."""
        over = self._over(line)
        for link, purchase, who in self.inputs.pairings.get(line.id, ()):
            yield from self._linked(line, link, purchase, who, over.get(link.id, ZERO))
        for named, owner in self.inputs.explanations.get(line.id, ()):
            fact = AmountFacts(named.nilai, True, line.tanggal, line.jenis, nama=named.jenis)
            due_term = named.jatuh_tempo or self.due_term.get(line.id)
            yield self._part(fact, line, None, due_term=due_term, owner=owner, note=named.catatan)
        if line.sisa:
            fact = AmountFacts(
                line.sisa,
                True,
                line.tanggal,
                line.jenis,
                card_known=self._known(line),
                same_opd=self._ours(line),
                partial=line.sisa != line.nilai,
                overpaid=line.id in self.further,
            )
            yield self._part(fact, line, None, due_term=self.due_term.get(line.id))

    def _linked(
        self, line: Row, link: Cocok, purchase: Transaksi, who: str, over: Rupiah
    ) -> Iterator[LinkPiece]:
        """The amounts of one link: approved, refused, and paid beyond the bill (`over`)."""
        approved = self.inputs.disetujui.get(purchase.id, purchase.nilai)
        refused = purchase.nilai - approved if purchase.status != "ditolak" else ZERO
        facts = [self._fact(line, purchase, link.nilai)]
        if refused and link.nilai == purchase.nilai:
            declined = replace(self._fact(line, purchase, refused), ditolak=True)
            facts = [self._fact(line, purchase, approved), declined]
        if over and over < facts[0].nilai:
            beyond = replace(facts[0], nilai=over, overpaid=True)
            facts = [replace(facts[0], nilai=facts[0].nilai - over), *facts[1:], beyond]
        reasons = (
            f"{who}: {link.status}",
            *(one["teks"] for one in link.alasan if one["kunci"] != "awal"),
        )
        for fact in facts:
            yield self._part(fact, line, purchase, reasons, due_term=self.due_term.get(line.id))

    def _over(self, line: Row) -> dict[int, Rupiah]:
        """Link -> the amount paid beyond the bill, for a line with one paid purchase that costs
        more than the line.
        """
        links = self.inputs.pairings.get(line.id, ())
        if len(links) != 1 or line.nilai <= ZERO:
            return {}
        link, purchase, _who = links[0]
        paid = self.inputs.disetujui.get(purchase.id, purchase.nilai)
        beyond = min(link.nilai, paid) - line.nilai
        return {link.id: beyond} if purchase.status == "lunas" and beyond > ZERO else {}

    def _ours(self, line: Row) -> bool:
        """Whether the line's card belongs to this OPD or to nobody."""
        return line.kartu_id is not None or self.kartu.get(line.kartu_akhir, True)

    def _known(self, line: Row) -> bool:
        """Whether somebody holds the line's card; a line without digits names none."""
        return line.kartu_id is not None or not line.kartu_akhir or line.kartu_akhir in self.kartu

    def _fact(self, line: Row, purchase: Transaksi, amount: Rupiah) -> AmountFacts:
        found = self.inputs.temuan.get(purchase.id, set())
        room = next((kind for kind in ("tanpa_pagu", "lewat_batas") if kind in found), "ada")
        window = bawaan().day_window
        gap = (line.tanggal - purchase.tanggal).days if line.tanggal else 0
        back = purchase.nilai < ZERO
        return AmountFacts(
            amount,
            True,
            line.tanggal,
            line.jenis,
            status=purchase.status,
            same_card=line.kartu_id in (None, purchase.kartu_id) and self._known(line),
            same_opd=self._ours(line),
            right_card="kartu_salah" not in found,
            distance=gap,
            day_window=window.refund_days if back else window.sesudah,
            pagu=room,
            verified=purchase.id in self.verified,
        )

    def belanja(self, purchase: Transaksi) -> LinkPiece:
        """A purchase without a bank line."""
        done = purchase.id in self.verified
        fact = AmountFacts(
            purchase.nilai, False, purchase.tanggal, status=purchase.status, verified=done
        )
        return self._part(fact, None, purchase)

    def debit(self, one: RepeatedDebit) -> LinkPiece:
        """A payment that the bank shows once too often and owes back."""
        line = one.baris
        fact = AmountFacts(-line.nilai, False, line.tanggal, line.jenis, debit=True)
        return replace(self._part(fact, line, None), debit=(one.times, one.booked))

    def _part(
        self,
        fact: AmountFacts,
        line: Row | None,
        purchase: Transaksi | None,
        reasons: tuple[str, ...] = (),
        *,
        due_term: date | None = None,
        owner: str = "",
        note: str = "",
    ) -> LinkPiece:
        difference = four_way.discrepancy(fact, self.day, due_term, self.days_to_settle)
        row = purchase.id if purchase else 0
        return LinkPiece(
            fact,
            difference,
            line,
            purchase,
            reasons,
            self.inputs.held.get((row, "dpa"), _EMPTY),
            self.inputs.held.get((row, "up_kkpd"), _EMPTY),
            tuple(self.inputs.kertas.get(row, ())),
            owner or (self._owner(difference, line, purchase) if difference else ""),
            note,
        )

    def _owner(self, difference: Difference, line: Row | None, purchase: Transaksi | None) -> str:
        """The owner of the difference: the card's holder, or the holder of the office."""
        role = difference.peran
        if role == Role.PEMEGANG:
            card = purchase.kartu_id if purchase else (line.kartu_id if line else None)
            if card is not None:
                return self._holder(card)
            role = Role.BENDAHARA  # for a card that nobody holds, the treasurer asks the bank
        if role not in self.officer:
            opd = None if role == Role.BUD else self.opd_id
            found = officer(self.session, opd, role, self.day)
            self.officer[role] = found.nama if found else role.value
        return self.officer[role]

    def _holder(self, kartu_id: int) -> str:
        card = self.session.get_one(Kartu, kartu_id)
        return self.session.get_one(Orang, card.pemegang_id).nama
