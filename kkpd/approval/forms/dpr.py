"""Daftar Pengeluaran Riil KKPD: what was really spent, by card type (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kkpd.core.money import Rupiah
from kkpd.engines.paper.completeness import or_not_yet
from kkpd.engines.paper.form_frame import PEMBEBANAN, Frame, dokumen, masked_card, pembebanan
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Entries,
    LabelRow,
    Paragraph,
    Person,
    Row,
    SignatureBlock,
    Terbilang,
    data_table,
)

DprKind = Literal["perjalanan_dinas", "belanja_modal", "barang_jasa"]
_KINDS: dict[DprKind, str] = {
    "perjalanan_dinas": "Perjalanan Dinas",
    "belanja_modal": "Belanja Modal",
    "barang_jasa": "Belanja Barang dan Jasa",
}
#: The two statements of the annex, the same for one card and for several.
_STATEMENTS = (
    "Pengeluaran di bawah ini merupakan pembayaran riil dengan menggunakan KKPD dari Uang "
    "Persediaan (UP) KKPD, meliputi:",
    "Jumlah uang tersebut pada angka 1 di atas benar-benar dikeluarkan untuk pelaksanaan kegiatan "
    "SKPD. Apabila di kemudian hari terdapat kelebihan atas pembayaran, kami bersedia menyetorkan "
    "kelebihan tersebut ke Rekening Kas Umum Daerah.",
)
_CAPACITY = "Pejabat Pelaksana Teknis Kegiatan"
_BUKTI = "Bukti Pembelian/ Pembayaran"
_COLUMNS = (
    Column("no", "No", "angka", 26, rata="tengah"),
    Column("uraian", "Uraian Pengeluaran", "teks", 150),
    Column("jenis_belanja", "Jenis Belanja", "teks", 84),
    *PEMBEBANAN,
    Column("bukti_ya", "Ya", "teks", 34, _BUKTI, rata="tengah"),
    Column("bukti_tidak", "Tidak", "teks", 36, _BUKTI, rata="tengah"),
    Column("jumlah", "Jumlah (Rp)", "uang", 82, dijumlah=True),
)


@dataclass(frozen=True, slots=True)
class DprRow:
    """One purchase: `rekening` as `5.1.02.01.01.0024`, `has_evidence` whether evidence is there."""

    uraian: str
    jenis_belanja: str
    sub_kegiatan: str
    rekening: str
    has_evidence: bool
    jumlah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class DprInput:
    """All that a DPR says. `kartu` is the last four figures; `pptk` signs."""

    paper_frame: Frame
    jenis: DprKind
    pemegang: Person
    opd: str
    kartu: str
    baris: Sequence[DprRow]
    pptk: Person


def dpr(data: DprInput) -> FrozenDocument:
    """The frozen DPR of one card and kind of spending."""
    rows = [_row(number, line) for number, line in enumerate(data.baris, 1)]
    table = data_table(_COLUMNS, [("", rows)], kosong="Tidak ada pengeluaran dengan KKPD.")
    kind = _KINDS[data.jenis]
    return dokumen(
        data.paper_frame,
        "dpr",
        f"Daftar Pengeluaran Riil Pembayaran {kind} dengan Menggunakan KKPD",
        [
            Paragraph("Yang bertanda tangan di bawah ini:"),
            _declarant(data.pptk, data.opd, *_kartu(data)),
            Paragraph(_declaration(kind)),
            Paragraph(_STATEMENTS[0], nomor="1."),
            table,
            Terbilang.dari(table.jumlah[0]),
            Paragraph(_STATEMENTS[1], nomor="2."),
        ],
        [SignatureBlock(_CAPACITY, data.pptk)],
        arah="mendatar",
    )


def joint_dpr(
    paper_frame: Frame,
    jenis: DprKind,
    opd: str,
    kelompok: Sequence[tuple[str, Sequence[DprRow]]],
    pptk: Person,
) -> FrozenDocument:
    """The DPR of several cards on one sheet, a group of rows for each card; the PPTK signs."""
    groups, number = [], 0
    for heading, lines in kelompok:
        groups.append((heading, [_row(number + n, line) for n, line in enumerate(lines, 1)]))
        number += len(lines)
    table = data_table(_COLUMNS, groups, kosong="Tidak ada pengeluaran dengan KKPD.")
    return dokumen(
        paper_frame,
        "dpr",
        f"Daftar Pengeluaran Riil Pembayaran {_KINDS[jenis]} dengan Menggunakan KKPD",
        [
            Paragraph("Yang bertanda tangan di bawah ini:"),
            _declarant(pptk, opd, LabelRow("Banyak kartu", str(len(kelompok)))),
            Paragraph(_declaration(_KINDS[jenis])),
            Paragraph(_STATEMENTS[0], nomor="1."),
            table,
            Terbilang.dari(table.jumlah[0]),
            Paragraph(_STATEMENTS[1], nomor="2."),
        ],
        [SignatureBlock(_CAPACITY, pptk)],
        arah="mendatar",
    )


def _declarant(pptk: Person, opd: str, *more: LabelRow) -> Entries:
    """Who declares: the PPTK, who signs below (kkpd.md 1.6)."""
    return Entries(
        (
            LabelRow("Nama", or_not_yet(pptk.nama)),
            LabelRow("NIP", or_not_yet(pptk.nip)),
            LabelRow("Pangkat/Gol. Ruang", or_not_yet(pptk.pangkat)),
            LabelRow("Jabatan", pptk.jabatan or _CAPACITY),
            LabelRow("SKPD", opd),
            *more,
        )
    )


def _kartu(data: DprInput) -> tuple[LabelRow, ...]:
    holder = data.pemegang
    return (
        LabelRow("Nomor KKPD", masked_card(data.kartu)),
        LabelRow(
            "Pemegang KKPD", f"{holder.nama}, NIP {holder.nip}" if holder.nip else holder.nama
        ),
    )


def _declaration(kind: str) -> str:
    return (
        f"Berdasarkan pembayaran {kind} dengan Kartu Kredit Pemerintah Daerah, "
        "dengan ini kami menyatakan dengan sesungguhnya bahwa:"
    )


def _row(number: int, line: DprRow) -> Row:
    return (
        number,
        line.uraian,
        line.jenis_belanja,
        *pembebanan(line.sub_kegiatan, line.rekening),
        "Ya" if line.has_evidence else None,
        None if line.has_evidence else "Tidak",
        line.jumlah,
    )
