"""An invariant does not hold: the simulator's one finding, and it ends the run."""

from __future__ import annotations


class Rusak(Exception):
    """`aturan` names the invariant, `wording` the first thing that breaks it."""

    def __init__(self, aturan: str, wording: str) -> None:
        super().__init__(f"{aturan}: {wording}")
        self.aturan = aturan
        self.wording = wording
