"""Buku Kas Umum, Buku Pembantu KKPD and LPJ (kkpd.md 2, 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kkpd.core.moments import with_weekday
from kkpd.core.money import ZERO, Rupiah, terbilang, total
from kkpd.engines.paper.forms import (
    NO,
    Frame,
    ListShape,
    day,
    kode,
    listing,
    masked_card,
    money,
    rincian,
    usual_signers,
)
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Paragraph,
    Person,
    Piece,
    SignatureBlock,
    TotalsDiffer,
    data_table,
)

_TITLES = {"bku": "Buku Kas Umum", "buku_pembantu": "Buku Pembantu KKPD"}


def _shape(formulir: str, entry: str, keluar: str) -> ListShape:
    return ListShape(
        formulir=formulir,
        judul=_TITLES[formulir],
        kolom=(
            NO,
            day("tanggal"),
            kode("bukti", "No. Bukti", 96),
            Column("uraian", "Uraian", "teks", 250),
            money("penerimaan", entry, 88),
            money("pengeluaran", keluar, 88),
            money("saldo", "Saldo", 92, dijumlah=False),
        ),
    )


_SHAPES = {
    "bku": _shape("bku", "Penerimaan", "Pengeluaran"),
    "buku_pembantu": _shape("buku_pembantu", "Belanja dengan KKPD", "Pelunasan ke Bank"),
}


@dataclass(frozen=True, slots=True)
class BookRow:
    """One entry of the book."""

    tanggal: date
    bukti: str
    uraian: str
    penerimaan: Rupiah | None = None
    pengeluaran: Rupiah | None = None


@dataclass(frozen=True, slots=True)
class _BalancedRow:
    tanggal: date | None
    bukti: str
    uraian: str
    penerimaan: Rupiah | None
    pengeluaran: Rupiah | None
    saldo: Rupiah
    counted: bool = True


@dataclass(frozen=True, slots=True)
class BookClosing:
    """The figures of the closing besides the months: the year's opening balance, and receipts and
    payments since then, before the first month. `day` is the day of closing; None means the
    document's date.
    """

    year_opening_balance: Rupiah
    earlier_receipts: Rupiah
    earlier_payments: Rupiah
    day: date | None = None


_CLOSING_COLUMNS = (
    Column("uraian", "Uraian", "teks", 250),
    money("penerimaan", "Penerimaan", 88),
    money("pengeluaran", "Pengeluaran", 88),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookInput:
    """A book over a period. It begins with `opening_balance`; for the Buku Pembantu that is the
    unpaid amount.

    With `book_closing` it ends like the Buku Kas Umum. If `saldo_akhir` is given, the rows must
    lead to it.
    """

    paper_frame: Frame
    buku: Literal["bku", "buku_pembantu"]
    period_label: str
    opening_balance: Rupiah
    baris: Sequence[BookRow]
    signed_by: Sequence[SignatureBlock]
    kartu: str = ""
    book_closing: BookClosing | None = None
    saldo_akhir: Rupiah | None = None


def buku(data: BookInput) -> FrozenDocument:
    """The frozen book with its running balance; TotalsDiffer if its end is not `saldo_akhir`."""
    rows, saldo = (
        [_BalancedRow(None, "", "Saldo lalu", None, None, data.opening_balance, False)],
        data.opening_balance,
    )
    for line in data.baris:
        saldo += (line.penerimaan or ZERO) - (line.pengeluaran or ZERO)
        rows.append(
            _BalancedRow(
                line.tanggal, line.bukti, line.uraian, line.penerimaan, line.pengeluaran, saldo
            )
        )
    if data.saldo_akhir not in (None, saldo):
        raise TotalsDiffer(f"the rows lead to {saldo}, not to {data.saldo_akhir}")
    keterangan = [("Nomor KKPD", masked_card(data.kartu))] if data.kartu else []
    made = listing(
        _SHAPES[data.buku],
        data.paper_frame,
        [("", rows)],
        data.signed_by,
        keterangan=keterangan,
        catatan=[] if data.book_closing else [f"Saldo akhir: Rp {saldo}."],
        subjudul=[data.period_label],
    )
    if data.book_closing is None:
        return made
    return replace(made, isi=(*made.isi, *_closing_parts(data, data.book_closing, saldo)))


def _closing_parts(data: BookInput, previous: BookClosing, saldo: Rupiah) -> list[Piece]:
    """The closing; TotalsDiffer if it does not agree with the book's balance.

    Card payments go only through the bank account, so there is no cash.
    """
    term = "bulan" if data.paper_frame.periode[5:].isdecimal() else "periode"
    rows = [
        ("Saldo awal tahun", previous.year_opening_balance, None),
        (f"Jumlah sampai {term} lalu", previous.earlier_receipts, previous.earlier_payments),
        (
            f"Jumlah {term} ini",
            total(line.penerimaan or ZERO for line in data.baris),
            total(line.pengeluaran or ZERO for line in data.baris),
        ),
    ]
    table = data_table(_CLOSING_COLUMNS, [("", rows)], label_jumlah=f"Jumlah sampai {term} ini")
    entry, keluar = table.jumlah
    if entry - keluar != saldo:
        raise TotalsDiffer(f"the book ends at {saldo}, its closing at {entry - keluar}")
    on = with_weekday(previous.day or data.paper_frame.tanggal)
    return [
        Paragraph(f"Pada hari ini, {on}, Buku Kas Umum ditutup dengan:"),
        table,
        Paragraph(f"Saldo Rp {saldo} ({terbilang(saldo)}), terdiri dari:"),
        rincian([("a. Tunai", f"Rp {ZERO}"), ("b. Saldo bank", f"Rp {saldo}")]),
    ]


LPJ = ListShape(
    formulir="lpj",
    judul="Laporan Pertanggungjawaban Uang Persediaan KKPD",
    kolom=(
        NO,
        kode("rekening", "Kode Rekening", 110),
        Column("uraian", "Uraian", "teks", 260),
        money("jumlah", "Jumlah (Rp)", 100),
    ),
    arah="tegak",
    terbilang=True,
)


@dataclass(frozen=True, slots=True)
class LpjRow:
    """One account code and what was charged to it in the period."""

    rekening: str
    uraian: str
    jumlah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class LpjUp:
    """The free UP KKPD at both ends of the period, the amount that payments to the bank restored,
    and the change of the UP itself.
    """

    start: Rupiah
    finish: Rupiah
    restored: Rupiah = ZERO
    altered: Rupiah = ZERO


def lpj(
    paper_frame: Frame,
    period_label: str,
    up: LpjUp,
    kelompok: Sequence[tuple[str, Sequence[LpjRow]]],
    pa: Person,
    bendahara: Person,
    selaku: str = "Pengguna Anggaran",
) -> FrozenDocument:
    """The frozen LPJ by sub kegiatan. It ends with the way from the first to the last free UP; the
    part that DPTs do not explain are purchases on no DPT yet.
    """
    spent = total(line.jumlah for _, lines in kelompok for line in lines)
    waiting = up.finish - up.start + spent - up.restored - up.altered
    return listing(
        LPJ,
        paper_frame,
        kelompok,
        usual_signers(pa, bendahara, selaku),
        subjudul=[period_label],
        finish=[
            ("Uang Persediaan KKPD awal periode", f"Rp {up.start}"),
            ("Dikurangi DPT periode ini", f"Rp {spent}"),
            ("Ditambah pelunasan kepada bank", f"Rp {up.restored}"),
            ("Perubahan belanja yang belum masuk DPT", f"Rp {waiting}"),
            *([("Perubahan Uang Persediaan KKPD", f"Rp {up.altered}")] if up.altered else []),
            ("Uang Persediaan KKPD akhir periode", f"Rp {up.finish}"),
        ],
    )
