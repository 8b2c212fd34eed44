"""Registers of bills, DPT and SP2D."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.engines.paper.forms import NO, ListShape, day, kode, money
from kkpd.engines.paper.parts import Column, TotalsDiffer

_SKPD = Column("skpd", "SKPD", "teks", 140)
#: The places of a bill's rupiah: on a DPT, with the holder, paid otherwise, on a later bill.
_PLACES = ("disetujui", "ditolak", "up_tunai", "lain", "dialihkan", "belum_selesai")
TAGIHAN = ListShape(
    formulir="register_tagihan",
    judul="Register Tagihan KKPD",
    kolom=(
        NO,
        Column("skpd", "SKPD", "teks", 120),
        kode("nomor", "No. Tagihan", 84),
        day("tanggal", lebar=61),
        day("jatuh_tempo", "Jatuh Tempo", 61),
        day("dibayar", "Dibayar", 61),
        money("nilai", "Nilai Tagihan", 72),
        money("disetujui", "Disetujui", 72),
        money("ditolak", "Ditolak", 64),
        money("up_tunai", "UP Tunai", 60),
        money("lain", "Ditanggung Lain", 62),
        money("dialihkan", "Dialihkan", 64),
        money("belum_selesai", "Belum Ditetapkan", 66),
        Column("status", "Status", "teks", 80),
    ),
)
DPT = ListShape(
    formulir="register_dpt",
    judul="Register Daftar Pembayaran Tagihan KKPD",
    kolom=(
        NO,
        _SKPD,
        kode("nomor", "No. DPT", 120),
        day("tanggal"),
        kode("tagihan", "No. Tagihan"),
        kode("npd", "No. NPD", 110),
        money("nilai", "Nilai"),
        Column("status", "Status", "teks", 80),
    ),
)
SP2D = ListShape(
    formulir="register_sp2d",
    judul="Register SPP, SPM, dan SP2D GU KKPD",
    kolom=(
        NO,
        _SKPD,
        kode("spp", "No. SPP", 100),
        kode("spm", "No. SPM", 100),
        kode("sp2d", "No. SP2D", 100),
        day("tanggal_sp2d", "Tanggal SP2D"),
        day("dilunasi", "Dilunasi"),
        money("nilai", "Nilai"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One bill; `nilai` is the sum of the six amounts after it, `dibayar` None while unpaid."""

    skpd: str
    nomor: str
    tanggal: date
    jatuh_tempo: date | None
    dibayar: date | None
    nilai: Rupiah
    status: str
    disetujui: Rupiah = ZERO
    ditolak: Rupiah = ZERO
    up_tunai: Rupiah = ZERO
    lain: Rupiah = ZERO
    dialihkan: Rupiah = ZERO
    belum_selesai: Rupiah = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class DptRegisterRow:
    """One DPT."""

    skpd: str
    nomor: str
    tanggal: date
    tagihan: str
    npd: str
    nilai: Rupiah
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sp2dRow:
    """One payment from SPP to settlement; what is not there yet is empty."""

    skpd: str
    spp: str
    spm: str
    sp2d: str
    tanggal_sp2d: date | None
    dilunasi: date | None
    nilai: Rupiah


def check_places(baris: Iterable[RegisterRow]) -> None:
    """TotalsDiffer where a bill is not the sum of its places."""
    for row in baris:
        if row.nilai != total(getattr(row, name) for name in _PLACES):
            raise TotalsDiffer(f"{row.nomor} is not the sum of what became of it")
