"""Split bank lines and purchases into parts that add up to them exactly. Pure.

A purchase is split by the bank lines that bill it and by who bears it; the amount that is not
billed yet is a part of its own. Refunds follow their original, decided ones first: the budget's
share goes back to the budget, the holder's share to the holder (Pasal 5 huruf f and g), and an
amount beyond the original is open.

A refund cannot be refused, because the money has come back. For a purchase that the budget bears
it reduces what the budget pays, by no more than was approved. The rest, or the refund of a refused
purchase, reduces what the holder owes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger.shapes import Bearer, Billed, Explanation, Facts, LedgerLine, Part, Place, Purchase

#: Kind of explained difference -> who bears it while nobody has paid (kkpd.md 1.7 and 1.9).
BEARER: Final[dict[str, Bearer]] = {
    "meterai": "up_tunai",
    "lewat_batas": "up_tunai",
    "tanpa_pagu": "holder",
    "biaya": "holder",
    "kartu_salah": "holder",
    "ditolak": "holder",
    "tanpa_belanja": "holder",
    "dibayar_dua_kali": "bank",
    "refund_ditunggu": "bank",
    "opd_salah": "bank",
}
#: Status of a purchase -> its stage as parts name it; a decision, DPT and payments have days.
_STAGE: Final = {
    "tercatat": "recorded",
    "berbukti": "evidenced",
    "diajukan": "put_forward",
    "diperiksa": "checked",
}
_ON_DPT: Final = {"npd": "npd", "spp": "spp", "spm": "spm"}


def split(facts: Facts) -> tuple[Part, ...]:
    """All parts as of the facts' day: those of lines first, then amounts of purchases not billed
    yet.
    """
    shares = _Shares(facts)
    return (*_of_lines(facts, shares), *_not_billed(facts, shares))


class _Shares:
    """For each purchase: what the budget, the holder and nobody bears, and what is left of it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.refunds: dict[int, list[Purchase]] = defaultdict(list)
        for one in sorted(facts.purchases.values(), key=lambda one: one.approved is None):
            if one.origin_id is not None:
                self.refunds[one.origin_id].append(one)
        self._known: dict[int, tuple[Rupiah, Rupiah, Rupiah]] = {}
        self._left: dict[int, Rupiah] = {}
        self.pieces = {one.id: list(self._pieces(one)) for one in facts.purchases.values()}

    def of(self, one: Purchase) -> tuple[Rupiah, Rupiah, Rupiah]:
        """(budget, holder, nobody): they add up to the purchase."""
        found = self._known.get(one.id)
        if found is None:
            found = self._known[one.id] = self._share(one)
            assert total(found) == one.amount, "every rupiah of a purchase has one bearer"
        return found

    def _share(self, one: Purchase) -> tuple[Rupiah, Rupiah, Rupiah]:
        if one.amount > ZERO:
            borne = one.amount if one.approved is None else one.approved
            return borne, one.amount - borne, ZERO
        origin = self.facts.purchases.get(one.origin_id or 0)
        if origin is None:  # without an original it is open, not negative spending
            return ZERO, ZERO, one.amount
        budget, holder, _ = self.of(origin)
        for earlier in self.refunds[origin.id]:
            if earlier.id == one.id:
                break
            taken = self.of(earlier)
            budget, holder = budget + taken[0], holder + taken[1]
        borne = refund_to_budget(one.amount, budget)
        if one.approved:
            borne = max(borne, one.approved)
        rest = one.amount - borne
        kept = -min(-rest, max(holder + max(budget, ZERO) + borne, ZERO))
        return borne, kept, rest - kept

    def holder_left(self, one: Purchase) -> Rupiah:
        """What the holder still owes of his share of this purchase or refund.

        Original and refunds are one debt: a refund reduces it, and money that came back after the
        holder had paid is owed to him, on that refund.
        """
        origin = self.facts.purchases.get(one.origin_id, one) if one.origin_id else one
        refunds = self.refunds[origin.id]
        debt = self.of(origin)[1] - origin.repaid
        if one.id == origin.id:
            back = total(self.of(row)[1] + row.repaid for row in refunds)
            return max(debt + back, ZERO)
        for row in refunds:
            before, debt = debt, debt + self.of(row)[1]
            if row.id == one.id:
                break
        return min(min(debt, ZERO) - min(before, ZERO) + one.repaid, ZERO)

    def take_left(self, one: Purchase, amount: Rupiah) -> Rupiah:
        """The part of the holder's debt that fits into this piece; each rupiah is used once."""
        left = self._left.get(one.id)
        left = self.holder_left(one) if left is None else left
        taken = _within(left, amount)
        self._left[one.id] = left - taken
        return taken

    def _pieces(self, one: Purchase) -> Iterator[tuple[int | None, Bearer, Rupiah]]:
        """(line or None, bearer, amount): the shares distributed over the lines in order."""
        lines = self.facts.links_of_purchase.get(one.id, [])
        amounts: list[tuple[int | None, Rupiah]] = [(link.line_id, link.amount) for link in lines]
        rest = one.amount - total(link.amount for link in lines)
        if rest:
            amounts.append((None, rest))
        bearers: tuple[Bearer, ...] = ("budget", "holder", "undecided")
        left = dict(zip(bearers, self.of(one), strict=True))
        for line_id, amount in amounts:
            for bearer in bearers:
                taken = _within(left[bearer], amount)
                if taken:
                    left[bearer] -= taken
                    amount -= taken
                    yield line_id, bearer, taken
            if amount:  # more is linked than was bought, and nobody has said whose it is
                left["undecided"] -= amount
                yield line_id, "undecided", amount


