"""Duties that the law keeps apart: one table, asked at every grant and when a line moves.

A duty is a role in the OPDs that it reaches, or a card. Three persons stand behind each line: who
records it, who checks it, who decides on it (kkpd.md 1.6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kkpd.core.permissions import EXAMINERS, ROLE_NAMES, Role, holders

GOODS_CARD: Final = "kartu_barang"
TRAVEL_CARD: Final = "kartu_perjalanan"
_CARD_NAMES: Final = {
    GOODS_CARD: "pemegang kartu barang, jasa dan modal",
    TRAVEL_CARD: "pemegang kartu perjalanan",
}

_RECORDERS = holders("dpr:susun")
_CHECKERS = holders("dpr:periksa")
_VERIFIERS = holders("spp:uji")
_TREASURY = holders("sp2d:terbit")
_GRANTERS = holders("penugasan:kelola")


@dataclass(frozen=True, slots=True)
class KeptApart:
    """No person holds one of `one` and one of `other` where both reach the same OPD."""

    one: frozenset[str]
    other: frozenset[str]
    why: str
    dasar: str

    def parts(self, first: str, second: str) -> bool:
        """Whether these two duties are the ones that are kept apart."""
        return (first in self.one and second in self.other) or (
            second in self.one and first in self.other
        )


_THREE_PERSONS: Final = "Permendagri 79/2022 Pasal 5 dan 6, pemisahan tugas"

KEPT_APART: Final = (
    KeptApart(
        frozenset(_RECORDERS),
        frozenset(_CHECKERS),
        "yang mencatat belanja bukan PPTK yang memeriksanya",
        _THREE_PERSONS,
    ),
    KeptApart(
        frozenset(_RECORDERS),
        frozenset(EXAMINERS),
        "yang mencatat dan membayar belanja bukan PA atau KPA yang menyetujuinya",
        _THREE_PERSONS,
    ),
    KeptApart(
        frozenset(_CHECKERS),
        frozenset(EXAMINERS),
        "PPTK yang memeriksa belanja bukan PA atau KPA yang menyetujuinya",
        _THREE_PERSONS,
    ),
    KeptApart(
        frozenset(_VERIFIERS),
        frozenset(_RECORDERS | _CHECKERS | EXAMINERS),
        "PPK-SKPD menguji SPP bendahara dan menyiapkan SPM untuk PA",
        "Permendagri 77/2020, pemisahan tugas",
    ),
    KeptApart(
        frozenset(_TREASURY),
        frozenset(_RECORDERS),
        "bendahara tidak dirangkap oleh Kuasa BUD",
        "UU 1/2004 Pasal 10",
    ),
    KeptApart(
        frozenset({GOODS_CARD}),
        frozenset(_RECORDERS | _VERIFIERS | EXAMINERS),
        "yang menguji atau membayar tagihan tidak memegang kartu barang",
        "Permendagri 79/2022 Pasal 5 huruf e, pemisahan tugas",
    ),
    KeptApart(
        frozenset(_GRANTERS),
        frozenset({*Role, GOODS_CARD, TRAVEL_CARD}) - _GRANTERS,
        "administrator memberi hak dan tidak memegang peran lain",
        "pemisahan tugas",
    ),
)


@dataclass(frozen=True, slots=True)
class Duty:
    """A role's word, or a card's, and the OPDs that it reaches (None: all of them)."""

    word: str
    opd_ids: frozenset[int] | None

    @property
    def nama(self) -> str:
        """The name people read."""
        return _CARD_NAMES.get(self.word) or ROLE_NAMES[Role(self.word)]

    def meets(self, other: Duty) -> bool:
        """Whether both reach one OPD."""
        if self.opd_ids is None or other.opd_ids is None:
            return True
        return not self.opd_ids.isdisjoint(other.opd_ids)


def conflict(held: Iterable[Duty], wanted: Duty) -> tuple[Duty, KeptApart] | None:
    """The first duty among `held` that is kept apart from `wanted`, with the rule; else None."""
    for duty in held:
        for rule in KEPT_APART:
            if rule.parts(duty.word, wanted.word) and duty.meets(wanted):
                return duty, rule
    return None
