"""Daftar Pembayaran Tagihan KKPD: what PA/KPA approved for payment (Pasal 5 huruf h, 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from kkpd.core.money import Rupiah
from kkpd.engines.paper.forms import (
    PEMBEBANAN,
    Frame,
    ListShape,
    dokumen,
    kode,
    listing,
    masked_card,
    money,
    pembebanan,
    rincian,
)
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
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
    kelompok: Sequence[tuple[str, Sequence[DptRow]]]
    signatory: Person
    selaku: str = "Pengguna Anggaran"
    keterangan: Sequence[tuple[str, str]] = ()
    arithmetic: Sequence[tuple[str, str]] = ()


def dpt(data: DptInput) -> FrozenDocument:
    """The frozen DPT of one bill; rows in groups with headings where it joins several."""
    number = count(1)
    groups = [(head, [_row(next(number), line) for line in rows]) for head, rows in data.kelompok]
    table = data_table(_COLUMNS, groups, kosong="Tidak ada tagihan yang disetujui.")
    return dokumen(
        data.paper_frame,
        "dpt",
        f"Daftar Pembayaran Tagihan KKPD - {data.bank}",
        [
            *([rincian(data.keterangan)] if data.keterangan else []),
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


JOINT_DPT = ListShape(
    formulir="dpt_gabungan",
    judul="Daftar Pembayaran Tagihan KKPD Gabungan",
    kolom=(
        kode("unit", "Unit", 110),
        Column("nama_unit", "Nama Unit", "teks", 170),
        kode("dpt", "DPT Unit", 120),
        money("nilai", "Nilai (Rp)", 100),
    ),
    arah="tegak",
    terbilang=True,
)


@dataclass(frozen=True, slots=True)
class DptUnit:
    """One unit's DPT: code and name of the unit, number and amount of the DPT."""

    unit: str
    nama_unit: str
    dpt: str
    nilai: Rupiah


def joint_dpt_form(
    paper_frame: Frame, bank: str, baris: Sequence[DptUnit], signed_by: Sequence[SignatureBlock]
) -> FrozenDocument:
    """The frozen joint list."""
    return listing(JOINT_DPT, paper_frame, [("", baris)], signed_by, keterangan=[("Bank", bank)])
