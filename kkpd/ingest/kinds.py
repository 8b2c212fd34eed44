"""What a line is, by words and sign: purchase, money back, fee, stamp duty or payment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kkpd.ingest.profile import Profile
from kkpd.ingest.statement import Kind
from kkpd.ingest.words import WordFinder

#: The order matters: `biaya meterai` is stamp duty.
_GROUPS: tuple[Kind, ...] = ("meterai", "pembayaran", "refund", "biaya")


class Kinds:
    """Names the kind of lines; the words come from the profile."""

    def __init__(self, profile: Profile) -> None:
        self._words = WordFinder([(name, profile.words.get(name, ())) for name in _GROUPS])

    def of(
        self, described: Sequence[Sequence[str]], amounts: Sequence[object], joined: str
    ) -> list[Kind]:
        """The kinds of a batch: `described` are its text columns, `joined` all their text."""
        if not self._words.in_any(joined):
            return ["refund" if _back(amount) else "belanja" for amount in amounts]
        return [
            self.one(" ".join(text), amount)
            for text, amount in zip(zip(*described, strict=True), amounts, strict=True)
        ]

    def one(self, text: str, amount: object) -> Kind:
        """The kind of one line. A fee or stamp duty given back is a refund, a payment is back."""
        group = self._words.find(text)
        if not _back(amount):
            return group if group in ("meterai", "biaya") else "belanja"  # type: ignore[return-value]  # names of kinds
        return "pembayaran" if group == "pembayaran" else "refund"


def _back(amount: object) -> bool:
    return isinstance(amount, Decimal) and amount < 0
