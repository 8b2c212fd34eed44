"""Which row is the header and what each column means, by its title and by what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from kkpd.ingest import headerless
from kkpd.ingest.celltests import fits, is_value
from kkpd.ingest.profile import DAYS, MONEY, ROLES, Profile
from kkpd.ingest.sheet import Row, text_of
from kkpd.ingest.words import plain, squash

#: The header is looked for in this many rows of a sheet.
HEADER_WITHIN = 80

_AMOUNTS = ("amount", "debit", "credit", "original_amount")
_NO_AMOUNT = frozenset(
    {
        *("centre", "center", "code", "number", "no", "id", "type", "account", "rate", "qty"),
        *("quantity", "year", "month", "period", "limit", "ref", "reference", "desc", "date"),
        *("description", "category", "kode", "nomor", "tahun", "bulan"),
    }
)
_ORIGINAL = frozenset({"original", "orig", "foreign", "source", "asal", "valas", "fcy"})
_NET = frozenset({"net", "ex", "exc", "excl", "excluding"})
_TAX = frozenset({"vat", "tax", "gst", "hst", "pst", "ppn", "pajak"})
_WITH_TAX = frozenset(
    {"inc", "incl", "including", "gross", "total", "ex", "exc", "excl", "excluding", "net"}
)
#: A title that is nothing but a currency's sign.
_SIGNS = frozenset({"£", "$", "€", "Rp", "Rp.", "¥"})
_SHARE_OF_NAME, _SHARE_OF_PART = 0.3, 0.6
#: Added to the rank of a claim that only holds where nobody else claims the role.
_AFTER_ALL = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one sheet. Rows are 0-based here; `header` is None for a table without one.

    `raw` are the bank's text columns that identity is made of, by their titles alone, so that two
    exports of different length choose the same. `guessed` roles were found by content.
    """

    header: tuple[int, ...] | None
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    raw: tuple[int, ...] = ()
    guessed: tuple[str, ...] = ()

    @property
    def first_row(self) -> int:
        """The first row below the header."""
        return self.header[-1] + 1 if self.header else 0

    def title(self, role: str) -> str | None:
        """What the file itself calls the column of a role."""
        index = self.columns.get(role)
        return self.titles[index] if index is not None and index < len(self.titles) else None


def find(rows: Sequence[Row], profile: Profile) -> Layout | None:
    """The header and columns in a sheet's first rows; None when there is no such table."""
    best: Layout | None = None
    telling = [_width(row) > 1 for row in rows]  # a remark says nothing of what a column holds
    for rownum in range(min(len(rows), HEADER_WITHIN)):
        for header in ((rownum,), (rownum, rownum + 1)):
            layout = _try(rows, header, profile, telling)
            if layout is not None and _better(layout, best):
                best = layout
    if best is None and profile.name == "umum":
        columns, words = headerless.columns_of(rows)
        best = Layout(None, (), columns, words) if complete(columns) else None
    return best


def _better(layout: Layout, best: Layout | None) -> bool:
    return best is None or len(layout.columns) > len(best.columns)


def _try(
    rows: Sequence[Row], header: tuple[int, ...], profile: Profile, telling: Sequence[bool]
) -> Layout | None:
    least = (2, 1)  # below a row of titles one word may stand alone
    if header[-1] >= len(rows) or not all(map(_is_header_row, [rows[i] for i in header], least)):
        return None
    titles = _titles([rows[row] for row in header])
    body = list(compress(rows[header[-1] + 1 :], telling[header[-1] + 1 :]))
    columns = assign(titles, body, profile)
    more: dict[str, int] = {}
    if profile.name == "umum" and not complete(columns) and _all_texts(rows, header):
        no_money = [i for i, title in enumerate(titles) if _no_amount("amount", _tokens(title))]
        more = headerless.unnamed(columns, body, no_money)
        columns = more | columns
    columns = _promoted(columns)
    if not complete(columns):
        return None
    return Layout(header, titles, columns, _raw(titles, profile), tuple(more))


def _width(row: Row) -> int:
    return sum(bool(text_of(cell).strip()) for cell in row)


def _all_texts(rows: Sequence[Row], header: tuple[int, ...]) -> bool:
    """Whether no title is a value: a transaction always shows a date or an amount."""
    return not any(is_value(cell) for row in header for cell in rows[row] if text_of(cell).strip())


