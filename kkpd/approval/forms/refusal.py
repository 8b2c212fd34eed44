"""Surat Pemberitahuan Penolakan: what PA/KPA refused, and why (Pasal 5 huruf g dan i)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kkpd.core import moments as tanggal
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.paper.forms import Frame, ListShape, dokumen, fill_table, masked_card, rincian
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import Column, Paragraph, Person, SignatureBlock, Terbilang

_REFUSED = ListShape(
    formulir="penolakan",
    judul="Surat Pemberitahuan Penolakan",
    kosong="Tidak ada pengeluaran yang ditolak.",
    kolom=(
        Column("no", "No", "angka", 26, rata="tengah"),
        Column("tanggal", "Tanggal", "tanggal", 54, rata="tengah"),
        Column("penjual", "Penjual", "teks", 96),
        Column("uraian", "Uraian Pengeluaran", "teks", 118),
        Column("alasan", "Alasan Penolakan", "teks", 138),
        Column("jumlah", "Jumlah (Rp)", "uang", 78, dijumlah=True),
    ),
)


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One refused charge; `alasan` is the reason that PA/KPA gave, never empty."""

    tanggal: date
    penjual: str
    uraian: str
    alasan: str
    jumlah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class PenolakanInput:
    """All that a refusal says. `recipient` is the proxy user, `pemegang` the holder of the card."""

    paper_frame: Frame
    recipient: Person
    pemegang: Person
    kartu: str
    tagihan: str
    baris: Sequence[RefusalRow]
    signatory: Person
    selaku: str = "Pengguna Anggaran"
    pay_before: date | None = None


def penolakan(data: PenolakanInput) -> FrozenDocument:
    """The frozen refusal; ValueError where a line has no reason, DomainError where it would ask the
    holder to pay nothing, or less.
    """
    if not all(line.alasan.strip() for line in data.baris):
        raise ValueError("a refused line needs a reason")
    table = fill_table(_REFUSED, [("", data.baris)])
    if table.jumlah[0] <= ZERO:
        raise DomainError(
            f"Surat penolakan kepada {data.recipient.nama} berjumlah Rp {table.jumlah[0]}, "
            "jadi tidak ada yang dibayarnya sendiri. Periksa pengembalian (refund) di dalamnya."
        )
    return dokumen(
        data.paper_frame,
        _REFUSED.formulir,
        _REFUSED.judul,
        [
            rincian(
                [
                    ("Kepada", f"{data.recipient.nama}, Pelaksana Kuasa Pengguna KKPD"),
                    ("NIP", data.recipient.nip or "-"),
                    ("Pemegang KKPD", data.pemegang.nama),
                    ("Nomor KKPD", masked_card(data.kartu)),
                    ("Tagihan", data.tagihan),
                ]
            ),
            Paragraph(
                "Berdasarkan pengujian atas tagihan dan bukti pengeluaran sebagaimana dimaksud "
                "dalam Pasal 5 huruf e Peraturan Menteri Dalam Negeri Nomor 79 Tahun 2022, "
                "bukti pengeluaran berikut kami tolak:"
            ),
            table,
            Terbilang.dari(table.jumlah[0]),
            Paragraph(_consequence(data.pay_before)),
            Paragraph("Demikian disampaikan untuk dilaksanakan."),
        ],
        [SignatureBlock(data.selaku, data.signatory)],
    )


def joint_refusals(
    paper_frame: Frame,
    opd: str,
    kelompok: Sequence[tuple[str, Sequence[RefusalRow]]],
    signed_by: SignatureBlock,
) -> FrozenDocument:
    """All refusals of a period on one sheet, a group for each proxy user and card."""
    table = fill_table(_REFUSED, kelompok)
    return dokumen(
        paper_frame,
        _REFUSED.formulir,
        _REFUSED.judul,
        [rincian([("SKPD", opd)]), table, Terbilang.dari(table.jumlah[0])],
        [signed_by],
    )


def _consequence(day: date | None) -> str:
    until = f" paling lambat {tanggal.long(day)}" if day else ""
    return (
        "Pengeluaran tersebut tidak dimasukkan ke dalam Daftar Pembayaran Tagihan KKPD dan tidak "
        f"dibebankan pada APBD. Saudara membayarnya sendiri kepada bank penerbit{until} dan "
        "menyampaikan bukti pembayarannya kepada bendahara pengeluaran."
    )
