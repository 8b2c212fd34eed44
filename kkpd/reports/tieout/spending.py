"""Identities of realisation, the minutes, taxes and refusals (F, G, H, L)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, NotFound
from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger.rules import BORNE_BY_HOLDER
from kkpd.ledger.shapes import Part
from kkpd.models import DokumenBaris, Transaksi
from kkpd.reports import named
from kkpd.reports import taxes as tax_page
from kkpd.reports.tieout.world import READER, Claim, Identity, Paper, World

_TAXES = ("dpp", "ppn", "pbjt", "pph")
#: report -> its columns that months add up to a quarter and a year
_ADDS_UP = {
    "register_tagihan": ("nilai", "disetujui", "ditolak"),
    "register_dpt": ("nilai",),
    "register_sp2d": ("nilai",),
    "rekap": ("realisasi_barang", "realisasi_modal"),
    "program": ("operasi", "modal"),
    "bku": ("penerimaan", "pengeluaran"),
    "buku_pembantu": ("penerimaan", "pengeluaran"),
    "ditolak": ("nilai",),
    "pajak": ("dpp", "ppn"),
    "kelengkapan": ("nilai",),
}

#: those of them that the treasury draws over all OPDs
_OF_ALL = tuple(name for name in _ADDS_UP if not named.LISTING[name].single_opd)


def claims(world: World, span: Span) -> Iterator[Identity]:
    """Every identity of the month's spending."""
    charged = total(row.total for row in world.documents("dpt", span)), "DPT"
    recap, program = world.paper("rekap", span), world.paper("program", span)
    goods, capital = recap.sum("realisasi_barang"), recap.sum("realisasi_modal")
    yield "F1", (goods + capital, "Rekap, realisasi"), charged
    on_51, on_52 = _by_kind(world, span)
    yield "F2 barang", (goods, "Rekap, barang"), (on_51, "baris DPT pada 5.1")
    yield "F2 modal", (capital, "Rekap, modal"), (on_52, "baris DPT pada 5.2")
    both = program.sum("operasi") + program.sum("modal")
    yield "F4", (program.sum("jumlah"), "Program, Jumlah"), charged
    yield "F5", (both, "Program, operasi + modal"), (program.sum("jumlah"), "Program, Jumlah")
    yield from _minutes(world, span)
    yield from _taxes(world, span)
    yield from _refused(world, span)


def adds_up(world: World, months: list[Span], whole: Span) -> Iterator[Identity]:
    """A quarter's or a year's columns are the sums of their months'."""
    inside = [one for one in months if whole.start <= one.start <= whole.finish]
    for name, keys in _ADDS_UP.items():
        paper = world.paper(name, whole)
        for key in keys:
            parts = total(world.paper(name, one).sum(key) for one in inside)
            yield (
                f"F8 {name}.{key}",
                (paper.sum(key), f"laporan {name}, {whole.nama}"),
                (parts, "jumlah bulannya"),
            )


def together(session: Session, worlds: Sequence[World], whole: Span, day: date) -> Iterator[Claim]:
    """A report of all OPDs equals the sum of each OPD's report."""
    for name in _OF_ALL:
        asked = named.ReportRequest(nama=name, opd=named.ALL, span=whole)
        try:
            paper = Paper(named.compose(session, READER, asked, day))
        except (NotFound, Conflict):
            paper = Paper(None)
        for key in _ADDS_UP[name]:
            parts = total(world.paper(name, whole).sum(key) for world in worlds)
            yield Claim(
                f"F9 {name}.{key}",
                named.ALL,
                whole.kode,
                paper.sum(key),
                parts,
                f"laporan {name} semua OPD",
                "jumlah OPD-nya",
            )


def _by_kind(world: World, span: Span) -> tuple[Rupiah, Rupiah]:
    """What the lines of the month's DPTs charge on operating and on capital accounts."""
    ids = [row.id for row in world.documents("dpt", span)]
    rows = world.session.execute(
        select(Transaksi.rekening, DokumenBaris.nilai)
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .where(DokumenBaris.dokumen_id.in_(ids))
    ).all()
    capital = total(amount for account, amount in rows if account.startswith("5.2"))
    return total(amount for _, amount in rows) - capital, capital


def _minutes(world: World, span: Span) -> Iterator[Identity]:
    """The minutes as drawn now, and as issued at the closing."""
    drawn = world.paper("rekonsiliasi", span)
    mine = [
        part
        for part in world.parts(world.day)
        if part.line_id is not None and part.month in span.bulan
    ]
    yield (
        "H1",
        (drawn.label("Menurut bank"), "Berita Acara, menurut bank"),
        (total(part.amount for part in mine), "baris bank bulan ini"),
    )
    yield (
        "H4",
        (drawn.sum("nilai", "sebab"), "Berita Acara, penjelasan"),
        (drawn.label("Selisih"), "Berita Acara, selisih"),
    )
    if not world.closed(span):
        return
    bought = total(part.amount for part in mine if part.purchase_id is not None)
    for row, paper in world.issued("rekonsiliasi", span)[-1:]:
        name = f"Berita Acara {row.nomor}"
        for key, words in (("H2", "Menurut bank"), ("H3", "Menurut pembukuan")):
            yield (
                key,
                (paper.label(words), f"{name}, terbit"),
                (drawn.label(words), "digambar lagi"),
            )
        yield (
            "H5",
            (paper.label("Selisih"), f"{name}, selisih"),
            (paper.sum("nilai", "sebab"), "penjelasannya"),
        )
        yield (
            "H6",
            (paper.label("Menurut pembukuan"), f"{name}, menurut pembukuan"),
            (bought, "belanja pada baris bulan ini"),
        )


def _taxes(world: World, span: Span) -> Iterator[Identity]:
    paper = world.paper("pajak", span)
    month = (span.tahun, span.start)
    page = tax_page.listing(world.session, READER, world.opd.id, month, world.day)
    for name in _TAXES:
        yield (
            f"G1 {name}",
            (paper.sum(name), f"Daftar Pajak, {name.upper()}"),
            (page.jumlah(name), "halaman Pajak"),
        )


def _refused(world: World, span: Span) -> Iterator[Identity]:
    def refused(part: Part) -> bool:
        return part.bearer == "holder" and part.purchase_id is not None

    on_bills = [
        part
        for part in world.parts(world.day)
        if refused(part) and _month_of(world, part) in span.bulan
    ]
    yield (
        "A8 ditolak",
        (world.paper("ditolak", span).sum("nilai"), "laporan Ditolak"),
        (total(part.amount for part in on_bills), "bagian yang ditanggung pemegang"),
    )
    letters = total(-min(row.total, ZERO) for row in world.documents("penolakan", span))
    yield "L1", (letters, "surat penolakan atas uang kembali"), (ZERO, "tidak ada yang ditagih")
    states = {one.id: one.status for one in world.facts(world.day).purchases.values()}
    turned = total(
        abs(part.amount)
        for part in world.parts(world.day)
        if part.kind == "refund"
        and part.bearer == "budget"
        and part.month in span.bulan
        and states[part.purchase_id or 0] in BORNE_BY_HOLDER
    )
    yield (
        "L2",
        (turned, "pengembalian milik anggaran yang ditolak"),
        (ZERO, "setiap pengembalian ikut asalnya"),
    )


def _month_of(world: World, part: Part) -> tuple[int, int]:
    """The month of the bill that asks for it, its own while none does."""
    if part.bill_id is None:
        return part.month
    return world.facts(world.day).bills[part.bill_id].month
