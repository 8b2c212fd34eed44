"""The words that say debit or credit beside an amount: those of all banks, a profile's own, an
answer; what none of them knows is asked, since a refund taken for a purchase counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kkpd.engines.reading.cells.celltests import folded, sign_of
from kkpd.engines.reading.notes import Notes
from kkpd.engines.reading.profile import Profile
from kkpd.engines.reading.statement import Answers

MARK_KEY = "arti_tanda"
#: The answer that no unknown word means money back, and what it says to the person who gave it.
NONE = "tidak_ada"
MEANINGS: Mapping[str, str] = {NONE: "tidak satu pun: semuanya belanja"}
#: So many words are offered; a column with more says what was bought, not which way money goes.
_OFFERED = 6
#: The longest word that an answer may be.
LONGEST = 40


@dataclass(slots=True)
class Marks:
    """Which way a mark points. Only where a person or a bank's profile named the column is an
    unknown word asked; elsewhere the content chose it for the words that are known.
    """

    own: Mapping[str, int] = field(default_factory=dict)
    asks: bool = False
    answer: str | None = None
    strange: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, profile: Profile, answers: Answers) -> Marks:
        """A profile's own words (`debit`, `kredit`), and the answer to an earlier question."""
        given = ((word, way) for name, way in _WAYS for word in profile.words.get(name, ()))
        own = {folded(word): way for word, way in given}
        answer = answers.get(MARK_KEY)
        if answer is not None and answer != NONE:
            own[folded(answer)] = -1
        return cls(own, profile.name != "umum", answer)

    def way(self, mark: str) -> int:
        """1 for spending, -1 for money back, 0 for a word that nobody knows."""
        return self.own.get(folded(mark)) or sign_of(mark)

    def saw(self, marks: Iterable[str]) -> None:
        """Remember unknown words that stand beside an amount."""
        self.strange.update(dict.fromkeys(mark for mark in marks if mark))

    def ask(self, title: str | None, notes: Notes) -> None:
        """Ask once, at the end of the sheet."""
        if not self.asks or not self.strange:
            return
        if self.answer is None:
            words = list(self.strange)[:_OFFERED]
            named = ", ".join(f"“{word}”" for word in words)
            choices = {word: f"“{word}” berarti uang kembali" for word in words}
            notes.ask(
                MARK_KEY,
                f"Kolom “{title}” memuat {named} yang tidak dikenal sebagai belanja atau uang "
                "kembali. Mana yang berarti uang kembali? (Kata lain dibaca sebagai belanja.)",
                choices | dict(MEANINGS),
                [],
            )


_WAYS = (("debit", 1), ("kredit", -1))
