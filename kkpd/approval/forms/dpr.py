"""Daftar Pengeluaran Riil KKPD: what was really spent, by card type (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kkpd.core.money import Rupiah
from kkpd.engines.paper.completeness import atau_belum
from kkpd.engines.paper.form_frame import PEMBEBANAN, Rangka, dokumen, kartu_tersamar, pembebanan
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import (
    Baris,
    Butir,
    Kolom,
    Orang,
    Paragraf,
    Rincian,
    TandaTangan,
    Terbilang,
    tabel,
)

JenisDpr = Literal["perjalanan_dinas", "belanja_modal", "barang_jasa"]
_JENIS: dict[JenisDpr, str] = {
    "perjalanan_dinas": "Perjalanan Dinas",
    "belanja_modal": "Belanja Modal",
    "barang_jasa": "Belanja Barang dan Jasa",
}
#: The two statements of the annex, the same for one card and for several.
_PERNYATAAN = (
    "Pengeluaran di bawah ini merupakan pembayaran riil dengan menggunakan KKPD dari Uang "
    "Persediaan (UP) KKPD, meliputi:",
    "Jumlah uang tersebut pada angka 1 di atas benar-benar dikeluarkan untuk pelaksanaan kegiatan "
    "SKPD. Apabila di kemudian hari terdapat kelebihan atas pembayaran, kami bersedia menyetorkan "
    "kelebihan tersebut ke Rekening Kas Umum Daerah.",
)
_SELAKU = "Pejabat Pelaksana Teknis Kegiatan"
_BUKTI = "Bukti Pembelian/ Pembayaran"
_KOLOM = (
    Kolom("no", "No", "angka", 26, rata="tengah"),
    Kolom("uraian", "Uraian Pengeluaran", "teks", 150),
    Kolom("jenis_belanja", "Jenis Belanja", "teks", 84),
    *PEMBEBANAN,
    Kolom("bukti_ya", "Ya", "teks", 34, _BUKTI, rata="tengah"),
    Kolom("bukti_tidak", "Tidak", "teks", 36, _BUKTI, rata="tengah"),
    Kolom("jumlah", "Jumlah (Rp)", "uang", 82, dijumlah=True),
)


@dataclass(frozen=True, slots=True)
class DprBaris:
    """One purchase: `rekening` as `5.1.02.01.01.0024`, `ada_bukti` whether evidence is there."""

    uraian: str
    jenis_belanja: str
    sub_kegiatan: str
    rekening: str
    ada_bukti: bool
    jumlah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class DprInput:
    """All that a DPR says. `kartu` is the last four figures; `pptk` signs."""

    rangka: Rangka
    jenis: JenisDpr
    pemegang: Orang
    opd: str
    kartu: str
    baris: Sequence[DprBaris]
    pptk: Orang


def dpr(data: DprInput) -> Dokumen:
    """The frozen DPR of one card and kind of spending."""
    rows = [_baris(number, line) for number, line in enumerate(data.baris, 1)]
    table = tabel(_KOLOM, [("", rows)], kosong="Tidak ada pengeluaran dengan KKPD.")
    kind = _JENIS[data.jenis]
    return dokumen(
        data.rangka,
        "dpr",
        f"Daftar Pengeluaran Riil Pembayaran {kind} dengan Menggunakan KKPD",
        [
            Paragraf("Yang bertanda tangan di bawah ini:"),
            _penanda(data.pptk, data.opd, *_kartu(data)),
            Paragraf(_menyatakan(kind)),
            Paragraf(_PERNYATAAN[0], nomor="1."),
            table,
            Terbilang.dari(table.jumlah[0]),
            Paragraf(_PERNYATAAN[1], nomor="2."),
        ],
        [TandaTangan(_SELAKU, data.pptk)],
        arah="mendatar",
    )


def dpr_gabungan(
    rangka: Rangka,
    jenis: JenisDpr,
    opd: str,
    kelompok: Sequence[tuple[str, Sequence[DprBaris]]],
    pptk: Orang,
) -> Dokumen:
    """The DPR of several cards on one sheet, a group of rows for each card; the PPTK signs."""
    groups, number = [], 0
    for heading, lines in kelompok:
        groups.append((heading, [_baris(number + n, line) for n, line in enumerate(lines, 1)]))
        number += len(lines)
    table = tabel(_KOLOM, groups, kosong="Tidak ada pengeluaran dengan KKPD.")
    return dokumen(
        rangka,
        "dpr",
        f"Daftar Pengeluaran Riil Pembayaran {_JENIS[jenis]} dengan Menggunakan KKPD",
        [
            Paragraf("Yang bertanda tangan di bawah ini:"),
            _penanda(pptk, opd, Butir("Banyak kartu", str(len(kelompok)))),
            Paragraf(_menyatakan(_JENIS[jenis])),
            Paragraf(_PERNYATAAN[0], nomor="1."),
            table,
            Terbilang.dari(table.jumlah[0]),
            Paragraf(_PERNYATAAN[1], nomor="2."),
        ],
        [TandaTangan(_SELAKU, pptk)],
        arah="mendatar",
    )


def _penanda(pptk: Orang, opd: str, *more: Butir) -> Rincian:
    """Who declares: the PPTK, who signs below (kkpd.md 1.6)."""
    return Rincian(
        (
            Butir("Nama", atau_belum(pptk.nama)),
            Butir("NIP", atau_belum(pptk.nip)),
            Butir("Pangkat/Gol. Ruang", atau_belum(pptk.pangkat)),
            Butir("Jabatan", pptk.jabatan or _SELAKU),
            Butir("SKPD", opd),
            *more,
        )
    )


def _kartu(data: DprInput) -> tuple[Butir, ...]:
    holder = data.pemegang
    return (
        Butir("Nomor KKPD", kartu_tersamar(data.kartu)),
        Butir("Pemegang KKPD", f"{holder.nama}, NIP {holder.nip}" if holder.nip else holder.nama),
    )


def _menyatakan(kind: str) -> str:
    return (
        f"Berdasarkan pembayaran {kind} dengan Kartu Kredit Pemerintah Daerah, "
        "dengan ini kami menyatakan dengan sesungguhnya bahwa:"
    )


def _baris(number: int, line: DprBaris) -> Baris:
    return (
        number,
        line.uraian,
        line.jenis_belanja,
        *pembebanan(line.sub_kegiatan, line.rekening),
        "Ya" if line.ada_bukti else None,
        None if line.ada_bukti else "Tidak",
        line.jumlah,
    )
