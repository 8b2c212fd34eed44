"""The answer that the words give of themselves, where no rule decides."""

from __future__ import annotations

from kkpd.engines.classify import reasons as classify_reasons
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.name_cache import CachedName
from kkpd.engines.classify.policy import ClassLimits, LimitSteps
from kkpd.engines.classify.shapes import CertainKelas, Classified, Item, Kelas
from kkpd.engines.classify.word_scores import WordVerdict

#: Below this confidence accounts of both classes are proposed.
PROPOSE_BOTH_BELOW = 0.6


def tampil(kelas: CertainKelas, confidence: float, threshold: float) -> Kelas:
    """The class that is shown: below the threshold it is `ragu`."""
    return kelas if confidence >= threshold else "ragu"


def from_words(
    thing: Item, steps: LimitSteps, words: WordVerdict, nama: CachedName, threshold: float
) -> Classified:
    """The words' answer to a line."""
    found = paper_frame(steps, words, nama, threshold)
    if not classify_reasons.with_limit(words.jenis):
        return found
    return with_price(found, words.jenis, thing, steps.bound)


def paper_frame(
    steps: LimitSteps, words: WordVerdict, nama: CachedName, threshold: float
) -> Classified:
    """What the words say, where no rule decides; of a kind that a limit decides, the end of the
    reason is left to `with_price`.
    """
    kelas, confidence, kind = words.kelas, words.keyakinan, words.jenis
    reason, accounts = nama.jawaban(kelas if confidence >= PROPOSE_BOTH_BELOW else "ragu", kind)
    return Classified(
        tampil(kelas, confidence, threshold),
        kelas,
        confidence,
        f"kata:{kind.jenis}",
        reason,
        steps.change_sentence(kind, kelas),
        accounts,
    )


def with_price(found: Classified, kind: Kind, thing: Item, bound: ClassLimits) -> Classified:
    """The answer of `paper_frame` with how the line's price stands against the limit."""
    price = classify_reasons.against_limit(thing, kind, bound)
    return Classified(
        found.kelas,
        found.best_kelas,
        found.keyakinan,
        found.aturan,
        f"{found.alasan}{price}.",
        found.yang_mengubah,
        found.proposed_rekening,
    )
