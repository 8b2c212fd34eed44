"""Daftar Pembayaran Tagihan KKPD: what PA/KPA approved for payment (Pasal 5 huruf h, 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.form_frame import PEMBEBANAN, Frame, dokumen, masked_card, pembebanan
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Entries,
    LabelRow,
    Person,
    Row,
    SignatureBlock,
    Terbilang,
    data_table,
)
from kkpd.reconciliation.forms.minutes import bill_arithmetic

_COLUMNS = (
    Column("no", "No", "angka", 26, rata="tengah"),
    Column("nama", "Nama", "teks", 92),
    Column("kartu", "No KKPD", "kode", 56, rata="tengah"),
    Column("jenis_belanja", "Jenis Belanja Barang", "teks", 84),
    Column("rincian", "Rincian Pengeluaran", "teks", 132),
    *PEMBEBANAN,
    Column("jumlah", "Jumlah Pembayaran (dalam Rupiah)", "uang", 84, dijumlah=True),
)


@dataclass(frozen=True, slots=True)
class DptRow:
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
    """All that a DPT says. `keterangan` are label rows, e.g. the bill and its due date;
    `arithmetic` at the foot shows where each rupiah of that bill is.
    """

    paper_frame: Frame
    bank: str
    baris: Sequence[DptRow]
    signatory: Person
    selaku: str = "Pengguna Anggaran"
    keterangan: Sequence[tuple[str, str]] = ()
    kelompok: Sequence[tuple[str, int]] = ()
    arithmetic: Sequence[tuple[str, str]] = ()

    def __post_init__(self) -> None:
        if self.kelompok and sum(count for _, count in self.kelompok) != len(self.baris):
            raise ValueError("the groups do not hold all lines")


def dpt(data: DptInput) -> FrozenDocument:
    """The frozen DPT of one bill; `kelompok` (heading, number of lines) where it joins several."""
    rows = [_row(number, line) for number, line in enumerate(data.baris, 1)]
    groups, start = [], 0
    for heading, count in data.kelompok or [("", len(rows))]:
        groups.append((heading, rows[start : start + count]))
        start += count
    table = data_table(_COLUMNS, groups, kosong="Tidak ada tagihan yang disetujui.")
    butir = tuple(LabelRow(label, said) for label, said in data.keterangan)
    return dokumen(
        data.paper_frame,
        "dpt",
        f"Daftar Pembayaran Tagihan KKPD - {data.bank}",
        [
            *([Entries(butir)] if butir else []),
            table,
            Terbilang.dari(table.jumlah[0]),
            *bill_arithmetic(data.arithmetic),
        ],
        [SignatureBlock(data.selaku, data.signatory)],
        arah="mendatar",
    )


def _row(number: int, line: DptRow) -> Row:
    return (
        number,
        line.nama,
        masked_card(line.kartu),
        line.jenis_belanja,
        line.rincian,
        *pembebanan(line.sub_kegiatan, line.rekening),
        line.jumlah,
    )
