"""What the program knows of a purchase's evidence: kind, size, and what its text says, if any.

A picture whose text nobody read proves nothing, and neither does a text that names another amount.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kkpd.belanja.inbox.clues import read_clues
from kkpd.core.money import Rupiah

#: A number without separators may be an amount too.
_PLAIN: Final = re.compile(r"(?<![\d.,])\d{1,12}(?![\d.,]*\d)")
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
    found = read_clues("", text, None, day)
    amounts = {*found.totals, *found.amounts, *(int(one) * 100 for one in _PLAIN.findall(text))}
    return EvidenceSays(
        read=bool(text),
        nilai=abs(nilai).sen in amounts,
        tanggal=day in found.days,
        shop=any(word in text.casefold() for word in words),
    )