def _within(share: Rupiah, amount: Rupiah) -> Rupiah:
    """The part of the share that fits into the amount, with the amount's sign."""
    if (share < ZERO) != (amount < ZERO):
        return ZERO
    return min(share, amount, key=abs)


def _of_lines(facts: Facts, shares: _Shares) -> Iterator[Part]:
    pieces: dict[int, list[tuple[Purchase, Bearer, Rupiah]]] = defaultdict(list)
    for purchase_id, found in shares.pieces.items():
        for line_id, bearer, amount in found:
            if line_id is not None:
                pieces[line_id].append((facts.purchases[purchase_id], bearer, amount))
    told: dict[int, list[Explanation]] = defaultdict(list)
    for one in facts.explanations:
        told[one.line_id].append(one)
    for line in facts.lines.values():
        found_parts = [
            *(_bought(facts, shares, line, *piece) for piece in pieces[line.id]),
            *(_explained(line, one) for one in told[line.id]),
        ]
        rest = line.amount - total(part.amount for part in found_parts)
        yield from found_parts
        if rest:
            yield _open(line, rest)


def _not_billed(facts: Facts, shares: _Shares) -> Iterator[Part]:
    for one in facts.purchases.values():
        for line_id, bearer, amount in shares.pieces[one.id]:
            if line_id is None:
                yield _bought(facts, shares, None, one, bearer, amount)


def _bought(
    facts: Facts,
    shares: _Shares,
    line: LedgerLine | None,
    one: Purchase,
    bearer: Bearer,
    amount: Rupiah,
) -> Part:
    left = amount
    if bearer == "budget":
        left = ZERO if one.paid_on is not None else amount
    elif bearer == "holder":
        left = shares.take_left(one, amount)
    return Part(
        opd_id=one.opd_id,
        amount=amount,
        left=left,
        kind="refund" if one.amount < ZERO else "purchase",
        bearer=bearer,
        stage=_stage(one, bearer, left),
        billed=_billed(line),
        place=_place(facts, line, one, bearer),
        month=one.month if line is None else line.month,
        since=one.day,
        line_id=None if line is None else line.id,
        purchase_id=one.id,
        bill_id=None if line is None else line.bill_id,
        dpt_id=one.dpt_id if bearer == "budget" else None,
    )


def _explained(line: LedgerLine, one: Explanation) -> Part:
    bearer = BEARER.get(one.kind, "undecided")
    place: Place = "up_tunai" if bearer == "up_tunai" else "others"
    paid = one.paid if one.amount > ZERO else -one.paid
    return Part(
        opd_id=line.opd_id,
        amount=one.amount,
        left=one.amount - paid,
        kind=one.kind,
        bearer=bearer if bearer != "undecided" else "holder",
        stage="repaid" if paid == one.amount else "explained",
        billed=_billed(line),
        place=place if line.bill_id is not None else "waiting",
        month=line.month,
        since=line.day,
        line_id=line.id,
        explanation_id=one.id,
        bill_id=line.bill_id,
    )


