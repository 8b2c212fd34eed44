"""Times of day: read from a column or behind the date, and no part of a line's identity."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from kkpd.engines.reading.cells import times
from kkpd.engines.reading.reading import parse
from kkpd.engines.reading.statement import Line
from kkpd.tagihan.identity import base_key


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("23:15", time(23, 15)),
        ("23.15.07 WIB", time(23, 15, 7)),
        ("11:15 PM", time(23, 15)),
        ("12:05 a.m.", time(0, 5)),
        ("231507", time(23, 15, 7)),
        (time(1, 2, 3, 4), time(1, 2, 3)),
        (0.5, time(12)),
        ("24:00", None),
        ("13:00 PM", None),
        ("", None),
        ("Rp 23", None),
    ],
)
def test_a_cell_of_times(cell: object, found: time | None) -> None:
    assert times.alone(cell) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("03/05/2026 02:11", time(2, 11)),
        ("2026-05-03T02:11:09Z", time(2, 11, 9)),
        ("03/05/2026 00:00:00", None),
        ("03.05.2026", None),
        ("03/05/2026", None),
        (datetime(2026, 5, 3, 2, 11, tzinfo=UTC), time(2, 11)),
        (datetime(2026, 5, 3, tzinfo=UTC), None),
        (None, None),
    ],
)
def test_what_stands_behind_a_date(cell: object, found: time | None) -> None:
    assert times.after_date(cell) == found


def _lines(text: str) -> tuple[Line, ...]:
    return parse(text.encode(), "tagihan.csv", None).lines


def test_a_time_does_not_change_the_line() -> None:
    """The same lines with and without times are the same lines (law 7)."""
    column = _lines(
        "Tanggal;Jam;Merchant;MCC;Nilai;Kartu;Referensi\n"
        "03/05/2026;23:15;TOKO TANI;5943;150.000,00;************1234;R1\n"
        "13/05/2026;;TOKO TANI;5943;250.000,00;************1234;R2\n"
    )
    after = _lines(
        "Tanggal;Merchant;MCC;Nilai;Kartu;Referensi\n"
        "03/05/2026 23:15;TOKO TANI;5943;150.000,00;************1234;R1\n"
        "13/05/2026;TOKO TANI;5943;250.000,00;************1234;R2\n"
    )
    without = _lines(
        "Tanggal;Merchant;MCC;Nilai;Kartu;Referensi\n"
        "03/05/2026;TOKO TANI;5943;150.000,00;************1234;R1\n"
        "13/05/2026;TOKO TANI;5943;250.000,00;************1234;R2\n"
    )
    assert [line.time for line in column] == [time(23, 15), None]
    assert [line.time for line in after] == [time(23, 15), None]
    assert [line.time for line in without] == [None, None]
    keys = {tuple(map(base_key, lines)) for lines in (column, after, without)}
    assert len(keys) == 1
