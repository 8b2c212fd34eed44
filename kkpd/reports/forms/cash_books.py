"""Buku Kas Umum and Buku Pembantu KKPD, in the columns that SIMAKDA prints (kkpd.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kkpd.core.indonesian_dates import berhari
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.terbilang import terbilang
from kkpd.engines.paper.form_frame import Rangka, kartu_tersamar
from kkpd.engines.paper.list_form import NO, Bentuk, Penanda, daftar, hari, kode, rincian, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Bagian, Kolom, Paragraf, TotalsDiffer, tabel

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


@dataclass(frozen=True, slots=True)
class Penutupan:
    """What the closing adds to the months themselves: the balance that the year began with, and
    what came in and went out since then, before the first month; `hari` is the day of closing, the
    document's own where it is None.
    """

    saldo_awal_tahun: Rupiah
    penerimaan_lalu: Rupiah
    pengeluaran_lalu: Rupiah
    hari: date | None = None


_KOLOM_PENUTUPAN = (
    Kolom("uraian", "Uraian", "teks", 250),
    uang("penerimaan", "Penerimaan", 88),
    uang("pengeluaran", "Pengeluaran", 88),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BukuInput:
    """A book over a period. `saldo_lalu` opens it; for the Buku Pembantu it is what is unpaid.

    With `penutupan` it ends as the Buku Kas Umum is closed. Where `saldo_akhir` is known the rows
    must lead to it.
    """

    rangka: Rangka
    buku: Literal["bku", "buku_pembantu"]
    sebutan_periode: str
    saldo_lalu: Rupiah
    baris: Sequence[BukuBaris]
    penanda: Sequence[Penanda]
    kartu: str = ""
    penutupan: Penutupan | None = None
    saldo_akhir: Rupiah | None = None


def buku(data: BukuInput) -> Dokumen:
    """The frozen book with its running balance; TotalsDiffer where it does not end as it must."""
    rows, saldo = (
        [_Tercatat(None, "", "Saldo lalu", None, None, data.saldo_lalu, False)],
        data.saldo_lalu,
    )
    for line in data.baris:
        saldo += (line.penerimaan or NOL) - (line.pengeluaran or NOL)
        rows.append(
            _Tercatat(
                line.tanggal, line.bukti, line.uraian, line.penerimaan, line.pengeluaran, saldo
            )
        )
    if data.saldo_akhir not in (None, saldo):
        raise TotalsDiffer(f"the rows lead to {saldo}, not to {data.saldo_akhir}")
    keterangan = [("Nomor KKPD", kartu_tersamar(data.kartu))] if data.kartu else []
    made = daftar(
        _BENTUK[data.buku],
        data.rangka,
        [("", rows)],
        data.penanda,
        keterangan=keterangan,
        catatan=[] if data.penutupan else [f"Saldo akhir: Rp {saldo}."],
        subjudul=[data.sebutan_periode],
    )
    if data.penutupan is None:
        return made
    return replace(made, isi=(*made.isi, *_penutupan(data, data.penutupan, saldo)))


def _penutupan(data: BukuInput, lalu: Penutupan, saldo: Rupiah) -> list[Bagian]:
    """The closing; TotalsDiffer where it does not lead to the balance of the book.

    A card's payments pass through the bank account alone, so nothing is held in cash.
    """
    masa = "bulan" if data.rangka.periode[5:].isdecimal() else "periode"
    rows = [
        ("Saldo awal tahun", lalu.saldo_awal_tahun, None),
        (f"Jumlah sampai {masa} lalu", lalu.penerimaan_lalu, lalu.pengeluaran_lalu),
        (
            f"Jumlah {masa} ini",
            total(line.penerimaan or NOL for line in data.baris),
            total(line.pengeluaran or NOL for line in data.baris),
        ),
    ]
    table = tabel(_KOLOM_PENUTUPAN, [("", rows)], label_jumlah=f"Jumlah sampai {masa} ini")
    masuk, keluar = table.jumlah
    if masuk - keluar != saldo:
        raise TotalsDiffer(f"the book ends at {saldo}, its closing at {masuk - keluar}")
    on = berhari(lalu.hari or data.rangka.tanggal)
    return [
        Paragraf(f"Pada hari ini, {on}, Buku Kas Umum ditutup dengan:"),
        table,
        Paragraf(f"Saldo Rp {saldo} ({terbilang(saldo)}), terdiri dari:"),
        rincian([("a. Tunai", f"Rp {NOL}"), ("b. Saldo bank", f"Rp {saldo}")]),
    ]
