"""Registers of bills, DPT and SP2D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kkpd.core.money import NOL, Rupiah, total
from kkpd.engines.paper.form_frame import Rangka
from kkpd.engines.paper.list_form import NO, Bentuk, Penanda, daftar, hari, kode, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Kolom, TotalsDiffer

_SKPD = Kolom("skpd", "SKPD", "teks", 140)
#: Where a rupiah of a bill may stand: on a DPT, with the holder, paid otherwise, on a later bill.
_TEMPAT = ("disetujui", "ditolak", "up_tunai", "lain", "dialihkan", "belum_selesai")
TAGIHAN = Bentuk(
    formulir="register_tagihan",
    judul="Register Tagihan KKPD",
    kolom=(
        NO,
        Kolom("skpd", "SKPD", "teks", 120),
        kode("nomor", "No. Tagihan", 84),
        hari("tanggal", lebar=61),
        hari("jatuh_tempo", "Jatuh Tempo", 61),
        hari("dibayar", "Dibayar", 61),
        uang("nilai", "Nilai Tagihan", 72),
        uang("disetujui", "Disetujui", 72),
        uang("ditolak", "Ditolak", 64),
        uang("up_tunai", "UP Tunai", 60),
        uang("lain", "Ditanggung Lain", 62),
        uang("dialihkan", "Dialihkan", 64),
        uang("belum_selesai", "Belum Ditetapkan", 66),
        Kolom("status", "Status", "teks", 80),
    ),
)
DPT = Bentuk(
    formulir="register_dpt",
    judul="Register Daftar Pembayaran Tagihan KKPD",
    kolom=(
        NO,
        _SKPD,
        kode("nomor", "No. DPT", 120),
        hari("tanggal"),
        kode("tagihan", "No. Tagihan"),
        kode("npd", "No. NPD", 110),
        uang("nilai", "Nilai"),
        Kolom("status", "Status", "teks", 80),
    ),
)
SP2D = Bentuk(
    formulir="register_sp2d",
    judul="Register SPP, SPM, dan SP2D GU KKPD",
    kolom=(
        NO,
        _SKPD,
        kode("spp", "No. SPP", 100),
        kode("spm", "No. SPM", 100),
        kode("sp2d", "No. SP2D", 100),
        hari("tanggal_sp2d", "Tanggal SP2D"),
        hari("dilunasi", "Dilunasi"),
        uang("nilai", "Nilai"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagihanBaris:
    """One bill; `nilai` is the sum of the six amounts after it, `dibayar` None while unpaid."""

    skpd: str
    nomor: str
    tanggal: date
    jatuh_tempo: date | None
    dibayar: date | None
    nilai: Rupiah
    status: str
    disetujui: Rupiah = NOL
    ditolak: Rupiah = NOL
    up_tunai: Rupiah = NOL
    lain: Rupiah = NOL
    dialihkan: Rupiah = NOL
    belum_selesai: Rupiah = NOL


@dataclass(frozen=True, slots=True, kw_only=True)
class DptRegisterBaris:
    """One DPT."""

    skpd: str
    nomor: str
    tanggal: date
    tagihan: str
    npd: str
    nilai: Rupiah
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sp2dBaris:
    """One payment from SPP to settlement; what is not there yet is empty."""

    skpd: str
    spp: str
    spm: str
    sp2d: str
    tanggal_sp2d: date | None
    dilunasi: date | None
    nilai: Rupiah


def register_tagihan(
    rangka: Rangka, sebutan_periode: str, baris: Sequence[TagihanBaris], penanda: Sequence[Penanda]
) -> Dokumen:
    """The frozen register of bills; TotalsDiffer where a bill is not the sum of its places."""
    for row in baris:
        if row.nilai != total(getattr(row, name) for name in _TEMPAT):
            raise TotalsDiffer(f"{row.nomor} is not the sum of what became of it")
    return daftar(TAGIHAN, rangka, [("", baris)], penanda, subjudul=[sebutan_periode])


def register_dpt(
    rangka: Rangka,
    sebutan_periode: str,
    baris: Sequence[DptRegisterBaris],
    penanda: Sequence[Penanda],
) -> Dokumen:
    """The frozen register of DPTs."""
    return daftar(DPT, rangka, [("", baris)], penanda, subjudul=[sebutan_periode])


def register_sp2d(
    rangka: Rangka, sebutan_periode: str, baris: Sequence[Sp2dBaris], penanda: Sequence[Penanda]
) -> Dokumen:
    """The frozen register of SPP, SPM and SP2D."""
    return daftar(SP2D, rangka, [("", baris)], penanda, subjudul=[sebutan_periode])