def _open(line: LedgerLine, amount: Rupiah) -> Part:
    return Part(
        opd_id=line.opd_id,
        amount=amount,
        left=amount,
        kind="open",
        bearer="undecided",
        stage="open",
        billed=_billed(line),
        place="open" if line.bill_id is not None else "waiting",
        month=line.month,
        since=line.day,
        line_id=line.id,
        bill_id=line.bill_id,
    )


def _billed(line: LedgerLine | None) -> Billed:
    if line is None:
        return "not_billed"
    return "interim" if line.bill_id is None else "final"


def _place(facts: Facts, line: LedgerLine | None, one: Purchase, bearer: Bearer) -> Place:
    if line is None or line.bill_id is None:
        return "waiting"
    if bearer == "holder":
        return "refused"
    if bearer == "undecided":
        return "open"
    if one.dpt_id is None:
        later = bill_of(facts, one)
        return "carried" if later is not None and later != line.bill_id else "open"
    if one.dpt_bill_id is not None:
        return "dpt" if one.dpt_bill_id == line.bill_id else "carried"
    return "dpt" if one.dpt_month == facts.bills[line.bill_id].month else "carried"


def bill_of(facts: Facts, one: Purchase) -> int | None:
    """The bill that pays the purchase: the last final bill that asks for a part of it, or None."""
    found = [
        facts.bills[bill_id]
        for link in facts.links_of_purchase.get(one.id, ())
        if (bill_id := facts.lines[link.line_id].bill_id) is not None
    ]
    return max(found, key=lambda bill: (bill.month, bill.day, bill.id)).id if found else None


def billed_amount(facts: Facts, one: Purchase) -> Rupiah:
    """What final bills ask for of the purchase."""
    return total(
        link.amount
        for link in facts.links_of_purchase.get(one.id, ())
        if facts.lines[link.line_id].bill_id is not None
    )


def _stage(one: Purchase, bearer: Bearer, left: Rupiah) -> str:
    if bearer == "holder":
        return "refused" if left else "repaid"
    if one.paid_on is not None:
        return "debited"
    if one.sp2d_on is not None:
        return "sp2d"
    if one.dpt_id is not None:
        return _ON_DPT.get(one.status, "dpt")
    if one.approved is not None:
        return "approved"
    return _STAGE.get(one.status, "checked")


#: States in which the original is a charge on the budget, and those in which it is on a DPT.
CHARGED: Final = ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas")
ON_DPT: Final = CHARGED[1:]
#: States in which the holder pays; and those in which the purchase was cancelled.
BORNE_BY_HOLDER: Final = ("ditolak", "dibayar_pribadi")
NOT_CHARGED: Final = ("dibatalkan", *BORNE_BY_HOLDER)
_BASIS: Final = "Pasal 5 huruf f: pengembalian mengurangi belanja yang disetujui"


def budget_part(status: str, disetujui: Rupiah, returned: Rupiah, nilai: Rupiah) -> Rupiah:
    """The part of this refund (negative) that comes back to the budget; the rest is the holder's.

    `status` and `disetujui` are the original's; `returned` (positive) is the sum of its other
    approved refunds. Conflict while the original is not decided.
    """
    if status in BORNE_BY_HOLDER:
        return ZERO
    if status not in CHARGED:
        raise Conflict(
            f"Belanja asalnya baru berstatus {status}. Putuskan belanja asal dahulu, "
            "lalu pengembaliannya.",
            rule=_BASIS,
        )
    return refund_to_budget(nilai, disetujui - returned)


def refund_to_budget(nilai: Rupiah, sisa: Rupiah) -> Rupiah:
    """The part of a refund (negative) that comes back to the budget when the budget still bears
    `sisa` of the original: at most that.
    """
    return -min(abs(nilai), max(sisa, ZERO))


def check_dpt(status: str, merchant: str, nilai: Rupiah, bulan: str) -> None:
    """Conflict while the original is on no DPT: an amount that was not paid cannot be reduced."""
    if status not in ON_DPT:
        raise Conflict(
            f"Pengembalian {merchant} Rp {nilai} menunggu DPT belanja asalnya. "
            f"Terbitkan DPT {bulan} dahulu.",
            rule=_BASIS,
        )
