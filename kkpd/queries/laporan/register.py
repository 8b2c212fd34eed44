"""Registers of bills, DPTs and payments, and the joint DPT of an SKPD's units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import func, select

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.dpt_gabungan import DptUnit, dpt_gabungan
from kkpd.domain.documents.register import (
    DptRegisterBaris,
    Sp2dBaris,
    TagihanBaris,
    register_dpt,
    register_sp2d,
    register_tagihan,
)
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.pengembalian import DITANGGUNG
from kkpd.domain.tanggal import pendek
from kkpd.ledger.active import diberikan, tagihan_ada
from kkpd.models import (
    BarisBank,
    Cocok,
    Dokumen,
    DokumenBaris,
    Kartu,
    Opd,
    Pencairan,
    Tagihan,
    Transaksi,
)
from kkpd.queries import batal
from kkpd.queries.cocok import DIHITUNG
from kkpd.queries.laporan.bahan import Bahan
from kkpd.queries.laporan.rantai import dpt_terbit

_LANGKAH: Final = ("npd", "spp", "spm", "sp2d", "bayar")
_KEADAAN: Final = {
    "dpt": "DPT terbit",
    "npd": "NPD terbit",
    "spp": "SPP diajukan",
    "spm": "SPM terbit",
    "sp2d": "SP2D terbit",
    "bayar": "Lunas",
}


def susun_tagihan(bahan: Bahan) -> Naskah:
    """Every bill booked in the months, with what was approved and refused of its lines."""
    bills = bahan.session.scalars(
        select(Tagihan)
        .where(*bahan.dalam(Tagihan), tagihan_ada())
        .order_by(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan, Tagihan.tanggal, Tagihan.id)
    ).all()
    sums = _billed(bahan)
    states = _line_states(bahan)
    paid = _paid(bahan)
    rows = [_bill_row(bahan, bill, sums, states[bill.id], paid) for bill in bills]
    return register_tagihan(bahan.rangka, bahan.rentang.nama, rows, bahan.penanda)


def _bill_row(
    bahan: Bahan,
    bill: Tagihan,
    sums: dict[int, Rupiah],
    states: dict[str, Rupiah],
    paid: dict[tuple[int, int, int], date | None],
) -> TagihanBaris:
    settled = paid.get((bill.opd_id, bill.tahun, bill.bulan))
    refused = states["ditolak"]
    word = "Lunas" if settled else ("Diproses" if states["disetujui"] else "Diterima")
    return TagihanBaris(
        skpd=bahan.skpd(bill.opd_id),
        nomor=nama_tagihan(bill),
        tanggal=bill.tanggal or bill.at.date(),
        jatuh_tempo=bill.jatuh_tempo,
        dibayar=settled,
        nilai=sums.get(bill.id, NOL),
        disetujui=states["disetujui"],
        ditolak=refused,
        status=word if bill.jenis == "final" else f"DTS, {word.lower()}",
    )


def nama_tagihan(bill: Tagihan) -> str:
    """How people name a bill: `Tagihan 25 Okt 2026`, `DTS •••• 4821 20 Okt 2026`."""
    kind = "Tagihan" if bill.jenis == "final" else "DTS"
    card = f" •••• {bill.kartu_akhir}" if bill.kartu_akhir else ""
    day = pendek(bill.tanggal) if bill.tanggal else f"{bill.tahun}-{bill.bulan:02d}"
    return f"{kind}{card} {day}"


def _billed(bahan: Bahan) -> dict[int, Rupiah]:
    rows = bahan.session.execute(
        select(BarisBank.tagihan_id, func.sum(BarisBank.nilai))
        .join(Tagihan, Tagihan.id == BarisBank.tagihan_id)
        .where(*bahan.dalam(Tagihan), BarisBank.jenis.in_(DIHITUNG), diberikan())
        .group_by(BarisBank.tagihan_id)
    )
    return {tagihan_id: amount for tagihan_id, amount in rows}  # noqa: C416 -- a Row is no typed pair


def _line_states(bahan: Bahan) -> dict[int, dict[str, Rupiah]]:
    """bill -> how much of its lines purchases cover that were charged, and that were refused."""
    found: dict[int, dict[str, Rupiah]] = defaultdict(lambda: {"disetujui": NOL, "ditolak": NOL})
    charged = select(DokumenBaris.transaksi_id).join(Dokumen)
    charged = charged.where(Dokumen.jenis == "dpt", batal.berlaku(Dokumen))
    for kind, condition in (
        ("disetujui", Transaksi.id.in_(charged)),
        ("ditolak", Transaksi.status.in_(DITANGGUNG)),
    ):
        rows = bahan.session.execute(
            select(BarisBank.tagihan_id, func.sum(Cocok.nilai))
            .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
            .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
            .join(Tagihan, Tagihan.id == BarisBank.tagihan_id)
            .where(*bahan.dalam(Tagihan), Cocok.dicabut_at.is_(None), condition)
            .group_by(BarisBank.tagihan_id)
        )
        for tagihan_id, amount in rows:
            found[tagihan_id][kind] = amount
    return found


def _paid(bahan: Bahan) -> dict[tuple[int, int, int], date | None]:
    """(OPD, year, month) -> the day its last DPT was paid, None while one is not."""
    found: dict[tuple[int, int, int], date | None] = {}
    steps = langkah(bahan, dpt_terbit(bahan))
    for dpt in dpt_terbit(bahan):
        key = (dpt.opd_id or 0, dpt.tahun, dpt.bulan)
        day = steps.get((dpt.id, "bayar"), (None, ""))[0]
        so_far = found.get(key, date.min)
        found[key] = None if day is None or so_far is None else max(day, so_far)
    return found


def langkah(bahan: Bahan, dpts: Iterable[Dokumen]) -> dict[tuple[int, str], tuple[date, str]]:
    """(DPT, step) -> (date, number) of NPD, SPP, SPM, SP2D and debit as far as they are there."""
    ids = [dpt.id for dpt in dpts]
    found = {
        (row.dpt_id, row.langkah): (row.tanggal, row.nomor)
        for row in bahan.session.scalars(
            select(Pencairan).where(Pencairan.dpt_id.in_(ids), batal.berlaku(Pencairan))
        )
    }
    own, later = DokumenBaris, DokumenBaris.__table__.alias("later")
    rows = bahan.session.execute(
        select(own.dokumen_id, Dokumen.jenis, Dokumen.tanggal, Dokumen.nomor)
        .join(later, later.c.transaksi_id == own.transaksi_id)
        .join(Dokumen, Dokumen.id == later.c.dokumen_id)
        .where(own.dokumen_id.in_(ids), Dokumen.jenis.in_(("npd", "spp", "spm")))
        .where(batal.berlaku(Dokumen))
        .distinct()
    )
    for dpt_id, jenis, day, number in rows:
        found[dpt_id, jenis] = (day, number)
    return found


def susun_dpt(bahan: Bahan) -> Naskah:
    """Every DPT of the months with its NPD and how far it is; a void one keeps its number."""
    dpts = dpt_terbit(bahan)
    steps = langkah(bahan, dpts)
    bills = _bills_of(bahan)
    rows = [
        DptRegisterBaris(
            skpd=bahan.skpd(dpt.opd_id or 0),
            nomor=dpt.nomor,
            tanggal=dpt.tanggal,
            tagihan=bills.get((dpt.opd_id or 0, dpt.tahun, dpt.bulan), ""),
            npd=steps.get((dpt.id, "npd"), (None, ""))[1],
            nilai=dpt.total,
            status=_KEADAAN[_reached(dpt, steps)],
        )
        for dpt in dpts
    ]
    rows += [
        DptRegisterBaris(
            skpd=bahan.skpd(dpt.opd_id or 0),
            nomor=dpt.nomor,
            tanggal=dpt.tanggal,
            tagihan="",
            npd="",
            nilai=NOL,
            status="dibatalkan",
        )
        for dpt in _void(bahan, ("dpt",))
    ]
    return register_dpt(bahan.rangka, bahan.rentang.nama, rows, bahan.penanda)


def _reached(dpt: Dokumen, steps: dict[tuple[int, str], tuple[date, str]]) -> str:
    done = [step for step in _LANGKAH if (dpt.id, step) in steps]
    return done[-1] if done else "dpt"


def _bills_of(bahan: Bahan) -> dict[tuple[int, int, int], str]:
    """(OPD, year, month) -> the final bills booked there, or their count where they are many."""
    names: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for bill in bahan.session.scalars(
        select(Tagihan)
        .where(*bahan.dalam(Tagihan), Tagihan.jenis == "final", tagihan_ada())
        .order_by(Tagihan.tanggal, Tagihan.id)
    ):
        names[bill.opd_id, bill.tahun, bill.bulan].append(nama_tagihan(bill))
    return {
        key: ", ".join(found) if len(found) < 3 else f"{len(found)} tagihan"
        for key, found in names.items()
    }


def susun_sp2d(bahan: Bahan) -> Naskah:
    """Every payment of the months that has reached its SPP."""
    dpts = dpt_terbit(bahan)
    steps = langkah(bahan, dpts)
    rows = [
        Sp2dBaris(
            skpd=bahan.skpd(dpt.opd_id or 0),
            spp=steps[dpt.id, "spp"][1],
            spm=steps.get((dpt.id, "spm"), (None, ""))[1],
            sp2d=steps.get((dpt.id, "sp2d"), (None, ""))[1],
            tanggal_sp2d=steps.get((dpt.id, "sp2d"), (None, ""))[0],
            dilunasi=steps.get((dpt.id, "bayar"), (None, ""))[0],
            nilai=dpt.total,
        )
        for dpt in dpts
        if (dpt.id, "spp") in steps
    ]
    rows += [*_void_papers(bahan), *_void_sp2d(bahan)]
    return register_sp2d(bahan.rangka, bahan.rentang.nama, rows, bahan.penanda)


def _void(bahan: Bahan, kinds: tuple[str, ...]) -> Sequence[Dokumen]:
    return bahan.session.scalars(
        select(Dokumen)
        .where(*bahan.dalam(Dokumen), Dokumen.jenis.in_(kinds), ~batal.berlaku(Dokumen))
        .order_by(Dokumen.opd_id, Dokumen.id)
    ).all()


def _void_papers(bahan: Bahan) -> Iterable[Sp2dBaris]:
    """SPP and SPM that were taken back: their numbers stay in the register, without an amount."""
    for paper in _void(bahan, ("spp", "spm")):
        yield _void_row(bahan, paper.opd_id or 0, paper.jenis, paper.nomor, None)


def _void_sp2d(bahan: Bahan) -> Iterable[Sp2dBaris]:
    rows = bahan.session.execute(
        select(Pencairan)
        .join(Dokumen, Dokumen.id == Pencairan.dpt_id)
        .where(*bahan.dalam(Dokumen), Pencairan.langkah == "sp2d", ~batal.berlaku(Pencairan))
        .order_by(Pencairan.opd_id, Pencairan.id)
    )
    for (step,) in rows:
        yield _void_row(bahan, step.opd_id, "sp2d", step.nomor, step.tanggal)


def _void_row(bahan: Bahan, opd_id: int, jenis: str, nomor: str, day: date | None) -> Sp2dBaris:
    told = {"spp": "", "spm": "", "sp2d": "", jenis: f"{nomor} (dibatalkan)"}
    return Sp2dBaris(skpd=bahan.skpd(opd_id), tanggal_sp2d=day, dilunasi=None, nilai=NOL, **told)


def susun_gabungan(bahan: Bahan) -> Naskah:
    """The DPTs of the SKPD's units (or of all OPDs) on one list."""
    dpts = dpt_terbit(bahan)
    if not dpts:
        raise bahan.kosong("DPT")
    units = {opd.id: opd for opd in bahan.lingkup.anggota}
    rows = [_unit(units[dpt.opd_id or 0], dpt) for dpt in dpts]
    return dpt_gabungan(bahan.rangka, _banks(bahan, dpts), rows, bahan.penanda[:1])


def _unit(unit: Opd, dpt: Dokumen) -> DptUnit:
    return DptUnit(unit.kode, unit.nama, dpt.nomor, dpt.total)


def _banks(bahan: Bahan, dpts: Sequence[Dokumen]) -> str:
    found = bahan.session.scalars(
        select(Kartu.bank).where(Kartu.opd_id.in_({dpt.opd_id for dpt in dpts})).distinct()
    )
    return ", ".join(sorted(found))