def _raw(titles: Sequence[str], profile: Profile) -> tuple[int, ...]:
    """The merchant columns by title; without any, the description columns."""
    exact = profile.name != "umum"
    for role in ("merchant", "description"):
        found = [
            index
            for index, title in enumerate(titles)
            if _rank(role, title, profile, exact) is not None
        ]
        if found:
            return tuple(found)
    return ()


def complete(columns: Mapping[str, int]) -> bool:
    """Whether there is a date and an amount: without them nothing can be read."""
    return any(role in columns for role in DAYS) and any(role in columns for role in MONEY)


def _is_header_row(row: Row, least: int) -> bool:
    """Titles are texts: at least so many, and hardly a number or date among them."""
    cells = [cell for cell in row if text_of(cell).strip()]
    values = sum(map(is_value, cells))
    return len(cells) - values >= least and values <= len(cells) // 4


def _titles(header: Sequence[Row]) -> tuple[str, ...]:
    """One title a column; of two header rows the upper reaches over the columns to its right."""
    width = max(map(len, header))
    texts = [[text_of(cell).strip() for cell in row] + [""] * (width - len(row)) for row in header]
    if len(texts) == 1:
        return tuple(texts[0])
    upper, lower = texts
    reach = ""
    titles = []
    for above, below in zip(upper, lower, strict=True):
        reach = above or (reach if below else "")
        titles.append(f"{reach} {below}".strip())
    return tuple(titles)


def assign(titles: Sequence[str], body: Sequence[Row], profile: Profile) -> dict[str, int]:
    """Role -> column. A named profile asks for its own titles, `umum` for words in them."""
    exact = profile.name != "umum"
    claims: list[tuple[int, int, int, int, str]] = []
    for index, title in enumerate(titles):
        for role in ROLES:
            rank = _rank(role, title, profile, exact)
            if rank is not None:
                part = rank[0] + _AFTER_ALL * (role == "amount" and _is_nothing(index, body))
                claims.append((part, rank[1], _sameness(role, index, body), index, role))
    columns: dict[str, int] = {}
    for part, *_, index, role in sorted(claims):
        if role in columns or index in columns.values():
            continue
        cells = [row[index] for row in body if index < len(row)]
        part %= _AFTER_ALL
        if exact or not body or fits(role, cells, _SHARE_OF_PART if part else _SHARE_OF_NAME):
            columns[role] = index
    return columns


def _is_nothing(index: int, body: Sequence[Row]) -> bool:
    """Whether a column holds zeros only, such as a postage beside what was paid."""
    filled = {text_of(row[index]).strip() for row in body[:200] if index < len(row)} - {""}
    return bool(filled) and not any(text.strip("0.,- ") for text in filled)


def _promoted(columns: dict[str, int]) -> dict[str, int]:
    """A lone debit or credit column beside a DB/CR mark is the amount that the mark signs; the
    original amount is the amount where there is no other.
    """
    lone = [role for role in ("debit", "credit") if role in columns]
    if len(lone) == 1 and "sign" in columns and "amount" not in columns:
        columns["amount"] = columns.pop(lone[0])
    if "original_amount" in columns and not complete({**columns, "transaction_date": 0}):
        columns["amount"] = columns.pop("original_amount")
    return columns


def _sameness(role: str, index: int, body: Sequence[Row]) -> int:
    """Of several description columns the one that says most different things comes first."""
    if role != "description":
        return 0
    return -len({text_of(row[index]) for row in body[:200] if index < len(row)})


def _rank(role: str, title: str, profile: Profile, exact: bool) -> tuple[int, int] | None:
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
        for rank, word in enumerate(wanted):
            if word in tokens or (len(word) > 3 and word in name):
                return (2 if role == "amount" and not _NET.isdisjoint(tokens) else 1), rank
    return None


def _tokens(title: str) -> list[str]:
    return plain(title).split()


def _no_amount(role: str, tokens: Sequence[str]) -> bool:
    """`Cost Centre` and `VAT Amount` are no amounts, `Original Net Amt` not the billed one."""
    if not _NO_AMOUNT.isdisjoint(tokens):
        return True
    if role == "amount" and not _ORIGINAL.isdisjoint(tokens):
        return True
    return not _TAX.isdisjoint(tokens) and _WITH_TAX.isdisjoint(tokens)
