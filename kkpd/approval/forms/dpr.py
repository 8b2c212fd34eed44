"""Daftar Pengeluaran Riil KKPD: what was really spent, by card type (kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, Literal

from kkpd.core.money import Rupiah
from kkpd.engines.paper.forms import (
    PEMBEBANAN,
    Frame,
    dokumen,
    masked_card,
    or_not_yet,
    pembebanan,
    rincian,
)
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Paragraph,
    Person,
    Row,
    SignatureBlock,
    Terbilang,
    data_table,
)

DprKind = Literal["perjalanan", "modal", "barang_jasa"]
#: Kind of spending -> as papers say it.
SPENDING_KINDS: Final[dict[DprKind, str]] = {
    "perjalanan": "Perjalanan Dinas",
    "modal": "Belanja Modal",
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
    holder = data.pemegang
    about = [
        ("Nomor KKPD", masked_card(data.kartu)),
        ("Pemegang KKPD", f"{holder.nama}, NIP {holder.nip}" if holder.nip else holder.nama),
    ]
    return _listed(data.paper_frame, data.jenis, data.opd, [("", data.baris)], data.pptk, about)


def joint_dpr(
    paper_frame: Frame,
    jenis: DprKind,
    opd: str,
    kelompok: Sequence[tuple[str, Sequence[DprRow]]],
    pptk: Person,
) -> FrozenDocument:
    """The DPR of several cards on one sheet, a group of rows for each card; the PPTK signs."""
    about = [("Banyak kartu", str(len(kelompok)))]
    return _listed(paper_frame, jenis, opd, kelompok, pptk, about)


def _listed(
    paper_frame: Frame,
    jenis: DprKind,
    opd: str,
    kelompok: Sequence[tuple[str, Sequence[DprRow]]],
    pptk: Person,
    about: Sequence[tuple[str, str]],
) -> FrozenDocument:
    kind, number = SPENDING_KINDS[jenis], count(1)
    groups = [(heading, [_row(next(number), line) for line in rows]) for heading, rows in kelompok]
    table = data_table(_COLUMNS, groups, kosong="Tidak ada pengeluaran dengan KKPD.")
    declarant = [  # the PPTK, who signs below (kkpd.md 1.6)
        ("Nama", or_not_yet(pptk.nama)),
        ("NIP", or_not_yet(pptk.nip)),
        ("Pangkat/Gol. Ruang", or_not_yet(pptk.pangkat)),
        ("Jabatan", pptk.jabatan or _CAPACITY),
        ("SKPD", opd),
    ]
    return dokumen(
        paper_frame,
        "dpr",
        f"Daftar Pengeluaran Riil Pembayaran {kind} dengan Menggunakan KKPD",
        [
            Paragraph("Yang bertanda tangan di bawah ini:"),
            rincian([*declarant, *about]),
            Paragraph(
                f"Berdasarkan pembayaran {kind} dengan Kartu Kredit Pemerintah Daerah, "
                "dengan ini kami menyatakan dengan sesungguhnya bahwa:"
            ),
            Paragraph(_STATEMENTS[0], nomor="1."),
            table,
            Terbilang.dari(table.jumlah[0]),
            Paragraph(_STATEMENTS[1], nomor="2."),
        ],
        [SignatureBlock(_CAPACITY, pptk)],
        arah="mendatar",
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
