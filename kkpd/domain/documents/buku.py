"""Buku Kas Umum and Buku Pembantu KKPD, in the columns that SIMAKDA prints (kkpd.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kkpd.domain.documents.bersama import Rangka, kartu_tersamar
from kkpd.domain.documents.daftar import NO, Bentuk, Penanda, daftar, hari, kode, uang
from kkpd.domain.documents.model import Dokumen
from kkpd.domain.documents.parts import Kolom
from kkpd.domain.money import Rupiah

_JUDUL = {"bku": "Buku Kas Umum", "buku_pembantu": "Buku Pembantu KKPD"}


def _bentuk(formulir: str, masuk: str, keluar: str) -> Bentuk:
    return Bentuk(
        formulir=formulir,
        judul=_JUDUL[formulir],
        kolom=(
            NO,
            hari("tanggal"),
            kode("bukti", "No. Bukti", 96),
            Kolom("uraian", "Uraian", "teks", 250),
            uang("penerimaan", masuk, 88),
            uang("pengeluaran", keluar, 88),
            uang("saldo", "Saldo", 92, dijumlah=False),
        ),
    )


_BENTUK = {
    "bku": _bentuk("bku", "Penerimaan", "Pengeluaran"),
    "buku_pembantu": _bentuk("buku_pembantu", "Belanja dengan KKPD", "Pelunasan ke Bank"),
}


@dataclass(frozen=True, slots=True)
class BukuBaris:
    """One entry of the book."""

    tanggal: date
    bukti: str
    uraian: str
    penerimaan: Rupiah | None = None
    pengeluaran: Rupiah | None = None


@dataclass(frozen=True, slots=True)
class _Tercatat:
    tanggal: date | None
    bukti: str
    uraian: str
    penerimaan: Rupiah | None
    pengeluaran: Rupiah | None
    saldo: Rupiah
    dihitung: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BukuInput:
    """A book over a period. `saldo_lalu` opens it; for the Buku Pembantu it is what is unpaid."""

    rangka: Rangka
    buku: Literal["bku", "buku_pembantu"]
    sebutan_periode: str
    saldo_lalu: Rupiah
    baris: Sequence[BukuBaris]
    penanda: Sequence[Penanda]
    kartu: str = ""


def buku(data: BukuInput) -> Dokumen:
    """The frozen book with its running balance."""
    rows, saldo = (
        [_Tercatat(None, "", "Saldo lalu", None, None, data.saldo_lalu, False)],
        data.saldo_lalu,
    )
    for line in data.baris:
        saldo += (line.penerimaan or Rupiah(0)) - (line.pengeluaran or Rupiah(0))
        rows.append(
            _Tercatat(
                line.tanggal, line.bukti, line.uraian, line.penerimaan, line.pengeluaran, saldo
            )
        )
    keterangan = [("Nomor KKPD", kartu_tersamar(data.kartu))] if data.kartu else []
    return daftar(
        _BENTUK[data.buku],
        data.rangka,
        [("", rows)],
        data.penanda,
        keterangan=keterangan,
        catatan=[f"Saldo akhir: Rp {saldo}."],
        subjudul=[data.sebutan_periode],
    )
