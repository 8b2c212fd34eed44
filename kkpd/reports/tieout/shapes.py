"""A claim that two places show the same amount, with the source of both."""

from __future__ import annotations

from dataclasses import dataclass

from kkpd.core.money import Rupiah


@dataclass(frozen=True, slots=True)
class Claim:
    """One identity for one OPD and period: it holds when both sides are the same amount.

    `key` is that of docs/kebenaran.md; the sources say in words where each side was read.
    """

    key: str
    opd: str
    period: str
    left: Rupiah
    right: Rupiah
    left_source: str
    right_source: str

    @property
    def difference(self) -> Rupiah:
        """Left minus right."""
        return self.left - self.right

    @property
    def holds(self) -> bool:
        """Whether both sides say the same."""
        return not self.difference

    @property
    def sentence(self) -> str:
        """What fails, for a person."""
        return (
            f"{self.key} {self.opd} {self.period}: {self.left_source} Rp {self.left}, "
            f"{self.right_source} Rp {self.right}, beda Rp {self.difference}."
        )
