"""Identities of bills (A): what the bank prints, the lines, and where each rupiah of them is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger.active import bill_exists, effective
from kkpd.ledger.bill_chain import bill_name
from kkpd.ledger.reads import COUNTED
from kkpd.ledger.sums import BillBlock
from kkpd.models import BarisBank, Pencairan, Penyelesaian, Tagihan
from kkpd.oversight import due
from kkpd.reports.tieout.world import READER, Identity, World

_PLACES = ("disetujui", "ditolak", "up_tunai", "lain", "dialihkan", "belum_selesai")


def claims(world: World, span: Span) -> Iterator[Identity]:
    """Every identity of the month's bills; a bill without a printed figure ties to its lines."""
    blocks = world.blocks(span)
    for block in blocks:
        yield from _printed(world, block)
        yield from _due(world, block)
    yield _lines(world, span)
    yield from _register(world, span, blocks)
    yield from _ended(world, blocks)
    if world.closed(span):
        gone = total(
            abs(part.amount)
            for part in world.parts(world.day)
            if part.is_open and part.month in span.bulan
        )
        yield (
            "A6",
            (gone, "bagian terbuka pada baris bulan yang ditutup"),
            (ZERO, "bulan ditutup hanya tanpa selisih"),
        )


def _lines(world: World, span: Span) -> Identity:
    """Every line of the month is on a final bill, or on an interim list that waits for its own."""
    booked = world.sum(
        BarisBank.nilai,
        BarisBank.opd_id == world.opd.id,
        BarisBank.tahun == span.tahun,
        BarisBank.bulan == span.start,
        BarisBank.jenis.in_(COUNTED),
        effective(),
    )
    mine = [line for line in world.facts(world.day).lines.values() if line.month in span.bulan]
    final = total(line.amount for line in mine if line.bill_id is not None)
    interim = total(line.amount for line in mine if line.bill_id is None)
    return (
        "A12",
        (booked, "baris bank yang dihitung"),
        (
            final + interim,
            f"pada tagihan final Rp {final}, pada daftar sementara tanpa tagihan final "
            f"Rp {interim}; bersama-sama",
        ),
    )


def _printed(world: World, block: BillBlock) -> Iterator[Identity]:
    bill = world.session.get_one(Tagihan, block.bill.id)
    name = bill_name(block.bill)
    spent = block.total if bill.belanja_baru is None else bill.belanja_baru
    yield "A1", (spent, f"belanja baru tercetak, {name}"), (block.total, "jumlah barisnya")
    if bill.total is None:
        return
    before, paid = bill.tagihan_lalu or ZERO, bill.pembayaran or ZERO
    yield (
        "A2",
        (bill.total, f"total tercetak, {name}"),
        (before + spent - paid, "saldo lalu + belanja baru - pembayaran"),
    )
    earlier = _bill_before(world, bill)
    if earlier is None or earlier.total is None:
        return
    yield "A3", (before, f"saldo lalu tercetak, {name}"), (earlier.total, "total tagihan lalu")
    since, until = earlier.tanggal or date.min, bill.tanggal or date.max
    yield (
        "A4",
        (paid, f"pembayaran tercetak, {name}"),
        (_paid_between(world, since, until), "pendebetan dan penyelesaian sejak tagihan lalu"),
    )


def _bill_before(world: World, bill: Tagihan) -> Tagihan | None:
    """The final bill before this one of the same card."""
    card = Tagihan.kartu_akhir.is_not_distinct_from(bill.kartu_akhir)
    rows = world.session.scalars(
        select(Tagihan)
        .where(
            Tagihan.opd_id == bill.opd_id,
            Tagihan.jenis == "final",
            Tagihan.id != bill.id,
            card,
            Tagihan.tanggal < bill.tanggal,
            bill_exists(),
        )
        .order_by(Tagihan.tanggal.desc(), Tagihan.id.desc())
        .limit(1)
    )
    return rows.one_or_none()


def _paid_between(world: World, since: date, until: date) -> Rupiah:
    debits = world.steps("bayar", Pencairan.tanggal > since, Pencairan.tanggal <= until)
    settled = world.sum(
        Penyelesaian.nilai,
        Penyelesaian.opd_id == world.opd.id,
        Penyelesaian.tanggal > since,
        Penyelesaian.tanggal <= until,
    )
    return debits + settled


def _due(world: World, block: BillBlock) -> Iterator[Identity]:
    if block.bill.due is None:
        return
    found = due.due_dates(world.session, READER, world.opd.id, world.day)
    shown = total(
        row.nilai for row in found if row.jenis == "tagihan" and row.kunci == str(block.bill.id)
    )
    yield (
        "A10",
        (shown, f"Tenggat, {bill_name(block.bill)}"),
        (max(block.owed_to_bank, ZERO), "bagiannya yang belum dibayar kepada bank"),
    )


def _register(world: World, span: Span, blocks: list[BillBlock]) -> Iterator[Identity]:
    paper = world.paper("register_tagihan", span)
    rows = [row for row in paper.rows() if not str(row["status"]).startswith("DTS")]

    def column(key: str) -> Rupiah:
        return total(cell for row in rows if isinstance(cell := row.get(key), Rupiah))

    yield (
        "A5",
        (column("nilai"), "Register Tagihan, Nilai"),
        (total(block.total for block in blocks), "jumlah baris tagihan final"),
    )
    yield (
        "A7",
        (column("nilai"), "Register Tagihan, Nilai"),
        (total(column(key) for key in _PLACES), "Register Tagihan, kolom bagiannya"),
    )
    dpt = world.paper("register_dpt", span).sum("nilai")
    moved = total(block.carried_in for block in blocks)
    yield (
        "A8",
        (column("disetujui") + moved, "Register Tagihan, Disetujui, dan bawaan tagihan lain"),
        (dpt, "Register DPT, Nilai"),
    )


def _ended(world: World, blocks: list[BillBlock]) -> Iterator[Identity]:
    """A bill that is lunas is fully paid, whoever paid; nothing is paid twice."""
    settled = [block for block in blocks if block.settled]
    others = total(b.refused + b.up_tunai + b.others + b.carried - b.carried_in for b in settled)
    debits = total(_debited(world, block) for block in settled)
    yield (
        "A9",
        (total(block.total for block in settled), "tagihan yang lunas"),
        (debits + others, "didebet, ditanggung pihak lain dan dialihkan"),
    )
    over = total(
        max(_debited(world, block) - block.carried_in - block.dpt, ZERO) for block in blocks
    )
    yield "L4", (over, "didebet melebihi yang ditagih"), (ZERO, "tidak ada yang boleh lebih")


def _debited(world: World, block: BillBlock) -> Rupiah:
    facts = world.facts(world.day)
    ids = {
        one.dpt_id
        for one in facts.purchases.values()
        if one.dpt_id is not None
        and (
            one.dpt_bill_id == block.bill.id
            or (one.dpt_bill_id is None and one.dpt_month == block.bill.month)
        )
    }
    return world.steps("bayar", Pencairan.dpt_id.in_(ids))
