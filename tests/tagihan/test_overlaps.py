"""Real files cut into overlapping pieces, re-exported and read again give the same set of lines."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import date
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from kkpd.engines.reading import Line, parse
from kkpd.tagihan.identity import Identified
from tests.engines.reading import samples
from tests.lines import base_keys, identify

FILES = ("pcard/kota_a_1.csv.gz", "pcard/kota_a_3.csv.gz")
#: The order of the dates of the first file; a piece of twelve days may not show it any more.
ANSWERS = {"urutan_tanggal": "mdy", "tanda_desimal": "."}


@cache
def table(name: str) -> tuple[list[str], list[tuple[date, list[str]]]]:
    """The header and, for each line of a real file, its posting day and its cells."""
    rows = list(csv.reader(io.StringIO(samples.read(name).decode("cp1252")), delimiter="\t"))
    lines = samples.statement(name).lines
    return rows[0], [(line.posting_date or date.min, rows[line.row - 1]) for line in lines]


@cache
def whole(name: str) -> Counter[str]:
    return Counter(base_keys(samples.statement(name).lines))


def export(name: str, first: date, last: date, dice: random.Random) -> bytes:
    """The lines of some days with another row order, column order, spacing and separator."""
    header, rows = table(name)
    order = dice.sample(range(len(header)), len(header))
    kept = [row for day, row in rows if first <= day <= last]
    dice.shuffle(kept)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dice.choice(",;\t|"), quoting=dice.choice((0, 1)))
    for row in [header, *kept]:
        cells = [spaced(row[index], dice) if index < len(row) else "" for index in order]
        writer.writerow(cells)
    return text.getvalue().encode(dice.choice(("utf-8", "utf-8-sig", "utf-16")))


def spaced(cell: str, dice: random.Random) -> str:
    """The same text with other blanks."""
    words = cell.split()
    return dice.choice(("", " ")) + dice.choice((" ", "  ")).join(words) + dice.choice(("", " "))


def take(books: dict[str, list[str | None]], lines: tuple[Line, ...]) -> list[Identified]:
    """Write the new lines of one file into the books, as a service does."""
    found = sorted(identify(books, lines), key=lambda one: one.occurrence)
    for one in found:
        slots = books.setdefault(one.base_key, [])
        if one.new:
            slots.append(lines[one.index].reference)
        elif one.learned:
            slots[one.occurrence - 1] = one.learned
    return [one for one in found if one.new]


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 2**32), st.integers(1, 3))
def test_no_line_is_lost_or_doubled(name: str, seed: int, pieces: int) -> None:
    dice = random.Random(seed)
    days = sorted({day for day, _ in table(name)[1]})
    cuts = [sorted((dice.choice(days), dice.choice(days))) for _ in range(pieces)]
    middle = days[len(days) // 2]
    cuts += [[days[0], middle], [middle, days[-1]]]
    files = [export(name, first, last, dice) for first, last in cuts]
    files += [dice.choice(files)]
    dice.shuffle(files)
    books: dict[str, list[str | None]] = {}
    for file in files:
        statement = parse(file, answers=ANSWERS)
        assert not statement.questions
        take(books, statement.lines)
    assert {key: len(slots) for key, slots in books.items()} == whole(name)


def test_the_same_file_twice_adds_nothing() -> None:
    books: dict[str, list[str | None]] = {}
    lines = samples.statement(FILES[0]).lines
    assert len(take(books, lines)) == len(lines)
    assert take(books, lines) == []
