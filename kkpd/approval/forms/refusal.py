"""Surat Pemberitahuan Penolakan: what PA/KPA refused, and why (Pasal 5 huruf g dan i)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kkpd.core import indonesian_dates as tanggal
from kkpd.core.errors import DomainError
from kkpd.core.money import NOL, Rupiah
from kkpd.engines.paper.form_frame import Rangka, dokumen, kartu_tersamar
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import (
    Butir,
    Kolom,
    Orang,
    Paragraf,
    Rincian,
    TandaTangan,
    Terbilang,
    tabel,
)

_KOLOM = (
    Kolom("no", "No", "angka", 26, rata="tengah"),
    Kolom("tanggal", "Tanggal", "tanggal", 54, rata="tengah"),
    Kolom("penjual", "Penjual", "teks", 96),
    Kolom("uraian", "Uraian Pengeluaran", "teks", 118),
    Kolom("alasan", "Alasan Penolakan", "teks", 138),
    Kolom("jumlah", "Jumlah (Rp)", "uang", 78, dijumlah=True),
)


@dataclass(frozen=True, slots=True)
class PenolakanBaris:
    """One refused charge; `alasan` is the reason that PA/KPA gave, never empty."""

    tanggal: date
    penjual: str
    uraian: str
    alasan: str
    jumlah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class PenolakanInput:
    """All that a refusal says. `kepada` is the proxy user, `pemegang` the holder of the card."""

    rangka: Rangka
    kepada: Orang
    pemegang: Orang
    kartu: str
    tagihan: str
    baris: Sequence[PenolakanBaris]
    penanda_tangan: Orang
    selaku: str = "Pengguna Anggaran"
    lunasi_sebelum: date | None = None


def penolakan(data: PenolakanInput) -> Dokumen:
    """The frozen refusal; ValueError where a line has no reason, DomainError where it would ask the
    holder to pay nothing, or less.
    """
    if not all(line.alasan.strip() for line in data.baris):
        raise ValueError("a refused line needs a reason")
    rows = [
        (number, line.tanggal, line.penjual, line.uraian, line.alasan, line.jumlah)
        for number, line in enumerate(data.baris, 1)
    ]
    table = tabel(_KOLOM, [("", rows)], kosong="Tidak ada pengeluaran yang ditolak.")
    if table.jumlah[0] <= NOL:
        raise DomainError(
            f"Surat penolakan kepada {data.kepada.nama} berjumlah Rp {table.jumlah[0]}, jadi tidak "
            "ada yang dibayarnya sendiri. Periksa pengembalian (refund) di dalamnya."
        )
    return dokumen(
        data.rangka,
        "penolakan",
        "Surat Pemberitahuan Penolakan",
        [
            _alamat(data),
            Paragraf(
                "Berdasarkan pengujian atas tagihan dan bukti pengeluaran sebagaimana dimaksud "
                "dalam Pasal 5 huruf e Peraturan Menteri Dalam Negeri Nomor 79 Tahun 2022, "
                "bukti pengeluaran berikut kami tolak:"
            ),
            table,
            Terbilang.dari(table.jumlah[0]),
            Paragraf(_akibat(data.lunasi_sebelum)),
            Paragraf("Demikian disampaikan untuk dilaksanakan."),
        ],
        [TandaTangan(data.selaku, data.penanda_tangan)],
    )


def penolakan_gabungan(
    rangka: Rangka,
    opd: str,
    kelompok: Sequence[tuple[str, Sequence[PenolakanBaris]]],
    penanda: TandaTangan,
) -> Dokumen:
    """All refusals of a period on one sheet, a group for each proxy user and card."""
    groups, number = [], 0
    for heading, lines in kelompok:
        cells = [
            (number + n, line.tanggal, line.penjual, line.uraian, line.alasan, line.jumlah)
            for n, line in enumerate(lines, 1)
        ]
        number += len(lines)
        groups.append((heading, cells))
    table = tabel(_KOLOM, groups, kosong="Tidak ada pengeluaran yang ditolak.")
    return dokumen(
        rangka,
        "penolakan",
        "Surat Pemberitahuan Penolakan",
        [Rincian((Butir("SKPD", opd),)), table, Terbilang.dari(table.jumlah[0])],
        [penanda],
    )


def _alamat(data: PenolakanInput) -> Rincian:
    return Rincian(
        (
            Butir("Kepada", f"{data.kepada.nama}, Pelaksana Kuasa Pengguna KKPD"),
            Butir("NIP", data.kepada.nip or "-"),
            Butir("Pemegang KKPD", data.pemegang.nama),
            Butir("Nomor KKPD", kartu_tersamar(data.kartu)),
            Butir("Tagihan", data.tagihan),
        )
    )


def _akibat(day: date | None) -> str:
    until = f" paling lambat {tanggal.panjang(day)}" if day else ""
    return (
        "Pengeluaran tersebut tidak dimasukkan ke dalam Daftar Pembayaran Tagihan KKPD dan tidak "
        f"dibebankan pada APBD. Saudara membayarnya sendiri kepada bank penerbit{until} dan "
        "menyampaikan bukti pembayarannya kepada bendahara pengeluaran."
    )
