"""A long file is gone over day by day, in memory or on disk alike; nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.tagihan.intake import line_buffer as buffer
from kkpd.tagihan.intake.line_buffer import LineBuffer
from kkpd.tagihan.intake.line_columns import LineColumns

DAYS = ("0000-00-00", "2026-01-31", "2026-02-01", "2026-10-13")
LINES = st.lists(
    st.tuples(
        st.sampled_from(DAYS),
        st.sampled_from((None, "R1", "R2")),
        st.integers(-(2**62), 2**62),
        st.sampled_from(("", "kopi", "nasi\nbungkus")),
    ),
    max_size=40,
)
Line = tuple[str, str | None, int, str]


def _columns(lines: list[Line], first: int) -> LineColumns:
    count = len(lines)
    days = [None if day == DAYS[0] else day for day, *_ in lines]
    return LineColumns(
        kunci=[f"{day}{number:032x}" for number, (day, *_) in enumerate(lines, first)],
        baris=list(range(first, first + count)),
        lembar=[None] * count,
        referensi=[reference for _, reference, *_ in lines],
        kartu=["4821"] * count,
        transaksi=[*days],
        posting=[None] * count,
        sen=[sen for *_, sen, _ in lines],
        keterangan=[text for *_, text in lines],
        merchant=["TOKO"] * count,
        mcc=[None] * count,
        mata_uang=["IDR"] * count,
        jenis=["belanja"] * count,
    )


def _rolled(lines: list[Line], size: int = 7) -> LineBuffer:
    found = LineBuffer()
    for start in range(0, len(lines), size):
        found.add_in(_columns(lines[start : start + size], start))
    found.selesai()
    return found


def _flat(rolled: LineBuffer) -> list[tuple[object, ...]]:
    return [row for batch in rolled for row in zip(*batch.lists(), strict=True)]


@given(LINES, st.sampled_from(((100, 100), (100, 5), (9, 5), (1, 2))))
def test_the_lines_of_a_long_file_come_by_day_and_a_short_one_stays(
    lines: list[Line], limits: tuple[int, int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(buffer, "IN_MEMORY", limits[0])
        patch.setattr(buffer, "AT_ONCE", limits[1])
        rolled = _rolled(lines)
        told = list(zip(*_columns(lines, 0).lists(), strict=True))
        long = len(lines) > min(limits)
        assert _flat(rolled) == (sorted(told, key=lambda row: row[0][:10]) if long else told)
        assert _flat(rolled) == _flat(rolled), "it is gone over more than once"
        places = [start for start, _ in rolled.numbered()]
        assert places == [sum(map(len, list(rolled)[:n])) for n in range(len(places))]
        again = LineBuffer()
        for batch in rolled:
            again.add_in(batch)
        again.selesai()
        assert _flat(again) == _flat(rolled), "a kept reading has the same positions"


@given(LINES.filter(bool))
def test_packed_columns_are_opened_as_they_were(lines: list[Line]) -> None:
    columns = _columns(lines, 3)
    assert LineColumns.buka(columns.pack()) == columns
