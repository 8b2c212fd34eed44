"""Registers of bills, DPTs and payments, and the joint DPT of an SKPD's units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select

from kkpd.approval.forms.dpt import DptUnit, joint_dpt_form
from kkpd.core.moments import brief, business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.ledger import BillBlock, Facts, LedgerBill, active
from kkpd.ledger.active import bill_exists
from kkpd.ledger.bill_chain import bill_name
from kkpd.ledger.shapes import Place
from kkpd.models import BarisBank, Dokumen, DokumenBaris, Kartu, Opd, Pencairan, Tagihan
from kkpd.records.report_request import ReportInputs
from kkpd.reports.forms.register import (
    DPT,
    SP2D,
    TAGIHAN,
    DptRegisterRow,
    RegisterRow,
    Sp2dRow,
    check_places,
)
from kkpd.reports.named.chain import issued_dpts

_STEPS: Final = ("npd", "spp", "spm", "sp2d", "bayar")
_STATES: Final = {
    "dpt": "DPT terbit",
    "npd": "NPD terbit",
    "spp": "SPP diajukan",
    "spm": "SPM terbit",
    "sp2d": "SP2D terbit",
    "bayar": "Lunas",
}


#: Place of a bill's rest -> who must act.
_WHO: Final[dict[Place, str]] = {
    "refused": "pemegang",
    "up_tunai": "UP Tunai",
    "others": "pemegang atau bank",
    "carried": "tagihan berikutnya",
}


def compose_bills(inputs: ReportInputs) -> Document:
    """Every bill booked in the months, with the place of each rupiah on the report's day; interim
    lists with the part that no final bill asks for.
    """
    books = inputs.as_of(inputs.day)
    rows = [
        (block.bill.opd_id, block.bill.month, _printed(block.bill), _bill_row(inputs, block))
        for block in books.blocks()
        if block.bill.month in inputs.span.bulan
    ]
    rows += [
        (bill.opd_id, (bill.tahun, bill.bulan), _day(bill), _interim_row(inputs, bill, amount))
        for bill, amount in _interim(inputs, books.facts)
    ]
    rows.sort(key=lambda row: row[:3])
    found = [row for *_, row in rows]
    check_places(found)
    return inputs.sheet(TAGIHAN, [("", found)])


def _bill_row(inputs: ReportInputs, block: BillBlock) -> RegisterRow:
    return RegisterRow(
        skpd=inputs.skpd(block.bill.opd_id),
        nomor=bill_name(block.bill),
        tanggal=_printed(block.bill),
        jatuh_tempo=block.bill.due,
        dibayar=block.paid_on,
        nilai=block.total,
        disetujui=block.dpt,
        ditolak=block.refused,
        up_tunai=block.up_tunai,
        lain=block.others,
        dialihkan=block.carried,
        belum_selesai=block.open,
        status=_status(block),
    )


def _status(block: BillBlock) -> str:
    """`Lunas` only when every rupiah is settled; otherwise the rest and who must act. An open
    charge and its open refund sum to zero, but are open all the same.
    """
    if block.settled:
        return "Lunas"
    if block.owed_to_bank or not block.waits.keys() <= _WHO.keys():
        return "Diproses" if block.dpt or block.carried_in else "Diterima"
    whose = ", ".join(_WHO[place] for place in block.waits)
    return f"{'Dibayar, sisa' if block.paid_on else 'Sisa'} Rp {block.left}: {whose}"


def _interim(inputs: ReportInputs, facts: Facts) -> Iterator[tuple[Tagihan, Rupiah]]:
    """The interim lists of the months, each with its lines that no final bill has asked for."""
    bills = inputs.session.scalars(
        select(Tagihan).where(*inputs.within(Tagihan), Tagihan.jenis == "dts", bill_exists())
    ).all()
    lines = inputs.session.execute(
        select(BarisBank.tagihan_id, BarisBank.id).where(
            BarisBank.tagihan_id.in_([bill.id for bill in bills])
        )
    )
    waits: dict[int, Rupiah] = defaultdict(lambda: ZERO)
    for bill_id, line_id in lines:
        line = facts.lines.get(line_id)
        if line is not None and line.bill_id is None:
            waits[bill_id] += line.amount
    return ((bill, waits[bill.id]) for bill in bills)


def _interim_row(inputs: ReportInputs, bill: Tagihan, amount: Rupiah) -> RegisterRow:
    card = f" •••• {bill.kartu_akhir}" if bill.kartu_akhir else ""
    return RegisterRow(
        skpd=inputs.skpd(bill.opd_id),
        nomor=f"DTS{card} {brief(_day(bill))}",
        tanggal=_day(bill),
        jatuh_tempo=bill.jatuh_tempo,
        dibayar=None,
        nilai=amount,
        belum_selesai=amount,
        status="DTS, menunggu tagihan final" if amount else "DTS, sudah pada tagihan final",
    )


def _printed(bill: LedgerBill) -> date:
    return bill.printed or bill.day


def _day(bill: Tagihan) -> date:
    return bill.tanggal or business_day(bill.at)


def langkah(
    inputs: ReportInputs, dpts: Iterable[Dokumen]
) -> dict[tuple[int, str], tuple[date, str]]:
    """(DPT, step) -> (date, number) of NPD, SPP, SPM, SP2D and debit, as far as they exist."""
    ids = [dpt.id for dpt in dpts]
    found = {
        (row.dpt_id, row.langkah): (row.tanggal, row.nomor)
        for row in inputs.session.scalars(
            select(Pencairan).where(Pencairan.dpt_id.in_(ids), active.holds(Pencairan))
        )
    }
    own, later = DokumenBaris, DokumenBaris.__table__.alias("later")
    rows = inputs.session.execute(
        select(own.dokumen_id, Dokumen.jenis, Dokumen.tanggal, Dokumen.nomor)
        .join(later, later.c.transaksi_id == own.transaksi_id)
        .join(Dokumen, Dokumen.id == later.c.dokumen_id)
        .where(own.dokumen_id.in_(ids), Dokumen.jenis.in_(("npd", "spp", "spm")))
        .where(active.holds(Dokumen))
        .distinct()
    )
    for dpt_id, jenis, day, number in rows:
        found[dpt_id, jenis] = (day, number)
    return found


def compose_dpt(inputs: ReportInputs) -> Document:
    """Every DPT of the months with its NPD and how far it is; a void one keeps its number."""
    dpts = issued_dpts(inputs)
    steps = langkah(inputs, dpts)
    bills = inputs.as_of(inputs.day).facts.bills
    rows = [
        DptRegisterRow(
            skpd=inputs.skpd(dpt.opd_id or 0),
            nomor=dpt.nomor,
            tanggal=dpt.tanggal,
            tagihan=_paid_bill(dpt, bills),
            npd=steps.get((dpt.id, "npd"), (None, ""))[1],
            nilai=dpt.total,
            status=_STATES[_reached(dpt, steps)],
        )
        for dpt in dpts
    ]
    rows += [
        DptRegisterRow(
            skpd=inputs.skpd(dpt.opd_id or 0),
            nomor=dpt.nomor,
            tanggal=dpt.tanggal,
            tagihan="",
            npd="",
            nilai=ZERO,
            status="dibatalkan",
        )
        for dpt in _void(inputs, ("dpt",))
    ]
    return inputs.sheet(DPT, [("", rows)])


def _reached(dpt: Dokumen, steps: dict[tuple[int, str], tuple[date, str]]) -> str:
    done = [step for step in _STEPS if (dpt.id, step) in steps]
    return done[-1] if done else "dpt"


def _paid_bill(dpt: Dokumen, bills: Mapping[int, LedgerBill]) -> str:
    """The bill that the DPT pays; of an older DPT the final bills of its month."""
    mine = [
        bill_name(bill)
        for bill in bills.values()
        if bill.id == dpt.tagihan_id
        or (
            dpt.tagihan_id is None
            and (bill.opd_id, bill.month) == (dpt.opd_id, (dpt.tahun, dpt.bulan))
        )
    ]
    return ", ".join(mine) if len(mine) < 3 else f"{len(mine)} tagihan"


def compose_sp2d(inputs: ReportInputs) -> Document:
    """Every payment of the months that has reached its SPP."""
    dpts = issued_dpts(inputs)
    steps = langkah(inputs, dpts)
    rows = [
        Sp2dRow(
            skpd=inputs.skpd(dpt.opd_id or 0),
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
    rows += [*_void_papers(inputs), *_void_sp2d(inputs)]
    return inputs.sheet(SP2D, [("", rows)])


def _void(inputs: ReportInputs, kinds: tuple[str, ...]) -> Sequence[Dokumen]:
    return inputs.session.scalars(
        select(Dokumen)
        .where(*inputs.within(Dokumen), Dokumen.jenis.in_(kinds), ~active.holds(Dokumen))
        .order_by(Dokumen.opd_id, Dokumen.id)
    ).all()


def _void_papers(inputs: ReportInputs) -> Iterable[Sp2dRow]:
    """SPP and SPM that were taken back; their numbers stay in the register without an amount."""
    for paper in _void(inputs, ("spp", "spm")):
        yield _void_row(inputs, paper.opd_id or 0, paper.jenis, paper.nomor, None)


def _void_sp2d(inputs: ReportInputs) -> Iterable[Sp2dRow]:
    rows = inputs.session.execute(
        select(Pencairan)
        .join(Dokumen, Dokumen.id == Pencairan.dpt_id)
        .where(*inputs.within(Dokumen), Pencairan.langkah == "sp2d", ~active.holds(Pencairan))
        .order_by(Pencairan.opd_id, Pencairan.id)
    )
    for (step,) in rows:
        yield _void_row(inputs, step.opd_id, "sp2d", step.nomor, step.tanggal)


def _void_row(
    inputs: ReportInputs, opd_id: int, jenis: str, nomor: str, day: date | None
) -> Sp2dRow:
    told = {"spp": "", "spm": "", "sp2d": "", jenis: f"{nomor} (dibatalkan)"}
    return Sp2dRow(skpd=inputs.skpd(opd_id), tanggal_sp2d=day, dilunasi=None, nilai=ZERO, **told)


def compose_joint_dpt(inputs: ReportInputs) -> Document:
    """The DPTs of the SKPD's units (or of all OPDs) on one list."""
    dpts = issued_dpts(inputs)
    if not dpts:
        raise inputs.kosong("DPT")
    units = {opd.id: opd for opd in inputs.coverage.members}
    rows = [_unit(units[dpt.opd_id or 0], dpt) for dpt in dpts]
    return joint_dpt_form(inputs.paper_frame, _banks(inputs, dpts), rows, inputs.signed_by[:1])


def _unit(unit: Opd, dpt: Dokumen) -> DptUnit:
    return DptUnit(unit.kode, unit.nama, dpt.nomor, dpt.total)


def _banks(inputs: ReportInputs, dpts: Sequence[Dokumen]) -> str:
    found = inputs.session.scalars(
        select(Kartu.bank).where(Kartu.opd_id.in_({dpt.opd_id for dpt in dpts})).distinct()
    )
    return ", ".join(sorted(found))
