"""The decision on one line: what cannot be judged, then the rules, then the words."""

from __future__ import annotations

from kkpd.core.money import Rupiah
from kkpd.engines.classify import evidence, reasons, rules, verdict
from kkpd.engines.classify.policy import ClassLimits
from kkpd.engines.classify.shapes import THRESHOLD, Classified, Item, MemoryBook
from kkpd.engines.classify.words import tokens

#: Above this a price is no price of a thing a card can buy, but a slip of the pen; in sen.
LARGEST_PRICE = Rupiah.of(1_000_000_000_000).sen


def classify(
    thing: Item,
    *,
    capitalisation_limit: Rupiah | None,
    threshold: float = THRESHOLD,
    remembered: MemoryBook | None = None,
    book_limit: Rupiah | None = None,
    detailed: bool = True,
) -> Classified:
    """Decide one line. `threshold` (0..1): below this confidence the class is `ragu`.

    `capitalisation_limit` is the dated setting of the OPD per unit, None when it is not known: then
    an assumption is named in `yang_mengubah`. `book_limit` is the region's own limit for books;
    without it books are capital at any price (PSAP 07). `rinci=False` leaves `bukti` empty.
    """
    bound = ClassLimits(capitalisation_limit, book_limit)
    most = tokens.MAX_LETTERS
    thing = thing._replace(uraian=thing.uraian[:most], spesifikasi=thing.spesifikasi[:most])
    if not (tokens.has_words(thing.uraian) or thing.kode_rekening or thing.kode_barang):
        return Classified("ragu", "operasi", 0.5, "teks_kosong", reasons.EMPTY, reasons.FILL_URAIAN)
    for amount in (thing.harga, thing.nilai):
        if amount is not None and not 0 <= amount.sen <= LARGEST_PRICE:
            return _implausible(thing, bound, amount)
    case = verdict.read(thing, bound, threshold)
    found = rules.decide(case, remembered)
    return found._replace(bukti=evidence.detail(case, found)) if detailed else found


def _implausible(thing: Item, bound: ClassLimits, amount: Rupiah) -> Classified:
    """`ragu` with the reason, for an impossible amount; the best guess without it."""
    rest = thing._replace(harga=None, nilai=None)
    found = rules.decide(verdict.read(rest, bound, 0.0))
    return found._replace(
        kelas="ragu",
        keyakinan=0.5,
        aturan="harga_tak_wajar",
        alasan=reasons.harga(amount),
        yang_mengubah=reasons.FILL_PRICE,
    )
