"""Daftar Pembayaran Tagihan KKPD: what PA/KPA approved for payment (Pasal 5 huruf h, 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.form_frame import PEMBEBANAN, Rangka, dokumen, kartu_tersamar, pembebanan
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import (
    Baris,
    Butir,
    Kolom,
    Orang,
    Rincian,
    TandaTangan,
    Terbilang,
    tabel,
)
from kkpd.reconciliation.forms.minutes import hitungan_tagihan

_KOLOM = (
    Kolom("no", "No", "angka", 26, rata="tengah"),
    Kolom("nama", "Nama", "teks", 92),
    Kolom("kartu", "No KKPD", "kode", 56, rata="tengah"),
    Kolom("jenis_belanja", "Jenis Belanja Barang", "teks", 84),
    Kolom("rincian", "Rincian Pengeluaran", "teks", 132),
    *PEMBEBANAN,
    Kolom("jumlah", "Jumlah Pembayaran (dalam Rupiah)", "uang", 84, dijumlah=True),
)


@dataclass(frozen=True, slots=True)
class DptBaris:
    """One approved charge: `kartu` is the last four figures of the card."""

    nama: str
    kartu: str
    jenis_belanja: str
    rincian: str
    sub_kegiatan: str
    rekening: str
    jumlah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class DptInput:
    """All that a DPT says. `keterangan` are label rows, e.g. the bill and its due date; `hitungan`
    says at its foot what became of each rupiah of that bill.
    """

    rangka: Rangka
    bank: str
    baris: Sequence[DptBaris]
    penanda_tangan: Orang
    selaku: str = "Pengguna Anggaran"
    keterangan: Sequence[tuple[str, str]] = ()
    kelompok: Sequence[tuple[str, int]] = ()
    hitungan: Sequence[tuple[str, str]] = ()

    def __post_init__(self) -> None:
        if self.kelompok and sum(count for _, count in self.kelompok) != len(self.baris):
            raise ValueError("the groups do not hold all lines")


def dpt(data: DptInput) -> Dokumen:
    """The frozen DPT of one bill; `kelompok` (heading, number of lines) where it joins several."""
    rows = [_baris(number, line) for number, line in enumerate(data.baris, 1)]
    groups, start = [], 0
    for heading, count in data.kelompok or [("", len(rows))]:
        groups.append((heading, rows[start : start + count]))
        start += count
    table = tabel(_KOLOM, groups, kosong="Tidak ada tagihan yang disetujui.")
    butir = tuple(Butir(label, said) for label, said in data.keterangan)
    return dokumen(
        data.rangka,
        "dpt",
        f"Daftar Pembayaran Tagihan KKPD - {data.bank}",
        [
            *([Rincian(butir)] if butir else []),
            table,
            Terbilang.dari(table.jumlah[0]),
            *hitungan_tagihan(data.hitungan),
        ],
        [TandaTangan(data.selaku, data.penanda_tangan)],
        arah="mendatar",
    )


def _baris(number: int, line: DptBaris) -> Baris:
    return (
        number,
        line.nama,
        kartu_tersamar(line.kartu),
        line.jenis_belanja,
        line.rincian,
        *pembebanan(line.sub_kegiatan, line.rekening),
        line.jumlah,
    )
