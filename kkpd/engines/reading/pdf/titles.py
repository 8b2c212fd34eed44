"""Titles on paper: of tables, over one to three lines or repeated beside each other, and of
sections.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.cells.amounts import is_money
from kkpd.engines.reading.pdf.words import MARKS, TextCell, TextLine
from kkpd.engines.reading.profile import DAYS, MONEY, get_profile, squash
from kkpd.engines.reading.tables import layout

_BACK = re.compile(
    r"(?:deposits?|credits?|payments?|refunds?|returns?|penerimaan|setoran|pembayaran|kredit|"
    r"pengembalian|uang masuk)\b",
    re.IGNORECASE,
)
_OUT = re.compile(
    r"(?:\w+ )?(?:withdrawals?|purchases?|checks paid|charges|debits?|fees|transactions|belanja|"
    r"pembelanjaan|penarikan|pembelian|transaksi|debet|uang keluar)\b",
    re.IGNORECASE,
)
_MINUS = ("-", "\u2212", "\u2013")
_LONGEST = 60


def sign_sections(table: list[list[str]], column: int) -> None:
    """Mark the amounts of the sections of money back with CR.

    Only beside a section of spending whose amounts have no signs, or all a minus that then goes.
    """
    sections = _sections(table, column)
    back = [row for is_back, rows in sections for row in rows if is_back]
    out = [row for is_back, rows in sections for row in rows if not is_back]
    if not back or not out or any(_has_sign(row[column]) for row in back):
        return
    if any(_has_sign(row[column]) for row in out):
        if not all(row[column].lstrip().startswith(_MINUS) for row in out):
            return
        for row in out:
            row[column] = row[column].lstrip()[1:]
    for row in back:
        row[column] = f"{row[column]} CR"


def _sections(table: Sequence[list[str]], column: int) -> list[tuple[bool, list[list[str]]]]:
    """The transactions under each heading, and whether it names money back."""
    found: list[tuple[bool, list[list[str]]]] = []
    for row in table:
        filled = [text for text in row if text]
        if len(filled) == 1:
            back = section_kind(filled[0])
            if back is not None:
                found.append((back, []))
        elif found and column < len(row) and is_money(row[column]):
            found[-1][1].append(row)  # a section's total has the sign of its lines
    return [one for one in found if any(_section_dated(row, column) for row in one[1])]


def section_kind(text: str) -> bool | None:
    """True for a heading of money back, False for one of spending, None for other texts."""
    if len(text) > _LONGEST or ":" in text or text.endswith("."):
        return None
    return True if _BACK.match(text) else False if _OUT.match(text) else None


def _section_dated(row: Sequence[str], column: int) -> bool:
    return any(map(dates.looks_like_date, row[:column]))


def _has_sign(text: str) -> bool:
    written = amounts.take_apart(text)
    return written is None or written.negative or written.plus or written.mark is not None


_ALL_MONEY = (*MONEY, "original_amount", "balance")
_TEXTS = ("description", "merchant")
#: Titles stand on so many lines at most; so many rows below them convince.
_TITLE_LINES, _ENOUGH = 3, 2
_BARE = frozenset({"amount", "amt", "jumlah", "nominal", "nilai"})
_CODE = re.compile(r"\(?(?:[A-Z]{3}|Rp\.?)\)?")
_NO_TITLE = re.compile(r"[\d:]")
#: An amount may stand so many lines below its date.
_LATER = 1
#: Longer texts are no titles beside each other.
_WORDS = 12


def stacks(found: Sequence[TextLine], index: int) -> Iterator[list[TextCell]]:
    """A line as titles, then with the lines close below laid into it, also with names parted."""
    line = found[index]
    heads_section = len(line.cells) == 1 and section_kind(line.cells[0].text) is not None
    if not line.cells or has_value(line) or heads_section:
        return
    yield from _stacked(found, index, lambda line: list(line.cells))
    if any(len(_parted(one)) > len(one.cells) for one in found[index : index + _TITLE_LINES]):
        yield from _stacked(found, index, _parted)


def _stacked(
    found: Sequence[TextLine], index: int, cells_of: Callable[[TextLine], list[TextCell]]
) -> Iterator[list[TextCell]]:
    line = found[index]
    titles = cells_of(line)
    yield titles
    for above, below in pairwise(found[index : index + _TITLE_LINES]):
        near = below.page == line.page and below.top - above.top < 2 * line.size
        if not near or has_value(below):
            return
        titles = _stack(titles, cells_of(below))
        yield titles


def _parted(line: TextLine) -> list[TextCell]:
    """The cells with those parted that are two known names beside each other."""
    return [part for title in line.cells for part in _names(title)]


def _names(title: TextCell) -> list[TextCell]:
    """`Tanggal Transaksi Tanggal Posting` as two titles; any other text stays as it is."""
    known = _known_names()
    words = title.text.split()
    if len(words) > _WORDS or squash(title.text) in known:
        return [title]
    best: list[list[str] | None] = [[]]
    for end in range(1, len(words) + 1):
        ways = [
            [*before, " ".join(words[start:end])]
            for start in range(end)
            if (before := best[start]) is not None and _is_name(words[start:end], known)
        ]
        best.append(min(ways, key=len, default=None))
    return _spread(title, best[-1] or [title.text])


def _is_name(words: Sequence[str], known: Collection[str]) -> bool:
    """A known name, or one with its currency or `Amount` beside it: `Credit CHF`."""
    plain = words[:-1] if len(words) > 1 and _CODE.fullmatch(words[-1]) else words
    if squash(" ".join(words)) in known or squash(" ".join(plain)) in known:
        return True
    sides = {squash(word) for word in (*words[:1], *words[-1:])}
    return len(words) == 2 and not sides.isdisjoint(_BARE) and not sides.isdisjoint(_one_way())


@cache
def _one_way() -> frozenset[str]:
    """Names of columns that hold money out, money in, or what is left."""
    columns = get_profile("umum").columns
    return frozenset(
        squash(name) for role in ("debit", "credit", "balance") for name in columns[role]
    )


@cache
def _known_names() -> frozenset[str]:
    names = get_profile("umum").columns.values()
    return frozenset(squash(name) for one in names for name in one)


def _spread(title: TextCell, parts: Sequence[str]) -> list[TextCell]:
    """Parts of a text where they stand if all letters are equally wide."""
    letter = (title.right - title.left) / len(title.text)
    cells, left = [], title.left
    for part in parts:
        cells.append(TextCell(part, left, left + letter * len(part)))
        left += letter * (len(part) + 1)
    return cells


def has_value(line: TextLine) -> bool:
    return any(map(is_value, line.cells))


def is_value(cell: TextCell) -> bool:
    return dates.looks_like_date(cell.text) or is_money(cell.text)


def _stack(upper: Sequence[TextCell], lower: Sequence[TextCell]) -> list[TextCell]:
    """Two title lines as one: words over each other are one title."""
    titles = list(upper)
    for cell in lower:
        index = _place(cell, titles)
        over = titles[index]
        if min(over.right, cell.right) > max(over.left, cell.left):
            titles[index] = TextCell(
                f"{over.text} {cell.text}", min(over.left, cell.left), max(over.right, cell.right)
            )
        else:
            titles.append(cell)
    return sorted(titles, key=lambda title: title.left)


def _place(cell: TextCell, titles: Sequence[TextCell], among: Iterable[int] | None = None) -> int:
    """The title that overlaps a cell most, else the nearest."""

    def nearness(index: int) -> float:
        title = titles[index]
        return min(title.right, cell.right) - max(title.left, cell.left)

    return max(range(len(titles)) if among is None else among, key=nearness)


class Titles:
    """The titles of a table: where they stand and what may stand under them."""

    def __init__(self, cells: Sequence[TextCell]) -> None:
        self.cells = cells
        self.roles = layout.assign([cell.text for cell in cells], [], get_profile("umum"))
        if "sign" in self.roles and not layout.complete(self.roles):
            self.roles["amount"] = self.roles.pop("sign")  # `MUTASI`, where amounts have their mark
        self._days = [self.roles[role] for role in DAYS if role in self.roles]
        self._money = [self.roles[role] for role in _ALL_MONEY if role in self.roles]
        self._texts = [self.roles[role] for role in _TEXTS if role in self.roles]

    @property
    def names_purchases(self) -> bool:
        """Whether a column says what was bought, which a summary with a date and sums does not."""
        return bool(self._texts)

    @property
    def text(self) -> int:
        """The column of what has no other: texts, or the first that is no date and no amount."""
        free = (at for at in range(len(self.cells)) if at not in (*self._days, *self._money))
        return self._texts[0] if self._texts else next(free, 0)

    def are_left(self, line: TextLine) -> bool:
        """Whether a line begins a table of something else: other titles, a date among them."""
        if len(line.cells) < 2 or any(map(_NO_TITLE.search, line.texts)):
            return False
        own = " ".join(squash(cell.text) for cell in self.cells)
        texts = [squash(text) for text in line.texts]
        columns = get_profile("umum").columns
        days = {squash(name) for role in DAYS for name in columns[role]}
        return not days.isdisjoint(texts) and any(text not in own for text in texts)

    def meant_by(self, main: Titles, columns: Sequence[int]) -> list[int]:
        """The columns of another table that mean the same; the text where there is none."""
        if main.cells is self.cells or [c.text for c in main.cells] == [c.text for c in self.cells]:
            return list(columns)
        meaning = {index: role for role, index in self.roles.items()}
        same = {index: main.roles.get(role) for index, role in meaning.items()}
        return [main.text if (found := same.get(index)) is None else found for index in columns]

    def place(self, cell: TextCell, taken: Collection[int], leading: bool) -> int:
        """The column of a cell; of the columns `taken` another stands under it already."""
        index = _place(cell, self.cells)
        if leading and all(cell.right <= self.cells[text].left for text in self._texts):
            fitting = self._days if self._texts else []
        elif is_money(cell.text):
            fitting = [] if index not in (*self._days, *self._texts) else self._money
        else:
            words = cell.text.upper() not in MARKS and any(map(str.isalpha, cell.text))
            words = words and not is_value(cell)
            fitting = self._texts if words and index in (*self._days, *self._money) else []
            return _place(cell, self.cells, fitting) if fitting else index
        free = [column for column in fitting if column not in taken]
        return _place(cell, self.cells, free) if free and index not in free else index

    def fitting(self, below: Iterable[TextLine]) -> int:
        """How many lines have money under an amount's title and, there or just above, a date."""
        money = [self.roles[role] for role in MONEY if role in self.roles]
        count, since = 0, _LATER + 1
        for line in below:
            row = Placed(line, under(line, self)).row(len(self.cells))
            dated = any(dates.looks_like_date(row[index]) for index in self._days)
            since = 0 if dated else since + 1
            paid = any(is_money(row[index]) for index in money)
            day = any(dates.looks_like_date(row[index]) for index in money)
            count += since <= _LATER and paid and not day
            if count == _ENOUGH:
                break
        return count


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, the column of each of its cells, and the title that stands nearest to it."""

    line: TextLine
    columns: Sequence[int]
    nearest: Sequence[int] = ()

    def row(self, width: int) -> list[str]:
        """The texts under the titles."""
        row = [""] * width
        for cell, index in zip(self.line.cells, self.columns, strict=True):
            row[index] = f"{row[index]} {cell.text}".strip()
        return row


def nearest(line: TextLine, titles: Titles) -> list[int]:
    """The title that each cell stands under, whatever it is."""
    return [_place(cell, titles.cells) for cell in line.cells]


def under(line: TextLine, titles: Titles) -> list[int]:
    """The column of each cell: the title that it stands under and can belong to."""
    taken: set[int] = set()
    columns = []
    leading = True
    for cell in line.cells:
        leading = leading and dates.looks_like_date(cell.text)
        columns.append(titles.place(cell, taken, leading))
        taken.add(columns[-1])
    return columns


_TIMES = (2, 3, 4)
#: A cell may begin so many points left of its title.
_LEFT_OF = 12.0


def unfolded(found: Sequence[TextLine]) -> list[TextLine]:
    """All lines; under titles that repeat themselves each repetition follows the one before it."""
    made: list[TextLine] = []
    starts: list[float] = []
    parts: list[list[TextLine]] = []
    for line in found:
        begun = _repeated(line)
        cut = _cut(line, starts) if starts and not begun else None
        if cut is None or (parts and any(parts) and line.page != parts[0][-1].page):
            made += [one for part in parts for one in part]
            parts = []
        if begun:
            starts = begun
            made.append(replace(line, cells=line.cells[: len(line.cells) // len(begun)]))
        elif cut is None:
            starts = starts if len(line.cells) < 2 else []
            made.append(line)
        else:
            parts = parts or [[] for _ in starts]
            for part, own in zip(parts, cut, strict=True):
                part += own
    return made + [one for part in parts for one in part]


def _repeated(line: TextLine) -> list[float]:
    """Where each repetition begins, empty when these are no titles twice or more."""
    texts = [squash(text) for text in line.texts]
    for times in _TIMES:
        width, rest = divmod(len(texts), times)
        if rest or width < 2 or texts != texts[:width] * times or has_value(line):
            continue
        if layout.complete(Titles(line.cells[:width]).roles):
            return [line.cells[at * width].left for at in range(times)]
    return []


def _cut(line: TextLine, starts: Sequence[float]) -> list[list[TextLine]] | None:
    """The pieces of a line moved under the first titles; None where a cell reaches over."""
    if not has_value(line):
        return None
    edges = [*(start - _LEFT_OF for start in starts[1:]), float("inf")]
    pieces: list[list[TextCell]] = [[] for _ in starts]
    for cell in line.cells:
        at = next(number for number, edge in enumerate(edges) if cell.left < edge)
        if cell.right > edges[at]:
            return None
        move = starts[at] - starts[0]
        pieces[at].append(TextCell(cell.text, cell.left - move, cell.right - move))
    return [[replace(line, cells=tuple(piece))] if piece else [] for piece in pieces]
