"""What hangs on a name and its unit alone: found once, however often the name returns.

In a year of purchases names return while prices and specifications change. What the words of a name
weigh, which rules they could wake, how their reason reads and which accounts they name do not
change with the price; it is kept here, name by name, and forgotten when there are too many.
"""

from __future__ import annotations

from functools import lru_cache

from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import reasons as classify_reasons
from kkpd.engines.classify import rekening
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.shapes import AccountProposal, Item, Kelas
from kkpd.engines.classify.words import purpose, services
from kkpd.engines.classify.words import tokens as words_tokens

#: How many different names with their units are remembered.
MAX_REMEMBERED = 32_768
#: For a class and a kind: the reason and the accounts. A name has one or two of them.
Answer = tuple[Kelas, Kind, str, tuple[AccountProposal, ...]]


class CachedName:
    """A name and its unit: their score, whether a word is known, and what may be said of them.

    `scores` is packed (`dense`); `has_words`: there is any word at all; `plain`: neither a purpose
    nor a stay, a hire or a licence is named, so that no rule but the words' asks for this name.
    """

    __slots__ = (
        "_answers",
        "has_words",
        "kata",
        "plain",
        "recognised",
        "satuan",
        "scores",
        "uraian",
    )

    def __init__(self, uraian: str, satuan: str) -> None:
        engine = classify_model.model()
        self.uraian, self.satuan, self.kata = uraian, satuan, (words := words_tokens.kata(uraian))
        self.scores = engine.name_score(words, satuan)
        self.recognised = engine.recognised(words)
        self.has_words = bool(words) or words_tokens.has_words(uraian)
        self.plain = (
            purpose.is_quiet(words)
            and services.no_subscription(words)
            and services.service(words, uraian, satuan) is None
        )
        self._answers: list[Answer] = []

    def jawaban(self, kelas: Kelas, jenis: Kind) -> tuple[str, tuple[AccountProposal, ...]]:
        """The reason (`alasan.kata`) and the accounts of a class (`ragu`: of both)."""
        for known, kind, reason, accounts in self._answers:
            if known == kelas and kind is jenis:
                return reason, accounts
        low = jenis.bound == "ya" and kelas == "operasi"
        kinds = rekening.log_kinds(classify_model.model().vector(self.scores))
        reason = classify_reasons.kata(self.kata, jenis, self.satuan)
        accounts = rekening.usul(self.kata, self.satuan, kelas, kinds, below_limit=low)
        self._answers.append((kelas, jenis, reason, accounts))
        return reason, accounts


def nama(thing: Item) -> CachedName:
    """The name of a line, cut where texts are cut."""
    uraian = thing.uraian
    if len(uraian) > words_tokens.MAX_LETTERS:
        uraian = uraian[: words_tokens.MAX_LETTERS]
    return remember(uraian, thing.satuan)


remember = lru_cache(maxsize=MAX_REMEMBERED)(CachedName)
