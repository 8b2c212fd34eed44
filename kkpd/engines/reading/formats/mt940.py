"""MT940 and MT942: tags at line starts, with the liberties that banks take.

`:61:` is one row. Its mark is D or C, or RD/RC for a reversal that goes the other way; the letter
after it is a funds code. The `:86:` that follows describes it, until a balance tag comes.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kkpd.engines.reading.cells.amounts import to_decimal
from kkpd.engines.reading.formats.accounts import Account, AccountEntry, Books
from kkpd.engines.reading.guard import decode, refuse_long_lines
from kkpd.engines.reading.profile import Kinds, Profile
from kkpd.engines.reading.statement import Line, Notes

_TAGS = r"20|21|25P?|28C?|60[FM]?|61|62[FM]?|6[45][FM]?|86|13D?|34F|90[CD]|NS"
AT_START = re.compile(rf"^\s*(?:\{{4:)?:({_TAGS}):(.*)$", re.DOTALL)
_INSIDE = re.compile(rf"(?<=[^\r\n]):(?=(?:{_TAGS}):)")
BREAK = re.compile(r"\r\n|\n|\r")
_AMOUNT = r"\d[\d.]*(?:,\d*)?|,\d+"
_MOVEMENT = re.compile(
    rf"\s*(?P<value>\d{{6}})(?:(?P<entry>\d{{4}})| {{4}})?\s*(?P<mark>[REre]?[DCdc])"
    rf"(?P<funds>[A-Z])?\s*(?P<amount>{_AMOUNT})\s*(?P<type>[A-Z][A-Z0-9 ]{{3}})?(?P<rest>.*)",
    re.DOTALL,
)
_BALANCE = re.compile(rf"\s*([DC])R?(\d{{6}})([A-Z]{{3}})?\s*({_AMOUNT})")
_FLOOR = re.compile(r"\s*\d*([A-Z]{3})")
_STRUCTURED = re.compile(r"\s*(\d{3})\s*([?<>+~|])(?=\d\d)")
_NAMED = re.compile(r"/(NAME|BENM//NAME|ORDP//NAME)/([^/\n]+)")
_END = re.compile(r"^\s*-\}?(\{.*)?$")


def read(data: bytes, profile: Profile, notes: Notes) -> list[Line]:
    """The lines of all statements in the file."""
    refuse_long_lines(data)
    reader = _Reader(Books(notes, Kinds(profile)), notes)
    for tag in _tags(decode(data)):
        reader.take(tag)
    return reader.books.lines()


@dataclass(slots=True)
class _Tag:
    row: int
    name: str
    text: str


def _tags(text: str) -> Iterator[_Tag]:
    """Tags with the lines that continue them; a lone dash ends a message."""
    current: _Tag | None = None
    for row, line in enumerate(_lines(text), start=1):
        found = AT_START.match(line)
        if found or _END.match(line):
            if current is not None:
                yield current
            current = _Tag(row, found[1], found[2]) if found else _Tag(row, "-", "")
        elif current is not None:
            current.text += "\n" + line
    if current is not None:
        yield current


def _lines(text: str) -> list[str]:
    lines = BREAK.split(text)
    if sum(AT_START.match(line) is not None for line in lines) < 2 < len(_INSIDE.findall(text)):
        lines = BREAK.split(_INSIDE.sub("\n:", text))  # the line breaks were lost on the way
    return lines


class _Reader:
    def __init__(self, books: Books, notes: Notes) -> None:
        self.books, self._notes = books, notes
        self._account: Account | None = None
        self._entry: AccountEntry | None = None
        self._described: AccountEntry | None = None

    def take(self, tag: _Tag) -> None:
        """One tag after the other."""
        if tag.name in ("-", "20"):
            self._account = self._entry = None
        if tag.name.startswith("25"):
            self._number(tag)
        elif tag.name.startswith("60"):
            self._balance(tag, opening=True)
        elif tag.name.startswith("62"):
            self._balance(tag, opening=False)
        elif tag.name in ("34F", "90C", "90D"):
            self._floor(tag)
        elif tag.name == "61":
            self._movement(tag)
        elif tag.name in ("86", "NS"):
            self._details(tag)
        elif tag.name[:2] in ("64", "65"):
            self._entry = None

    def _number(self, tag: _Tag) -> None:
        """The account; behind a movement it is a `:86:` that was mistyped."""
        if self._entry is not None and self._here().number:
            self._details(tag)
        else:
            self._here().number = " ".join(tag.text.split()) or None

    def _here(self) -> Account:
        if self._account is None:
            self._account = Account()
            self.books.accounts.append(self._account)
        return self._account

    def _balance(self, tag: _Tag, *, opening: bool) -> None:
        self._entry = None
        found = _BALANCE.match(tag.text)
        if found is None:
            self._notes.find(
                "saldo_tidak_terbaca", f"Saldo pada baris {tag.row} tidak terbaca.", row=tag.row
            )
            return
        account = self._here()
        value = _decimal(found[4])
        signed = -value if found[1] == "D" else value
        account.currency = account.currency or found[3]
        if not opening:
            account.closing = signed
            account.closing_date = _day(found[2])[0]
        elif account.opening is None:
            account.opening = signed

    def _floor(self, tag: _Tag) -> None:
        found = _FLOOR.match(tag.text)
        if found and self._here().currency is None:
            self._here().currency = found[1]

    def _movement(self, tag: _Tag) -> None:
        self._entry = None
        found = _MOVEMENT.match(tag.text)
        value, moved = _day(found["value"]) if found else (None, False)
        if found is None or value is None:
            self.books.wrong(tag.row, f"mutasi “{tag.text.strip()[:40]}” tidak terbaca")
            return
        if moved:
            self._notes.find(
                "tanggal_digeser",
                f"Baris {tag.row}: {found['value']} tidak ada di kalender dan dibaca {value}.",
                row=tag.row,
            )
        mark = found["mark"].upper()
        debit = mark in ("D", "ED", "RC")
        amount = _decimal(found["amount"])
        reference, details = _references(found["rest"])
        self._entry = AccountEntry(
            row=tag.row,
            amount=amount if debit else -amount,
            transaction_date=value,
            posting_date=_entry_day(found["entry"], value),
            description=details,
            reference=reference,
        )
        if mark.startswith("E"):
            self._notes.find(
                "belum_dibukukan", f"Baris {tag.row} masih diperkirakan oleh bank.", row=tag.row
            )
        self._here().entries.append(self._entry)

    def _details(self, tag: _Tag) -> None:
        """Describe the movement before it; after a balance `:86:` speaks of the whole statement."""
        if self._entry is None:
            return
        if tag.name == "NS":
            self._entry.description = " ".join([self._entry.description, *tag.text.split()]).strip()
            return
        description, name = _describe(tag.text)
        before = self._entry.description if self._described is self._entry else ""
        self._entry.description = f"{before} {description}".strip() or self._entry.description
        self._entry.merchant = name or self._entry.merchant
        self._described = self._entry


def _decimal(text: str) -> Decimal:
    """`1234,5`, `1234,`, `,50`, `1.234,50` and, from some banks, `1234.50`."""
    if "," not in text and text.count(".") == 1 and len(text.split(".")[1]) != 3:
        return Decimal(text.rstrip(".") or "0")
    value = to_decimal(text, ",")
    return Decimal(text.replace(".", "").replace(",", ".")) if value is None else value


def _day(yymmdd: str) -> tuple[date | None, bool]:
    """A six-digit date; the 29th to 31st of a shorter month is its last day (30/360 interest)."""
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    year += 2000 if year < 80 else 1900
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None, False
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day, last)), day > last


def _entry_day(mmdd: str | None, value: date) -> date | None:
    """The booking day, in the year that puts it nearest to the value date."""
    if mmdd is None or not 1 <= int(mmdd[:2]) <= 12 or not 1 <= int(mmdd[2:]) <= 31:
        return None
    days = [_day(f"{year % 100:02d}{mmdd}")[0] for year in range(value.year - 1, value.year + 2)]
    return min((day for day in days if day), key=lambda day: abs(day - value))


def _references(rest: str) -> tuple[str | None, str]:
    """The bank's reference, else the customer's, and the supplementary details below them."""
    first, _, details = rest.partition("\n")
    customer, _, bank = first.partition("//")
    names = [name.strip() for name in (bank, customer)]
    reference = next((name for name in names if name and name != "NONREF"), None)
    return reference, " ".join(details.split())


def _describe(text: str) -> tuple[str, str | None]:
    """The purpose and the other party of `:86:`, structured by `?20`, by `/NAME/`, or free."""
    found = _STRUCTURED.match(text)
    if found is None:
        named = _NAMED.search(text.replace("\n", ""))
        return " ".join(text.split()), named[2].strip() if named else None
    whole = text[found.end() - 1 :].replace("\n", "")
    parts = re.split(re.escape(found[2]) + r"(\d\d)", whole)
    fields: dict[str, str] = {}
    for key, value in zip(parts[1::2], parts[2::2], strict=False):
        fields[key] = fields.get(key, "") + value
    purpose = "".join(
        v for k, v in sorted(fields.items()) if "20" <= k <= "29" or "60" <= k <= "63"
    )
    name = " ".join(fields.get(key, "").strip() for key in ("32", "33")).strip()
    described = " ".join(" ".join([fields.get("00", ""), purpose]).split())
    return described, " ".join(name.split()) or None
