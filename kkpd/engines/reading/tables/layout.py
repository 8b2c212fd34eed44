"""Which row is the header and what each column means, by its title and by what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress

from kkpd.engines.reading.cells import evidence as cells_evidence
from kkpd.engines.reading.cells.celltests import fits, is_value
from kkpd.engines.reading.profile import DAYS, MONEY, ROLES, Profile
from kkpd.engines.reading.sheet import Row, text_of
from kkpd.engines.reading.tables import headerless, naming
from kkpd.engines.reading.tables.column_fixes import reviewed

#: The header is looked for in this many rows of a sheet.
HEADER_WITHIN = 80

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
        columns, words = headerless.columns_of(rows)
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
    if len(layout.columns) <= len(best.columns):
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
    titles = naming.told_apart(_titles([rows[row] for row in header]), profile)
    body = _below(rows, header, telling)
    columns = assign(titles, body, profile)
    more: dict[str, int] = {}
    if profile.name == "umum" and not complete(columns) and _all_texts(rows, header):
        no_money = set(range(len(titles))).difference(naming.moneys(titles))
        above = sum(sum(map(is_value, row)) > 1 for row in rows[: header[0]])
        more = headerless.unnamed(columns, body, no_money, bool(columns) and not above)
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
            if naming.rank(role, title, profile, exact) is not None
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
            rank = naming.rank(role, title, profile, exact)
            if rank is not None and not (role == "amount" and _is_code(index, titles, body)):
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


def _is_code(index: int, titles: Sequence[str], body: Sequence[Row]) -> bool:
    """Whether a column named as an amount holds codes, and another one holds money."""
    if not cells_evidence.is_code(index, body):
        return False
    return any(
        cells_evidence.shows_money(other, body) for other in naming.moneys(titles) if other != index
    )


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
