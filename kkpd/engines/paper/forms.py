"""What all forms share: what a paper must contain, its frame, budget columns, and lists.

A draft prints placeholders; issuing is refused with one sentence that lists everything missing and
where it is entered, because a paper without it would not be valid.

A list form is a set of columns and texts, its rows a dataclass. Cells are the fields (or
properties) of a row with the keys of the columns. A column `no` is counted, except for rows with
`counted` False (an opening balance). So a new list needs a row class and a `ListShape`, no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah, terbilang
from kkpd.engines.paper.model import FORM_VERSION, FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Entries,
    LabelRow,
    Letterhead,
    Paragraph,
    Person,
    Piece,
    Row,
    SignatureBlock,
    Table,
    Terbilang,
    TotalsDiffer,
    data_table,
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
NEEDS: Final = (
    *(GOVERNMENT, OFFICE, ADDRESS, BUD_ADDRESS, SIGNER, NIP, RANK),
    *(BANK, REKENING, NPWP, DPA, SPD, ENOUGH_SPD, SPP),
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of every form.

    `tanggal` is the document's own date, `periode` one of 2026-10, 2026-T3, 2026. `alamat_periksa`
    is the address before the hash in the QR ("https://.../periksa/"), empty for none.
    """

    kop: Letterhead
    tanggal: date
    nomor: str = ""
    periode: str = ""
    tempat: str = ""
    rancangan: bool = True
    alamat_periksa: str = ""


def dokumen(
    paper_frame: Frame,
    formulir: str,
    judul: str,
    isi: Sequence[Piece],
    tanda_tangan: Sequence[SignatureBlock] = (),
    *,
    subjudul: Sequence[str] = (),
    arah: Literal["tegak", "mendatar"] = "tegak",
) -> FrozenDocument:
    """The frozen document of a form in its frame; a draft shows what is missing.

    TotalsDiffer if an amount in words is not also in figures.
    """
    check_words(isi)
    kop, signers = paper_frame.kop, tuple(tanda_tangan)
    if paper_frame.rancangan:
        kop = draft_letterhead(kop)
        signers = tuple(map(draft_signature, signers))
    return FrozenDocument(
        formulir=formulir,
        versi=FORM_VERSION,
        judul=judul,
        kop=kop,
        tanggal=paper_frame.tanggal,
        isi=tuple(isi),
        subjudul=tuple(subjudul),
        nomor=paper_frame.nomor,
        periode=paper_frame.periode,
        tempat=paper_frame.tempat,
        tanda_tangan=signers,
        arah=arah,
        rancangan=paper_frame.rancangan,
        alamat_periksa=paper_frame.alamat_periksa,
    )


_CHARGE = "Pembebanan Anggaran"
#: The seven columns of *Pembebanan Anggaran* that DPR and DPT print (kkpd.md 1.10).
PEMBEBANAN: tuple[Column, ...] = (
    Column("sub_kegiatan", "Kode Sub Kegiatan", "kode", 78, _CHARGE, rata="tengah"),
    Column("akun", "Akun", "kode", 32, _CHARGE, rata="tengah"),
    Column("kelompok", "Kelompok", "kode", 43, _CHARGE, rata="tengah"),
    Column("jenis", "Jenis", "kode", 32, _CHARGE, rata="tengah"),
    Column("objek", "Objek", "kode", 34, _CHARGE, rata="tengah"),
    Column("rincian_objek", "Rincian Objek", "kode", 40, _CHARGE, rata="tengah"),
    Column("sub_rincian_objek", "Sub Rincian Objek", "kode", 46, _CHARGE, rata="tengah"),
)


def pembebanan(sub_kegiatan: str, rekening: str) -> Row:
    """The cells under PEMBEBANAN: sub kegiatan and the six levels of `5.1.02.01.01.0024`.

    A shorter code leaves the deeper levels empty. ValueError for a code of more than six levels.
    """
    levels = rekening.split(".") if rekening else []
    if len(levels) > 6:
        raise ValueError(f"{rekening!r} has more than six levels")
    return (sub_kegiatan, *levels, *[None] * (6 - len(levels)))


