"""The rows of a big table as the XML of a worksheet, a column of a batch at once.

xlsxwriter writes cell by cell; here a column's values are spelt together and the rows joined, which
takes a third of the time. It also takes no text for markup: what looks like a rich string (`<r>`)
is escaped like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]  # it ships no types

from kkpd.domain.documents import Kolom
from kkpd.domain.documents.parts import Baris
from kkpd.domain.documents.tampil import tampil
from kkpd.domain.money import Rupiah
from kkpd.reports.csv import FORMULA, has_formula

#: Rows spelt at once: enough to be fast, few enough for memory to stay flat.
BATCH: Final = 2_000
#: Beyond it a spreadsheet's numbers are not exact: such an amount is written as text.
EXACT_SEN: Final = 10**15
_DAY_ZERO: Final = date(1899, 12, 30)
#: What a spreadsheet would read as an escape: the underscore before it is escaped itself.
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SEN: Final = tuple("" if sen == 0 else f".{sen:02d}" for sen in range(100))

#: A column of values -> for each the cell behind its address; empty for an empty cell.
Spell = Callable[[Sequence[Any]], list[str]]


class Rows:
    """Spells rows of these columns; `styles` are the numbers of the columns' cell formats."""

    def __init__(self, kolom: Sequence[Kolom], styles: Sequence[int], quoted: int) -> None:
        self.letters = [xl_col_to_name(at) for at in range(len(kolom))]
        self.spells = [_spell(k, style, quoted) for k, style in zip(kolom, styles, strict=True)]

    def write(self, rows: Iterable[Baris], first: int) -> Iterator[str]:
        """The XML of the rows, batch by batch; `first` is the number of the first, from 1."""
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH)):
            yield self._batch(batch, first)
            first += len(batch)

    def _batch(self, rows: Sequence[Baris], first: int) -> str:
        numbers = [str(number) for number in range(first, first + len(rows))]
        columns: list[list[str]] = [[f'<row r="{number}">' for number in numbers]]
        for letter, spell, values in zip(
            self.letters, self.spells, zip(*rows, strict=True), strict=True
        ):
            begin = f'<c r="{letter}'
            columns.append(
                [
                    f"{begin}{number}{cell}" if cell else ""
                    for number, cell in zip(numbers, spell(values), strict=True)
                ]
            )
        columns.append(["</row>"] * len(rows))
        return "".join(["".join(parts) for parts in zip(*columns, strict=True)])


def _spell(kolom: Kolom, style: int, quoted: int) -> Spell:
    number = f'" s="{style}"><v>'
    if kolom.jenis == "uang":
        return lambda values: _amounts(values, number, style)
    if kolom.jenis == "persen":
        return lambda values: _figures(values, number, _share)
    if kolom.jenis == "tanggal":
        return lambda values: _figures(values, number, _day)
    if kolom.jenis == "angka":
        return lambda values: _figures(values, number, str)
    return lambda values: _texts(values, style, quoted)


def _figures(values: Sequence[Any], begin: str, said: Callable[[Any], str]) -> list[str]:
    """Each distinct value is spelt once."""
    known = {value: f"{begin}{said(value)}</v></c>" for value in {*values} if value is not None}
    return [known.get(value, "") for value in values]


def _share(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 10_000)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:04d}"


def _day(day: date) -> str:
    return str((day - _DAY_ZERO).days)


def _amounts(values: Sequence[Rupiah | None], begin: str, style: int) -> list[str]:
    return [
        ""
        if value is None
        else f"{begin}{sen // 100}{_SEN[sen % 100]}</v></c>"
        if 0 <= (sen := value.sen) <= EXACT_SEN
        else _amount(value, begin, style)
        for value in values
    ]


def _amount(value: Rupiah, begin: str, style: int) -> str:
    """An amount below zero, or too large to be an exact number."""
    if abs(value.sen) > EXACT_SEN:
        return inline(tampil("uang", value), style)
    whole, sen = divmod(abs(value.sen), 100)
    return f"{begin}-{whole}{_SEN[sen]}</v></c>"


def _texts(values: Sequence[str | None], style: int, quoted: int) -> list[str]:
    begin, end = f'" s="{style}" t="inlineStr"><is><t', "</t></is></c>"
    found = [
        "" if not text else f"{begin}{_space(text)}>{text}{end}"
        for text in escaped([value or "" for value in values])
    ]
    if has_formula(values):
        for at, value in enumerate(values):
            if value and value.startswith(FORMULA):
                found[at] = inline(value, quoted)
    return found


def inline(text: str, style: int) -> str:
    """One text as a cell behind its address."""
    (said,) = escaped([text])
    return f'" s="{style}" t="inlineStr"><is><t{_space(text)}>{said}</t></is></c>'


def escaped(texts: Sequence[str]) -> list[str]:
    """Texts of one line each (documents hold no other) for XML, all at once."""
    joined = "\n".join(texts)
    joined = joined.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "_x" in joined:
        joined = _ESCAPE.sub("_x005F_", joined)
    found = joined.split("\n")
    if len(found) != len(texts):
        raise ValueError("a text of a table holds a line break")
    return found


def _space(text: str) -> str:
    return ' xml:space="preserve"' if text[0] == " " or text[-1] == " " else ""
