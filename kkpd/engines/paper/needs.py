"""What a paper must contain before it is issued, and where it is entered: one table.

A draft prints placeholders; issuing is refused with one sentence that lists everything missing,
because a paper without it would not be valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah, terbilang
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Letterhead,
    Person,
    Piece,
    SignatureBlock,
    Table,
    Terbilang,
    TotalsDiffer,
)

_SETTINGS: Final = "Pengaturan, Setelan bertanggal: "
_PERSON: Final = "Pengaturan, Orang dan pengguna"
#: `Rp 1.500.000 (satu juta lima ratus ribu rupiah)`: an amount in figures and words.
_SAID_TWICE: Final = re.compile(r"Rp (-?[\d.,]*\d) \(([^()]*\brupiah\b[^()]*)\)")
_NOT_YET: Final = "(belum diisi)"


@dataclass(frozen=True, slots=True)
class PaperNeed:
    """A required item: its name, and the page where it is entered."""

    what: str
    tempat: str

    @property
    def kosong(self) -> str:
        """The placeholder on drafts."""
        return f"({self.what} belum diisi)"


GOVERNMENT: Final = PaperNeed("nama pemerintah daerah", f"{_SETTINGS}Nama pemerintah daerah")
OFFICE: Final = PaperNeed("perangkat daerah Kuasa BUD", f"{_SETTINGS}Perangkat daerah Kuasa BUD")
ADDRESS: Final = PaperNeed("alamat", "Pengaturan, OPD: Alamat")
BUD_ADDRESS: Final = PaperNeed("alamat Kuasa BUD", f"{_SETTINGS}Alamat perangkat daerah Kuasa BUD")
SIGNER: Final = PaperNeed("pejabat", "Pengaturan, Penugasan")
NIP: Final = PaperNeed("NIP", f"{_PERSON}: NIP")
RANK: Final = PaperNeed("pangkat", f"{_PERSON}: Pangkat")
BANK: Final = PaperNeed("bank", f"{_SETTINGS}Bank RKUD")
REKENING: Final = PaperNeed("rekening bendahara", f"{_SETTINGS}Rekening bendahara")
NPWP: Final = PaperNeed("NPWP", "Pengaturan, OPD: NPWP")
DPA: Final = PaperNeed("nomor DPA", "Pengaturan, Anggaran: DPA")
SPD: Final = PaperNeed("SPD", "Pengaturan, Anggaran: SPD")
ENOUGH_SPD: Final = PaperNeed("SPD yang mencukupi", "Pengaturan, Anggaran: SPD")
SPP: Final = PaperNeed("nomor SPP", "Pembayaran: SPP-GU")


@dataclass(frozen=True, slots=True)
class Lack:
    """A missing item of a paper; `whose` says whose it is, or the missing amount."""

    required: PaperNeed
    whose: str = ""

    def __str__(self) -> str:
        said = f"{self.required.what} {self.whose}".rstrip()
        return f"{said} ({self.required.tempat})"


def require_complete(judul: str, lacks: Iterable[Lack]) -> None:
    """DomainError with everything that is missing, each once, and where to enter it."""
    missing = list(dict.fromkeys(map(str, lacks)))
    if missing:
        raise DomainError(
            f"{judul} belum dapat diterbitkan. Lengkapi dahulu: {'; '.join(missing)}.",
            rule="surat yang tidak lengkap tidak diterbitkan",
        )


def lacks(document: FrozenDocument, *, everything: bool) -> list[Lack]:
    """Empty parts of letterhead and signers; `everything`: a report of all OPDs by the treasury."""
    kop, found = document.kop, []
    if not kop.pemerintah:
        found.append(Lack(GOVERNMENT))
    if not kop.opd:
        found.append(Lack(OFFICE))
    if not kop.alamat:
        found.append(Lack(BUD_ADDRESS) if everything else Lack(ADDRESS, kop.opd))
    for one in document.tanda_tangan:
        found += _signer_lacks(one)
    return found


def _signer_lacks(one: SignatureBlock) -> list[Lack]:
    if not one.orang.nama:
        return [Lack(SIGNER, one.selaku)]
    asked = ((NIP, one.orang.nip), (RANK, one.orang.pangkat))
    return [Lack(key, one.orang.nama) for key, said in asked if not said]


def draft_letterhead(kop: Letterhead) -> Letterhead:
    """The letterhead of a draft, with placeholders for what is missing."""
    return replace(
        kop,
        pemerintah=kop.pemerintah or GOVERNMENT.kosong,
        opd=kop.opd or OFFICE.kosong,
        alamat=kop.alamat or ADDRESS.kosong,
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
        nip=orang.nip or NIP.kosong,
        pangkat=orang.pangkat or RANK.kosong,
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
