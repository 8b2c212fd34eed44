"""What a file of evidence says of its purchase, by its name, its time and its text (pure).

Phones, messengers and scanners write the day into the name; people write amount and shop; a receipt
sent by mail has text. Numbers of photos and papers are no amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah


@dataclass(frozen=True, slots=True)
class Clues:
    """Amounts are in sen. `named` stand in the name as amounts; `bare` are numbers there that may
    be one; `totals` are what the text calls the total, `amounts` its other amounts. `days` are
    written as the day of the receipt, `taken` is when the file was made or sent. `cards` are last
    digits. `name` and `text` are the words in capitals.
    """

    named: frozenset[int] = frozenset()
    bare: frozenset[int] = frozenset()
    totals: frozenset[int] = frozenset()
    amounts: frozenset[int] = frozenset()
    days: frozenset[date] = frozenset()
    taken: date | None = None
    cards: frozenset[str] = frozenset()
    name: tuple[str, ...] = ()
    text: frozenset[str] = frozenset()


_LOCAL: Final = timezone(timedelta(hours=7))
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("jan",),
            ("feb", "peb"),
            ("mar",),
            ("apr",),
            ("mei", "may"),
            ("jun",),
            ("jul",),
            ("agu", "aug", "agt", "ags"),
            ("sep",),
            ("okt", "oct"),
            ("nov", "nop"),
            ("des", "dec"),
        ),
        1,
    )
    for name in names
}
_TIME: Final = (
    r"(?:[ _T-]{1,3}(?:at |pukul |jam )?\d{2}[.:_-]?\d{2}(?:[.:_-]?\d{2}\d{0,3})?)?(?!\d)"
)
_YEAR_FIRST: Final = re.compile(
    rf"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:\d{{6}}(?!\d)|{_TIME})"
)
_DAY_FIRST: Final = re.compile(
    rf"(?<!\d)(0?[1-9]|[12]\d|3[01])([-_./])(0?[1-9]|1[0-2])\2(20\d\d|\d\d){_TIME}"
)
_WORDED: Final = re.compile(
    rf"(?<!\d)(0?[1-9]|[12]\d|3[01])[ _-]?({'|'.join(_MONTHS)})[a-z]{{0,6}}"
    r"(?:[ _-]?(20\d\d))?(?!\d)",
    re.IGNORECASE,
)
#: Scanners write model and day together: SKM_C25826101409320.
_SCANNED: Final = re.compile(
    r"SKM_[A-Z]?\d{3}(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d*", re.IGNORECASE
)
_SINCE_1970: Final = re.compile(r"(?<!\d)(1[6-9]\d{8})(?:\d{3})?(?!\d)")
_CARD: Final = re.compile(
    r"(?:[*x•]{2,}|\b(?:kartu|card|kkpd|berakhiran|akhiran|ending(?: in)?)\b)[ :_.*x•-]{0,8}"
    r"(\d{4})(?!\d|[.,]\d{3})",
    re.IGNORECASE,
)
_GROUPED: Final = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2}(?!\d))?"
_RUPIAH: Final = re.compile(rf"(?<![a-z])(?:rp|idr)\.?[ _]*({_GROUPED}|\d{{3,}})", re.IGNORECASE)
_THOUSANDS: Final = re.compile(rf"(?<![\d.,])({_GROUPED})(?![\d.,]*\d)")
_SHORT: Final = re.compile(
    r"(?<![\d.,])(\d{1,4}(?:[.,]\d{1,2})?) ?(rb|ribu|k|jt|juta)(?![a-z])", re.IGNORECASE
)
_BARE: Final = re.compile(r"(?<![\d.,])(\d{5,9})(?![\d.,]*\d)")
#: Before a number: it counts photos, papers or orders.
_COUNTED: Final = re.compile(
    r"(?<![a-z])(?:img|dsc[nf]?|vid|wa|pic|foto|photo|image|scan|doc|docu?ment|file|no|nomor|nota|inv|invoice"
    r"|faktur|order|po|ref|id|pxl|mvimg|screenshot|#)[ _.\-#:]*$",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(
    r"(?<!sub)(?<!sub )(?<!sub-)\b(?:grand total"
    r"|total(?! (?:item|qty|barang|diskon|discount|pajak|ppn))"
    r"|jumlah (?:bayar|dibayar|tagihan|pembayaran|transaksi)|nilai transaksi|dibayar|amount)\b"
    rf"[^\d\n]{{0,30}}\n?[^\d\n]{{0,12}}({_GROUPED}|\d{{4,9}}(?!\d))",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[A-Z0-9]+")
_FACTOR: Final = {"r": 1_000, "k": 1_000, "j": 1_000_000}


def read_clues(nama: str, teks: str, taken: date | None, today: date) -> Clues:
    """The clues of one file; `taken` is the day inside a photo, `today` the day it was dropped."""
    stem = nama.rsplit(".", 1)[0] if "." in nama[-6:] else nama
    cards = frozenset(_CARD.findall(f"{stem}\n{teks}"))
    bare_name, made = _without_days(_CARD.sub(" ", stem), today)
    named = {*_amounts(bare_name, _RUPIAH), *_amounts(bare_name, _THOUSANDS), *_short(bare_name)}
    written, days = _without_days(_CARD.sub(" ", teks), today, worded_year=True)
    totals = frozenset(_amounts(written, _TOTAL))
    amounts = {*_amounts(written, _RUPIAH), *_amounts(written, _THOUSANDS)}
    if taken is None and made:
        taken = max(made)
    return Clues(
        named=frozenset(named),
        bare=frozenset(_bare(bare_name)) - named,
        totals=totals,
        amounts=frozenset(amounts) - totals,
        days=frozenset(days),
        taken=taken,
        cards=cards,
        name=tuple(_WORD.findall(bare_name.upper().replace("_", " "))),
        text=frozenset(_WORD.findall(teks.upper())),
    )


def _without_days(text: str, today: date, *, worded_year: bool = False) -> tuple[str, set[date]]:
    """The text without the days that it writes, and these days. A day without its year is the last
    one before `today`, and counts in names only.
    """
    found: set[date] = set()

    def year_first(hit: re.Match[str]) -> str:
        return _kept(hit, found, hit[1], hit[3], hit[4])

    def day_first(hit: re.Match[str]) -> str:
        return _kept(hit, found, hit[4], hit[3], hit[1])

    def scanned(hit: re.Match[str]) -> str:
        return _kept(hit, found, hit[1], hit[2], hit[3])

    def worded(hit: re.Match[str]) -> str:
        if not hit[3] and worded_year:
            return hit[0]
        month = str(_MONTHS[hit[2].lower()])
        year = hit[3] or str(today.year - ((int(month), int(hit[1])) > (today.month, today.day)))
        return _kept(hit, found, year, month, hit[1])

    def counted(hit: re.Match[str]) -> str:
        found.add(datetime.fromtimestamp(int(hit[1]), UTC).astimezone(_LOCAL).date())
        return " "

    for pattern, act in ((_SCANNED, scanned), (_YEAR_FIRST, year_first), (_DAY_FIRST, day_first)):
        text = pattern.sub(act, text)
    text = _WORDED.sub(worded, text)
    if not worded_year:
        text = _SINCE_1970.sub(counted, text)
    return text, {day for day in found if date(2022, 1, 1) <= day <= today + timedelta(days=1)}


def _kept(hit: re.Match[str], found: set[date], year: str, month: str, day: str) -> str:
    try:
        found.add(date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)))
    except ValueError:
        return hit[0]
    return " "


def _amounts(text: str, pattern: re.Pattern[str]) -> Iterator[int]:
    """Sen of the numbers that the pattern finds; both `1.250.000,00` and `1,250,000.00`."""
    for hit in pattern.finditer(text):
        written = hit[1]
        cents = re.search(r"[.,](\d\d)$", written)
        whole = written[: cents.start()] if cents else written
        digits = re.sub(r"[.,]", "", whole)
        if 3 <= len(digits) <= 12:
            yield int(digits) * 100 + (int(cents[1]) if cents else 0)


def _short(text: str) -> Iterator[int]:
    """`750rb`, `1,2jt`."""
    for hit in _SHORT.finditer(text):
        try:
            yield Rupiah.parse(hit[1].replace(".", ",")).sen * _FACTOR[hit[2][0].lower()]
        except DomainError:
            continue


def _bare(text: str) -> Iterator[int]:
    """Numbers that may be an amount: of five digits or more, not counting photos or papers."""
    for hit in _BARE.finditer(text):
        if not hit[1].startswith("0") and not _COUNTED.search(text[: hit.start()]):
            yield int(hit[1]) * 100
