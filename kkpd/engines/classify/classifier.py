"""The decision, in the order of authority: account, memory, goods code, merchant, words.

Each step either decides, with a rule that is quoted, or leaves the question to the next one. What
the words say is always computed: it is the evidence that a given account is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kkpd.core.money import Rupiah
from kkpd.engines.classify import evidence as bukti
from kkpd.engines.classify import name_cache, word_answer, word_scores
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify import reasons as alasan
from kkpd.engines.classify import rules as aturan
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.shapes import THRESHOLD, Classified, Item, MemoryBook
from kkpd.engines.classify.words import tokens as words_tokens

#: Above this a price is no price of a thing a card can buy, but a slip of the pen; in sen.
LARGEST_PRICE = Rupiah.of(1_000_000_000_000).sen
#: How many different answers are remembered in one run, before they are forgotten.
MAX_REMEMBERED = 16_384
#: An answer, and the kind by which its price is still to be quoted, if it is.
Frame = tuple[Classified, Kind | None]


class Judge:
    """The options of a run, checked once, and the answer to a line under them."""

    def __init__(
        self,
        bound: classify_policy.ClassLimits,
        threshold: float,
        remembered: MemoryBook | None,
        *,
        rinci: bool,
    ) -> None:
        self._steps = classify_policy.LimitSteps(bound)
        self._threshold, self._remembered, self._detail = threshold, remembered, rinci
        self._frames: dict[
            tuple[name_cache.CachedName, int, classify_policy.PriceStanding], Frame
        ] = {}

    def putuskan(self, thing: Item) -> Classified:
        """The decision on one line."""
        known, price, amount = name_cache.nama(thing), thing.harga, thing.nilai
        if not (known.has_words or thing.kode_rekening or thing.kode_barang):
            return Classified(
                "ragu", "operasi", 0.5, "teks_kosong", alasan.EMPTY, alasan.FILL_URAIAN
            )
        if price is not None and not 0 <= price.sen <= LARGEST_PRICE:
            return self._implausible(thing, known, price)
        if amount is not None and not 0 <= amount.sen <= LARGEST_PRICE:
            return self._implausible(thing, known, amount)
        spec = words_tokens.specification_words(thing.spesifikasi) if thing.spesifikasi else ()
        if not (self._remembered or self._detail) and aturan.only_words(thing, known, spec):
            return self._by_words(thing, known, spec)
        words = word_scores.baca(thing, self._steps, known, spec)
        found = aturan.putuskan(thing, self._steps, words, known, self._remembered, self._threshold)
        return found._replace(bukti=bukti.rinci(thing, found, words)) if self._detail else found

    def _by_words(
        self, thing: Item, known: name_cache.CachedName, spec: tuple[str, ...]
    ) -> Classified:
        """The words' answer. It hangs on their scores and on which side of the limits the price
        stands; the price itself is only quoted, where a limit decides.
        """
        steps, memory = self._steps, self._frames
        where = steps.standing(classify_policy.harga_satuan(thing), thing.nilai)
        key = (known, word_scores.scores(thing, known, spec), where)
        kept = memory.get(key)
        if kept is None:
            words = word_scores.satuan(key[1], where, recognised=known.recognised)
            found = word_answer.paper_frame(steps, words, known, self._threshold)
            kept = (found, words.jenis if alasan.with_limit(words.jenis) else None)
            if len(memory) >= MAX_REMEMBERED:
                memory.clear()
            memory[key] = kept
        found, kind = kept
        return found if kind is None else word_answer.with_price(found, kind, thing, steps.bound)

    def _implausible(self, thing: Item, known: name_cache.CachedName, amount: Rupiah) -> Classified:
        """`ragu` with the reason, for an impossible amount; the best guess without it."""
        rest = thing._replace(harga=None, nilai=None)
        words = word_scores.baca(
            rest, self._steps, known, words_tokens.specification_words(rest.spesifikasi)
        )
        found = aturan.putuskan(rest, self._steps, words, known, None, 0.0)
        return found._replace(
            kelas="ragu",
            keyakinan=0.5,
            aturan="harga_tak_wajar",
            alasan=alasan.harga(amount),
            yang_mengubah=alasan.FILL_PRICE,
        )


def classify(
    thing: Item,
    *,
    capitalisation_limit: Rupiah | None,
    threshold: float = THRESHOLD,
    remembered: MemoryBook | None = None,
    book_limit: Rupiah | None = None,
    rinci: bool = True,
) -> Classified:
    """Decide one line. `threshold` (0..1): below this confidence the class is `ragu`.

    `capitalisation_limit` is the dated setting of the OPD per unit, None when it is not known: then
    an assumption is named in `yang_mengubah`. `book_limit` is the region's own limit for books;
    without it books are capital at any price (PSAP 07). `rinci=False` leaves `bukti` empty, for
    long lists.
    """
    bound = classify_policy.ClassLimits(capitalisation_limit, book_limit)
    return Judge(bound, threshold, remembered, rinci=rinci).putuskan(thing)


def judge(
    *,
    capitalisation_limit: Rupiah | None,
    threshold: float = THRESHOLD,
    remembered: MemoryBook | None = None,
    book_limit: Rupiah | None = None,
    rinci: bool = False,
) -> Callable[[Item], Classified]:
    """`classify` with its options fixed, for long lists; `bukti` only when `rinci`."""
    bound = classify_policy.ClassLimits(capitalisation_limit, book_limit)
    return Judge(bound, threshold, remembered, rinci=rinci).putuskan


def classify_many(
    rows: Iterable[Item],
    *,
    capitalisation_limit: Rupiah | None,
    threshold: float = THRESHOLD,
    remembered: MemoryBook | None = None,
    book_limit: Rupiah | None = None,
    rinci: bool = False,
) -> Iterator[Classified]:
    """`classify` for many lines, one answer a line, in order; `bukti` only when `rinci`."""
    return map(
        judge(
            capitalisation_limit=capitalisation_limit,
            threshold=threshold,
            remembered=remembered,
            book_limit=book_limit,
            rinci=rinci,
        ),
        rows,
    )
