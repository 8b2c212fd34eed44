"""Ceilings (law 6): limit, reserved, posted; reserve -> post | void, post -> restore.

Modelled on two-phase transfers. A movement that would break `0 <= posted` or `reserved + posted <=
limit` is refused with the sentence for the person; the same is a CHECK in the database, so two
clerks at once can never overspend. A refund is a negative reservation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kkpd.core.choices import Kind
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah

NAMES = {
    "dpa": "pagu DPA",
    "spd": "SPD",
    "kas": "anggaran kas",
    "up_kkpd": "UP KKPD",
    "kartu": "batas kartu",
    "penerima": "batas per penerima",
}


@dataclass(frozen=True, slots=True)
class CeilingState:
    """A ceiling's three sums. `available` is what the page shows."""

    limit: Rupiah
    reserved: Rupiah = ZERO
    posted: Rupiah = ZERO

    @property
    def available(self) -> Rupiah:
        """limit - reserved - posted."""
        return self.limit - self.reserved - self.posted

    def after(self, kind: Kind, amount: Rupiah) -> CeilingState:
        """The sums after one movement of a positive amount, unchecked against the limit."""
        if kind == "reserve":
            return replace(self, reserved=self.reserved + amount)
        if kind == "post":
            return replace(self, reserved=self.reserved - amount, posted=self.posted + amount)
        if kind == "unpost":
            return replace(self, reserved=self.reserved + amount, posted=self.posted - amount)
        if kind == "void":
            return replace(self, reserved=self.reserved - amount)
        return replace(self, posted=self.posted - amount)

    def holds(self) -> bool:
        """Whether the three sums are possible. `reserved` is negative while a refund of a paid
        purchase waits for the debit that settles it: the bank owes that amount.
        """
        return self.posted >= ZERO and self.available >= ZERO


def move(jenis: str, state: CeilingState, kind: Kind, amount: Rupiah) -> CeilingState:
    """The state after the movement; Conflict with the sentence when the ceiling cannot bear it."""
    if amount <= ZERO:
        raise ValueError("a movement is a positive amount")
    moved = state.after(kind, amount)
    if moved.holds():
        return moved
    if kind == "reserve":
        raise Conflict(
            f"Sisa {NAMES[jenis]} Rp {state.available}, kurang Rp {amount - state.available} "
            f"untuk Rp {amount}. Kurangi nilainya, ganti pembebanan, atau ajukan perubahan batas."
        )
    raise Conflict(
        f"Gerakan {kind} Rp {amount} melampaui yang tercatat pada {NAMES[jenis]} "
        f"(dipesan Rp {state.reserved}, terpakai Rp {state.posted})."
    )


def recount(limit: Rupiah, movements: Iterable[tuple[Kind, Rupiah]]) -> CeilingState:
    """The state after these movements; the ceiling's row must always equal it."""
    state = CeilingState(limit)
    for kind, amount in movements:
        state = state.after(kind, amount)
    return state
