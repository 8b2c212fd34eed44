"""What the program knows of a purchase's evidence: kind, size, and what its text says, if any.

A picture whose text nobody read proves nothing, and neither does a text that names another amount.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kkpd.core.moments import MONTHS
from kkpd.core.money import Rupiah

#: Digits in a text that may be an amount, with their separators.
_AMOUNT: Final = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{2})?(?!\d)|(?<!\d)\d+(?!\d)"
)
_CENTS: Final = re.compile(r"(?<=\d{3})[.,]\d{2}$")
_KINDS: Final = {"image/jpeg": "foto", "image/png": "gambar", "application/pdf": "PDF"}


@dataclass(frozen=True, slots=True)
class EvidenceSeen:
    """A file of evidence: its name, media type, bytes, and the text read in it (None: none)."""

    nama: str
    media: str
    ukuran: int
    teks: str | None = None

    @property
    def wording(self) -> str:
        """As a person reads it."""
        read = "teksnya terbaca" if self.teks else "isinya tidak terbaca program"
        size = max(1, self.ukuran // 1024)
        return f"{self.nama}: {_KINDS.get(self.media, self.media)} {size} KB, {read}"


@dataclass(frozen=True, slots=True)
class EvidenceSays:
    """What stands in the texts of the evidence; `read` is False where no text was read."""

    read: bool
    nilai: bool
    tanggal: bool
    shop: bool

    @property
    def whole(self) -> bool:
        """Whether amount, day and shop all stand there."""
        return self.nilai and self.tanggal and self.shop

    @property
    def lacking(self) -> str:
        """What was not found, as people say it."""
        found = {"nilai": self.nilai, "tanggal": self.tanggal, "nama toko": self.shop}
        return ", ".join(name for name, there in found.items() if not there)


def says(
    evidence: Sequence[EvidenceSeen], nilai: Rupiah, day: date, words: frozenset[str]
) -> EvidenceSays:
    """Whether the amount, the day and one of the shop's significant words stand in the texts."""
    text = " ".join(one.teks for one in evidence if one.teks)
    plain = text.casefold()
    return EvidenceSays(
        read=bool(text),
        nilai=_amount(nilai) in {_whole(found) for found in _AMOUNT.findall(text)},
        tanggal=any(re.search(rf"(?<!\d){form}(?!\d)", plain) for form in _days(day)),
        shop=any(word in plain for word in words),
    )


def _amount(nilai: Rupiah) -> str:
    whole, cents = divmod(abs(nilai).sen, 100)
    return f"{whole}" if not cents else f"{whole},{cents:02d}"


def _whole(found: str) -> str:
    cents = _CENTS.search(found)
    digits = re.sub(r"\D", "", found[: cents.start()] if cents else found).lstrip("0")
    if cents is None or cents.group()[1:] == "00":
        return digits
    return f"{digits},{cents.group()[1:]}"


def _days(day: date) -> tuple[str, ...]:
    month = MONTHS[day.month - 1].casefold()
    return (
        rf"0?{day.day}[/.-]0?{day.month}[/.-](?:20)?{day:%y}",
        rf"{day:%Y}[/.-]{day:%m}[/.-]{day:%d}",
        rf"0?{day.day}[ -](?:{month}|{month[:3]})[a-z]*[ -](?:20)?{day:%y}",
    )
