"""Tables read by column say the same as read by row, wherever the bytes are cut."""

from __future__ import annotations

import io
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkpd.engines.reading.formats import csvtable
from kkpd.engines.reading.sheet import Block, Sheet
from kkpd.engines.reading.words import Vocabulary, WordFinder

_LINES = st.lists(
    st.lists(st.sampled_from(["", "a", "TOKO é 12", "1.000", " "]), min_size=1, max_size=4).map(
        ";".join
    ),
    min_size=2,
    max_size=30,
)
_ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


def _by_row(text: str) -> list[list[str]]:
    """What a file of lines without quotes says: each line cut at its separators."""
    return [line.rstrip("\n").split(";") for line in io.StringIO(text, newline=None)]


@settings(max_examples=100, deadline=None)
@given(_LINES, _ENCODINGS, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.integers(1, 40))
def test_rows_are_the_lines_wherever_pieces_end(
    lines: list[str], encoding: str, end: str, closed: bool, piece: int
) -> None:
    text = end.join(["Tanggal;Jumlah;Ket;é", *lines]) + (end if closed else "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvtable, "_FIRST_PIECE", piece)
        patch.setattr(csvtable, "_PIECE", 2 * piece)
        [sheet] = csvtable.sheets(text.encode(encoding))
        rows = [list(row) for row in sheet.rows()]
        below = [list(row) for block in sheet.below(3) for row in block.rows]
    assert rows == _by_row(text)
    assert below == rows[3:]


def test_a_block_has_columns_of_one_length() -> None:
    ragged = Block.of([("a",), ("b", "c", "d"), ("e", "f")])
    assert ragged.size == 3
    assert ragged.columns == [("a", "b", "e"), ("", "c", "f"), ("", "d", "")]
    assert ragged.rows == [("a",), ("b", "c", "d"), ("e", "f")]
    turned = Block([["a", "b"], ["1", "2"]], 2)
    assert turned.rows == [("a", "1"), ("b", "2")]


def test_a_sheet_without_blocks_is_turned_some_rows_at_a_time() -> None:
    rows = [(str(number), "x") for number in range(5_000)]
    blocks = list(Sheet("Lembar", lambda: iter(rows)).below(10))
    assert len(blocks) > 1
    assert list(chain.from_iterable(block.rows for block in blocks)) == rows[10:]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["TOKO 1", "TOKO 2"], False),
        (["TOKO 1", "Bea METERAI 10000"], True),
        (["2SETORAN3 ATM"], False),
        (["ÜBERTRAG 5"], True),
        (["PPH 21 final"], True),
        (["PPH 22 final"], False),
    ],
)
def test_words_are_found_among_texts_that_differ_in_digits(texts: list[str], found: bool) -> None:
    finder = WordFinder([("satu", ("meterai", "übertrag")), ("dua", ("pph 21",))])
    assert finder.in_any(Vocabulary([texts, ["BERSIH"]])) == found
