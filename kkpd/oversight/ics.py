"""A calendar as RFC 5545 text: whole-day events, CRLF, lines folded at 75 octets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_WIDTH: Final = 75


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One day in the calendar; `uid` is the same every time the feed is read."""

    uid: str
    day: date
    judul: str
    uraian: str = ""


def calendar(nama: str, calendar_events: Iterable[CalendarEvent], now: datetime) -> bytes:
    """The whole feed in UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//KKPD//Tenggat//ID",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(nama)}",
        *(line for one in calendar_events for line in _calendar_event(one, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _calendar_event(one: CalendarEvent, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(one.uid)}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(one.judul)}"
    if one.uraian:
        yield f"DESCRIPTION:{_text(one.uraian)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """TEXT of RFC 5545 3.3.11: backslash, semicolon, comma and line ends escaped."""
    shown = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(shown.splitlines())


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, never within a letter; the rest begins blank."""
    piece, width = "", 0
    for letter in line:
        size = len(letter.encode())
        if width + size > _WIDTH:
            yield piece
            piece, width = " ", 1
        piece, width = piece + letter, width + size
    yield piece
