"""Working days and the calendar feed: tables, properties, and RFC 5545's shape."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.working_days import after, left_over, working
from kkpd.oversight.due import CalendarEvent, calendar

#: A Friday, and the Monday after it a holiday.
JUMAT, SENIN, SELASA = date(2026, 3, 13), date(2026, 3, 16), date(2026, 3, 17)
LIBUR = frozenset({SENIN})
NOW = datetime(2026, 3, 13, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "banyak", "due_day"),
    [
        (JUMAT, 0, JUMAT),
        (JUMAT, 1, SELASA),
        (JUMAT, 2, date(2026, 3, 18)),
        (date(2026, 3, 14), 0, SELASA),
        (SENIN, 1, date(2026, 3, 18)),
    ],
)
def test_working_days_after(day: date, banyak: int, due_day: date) -> None:
    assert after(day, banyak, LIBUR) == due_day


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 1)),
    st.integers(0, 60),
    st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=40),
)
def test_what_is_due_is_as_far_away_as_it_was_set(day: date, n: int, days_off: set[date]) -> None:
    due = after(day, n, days_off)
    assert working(due, days_off)
    start = after(day, 0, days_off)
    assert left_over(start, due, days_off) == n
    assert left_over(due + timedelta(days=1), due, days_off) < 0


def test_a_feed_is_what_calendars_read() -> None:
    long = "Tagihan Oktober; Rp 1.000,50\nbayar \\ " + "ü" * 60
    text = calendar(
        "Tenggat Dinas Kesehatan", [CalendarEvent("tagihan-1@kkpd", JUMAT, long, "x")], NOW
    )
    lines = text.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.decode().replace("\r\n", "")
    whole = text.decode().replace("\r\n ", "")
    assert "SUMMARY:Tagihan Oktober\\; Rp 1.000\\,50\\nbayar \\\\ " + "ü" * 60 in whole
    assert "DTSTART;VALUE=DATE:20260313\r\nDTEND;VALUE=DATE:20260314" in whole
    assert "DTSTAMP:20260313T020000Z" in whole
    assert calendar("", [], NOW).count(b"VEVENT") == 0
