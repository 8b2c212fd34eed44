"""The weights of matching: read from a dated, readable file, never constants in code (law 15).

Every share is `P(this class | a true pair)`, learned from confirmed pairs; `cara` is how many
different values the class would let through, so that a class that excuses much proves little.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Kelas:
    """A way in which a field of a true pair looks: its share, and the number of ways."""

    share: float
    cara: float


@dataclass(frozen=True, slots=True)
class DayWindow:
    """Days from the bank's date to the typed date that are looked at, and other bounds."""

    earlier: int
    sesudah: int
    part_before: int
    part_after: int
    refund_days: int
    most_parts: int
    part_candidates: int
    largest_component: int


@dataclass(frozen=True, slots=True)
class StartShares:
    """Shares of lines and purchases before anything is compared."""

    without_purchase: float
    without_line: float
    splits: float
    combine: float


@dataclass(frozen=True, slots=True)
class RefundWeights:
    """Shares of refunds: with an original in the ledger, whole, in part; days until they come.

    `ahead` is the share a day of originals typed after their refund, beside the first day;
    `further` the share of refunds that are a further piece beside another of their original.
    """

    recorded: float
    in_full: float
    share_quarters: float
    share_twentieths: float
    share_other: float
    mean_days: float
    ahead: float
    further: float


@dataclass(frozen=True, slots=True)
class NameWeights:
    """The logistic of merchant text, and words (in capitals) that name nobody.

    `go_betweens` stand before a name, `general` are kinds of shop, `marketplaces` marketplaces:
    what was bought there may be typed by its seller. `uraian` open a text that says what was
    bought, not of whom.
    """

    go_betweens: frozenset[str]
    general: frozenset[str]
    marketplaces: frozenset[str]
    uraian: frozenset[str]
    tetap: float
    skeleton: float
    skeleton_squared: float
    kata: float
    words_squared: float
    long: float
    skeleton_x_length: float
    words_x_length: float
    full_length: int
    lowest: float
    highest: float

    @property
    def coefficients(self) -> tuple[float, ...]:
        """The learned logistic: log-odds = features @ coefficients."""
        return (
            *(self.tetap, self.skeleton, self.skeleton_squared, self.kata, self.words_squared),
            *(self.long, self.skeleton_x_length, self.words_x_length),
        )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """When a link of the best world is accepted by itself (pasti) or proposed (usul).

    Proposed is what is likely beside its rivals (`proposal_probability`) and whose line likely has
    a partner at all (`proposal_present`; a refund has an original somewhere).
    """

    sure_probability: float
    sure_distance: float
    proposal_probability: float
    proposal_present: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Learned weights and dated settings; `versi` names them in every stored decision."""

    versi: str
    effective: date
    dasar: str
    day_window: DayWindow
    start: StartShares
    refund: RefundWeights
    nilai: Mapping[str, Kelas]
    day: Mapping[int, float]
    posting_days: Mapping[int, float]
    other_days: Mapping[str, Kelas]
    nama: NameWeights
    putusan: Acceptance

    @classmethod
    def read_in(cls, teks: str) -> Weights:
        """From the text of a `bobot.toml`."""
        isi = tomllib.loads(teks)
        nama: dict[str, Any] = dict(isi["nama"])
        for listing in ("go_betweens", "general", "marketplaces", "uraian"):
            nama[listing] = frozenset(nama[listing])
        return cls(
            versi=isi["versi"],
            effective=isi["berlaku"],
            dasar=isi["dasar"],
            day_window=DayWindow(**isi["jendela"]),
            start=StartShares(**isi["awal"]),
            refund=RefundWeights(**isi["refund"]),
            nilai=_kelas(isi["nilai"]),
            day={int(k): float(v) for k, v in isi["hari"].items()},
            posting_days={int(k): float(v) for k, v in isi["hari_posting"].items()},
            other_days=_kelas(isi["hari_lain"]),
            nama=NameWeights(**nama),
            putusan=Acceptance(**isi["putusan"]),
        )


def _kelas(isi: Mapping[str, Any]) -> dict[str, Kelas]:
    return {nama: Kelas(float(share), float(cara)) for nama, (share, cara) in isi.items()}


@cache
def bawaan() -> Weights:
    """The weights that ship with the product (`kkpd/data/pencocokan/bobot.toml`)."""
    file = resources.files("kkpd") / "data" / "pencocokan" / "bobot.toml"
    return Weights.read_in(file.read_text(encoding="utf-8"))
