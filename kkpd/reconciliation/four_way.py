"""Four links of one amount: bank line, purchase, budget and ceiling, document and payment.

An amount is complete when all four links exist; otherwise it is a difference of exactly one kind,
so the kinds add up to the incomplete amounts. The first missing link gives the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kkpd.core.money import Rupiah, total
from kkpd.core.moves import next_move
from kkpd.core.permissions import Role
from kkpd.ledger.difference_kinds import OWNERS

#: For a line without a purchase, by the line's kind.
_WITHOUT_PURCHASE: Final = {
    "belanja": "tanpa_belanja",
    "refund": "refund_ditunggu",
    "biaya": "biaya",
    "meterai": "meterai",
}


@dataclass(frozen=True, slots=True)
class AmountFacts:
    """The facts about one amount: line, purchase, ceilings, payment.

    An empty `status` means no purchase; `bank_billed` False means no line. `nama` is the kind that
    a person gave it. `distance` is the number of days between line and purchase, `day_window` how
    many need no explanation. `overpaid` is an amount paid beyond the bill, or billed again after it
    was paid. `debit` is a payment that the bank shows once too often; it is not part of the bill.
    `verified`: the PPK-SKPD found its SPP complete.
    """

    nilai: Rupiah
    bank_billed: bool
    day: date | None
    line_kind: str = ""
    card_known: bool = True
    partial: bool = False
    nama: str = ""
    status: str = ""
    same_card: bool = True
    right_card: bool = True
    same_opd: bool = True
    distance: int = 0
    day_window: int = 0
    overpaid: bool = False
    ditolak: bool = False
    pagu: str = "ada"
    debit: bool = False
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: kind, amount, owner, age, due day."""

    jenis: str
    nilai: Rupiah
    peran: Role
    umur: int
    due_term: date | None


def jenis(known_facts: AmountFacts) -> str | None:
    """The kind of difference of this amount; None when all four links exist."""
    return next((kind for kind, holds in _RULES if holds(known_facts)), None) or _unpaired(
        known_facts
    )


def _unpaired(known_facts: AmountFacts) -> str | None:
    """The kind of an amount without purchase or line, if nothing more specific applies."""
    if known_facts.nama:
        return known_facts.nama
    if not known_facts.bank_billed:
        return "belum_ditagih"
    if known_facts.status in ("lunas", "dibayar_pribadi"):
        return None
    return "belum_dibayar"


def _alone(kind: str) -> Callable[[AmountFacts], bool]:
    """The line has no purchase and no explanation, and its own kind gives the difference."""

    def holds(known_facts: AmountFacts) -> bool:
        alone = known_facts.bank_billed and not known_facts.status and not known_facts.nama
        whole = alone and known_facts.card_known and not known_facts.partial
        return whole and _WITHOUT_PURCHASE[known_facts.line_kind] == kind

    return holds


def _asked(known_facts: AmountFacts) -> bool:
    """It is billed and nobody has explained it."""
    return known_facts.bank_billed and not known_facts.nama


def _paired(known_facts: AmountFacts) -> bool:
    return _asked(known_facts) and bool(known_facts.status)


#: kind -> its condition; the first that is true gives the kind.
_RULES: Final[tuple[tuple[str, Callable[[AmountFacts], bool]], ...]] = (
    ("dibayar_dua_kali", lambda f: f.debit),
    ("opd_salah", lambda f: _asked(f) and not f.same_opd),
    ("kartu_salah", lambda f: _asked(f) and not f.status and not f.card_known),
    ("nilai", lambda f: _asked(f) and not f.status and f.partial),
    ("dibayar_dua_kali", lambda f: _asked(f) and not f.status and f.overpaid),
    *((kind, _alone(kind)) for kind in _WITHOUT_PURCHASE.values()),
    ("kartu_salah", lambda f: _paired(f) and not (f.same_card and f.right_card)),
    ("tanggal", lambda f: _paired(f) and abs(f.distance) > f.day_window),
    ("dibayar_dua_kali", lambda f: _paired(f) and f.overpaid),
    (
        "ditolak",
        lambda f: (
            _paired(f) and (f.ditolak or f.status == "ditolak") and f.status != "dibayar_pribadi"
        ),
    ),
    ("tanpa_pagu", lambda f: _paired(f) and f.pagu == "tanpa_pagu"),
    ("lewat_batas", lambda f: _paired(f) and f.pagu == "lewat_batas"),
)


def discrepancy(
    known_facts: AmountFacts, day: date, due_term: date | None, days_to_settle: int | None
) -> Difference | None:
    """The difference as of `day`; due on `due_term`, else some days after the amount's day."""
    kind = jenis(known_facts)
    if kind is None:
        return None
    owner = OWNERS[kind]
    if kind == "belum_dibayar":
        move = next_move(known_facts.status, verified=known_facts.verified)
        owner = move.role if move else owner
    age = max((day - known_facts.day).days, 0) if known_facts.day else 0
    if due_term is None and known_facts.day is not None and days_to_settle is not None:
        due_term = known_facts.day + timedelta(days=days_to_settle)
    return Difference(kind, known_facts.nilai, owner, age, due_term)


def surplus_debits(shown: int, booked: int, returned: int) -> int:
    """How many of several equal payments are too many: shown more often than made (at least one)
    and not given back.
    """
    return max(shown - max(booked, 1) - returned, 0)


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline: billed amounts, plus purchases not billed yet, plus repeated debits
    (`repeated_debits`), minus complete amounts.

    `jenis` are the sums by kind; they add up to `not_through` (asserted).
    """

    tagihan: Rupiah
    not_yet_billed: Rupiah
    repeated_debits: Rupiah
    through: Rupiah
    jenis: tuple[tuple[str, int, Rupiah], ...]

    @property
    def not_through(self) -> Rupiah:
        """The sum of incomplete amounts."""
        return self.tagihan + self.not_yet_billed + self.repeated_debits - self.through


def headline_sums(
    bagian: Sequence[tuple[AmountFacts, Difference | None]], tagihan: Rupiah
) -> Headline:
    """The headline of a month whose lines sum to `tagihan`."""
    billed = total(fact.nilai for fact, _ in bagian if fact.bank_billed)
    assert billed == tagihan, "every rupiah of the bill stands in exactly one amount"
    kinds: dict[str, list[Rupiah]] = {}
    for _fact, difference in bagian:
        if difference is not None:
            kinds.setdefault(difference.jenis, []).append(difference.nilai)
    found = Headline(
        tagihan,
        total(fact.nilai for fact, _ in bagian if not fact.bank_billed and not fact.debit),
        total(fact.nilai for fact, _ in bagian if fact.debit and not fact.bank_billed),
        total(fact.nilai for fact, difference in bagian if difference is None),
        tuple((kind, len(kinds[kind]), total(kinds[kind])) for kind in OWNERS if kind in kinds),
    )
    assert total(amount for _, _, amount in found.jenis) == found.not_through
    return found
