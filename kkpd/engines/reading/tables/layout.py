"""Which row is the header and what each column means, by its title and by what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress

from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.cells import evidence as cells_evidence
from kkpd.engines.reading.cells.evidence import amount_like, fits, is_value, sign_of
from kkpd.engines.reading.profile import DAYS, MONEY, ROLES, Profile, plain, squash
from kkpd.engines.reading.statement import Row, text_of

_AMOUNTS = ("amount", "debit", "credit", "original_amount")
_NO_AMOUNT = frozenset(
    {
        *("centre", "center", "code", "number", "no", "id", "type", "account", "rate", "qty"),
        *("quantity", "year", "month", "period", "limit", "ref", "reference", "desc", "date"),
        *("description", "category", "kode", "nomor", "tahun", "bulan", "saldo", "balance"),
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
_MONEY_SIGNS = frozenset({"£", "$", "€", "Rp", "Rp.", "¥"})


def rank(role: str, title: str, profile: Profile, exact: bool) -> tuple[int, int] | None:
    """How well a title names a role: (0, n) is the n-th name itself, (1, n) a part of the title."""
    if role == "amount" and title.strip(" ()") in _MONEY_SIGNS:
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


_AMOUNT_OR_BALANCE = ("amount", "balance")


def columns_of(
    rows: Sequence[Row], taken: Collection[int] = ()
) -> tuple[dict[str, int], tuple[int, ...]]:
    """Role -> column, and the text columns, by content; `taken` columns have a title."""
    body = [row for row in rows if sum(bool(text_of(cell).strip()) for cell in row) > 1]
    width = max(map(len, body), default=0)
    filled = [[text for row in body if (text := _text(row, i))] for i in range(width)]
    columns: dict[str, int] = {}
    for index, texts in enumerate(filled):
        if index in taken:
            continue
        cells = [row[index] for row in body if _text(row, index)]
        role = _role(cells, columns) if len(texts) >= 0.5 * len(body) and texts else None
        if role:
            columns[role] = index
    _debit_and_credit(columns, body, filled, taken)
    words = tuple(
        index
        for index in range(width)
        if index not in (*columns.values(), *taken) and not all(map(is_value, filled[index]))
    )
    if words:
        columns["description"] = max(words, key=lambda i: (len(set(filled[i])), -i))
    mark = next((i for i in words if _is_mark(filled[i], len(body))), None)
    if "amount" in columns and mark is not None and mark != columns["description"]:
        columns["sign"] = mark
    return columns, words


def telling(body: Sequence[Row], taken: Collection[int]) -> int | None:
    """The column outside of `taken` whose texts differ most; None where there are no texts."""
    filled = {
        index: {text for row in body if (text := _text(row, index))}
        for index in range(max(map(len, body), default=0))
        if index not in taken
    }
    worded = [index for index, texts in filled.items() if not all(map(is_value, texts))]
    return max(worded, key=lambda i: (len(filled[i]), -i), default=None)


def unnamed(
    columns: Mapping[str, int], body: Sequence[Row], no_money: Collection[int], titled: bool
) -> dict[str, int]:
    """The date or amount by content where titles name only the other, or are sure to be titles."""
    dated = any(role in columns for role in DAYS)
    priced = any(role in columns for role in MONEY)
    if not (dated or priced or titled):
        return {}
    found, _ = columns_of(body, (*columns.values(), *no_money))
    if not dated and not priced:
        alone = "amount" in found and "balance" not in found
        return {role: found[role] for role in (*DAYS, "amount") if role in found and alone}
    if not dated:
        return {role: found[role] for role in DAYS if role in found}
    if "balance" in found:
        return {}
    return {role: found[role] for role in MONEY if role in found}


def _text(row: Row, index: int) -> str:
    return text_of(row[index]).strip() if index < len(row) else ""


def _role(cells: Sequence[object], columns: Mapping[str, int]) -> str | None:
    if sum(map(dates.looks_like_date, cells)) >= 0.9 * len(cells):
        return next((role for role in DAYS if role not in columns), None)
    if _is_money(cells):
        return next((role for role in _AMOUNT_OR_BALANCE if role not in columns), None)
    return None


def _is_money(cells: Sequence[object]) -> bool:
    shown = any("." in text or "," in text for text in map(text_of, cells))
    return shown and sum(map(amount_like, cells)) >= 0.9 * len(cells)


def _is_mark(texts: Sequence[str], rows: int) -> bool:
    """Whether a column says debit or credit in every row, and both of them."""
    return len(texts) == rows and {sign_of(text) for text in texts} == {1, -1}


def _debit_and_credit(
    columns: dict[str, int],
    body: Sequence[Row],
    filled: Sequence[Sequence[str]],
    taken: Collection[int],
) -> None:
    """Two money columns of which each row fills only one: money out, then money in."""
    free = (texts if i not in taken else () for i, texts in enumerate(filled))
    money = [i for i, texts in enumerate(free) if texts and _is_money(texts)][:2]
    if len(money) < 2 or len(body) < 3 or not set(columns.values()) & set(money):
        return
    pairs = [[_says_amount(_text(row, index)) for index in money] for row in body]
    said = [pair for pair in pairs if any(pair)]
    once = all(sum(pair) == 1 for pair in said)
    if once and len(said) >= 0.8 * len(body) and all(any(side) for side in zip(*said, strict=True)):
        for role in _AMOUNT_OR_BALANCE:
            columns.pop(role, None)
        columns["debit"], columns["credit"] = money


def _says_amount(text: str) -> bool:
    return not amounts.is_blank(text) and bool(text.strip("0.,- "))


def reviewed(
    found: Mapping[str, int], titles: Sequence[str], body: Sequence[Row], profile: Profile
) -> dict[str, int]:
    """The columns of a table after a look at what their cells say of each other."""
    columns = dict(found)
    free = [i for i in range(len(titles)) if i not in columns.values()]
    if "amount" in columns:
        _reckoned(columns, titles, free, body)
    _date_twice(columns, titles, free, body, profile)
    if "merchant" not in columns and "description" not in columns:
        words = telling(body, columns.values())
        columns |= {"description": words} if words is not None else {}
    return columns


def _reckoned(
    columns: dict[str, int], titles: Sequence[str], free: Sequence[int], body: Sequence[Row]
) -> None:
    """The amount and its sign, where the columns beside it tell of another one."""
    taxes = [i for i, title in enumerate(titles) if names_tax(title)]
    others = [i for i in free if i not in taxes or holds_tax(titles[i])]
    same = [columns[role] for role in (*DAYS, "merchant", "reference") if role in columns]
    found = cells_evidence.gross(columns["amount"], others, taxes, body)
    if found is None:
        found = cells_evidence.parts(columns["amount"], others, same, body)
    columns["amount"] = columns["amount"] if found is None else found
    lone = "credit" in columns and "debit" not in columns
    if lone and cells_evidence.takes_turns(columns["amount"], columns["credit"], body):
        columns["debit"] = columns.pop("amount")
    elif "sign" not in columns or not cells_evidence.tells_both(columns["sign"], body):
        sign = cells_evidence.marks(columns["amount"], free, body)
        columns |= {"sign": sign} if sign is not None else {}


def _date_twice(
    columns: dict[str, int],
    titles: Sequence[str],
    free: Sequence[int],
    body: Sequence[Row],
    profile: Profile,
) -> None:
    """An earlier day is that of the purchase, where the one taken for it has no such title."""
    named = [columns[role] for role in DAYS if role in columns]
    if not named or not body:
        return
    own = named[0]
    if len(named) == 1 and cells_evidence.only_months(own, body):
        days = [i for i in free if cells_evidence.shows_days(i, body)]
        columns |= {DAYS[0]: days[0]} if len(days) == 1 else {}
        return
    ranks = [
        rank(DAYS[0], titles[index], profile, exact=False) if index < len(titles) else None
        for index in named
    ]
    if any(one is not None and one[0] == 0 for one in ranks):
        return
    others = free if len(named) == 1 else named[1:] if not any(ranks) else []
    before = [i for i in others if cells_evidence.earlier(i, own, body)]
    if len(before) == 1 and not (named[1:] and cells_evidence.earlier(own, before[0], body)):
        columns[DAYS[0]], columns[DAYS[1]] = before[0], own


#: The header is looked for in this many rows of a sheet.
HEADER_WITHIN = 80

_SHARE_OF_NAME, _SHARE_OF_PART = 0.3, 0.6
#: Added to the rank of a claim that only holds where nobody else claims the role.
_AFTER_ALL = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one sheet; rows are 0-based, `header` is None for a table without one.

    `raw` are the text columns of identity, by title alone; `guessed` roles were found by content.
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

    def at(self, role: str) -> Sequence[int]:
        """The column of a role, none or one."""
        return [self.columns[role]] if role in self.columns else []

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
            if layout is not None and _better(layout, best, rows):
                best = layout
    if best is None and profile.name == "umum":
        columns, words = columns_of(rows)
        best = Layout(None, (), columns, words) if complete(columns) else None
    if best is None or best.header is None or profile.name != "umum":
        return best
    body = _below(rows, best.header, telling)
    return replace(best, columns=reviewed(best.columns, best.titles, body, profile))


def _below(rows: Sequence[Row], header: tuple[int, ...], telling: Sequence[bool]) -> list[Row]:
    """What stands below a header that tells of its columns: no remarks, no titles again."""
    first, titles = header[-1] + 1, rows[header[-1]]
    return [row for row in compress(rows[first:], telling[first:]) if row != titles]


def _better(layout: Layout, best: Layout | None, rows: Sequence[Row]) -> bool:
    """More columns are better, unless lines stand between: a further table begins there."""
    if best is None or layout.header is None:
        return best is None
    between = rows[best.first_row : layout.header[0]]
    named, before = (len(one.columns) - len(one.guessed) for one in (layout, best))
    if named <= before:
        return False
    telling = "merchant" in best.columns or "description" in best.columns  # else a summary
    return not (telling and any(_is_line(row, best) for row in between))


def _is_line(row: Row, found: Layout) -> bool:
    """Whether a row shows a date and an amount in the columns of a table."""
    return all(
        any(fits(role, row[index : index + 1], 1) for role in roles for index in found.at(role))
        for roles in (DAYS, MONEY)
    )


def _try(
    rows: Sequence[Row], header: tuple[int, ...], profile: Profile, telling: Sequence[bool]
) -> Layout | None:
    least = (2, 1)  # below a row of titles one word may stand alone
    if header[-1] >= len(rows) or not all(map(_is_header_row, [rows[i] for i in header], least)):
        return None
    upper = header[:-1] and rows[header[0]]
    if any(letter.isdigit() for cell in upper or () for letter in text_of(cell)):
        return None  # a period or a number above the titles
    titles = told_apart(_titles([rows[row] for row in header]), profile)
    body = _below(rows, header, telling)
    columns = assign(titles, body, profile)
    more: dict[str, int] = {}
    if profile.name == "umum" and not complete(columns) and _all_texts(rows, header):
        no_money = set(range(len(titles))).difference(moneys(titles))
        above = sum(sum(map(is_value, row)) > 1 for row in rows[: header[0]])
        more = unnamed(columns, body, no_money, bool(columns) and not above)
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
            if rank(role, title, profile, exact) is not None
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
            found = rank(role, title, profile, exact)
            if found is not None and not (role == "amount" and _is_code(index, titles, body)):
                part = found[0] + _AFTER_ALL * (role == "amount" and _is_nothing(index, body))
                claims.append((part, found[1], _sameness(role, index, body), index, role))
    columns: dict[str, int] = {}
    for part, *_, index, role in sorted(claims):
        if role in columns or index in columns.values():
            continue
        cells = [row[index] for row in body if index < len(row)]
        part %= _AFTER_ALL
        if exact or not body or fits(role, cells, _SHARE_OF_PART if part else _SHARE_OF_NAME):
            columns[role] = index
    return columns


def _is_code(index: int, titles: Sequence[str], body: Sequence[Row]) -> bool:
    """Whether a column named as an amount holds codes, and another one holds money."""
    if not cells_evidence.is_code(index, body):
        return False
    return any(
        cells_evidence.shows_money(other, body) for other in moneys(titles) if other != index
    )


def _is_nothing(index: int, body: Sequence[Row]) -> bool:
    """Whether a column holds zeros only, such as a postage beside what was paid."""
    filled = {text_of(row[index]).strip() for row in body[:200] if index < len(row)} - {""}
    return bool(filled) and not any(text.strip("0.,- ") for text in filled)


def _promoted(columns: dict[str, int]) -> dict[str, int]:
    """A lone debit or credit beside a mark, or a lone original amount, is the amount."""
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
