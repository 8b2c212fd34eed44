"""Which bank line is which purchase: same card, explained amount, date window, merchant text.

`match` solves a whole period at once, `candidates` ranks the purchases for one line. Both are pure;
the order of rows never changes a result. numpy is loaded on first use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kkpd.engines.matching.shapes import (
    BankLine,
    Belanja,
    Candidate,
    Kind,
    MatchResult,
    Pairing,
    Reason,
    Status,
)
from kkpd.engines.matching.weights import Weights, bawaan

__all__ = [
    "BankLine",
    "Belanja",
    "Candidate",
    "Kind",
    "MatchResult",
    "Pairing",
    "Reason",
    "Status",
    "Weights",
    "bawaan",
    "candidates",
    "match",
    "same_shop",
    "text_key",
]


def match(
    baris: Sequence[BankLine],
    belanja: Sequence[Belanja],
    weight: Weights | None = None,
    *,
    pemegang: Mapping[str, str] | None = None,
) -> MatchResult:
    """All links of a period, optimal as a whole; `weight` is the shipped one when not given.

    `pemegang` names the OPD that holds each card; without it that is read from the purchases.
    """
    from kkpd.engines.matching.pipeline import match_period

    return match_period(baris, belanja, weight or bawaan(), pemegang)


def candidates(
    baris: BankLine, belanja: Sequence[Belanja], weight: Weights | None = None
) -> tuple[Candidate, ...]:
    """The purchases that could be this line, best first, each with its reasons."""
    from kkpd.engines.matching.pipeline import rank_candidates

    return rank_candidates(baris, belanja, weight or bawaan())


def same_shop(one: str, other: str) -> bool:
    """Whether two names are one shop's: alike but for "Toko", "CV", a go-between or the town."""
    from kkpd.engines.matching import merchant_names

    return merchant_names.same_shop(one, other)


def text_key(teks: str) -> str:
    """The normalised text by which a text rule is found; empty if the text names nobody."""
    from kkpd.engines.matching import merchant_names

    return merchant_names.text_key(teks)
