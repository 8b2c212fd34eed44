"""A CSV file without quotes: each line is a row, cut at its separators."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from kkpd.engines.reading.formats import csvtable

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
    lines = (line.rstrip("\n") for line in io.StringIO(text, newline=None))
    return [line.split(";") if line else [] for line in lines]


@settings(max_examples=100, deadline=None)
@given(_LINES, _ENCODINGS, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_rows_are_the_lines_of_the_file(
    lines: list[str], encoding: str, end: str, closed: bool
) -> None:
    text = end.join(["Tanggal;Jumlah;Ket;é", *lines]) + (end if closed else "")
    [sheet] = csvtable.sheets(text.encode(encoding))
    assert [list(row) for row in sheet.rows()] == _by_row(text)
