"""Identities of the chain (B, C): a DPT and every paper, register and export over it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from kkpd.core.errors import NotFound
from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import EXAMINERS
from kkpd.ledger.active import holds
from kkpd.models import Dokumen, DokumenBaris, Pencairan, Persetujuan
from kkpd.reports import sipd
from kkpd.reports.tieout.world import READER, Identity, Paper, World

#: paper over DPTs -> the column that adds up to them, and one beside it that tells its table
_OVER_DPT = {
    "npd": ("nilai", "rekening"),
    "spp_gu_rincian": ("nilai", "rekening"),
    "sptb": ("nilai", "rekening"),
    "spm_gu": ("nilai", "rekening"),
    "lpj": ("jumlah", "rekening"),
    "dpt_gabungan": ("nilai", "unit"),
}


def claims(world: World, span: Span) -> Iterator[Identity]:
    """Every identity of the month's DPTs; without a DPT both sides are zero."""
    issued = world.issued("dpt", span)
    amount = total(row.total for row, _ in issued), "DPT"
    yield from _frozen(world, span, issued)
    register = world.paper("register_dpt", span).sum("nilai")
    yield "B4", (register, "Register DPT, Nilai"), amount
    yield from _steps(world, span, [row for row, _ in issued])
    for name, keys in _OVER_DPT.items():
        paper = world.paper(name, span)
        if paper.exists or not issued:
            yield f"C3 {name}", (paper.sum(*keys), f"laporan {name}"), amount
    with_spp = _with_step(world, [row for row, _ in issued], "spp")
    sp2d = world.paper("register_sp2d", span).sum("nilai")
    yield "C4", (sp2d, "Register SP2D, Nilai"), (with_spp, "DPT yang ada SPP-nya")
    yield from _books(world, span)
    yield from _exports(world, span)


def _frozen(world: World, span: Span, issued: list[tuple[Dokumen, Paper]]) -> Iterator[Identity]:
    ids = [row.id for row, _ in issued]
    lines = world.sum(DokumenBaris.nilai, DokumenBaris.dokumen_id.in_(ids))
    printed = total(paper.sum("jumlah") for _, paper in issued)
    yield "B1", (printed, "DPT, data beku"), (lines, "barisnya di buku")
    yield "B2", (lines, "baris DPT"), (_decided(world, ids), "putusan PA/KPA terakhir atasnya")
    blocks = world.blocks(span)
    paid = total(block.dpt + block.carried_in for block in blocks)
    yield (
        "B3",
        (total(row.total for row, _ in issued), "DPT"),
        (paid, "yang disetujui pada baris tagihan yang dibayarnya"),
    )


def _decided(world: World, ids: list[int]) -> Rupiah:
    newest = (
        select(func.max(Persetujuan.id))
        .join(DokumenBaris, DokumenBaris.transaksi_id == Persetujuan.transaksi_id)
        .where(DokumenBaris.dokumen_id.in_(ids), Persetujuan.peran.in_(EXAMINERS))
        .group_by(Persetujuan.transaksi_id)
    )
    return world.sum(
        Persetujuan.nilai, Persetujuan.id.in_(newest), Persetujuan.keputusan == "setuju"
    )


def _steps(world: World, span: Span, dpts: list[Dokumen]) -> Iterator[Identity]:
    for jenis in ("npd", "spp", "spm"):
        papers = total(row.total for row in world.documents(jenis, span))
        yield (
            f"C1 {jenis}",
            (papers, f"{jenis.upper()} terbit"),
            (_with_step(world, dpts, jenis), "DPT-nya"),
        )
    for langkah in ("sp2d", "bayar"):
        mine = Pencairan.dpt_id.in_([row.id for row in dpts])
        done = set(
            world.session.scalars(
                select(Pencairan.dpt_id).where(Pencairan.langkah == langkah, mine, holds(Pencairan))
            )
        )
        yield (
            f"C2 {langkah}",
            (world.steps(langkah, mine), "SP2D" if langkah == "sp2d" else "pendebetan"),
            (total(row.total for row in dpts if row.id in done), "DPT-nya"),
        )


def _with_step(world: World, dpts: list[Dokumen], jenis: str) -> Rupiah:
    """The DPTs with a valid paper of this kind."""
    later = select(DokumenBaris.transaksi_id).join(Dokumen).where(Dokumen.jenis == jenis)
    have = set(
        world.session.scalars(
            select(DokumenBaris.dokumen_id).where(
                DokumenBaris.dokumen_id.in_([row.id for row in dpts]),
                DokumenBaris.transaksi_id.in_(later.where(holds(Dokumen))),
            )
        )
    )
    return total(row.total for row in dpts if row.id in have)


def _books(world: World, span: Span) -> Iterator[Identity]:
    bku, helper = world.paper("bku", span), world.paper("buku_pembantu", span)
    within = Pencairan.tanggal.between(span.mulai, span.sampai)
    yield (
        "C5 penerimaan",
        (bku.sum("penerimaan"), "BKU, Penerimaan"),
        (world.steps("sp2d", within), "SP2D yang bertanggal bulan ini"),
    )
    yield (
        "C5 pengeluaran",
        (bku.sum("pengeluaran"), "BKU, Pengeluaran"),
        (world.steps("bayar", within), "pendebetan yang bertanggal bulan ini"),
    )
    yield (
        "C6",
        (helper.sum("pengeluaran"), "Buku Pembantu, Pelunasan"),
        (bku.sum("pengeluaran"), "BKU, Pengeluaran"),
    )
    npd = world.paper("npd", span)
    yield (
        "C7",
        (npd.sum("sisa"), "NPD, Sisa"),
        (npd.sum("anggaran") - npd.sum("sebelumnya") - npd.sum("nilai"), "NPD, kolomnya"),
    )


def _exports(world: World, span: Span) -> Iterator[Identity]:
    papers = total(row.total for row in world.documents("npd", span))
    for name, make in sipd.CONTENTS.items():
        try:
            ground = sipd.inputs(world.session, READER, world.opd.slug, span, world.day, unit=False)
            found = Paper(make(ground)).sum("nilai")
        except NotFound:
            found = ZERO
        yield f"C8 {name}", (found, f"ekspor SIPD {name}"), (papers, "NPD terbit")
