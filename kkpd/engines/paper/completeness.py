"""What is missing in letterhead and signatures, and whether words and figures agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from kkpd.core.money import Rupiah
from kkpd.core.terbilang import terbilang
from kkpd.engines.paper import needs
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.needs import REQUIREMENTS, Lack
from kkpd.engines.paper.parts import (
    Letterhead,
    Person,
    Piece,
    SignatureBlock,
    Table,
    Terbilang,
    TotalsDiffer,
)

#: `Rp 1.500.000 (satu juta lima ratus ribu rupiah)`: an amount in figures and words.
_SAID_TWICE: Final = re.compile(r"Rp (-?[\d.,]*\d) \(([^()]*\brupiah\b[^()]*)\)")
_NOT_YET: Final = "(belum diisi)"


def lacks(document: FrozenDocument, *, everything: bool) -> list[Lack]:
    """Empty parts of letterhead and signers; `everything`: a report of all OPDs by the treasury."""
    kop, found = document.kop, []
    if not kop.pemerintah:
        found.append(Lack(needs.GOVERNMENT))
    if not kop.opd:
        found.append(Lack(needs.OFFICE))
    if not kop.alamat:
        found.append(Lack(needs.BUD_ADDRESS) if everything else Lack(needs.ADDRESS, kop.opd))
    for one in document.tanda_tangan:
        found += _signer_lacks(one)
    return found


def _signer_lacks(one: SignatureBlock) -> list[Lack]:
    if not one.orang.nama:
        return [Lack(needs.SIGNER, one.selaku)]
    asked = ((needs.NIP, one.orang.nip), (needs.RANK, one.orang.pangkat))
    return [Lack(key, one.orang.nama) for key, said in asked if not said]


def draft_letterhead(kop: Letterhead) -> Letterhead:
    """The letterhead of a draft, with placeholders for what is missing."""
    return replace(
        kop,
        pemerintah=kop.pemerintah or REQUIREMENTS[needs.GOVERNMENT].kosong,
        opd=kop.opd or REQUIREMENTS[needs.OFFICE].kosong,
        alamat=kop.alamat or REQUIREMENTS[needs.ADDRESS].kosong,
    )


def draft_signature(one: SignatureBlock) -> SignatureBlock:
    """The signature block of a draft, with placeholders for what is missing."""
    orang = one.orang
    if not orang.nama:
        return replace(one, orang=Person("(belum ditunjuk)"))
    if orang.nip and orang.pangkat:
        return one
    said = replace(
        orang,
        nip=orang.nip or REQUIREMENTS[needs.NIP].kosong,
        pangkat=orang.pangkat or REQUIREMENTS[needs.RANK].kosong,
    )
    return replace(one, orang=said)


def or_not_yet(text: str) -> str:
    """The text, or the placeholder."""
    return text or _NOT_YET


def check_words(isi: Sequence[Piece]) -> None:
    """TotalsDiffer if words and figures of an amount differ.

    Every amount in words must also be in figures in the same document, in a table or after `Rp`,
    and an amount given twice in a sentence must be the same.
    """
    texts = [text for part in isi for text in _text(part)]
    figures = {amount for part in isi if isinstance(part, Table) for amount in _figures(part)}
    for part in isi:
        if isinstance(part, Terbilang) and not _is_said(part.nilai, figures, texts):
            raise TotalsDiffer(f"{part.kata!r} stands in words, but nowhere in figures")
    for text in texts:
        for amount, words in _SAID_TWICE.findall(text):
            if words != terbilang(Rupiah.parse(amount)):
                raise TotalsDiffer(f"{words!r} are not the words for Rp {amount}")


def _figures(table: Table) -> Iterator[Rupiah]:
    """Every amount in the table: totals, subtotals and cells."""
    yield from table.jumlah
    for group in table.kelompok:
        yield from group.jumlah
    for row in table.baris:
        yield from (cell for cell in row if isinstance(cell, Rupiah))


def _is_said(amount: Rupiah, figures: set[Rupiah], texts: Iterable[str]) -> bool:
    said = re.compile(rf"Rp {re.escape(str(amount))}(?![\d.,]*\d)")
    return amount in figures or any(said.search(text) for text in texts)


def _text(part: Any) -> Iterator[str]:
    """Every text of a part, except table rows, which are not sentences."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _text(item)
    elif is_dataclass(part) and not isinstance(part, Table):
        for field in fields(part):
            yield from _text(getattr(part, field.name))
