"""Identities of balances (D, E, K): UP KKPD, what is owed, ceilings, the year's edge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from kkpd import ledger
from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.models import Ceiling, CeilingMovement, TahunBuka, Transaksi
from kkpd.pagu import available
from kkpd.pagu.ceilings.rules import CeilingState
from kkpd.reports.tieout.world import READER, Identity, World
from kkpd.year import reads


def claims(world: World, span: Span) -> Iterator[Identity]:
    """Every balance at the end of the month."""
    owed = world.owed(span.sampai), "ditanggung anggaran dan belum didebet"
    helper = world.paper("buku_pembantu", span)
    saldo = helper.last("saldo"), "Buku Pembantu, Saldo"
    yield "E1", saldo, (world.paper("belum_lunas", span).sum("nilai"), "belum_lunas")
    yield "E1 buku", saldo, owed
    yield (
        "E2",
        (helper.first("saldo"), "Buku Pembantu, Saldo lalu"),
        (world.owed(world.eve(span)), "saldo bulan lalu"),
    )
    yield (
        "E3",
        (helper.sum("penerimaan") - helper.sum("pengeluaran"), "Buku Pembantu, gerakan"),
        (helper.last("saldo") - helper.first("saldo"), "Buku Pembantu, selisih saldo"),
    )
    billed = total(
        part.left
        for part in world.parts(span.sampai)
        if part.bearer == "budget" and part.billed == "final"
    )
    blocks = ledger.bill_blocks(world.facts(span.sampai), world.parts(span.sampai))
    yield (
        "E4",
        (billed, "belum lunas dari yang ditagih"),
        (_bills_left(world, blocks, span.sampai), "tagihan - didebet - ditanggung pihak lain"),
    )
    yield from _up(world, span, saldo)


def _bills_left(world: World, blocks: list[ledger.BillBlock], on: date) -> Rupiah:
    """Bills minus debits, minus amounts that others bear or nobody has explained."""
    asked = total(one.total - one.refused - one.up_tunai - one.others for one in blocks)
    facts, parts = world.facts(on), world.parts(on)
    unknown = total(
        part.amount for part in parts if part.bill_id is not None and part.bearer == "undecided"
    )
    debited = total(
        part.amount
        for part in parts
        if part.bill_id is not None
        and part.bearer == "budget"
        and part.purchase_id is not None
        and facts.purchases[part.purchase_id].paid_on is not None
    )
    return asked - unknown - debited


def _up(world: World, span: Span, saldo: tuple[Rupiah, str]) -> Iterator[Identity]:
    limit = available.effective(world.session, world.opd.id, span.tahun, span.sampai)
    if limit is None:
        return
    bound, lpj = world.paper("batas", span), world.paper("lpj", span)
    used = bound.sum("dicadangkan") + bound.sum("terpakai"), "Batas, Dicadangkan + Terpakai"
    rest = bound.sum("sisa"), "Batas, Sisa"
    yield "D1", (used[0] + rest[0], "Batas, semua kolom"), (limit, "UP KKPD")
    end = lpj.label("Uang Persediaan KKPD akhir periode"), "LPJ, akhir periode"
    yield "D2", rest, end
    yield "D3", used, saldo
    yield "D4", (limit - saldo[0], "UP KKPD - saldo Buku Pembantu"), end
    percent = next((row["penggunaan"] for row in bound.rows()), None)
    asked = (used[0].sen * 20_000 + limit.sen) // (2 * limit.sen) if limit else 0
    yield (
        "D5",
        (
            Rupiah(percent if isinstance(percent, int) else 0),
            "Batas, Penggunaan (per sepuluh ribu)",
        ),
        (Rupiah(asked), "(dicadangkan + terpakai) / UP KKPD"),
    )
    first = max(world.eve(span), date(span.tahun, 1, 1))
    before = available.effective(world.session, world.opd.id, span.tahun, first) or ZERO
    yield (
        "D6",
        (lpj.label("Uang Persediaan KKPD awal periode"), "LPJ, awal periode"),
        (before - world.owed(world.eve(span)), "UP KKPD - saldo bulan lalu"),
    )


def ceilings(world: World) -> Iterator[Identity]:
    """The use of the UP KKPD ceiling equals the amount owed, except amounts that found no room
    there.
    """
    held: dict[int, CeilingState] = {}
    freed = ZERO
    rows = world.session.execute(
        select(CeilingMovement.transaksi_id, CeilingMovement.kind, func.sum(CeilingMovement.amount))
        .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
        .join(Transaksi, Transaksi.id == CeilingMovement.transaksi_id)
        .where(
            Ceiling.opd_id == world.opd.id,
            Ceiling.jenis == "up_kkpd",
            Ceiling.tahun == Transaksi.tahun,  # a carried line holds the same amount in both years
        )
        .group_by(CeilingMovement.transaksi_id, CeilingMovement.kind)
    )
    for purchase_id, kind, amount in rows:
        held[purchase_id] = held.get(purchase_id, CeilingState(ZERO)).after(kind, amount)
    owing: dict[int, Rupiah] = {}
    for part in world.parts(world.day):
        if part.bearer == "budget" and part.purchase_id is not None:
            owing[part.purchase_id] = owing.get(part.purchase_id, ZERO) + part.left
    without = ZERO
    for purchase_id in {*held, *owing}:
        state = held.get(purchase_id, CeilingState(ZERO))
        mine, due = state.reserved + state.posted, owing.get(purchase_id, ZERO)
        if not mine and due:
            without += due
        freed += mine
    yield (
        "E5",
        (freed + without, "ditahan batas UP KKPD, dan yang tidak mendapat tempat"),
        (total(owing.values()), "ditanggung anggaran dan belum didebet"),
    )


def year(world: World, tahun: int) -> Iterator[Identity]:
    """The amount carried to a new year is the amount owed on 31 December."""
    opened = world.session.scalars(
        select(TahunBuka).where(TahunBuka.opd_id == world.opd.id, TahunBuka.tahun == tahun)
    ).one_or_none()
    if opened is None:
        return
    eve = date(tahun - 1, 12, 31)
    carried = total(row.nilai for row in reads.debt(world.session, READER, world.opd.id, tahun - 1))
    yield "K1", (carried, "dibawa dari tahun lalu"), (world.owed(eve), "saldo 31 Desember")
