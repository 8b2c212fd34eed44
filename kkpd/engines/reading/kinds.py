"""What a line is, by words and sign: purchase, money back, fee, stamp duty or payment."""

from __future__ import annotations

from collections.abc import Sequence

from kkpd.engines.reading.profile import Profile
from kkpd.engines.reading.statement import Kind
from kkpd.engines.reading.words import Vocabulary, WordFinder

#: The order matters: `biaya meterai` is stamp duty.
_GROUPS: tuple[Kind, ...] = ("meterai", "pembayaran", "refund", "biaya")


class Kinds:
    """Names the kind of lines; the words come from the profile."""

    def __init__(self, profile: Profile) -> None:
        self._words = WordFinder([(name, profile.words.get(name, ())) for name in _GROUPS])

    def of(
        self, described: Sequence[Sequence[str]], back: Sequence[bool], written: Vocabulary
    ) -> list[Kind]:
        """The kinds of a batch: `described` are its text columns, `written` all their words."""
        if not self._words.in_any(written):
            return ["refund" if one else "belanja" for one in back]
        texts = described[0] if len(described) == 1 else map(" ".join, zip(*described, strict=True))
        return list(map(self.one, texts, back))

    def one(self, text: str, back: bool) -> Kind:
        """The kind of one line. A fee or stamp duty given back is a refund, a payment is back."""
        group = self._words.find(text)
        if back:
            return "pembayaran" if group == "pembayaran" else "refund"
        return group if group in ("meterai", "biaya") else "belanja"  # type: ignore[return-value]  # names of kinds
