"""What the frame of a document lacks: its letterhead and those who sign it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from kkpd.core.money import Rupiah
from kkpd.core.terbilang import terbilang
from kkpd.engines.paper import needs
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.needs import SYARAT, Kurang
from kkpd.engines.paper.parts import Bagian, Kop, Orang, Tabel, TandaTangan, Terbilang, TotalsDiffer

#: `Rp 1.500.000 (satu juta lima ratus ribu rupiah)`, as sentences say an amount twice.
_DUA_KALI: Final = re.compile(r"Rp (-?[\d.,]*\d) \(([^()]*\brupiah\b[^()]*)\)")
_BELUM: Final = "(belum diisi)"


def kurang(naskah: Dokumen, *, semua: bool) -> list[Kurang]:
    """What of letterhead and signers is empty; `semua` where the treasury speaks of all OPDs."""
    kop, found = naskah.kop, []
    if not kop.pemerintah:
        found.append(Kurang(needs.PEMERINTAH))
    if not kop.opd:
        found.append(Kurang(needs.PERANGKAT))
    if not kop.alamat:
        found.append(Kurang(needs.ALAMAT_BUD) if semua else Kurang(needs.ALAMAT, kop.opd))
    for one in naskah.tanda_tangan:
        found += _penanda_kurang(one)
    return found


def _penanda_kurang(one: TandaTangan) -> list[Kurang]:
    if not one.orang.nama:
        return [Kurang(needs.PENANDA, one.selaku)]
    asked = ((needs.NIP, one.orang.nip), (needs.PANGKAT, one.orang.pangkat))
    return [Kurang(key, one.orang.nama) for key, said in asked if not said]


def kop_rancangan(kop: Kop) -> Kop:
    """The letterhead of a draft: what is not known says so."""
    return replace(
        kop,
        pemerintah=kop.pemerintah or SYARAT[needs.PEMERINTAH].kosong,
        opd=kop.opd or SYARAT[needs.PERANGKAT].kosong,
        alamat=kop.alamat or SYARAT[needs.ALAMAT].kosong,
    )


def penanda_rancangan(one: TandaTangan) -> TandaTangan:
    """The signature block of a draft: what is not known says so."""
    orang = one.orang
    if not orang.nama:
        return replace(one, orang=Orang("(belum ditunjuk)"))
    if orang.nip and orang.pangkat:
        return one
    said = replace(
        orang,
        nip=orang.nip or SYARAT[needs.NIP].kosong,
        pangkat=orang.pangkat or SYARAT[needs.PANGKAT].kosong,
    )
    return replace(one, orang=said)


def atau_belum(text: str) -> str:
    """The text, or the word that it was not entered."""
    return text or _BELUM


def periksa_kata(isi: Sequence[Bagian]) -> None:
    """TotalsDiffer where words and figures of an amount are not the same.

    Every amount in words stands in figures in the same document, in a table or behind `Rp`, and an
    amount that a sentence says twice is twice the same.
    """
    texts = [text for part in isi for text in _teks(part)]
    figures = {amount for part in isi if isinstance(part, Tabel) for amount in _angka(part)}
    for part in isi:
        if isinstance(part, Terbilang) and not _disebut(part.nilai, figures, texts):
            raise TotalsDiffer(f"{part.kata!r} stands in words, but nowhere in figures")
    for text in texts:
        for amount, words in _DUA_KALI.findall(text):
            if words != terbilang(Rupiah.parse(amount)):
                raise TotalsDiffer(f"{words!r} are not the words for Rp {amount}")


def _angka(table: Tabel) -> Iterator[Rupiah]:
    """Every amount that the table says: totals, subtotals and cells."""
    yield from table.jumlah
    for group in table.kelompok:
        yield from group.jumlah
    for row in table.baris:
        yield from (cell for cell in row if isinstance(cell, Rupiah))


def _disebut(amount: Rupiah, figures: set[Rupiah], texts: Iterable[str]) -> bool:
    said = re.compile(rf"Rp {re.escape(str(amount))}(?![\d.,]*\d)")
    return amount in figures or any(said.search(text) for text in texts)


def _teks(part: Any) -> Iterator[str]:
    """Every text of a part but those of its table rows, which are not sentences."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _teks(item)
    elif is_dataclass(part) and not isinstance(part, Tabel):
        for field in fields(part):
            yield from _teks(getattr(part, field.name))