def masked_card(last4: str) -> str:
    """`•••• 4821`: what may be shown of a card (law 8). ValueError for more than four figures."""
    if last4 and not (len(last4) == 4 and last4.isascii() and last4.isdigit()):
        raise ValueError("only the last four figures of a card may stand in a document")
    return f"•••• {last4}" if last4 else ""


NO = Column("no", "No", "angka", 28, rata="tengah")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShape:
    """The shape of a list form: its title, its columns, what it says where it is empty."""

    formulir: str
    judul: str
    kolom: tuple[Column, ...]
    arah: Literal["tegak", "mendatar"] = "mendatar"
    kosong: str = "Tidak ada data untuk periode ini."
    terbilang: bool = False


#: Heading of a group ("" for none) and its rows.
Group = tuple[str, Sequence[Any]]


def listing(
    shape: ListShape,
    paper_frame: Frame,
    kelompok: Iterable[Group],
    signed_by: Sequence[SignatureBlock] = (),
    *,
    keterangan: Sequence[tuple[str, str]] = (),
    finish: Sequence[tuple[str, str]] = (),
    catatan: Sequence[str] = (),
    subjudul: Sequence[str] = (),
    judul: str = "",
) -> FrozenDocument:
    """The frozen list: label rows, the table, more label rows, notes, signatures."""
    table = fill_table(shape, kelompok)
    parts: list[Piece] = []
    if keterangan:
        parts.append(rincian(keterangan))
    parts.append(table)
    if shape.terbilang:
        parts.append(Terbilang.dari(table.jumlah[0]))
    if finish:
        parts.append(rincian(finish))
    parts += [Paragraph(text) for text in catatan]
    return dokumen(
        paper_frame,
        shape.formulir,
        judul or shape.judul,
        parts,
        signed_by,
        subjudul=subjudul,
        arah=shape.arah,
    )


def rincian(butir: Sequence[tuple[str, str]]) -> Entries:
    """Label rows of (label, text)."""
    return Entries(tuple(LabelRow(label, said) for label, said in butir))


def fill_table(shape: ListShape, kelompok: Iterable[Group], judul: str = "") -> Table:
    """The table of this shape for rows in groups, numbered throughout."""
    groups, number = [], 0
    for heading, rows in kelompok:
        cells = []
        for row in rows:
            counted = getattr(row, "counted", True)
            number += counted
            cells.append(_row(shape.kolom, number if counted else None, row))
        groups.append((heading, cells))
    return data_table(shape.kolom, groups, judul=judul, kosong=shape.kosong)


def _row(kolom: Sequence[Column], number: int | None, row: Any) -> Row:
    return tuple([number if k.kunci == "no" else getattr(row, k.kunci) for k in kolom])


def usual_signers(
    pa: Person, bendahara: Person, selaku: str = "Pengguna Anggaran"
) -> list[SignatureBlock]:
    """The usual pair: PA/KPA on the left, the treasurer on the right (kkpd.md 2)."""
    return [
        SignatureBlock(selaku, pa, "kiri", "Mengetahui,"),
        SignatureBlock("Bendahara Pengeluaran", bendahara),
    ]


def money(
    kunci: str, judul: str, lebar: int = 84, grup: str = "", *, dijumlah: bool = True
) -> Column:
    """A column of amounts, totalled unless told otherwise."""
    return Column(kunci, judul, "uang", lebar, grup, dijumlah)


def percent(kunci: str, judul: str, lebar: int = 50, grup: str = "", *, rasio: str = "") -> Column:
    """A column of percentages; `rasio` names the two totalled columns it is computed from."""
    return Column(kunci, judul, "persen", lebar, grup, rasio=rasio)


def day(kunci: str, judul: str = "Tanggal", lebar: int = 56) -> Column:
    """A column of dates."""
    return Column(kunci, judul, "tanggal", lebar, rata="tengah")


def kode(kunci: str, judul: str, lebar: int = 92) -> Column:
    """A column of codes and numbers of documents."""
    return Column(kunci, judul, "kode", lebar)
