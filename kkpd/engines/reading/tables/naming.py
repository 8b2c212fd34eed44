"""How well a column's title names a role, by its words alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kkpd.engines.reading.profile import Profile
from kkpd.engines.reading.words import plain, squash

_AMOUNTS = ("amount", "debit", "credit", "original_amount")
_NO_AMOUNT = frozenset(
    {
        *("centre", "center", "code", "number", "no", "id", "type", "account", "rate", "qty"),
        *("quantity", "year", "month", "period", "limit", "ref", "reference", "desc", "date"),
        *("description", "category", "kode", "nomor", "tahun", "bulan"),
    }
)
_ORIGINAL = frozenset({"original", "orig", "foreign", "source", "asal", "valas", "fcy"})
_NET = frozenset(
    {
        *("net", "ex", "exc", "excl", "excluding", "without", "before", "netto", "neto", "ht"),
        *("hors", "ohne", "exkl", "sin", "imponibile"),
    }
)
_TAX = frozenset(
    {
        *("vat", "tax", "taxes", "gst", "hst", "pst", "qst", "ppn", "pajak", "tva", "iva", "mwst"),
        *("ust", "btw", "moms"),
    }
)
_WHOLE = frozenset(
    {
        *("inc", "incl", "including", "with", "gross", "total", "brutto", "bruto", "lordo", "ttc"),
        *("inkl", "mit", "con", "termasuk"),
    }
)
_WITH_TAX = _NET | _WHOLE
#: A title that is nothing but a currency's sign.
_SIGNS = frozenset({"£", "$", "€", "Rp", "Rp.", "¥"})


def rank(role: str, title: str, profile: Profile, exact: bool) -> tuple[int, int] | None:
    """How well a title names a role: (0, n) is the n-th name itself, (1, n) a part of the title."""
    if role == "amount" and title.strip(" ()") in _SIGNS:
        return 1, 0
    name, tokens = squash(title), _tokens(title)
    if not name or (role in _AMOUNTS and not exact and _no_amount(role, tokens)):
        return None
    wanted = [squash(word) for word in profile.columns.get(role, ())]
    if name in wanted:
        return 0, wanted.index(name)
    if not exact:
        for place, word in enumerate(wanted):
            if word in tokens or (len(word) > 3 and word in name):
                return (2 if role == "amount" and not _NET.isdisjoint(tokens) else 1), place
    return None


def holds_tax(title: str) -> bool:
    """Whether a title says that the tax is in it."""
    return not _WHOLE.isdisjoint(_tokens(title))


def names_tax(title: str) -> bool:
    """Whether a title speaks of a tax."""
    return not _TAX.isdisjoint(_tokens(title))


def _tokens(title: str) -> list[str]:
    return plain(title).split()


def _no_amount(role: str, tokens: Sequence[str]) -> bool:
    """`Cost Centre` and `VAT Amount` are no amounts, `Original Net Amt` not the billed one."""
    if not _NO_AMOUNT.isdisjoint(tokens):
        return True
    if role == "amount" and not _ORIGINAL.isdisjoint(tokens):
        return True
    return not _TAX.isdisjoint(tokens) and _WITH_TAX.isdisjoint(tokens)


def moneys(titles: Sequence[str]) -> list[int]:
    """The columns whose titles say nothing against an amount."""
    return [i for i, title in enumerate(titles) if not _no_amount("amount", _tokens(title))]


def numbered(titles: Sequence[str]) -> tuple[str, ...]:
    """The second of two columns of one title is its `Jumlah (2)`, so that a person can name it."""
    count: Counter[str] = Counter()
    named = []
    for title in titles:
        count[squash(title)] += 1
        turn = count[squash(title)]
        named.append(f"{title} ({turn})" if title and turn > 1 else title)
    return tuple(named)


def told_apart(titles: tuple[str, ...], profile: Profile) -> tuple[str, ...]:
    """The titles, numbered where the profile names such a one."""
    if profile.name == "umum":
        return titles
    wanted = {squash(name) for names in profile.columns.values() for name in names}
    pairs = zip(titles, numbered(titles), strict=True)
    return tuple(apart if squash(apart) in wanted else title for title, apart in pairs)
