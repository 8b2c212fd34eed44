"""Shared by all forms: the frame, the budget columns, masked cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kkpd.engines.paper import needs
from kkpd.engines.paper.model import FORM_VERSION, FrozenDocument
from kkpd.engines.paper.parts import Column, Letterhead, Piece, Row, SignatureBlock


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
    needs.check_words(isi)
    kop, signers = paper_frame.kop, tuple(tanda_tangan)
    if paper_frame.rancangan:
        kop = needs.draft_letterhead(kop)
        signers = tuple(map(needs.draft_signature, signers))
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
