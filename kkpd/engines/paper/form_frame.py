"""What the builders of forms share: the frame around every form, budget columns, masked cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kkpd.engines.paper import completeness
from kkpd.engines.paper.model import VERSI, Dokumen
from kkpd.engines.paper.parts import Bagian, Baris, Kolom, Kop, TandaTangan


@dataclass(frozen=True, slots=True, kw_only=True)
class Rangka:
    """The frame that every form has, whatever it says.

    `tanggal` is the document's own date, `periode` one of 2026-10, 2026-T3, 2026. `alamat_periksa`
    is the address before the hash in the QR ("https://.../periksa/"), empty for none.
    """

    kop: Kop
    tanggal: date
    nomor: str = ""
    periode: str = ""
    tempat: str = ""
    rancangan: bool = True
    alamat_periksa: str = ""


def dokumen(
    rangka: Rangka,
    formulir: str,
    judul: str,
    isi: Sequence[Bagian],
    tanda_tangan: Sequence[TandaTangan] = (),
    *,
    subjudul: Sequence[str] = (),
    kertas: Literal["A4", "F4"] = "A4",
    arah: Literal["tegak", "mendatar"] = "tegak",
) -> Dokumen:
    """The frozen document of a form within its frame; a draft says what is not filled in yet.

    TotalsDiffer where an amount in words is not also there in figures.
    """
    completeness.periksa_kata(isi)
    kop, signers = rangka.kop, tuple(tanda_tangan)
    if rangka.rancangan:
        kop = completeness.kop_rancangan(kop)
        signers = tuple(map(completeness.penanda_rancangan, signers))
    return Dokumen(
        formulir=formulir,
        versi=VERSI,
        judul=judul,
        kop=kop,
        tanggal=rangka.tanggal,
        isi=tuple(isi),
        subjudul=tuple(subjudul),
        nomor=rangka.nomor,
        periode=rangka.periode,
        tempat=rangka.tempat,
        tanda_tangan=signers,
        kertas=kertas,
        arah=arah,
        rancangan=rangka.rancangan,
        alamat_periksa=rangka.alamat_periksa,
    )


_BEBAN = "Pembebanan Anggaran"
#: The seven columns of *Pembebanan Anggaran* that DPR and DPT print (kkpd.md 1.10).
PEMBEBANAN: tuple[Kolom, ...] = (
    Kolom("sub_kegiatan", "Kode Sub Kegiatan", "kode", 78, _BEBAN, rata="tengah"),
    Kolom("akun", "Akun", "kode", 32, _BEBAN, rata="tengah"),
    Kolom("kelompok", "Kelompok", "kode", 43, _BEBAN, rata="tengah"),
    Kolom("jenis", "Jenis", "kode", 32, _BEBAN, rata="tengah"),
    Kolom("objek", "Objek", "kode", 34, _BEBAN, rata="tengah"),
    Kolom("rincian_objek", "Rincian Objek", "kode", 40, _BEBAN, rata="tengah"),
    Kolom("sub_rincian_objek", "Sub Rincian Objek", "kode", 46, _BEBAN, rata="tengah"),
)


def pembebanan(sub_kegiatan: str, rekening: str) -> Baris:
    """The cells under PEMBEBANAN: sub kegiatan and the six levels of `5.1.02.01.01.0024`.

    A shorter code leaves the deeper levels empty. ValueError for a code of more than six levels.
    """
    levels = rekening.split(".") if rekening else []
    if len(levels) > 6:
        raise ValueError(f"{rekening!r} has more than six levels")
    return (sub_kegiatan, *levels, *[None] * (6 - len(levels)))


def kartu_tersamar(last4: str) -> str:
    """`•••• 4821`: what may be shown of a card (law 8). ValueError for more than four figures."""
    if last4 and not (len(last4) == 4 and last4.isascii() and last4.isdigit()):
        raise ValueError("only the last four figures of a card may stand in a document")
    return f"•••• {last4}" if last4 else ""
