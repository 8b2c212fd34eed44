"""The papers of the chain as a report shows them: DPR, DPT, refusals, NPD, SPP-GU and SPM-GU."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final, TypeVar

from sqlalchemy import select

from kkpd.approval.forms.dpr import SPENDING_KINDS, DprInput, DprKind, DprRow, dpr, joint_dpr
from kkpd.approval.forms.dpt import DptInput, DptRow, dpt
from kkpd.approval.forms.refusal import (
    PenolakanInput,
    RefusalRow,
    joint_refusals,
    penolakan,
)
from kkpd.approval.reads import dpr_kind, dpr_row, dpt_row
from kkpd.core.choices import PURCHASE_STATUSES
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import EXAMINERS, Role
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import SignatureBlock
from kkpd.engines.paper.forms import masked_card
from kkpd.ledger import active, bill_chain
from kkpd.models import Bukti, Dokumen, DokumenBaris, Kartu, Orang, Persetujuan, Transaksi
from kkpd.payment import payment_facts
from kkpd.payment.forms.payment_facts import PaymentInput
from kkpd.records.form_header import as_printed
from kkpd.records.report_request import ReportInputs

#: From the DPR on; refused lines stay on the DPR too.
SUBMITTED: Final = tuple(
    status for status in PURCHASE_STATUSES if status not in {"tercatat", "berbukti", "dibatalkan"}
)
_T = TypeVar("_T")
_K = TypeVar("_K")


def dpr_of_kind(jenis: DprKind) -> Callable[[ReportInputs], Document]:
    """The maker of the DPR of this kind (perjalanan, modal, barang_jasa)."""

    def compose(inputs: ReportInputs) -> Document:
        found = [row for row in _lines(inputs) if dpr_kind(row[1].jenis, row[0].kelas) == jenis]
        if not found:
            raise inputs.kosong(f"Pengeluaran {SPENDING_KINDS[jenis]} yang diajukan")
        proved = _with_evidence(inputs)
        groups = [
            (kartu, [dpr_row(line, jenis, line.id in proved) for line, _ in rows])
            for kartu, rows in _by(found, lambda row: row[1])
        ]
        return _dpr(inputs, jenis, groups)

    return compose


def _dpr(
    inputs: ReportInputs, form: DprKind, groups: Sequence[tuple[Kartu, Sequence[DprRow]]]
) -> Document:
    pptk = inputs.officer(Role.PPTK)
    if len(groups) == 1:
        kartu, rows = groups[0]
        holder = inputs.session.get_one(Orang, kartu.pemegang_id)
        return dpr(
            DprInput(
                paper_frame=inputs.paper_frame,
                jenis=form,
                pemegang=as_printed(holder),
                opd=inputs.skpd(kartu.opd_id),
                kartu=kartu.nomor_akhir,
                baris=rows,
                pptk=pptk,
            )
        )
    named = [(_card_title(inputs, kartu), rows) for kartu, rows in groups]
    return joint_dpr(inputs.paper_frame, form, inputs.coverage.nama, named, pptk)


def _card_title(inputs: ReportInputs, kartu: Kartu) -> str:
    holder = inputs.session.get_one(Orang, kartu.pemegang_id).nama
    said = f"{holder}, {masked_card(kartu.nomor_akhir)}"
    return said if len(inputs.coverage.members) == 1 else f"{inputs.skpd(kartu.opd_id)}: {said}"


def _lines(inputs: ReportInputs) -> list[tuple[Transaksi, Kartu]]:
    statement = (
        select(Transaksi, Kartu)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(*inputs.within(Transaksi), Transaksi.status.in_(SUBMITTED))
        .order_by(Kartu.opd_id, Kartu.nomor_akhir, Kartu.id, Transaksi.tanggal, Transaksi.id)
    )
    if inputs.kartu:
        statement = statement.where(Kartu.nomor_akhir == inputs.kartu)
    return [(line, kartu) for line, kartu in inputs.session.execute(statement)]


def _with_evidence(inputs: ReportInputs) -> set[int]:
    rows = inputs.session.scalars(
        select(Bukti.transaksi_id)
        .join(Transaksi, Transaksi.id == Bukti.transaksi_id)
        .where(*inputs.within(Transaksi), Bukti.dicabut_at.is_(None))
    )
    return set(rows)


def issued_dpts(inputs: ReportInputs) -> list[Dokumen]:
    """The issued DPTs of the months, oldest first."""
    return list(
        inputs.session.scalars(
            select(Dokumen)
            .where(*inputs.within(Dokumen), Dokumen.jenis == "dpt", active.holds(Dokumen))
            .order_by(Dokumen.opd_id, Dokumen.id)
        )
    )


def compose_dpt(inputs: ReportInputs) -> Document:
    """The DPT: lines on issued DPTs, and approved lines on none yet."""
    groups = [*_issued_groups(inputs), *_approved_groups(inputs)]
    if not groups:
        raise inputs.kosong("Tagihan yang disetujui")
    keterangan = [("Periode", inputs.span.nama)]
    if len(groups) == 1:
        keterangan.append(("Dasar", groups[0][0]))
        groups = [("", groups[0][1])]
    return dpt(
        DptInput(
            paper_frame=inputs.paper_frame,
            bank=_bank(inputs),
            kelompok=groups,
            signatory=inputs.signed_by[0].orang,
            selaku=inputs.signed_by[0].selaku,
            keterangan=keterangan,
        )
    )


def _bank(inputs: ReportInputs) -> str:
    banks = inputs.session.scalars(
        select(Kartu.bank).where(Kartu.opd_id.in_(inputs.coverage.ids)).distinct()
    )
    return ", ".join(sorted(banks))


def _issued_groups(inputs: ReportInputs) -> list[tuple[str, list[DptRow]]]:
    rows = inputs.session.execute(
        select(Dokumen, Transaksi, DokumenBaris.nilai)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .where(*inputs.within(Dokumen), Dokumen.jenis == "dpt", active.holds(Dokumen))
        .order_by(Dokumen.opd_id, Dokumen.id, DokumenBaris.id)
    ).all()
    return [
        (
            f"DPT Nomor {paper.nomor}",
            [dpt_row(inputs.session, line, amount) for _, line, amount in lines],
        )
        for paper, lines in _by(rows, lambda row: row[0])
    ]


def _approved_groups(inputs: ReportInputs) -> list[tuple[str, list[DptRow]]]:
    """The lines ready for DPTs of the months' bills, by OPD."""
    found = []
    for opd_id in inputs.coverage.ids:
        amounts = _ready(inputs, opd_id)
        lines = inputs.belanja(amounts)
        rows = [dpt_row(inputs.session, lines[id_], amount) for id_, amount in amounts.items()]
        if rows:
            found.append((f"Disetujui, menunggu DPT: {inputs.skpd(opd_id)}", rows))
    return found


def _ready(inputs: ReportInputs, opd_id: int) -> dict[int, Rupiah]:
    """Purchase -> approved amount; amounts carried to a later bill stay with their own bill."""
    first: dict[int, bill_chain.Ready] = {}
    for bill in bill_chain.all_ready(inputs.session, opd_id, inputs.day):
        for id_ in bill.lines:
            first.setdefault(id_, bill)
    months = inputs.span.bulan
    return {id_: one.lines[id_] for id_, one in first.items() if one.bill.month in months}


def _decided(inputs: ReportInputs) -> list[tuple[Transaksi, Persetujuan]]:
    """Lines with the newest decision of PA or KPA on each."""
    rows = inputs.session.execute(
        select(Transaksi, Persetujuan)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .where(*inputs.within(Transaksi), Persetujuan.peran.in_(EXAMINERS))
        .order_by(Transaksi.opd_id, Transaksi.tanggal, Transaksi.id, Persetujuan.id)
    )
    newest = {line.id: (line, said) for line, said in rows}
    return list(newest.values())


_REFUSABLE: Final = SUBMITTED[2:]


def ditolak(inputs: ReportInputs) -> list[tuple[Transaksi, Rupiah, str]]:
    """(line, refused amount, reason) of refusals, whole or in part."""
    found = []
    for line, said in _decided(inputs):
        if line.status not in _REFUSABLE:
            continue
        amount = line.nilai if said.keputusan == "tolak" else line.nilai - said.nilai
        if amount != ZERO:
            found.append((line, amount, said.alasan))
    return found


def compose_penolakan(inputs: ReportInputs) -> Document:
    """The refusal notice to one user of one card, or all refusals in groups."""
    found = [row for row in ditolak(inputs) if row[1] > ZERO]  # a notice asks for payment
    if not found:
        raise inputs.kosong("Penolakan")
    groups = _by(
        sorted(found, key=lambda row: (row[0].opd_id, row[0].pemakai_id, row[0].kartu_id)),
        lambda row: (row[0].pemakai_id, row[0].kartu_id),
    )
    if len(groups) == 1:
        return _one_refusal(inputs, groups[0][1])
    first = inputs.signed_by[0]
    return joint_refusals(
        inputs.paper_frame,
        inputs.coverage.nama,
        [(_addressee(inputs, rows[0][0]), _refused_rows(rows)) for _, rows in groups],
        SignatureBlock(first.selaku, first.orang),
    )


def _addressee(inputs: ReportInputs, line: Transaksi) -> str:
    user = inputs.session.get_one(Orang, line.pemakai_id).nama
    kartu = inputs.session.get_one(Kartu, line.kartu_id)
    return f"{user}, {masked_card(kartu.nomor_akhir)}"


def _one_refusal(inputs: ReportInputs, rows: Sequence[tuple[Transaksi, Rupiah, str]]) -> Document:
    line = rows[0][0]
    kartu = inputs.session.get_one(Kartu, line.kartu_id)
    first = inputs.signed_by[0]
    return penolakan(
        PenolakanInput(
            paper_frame=inputs.paper_frame,
            recipient=as_printed(inputs.session.get_one(Orang, line.pemakai_id)),
            pemegang=as_printed(inputs.session.get_one(Orang, line.pemegang_id)),
            kartu=kartu.nomor_akhir,
            tagihan=f"{kartu.bank}, {inputs.span.nama}",
            baris=_refused_rows(rows),
            signatory=first.orang,
            selaku=first.selaku,
        )
    )


def _refused_rows(rows: Sequence[tuple[Transaksi, Rupiah, str]]) -> list[RefusalRow]:
    return [
        RefusalRow(line.tanggal, line.merchant, line.uraian, reason or "(tanpa alasan)", amount)
        for line, amount, reason in rows
    ]


def _by(rows: Iterable[_T], key: Callable[[_T], _K]) -> list[tuple[_K, list[_T]]]:
    """The rows, sorted already, in their groups."""
    return [(name, list(group)) for name, group in groupby(rows, key)]


def from_dpts(form: Callable[[PaymentInput], Document]) -> Callable[[ReportInputs], Document]:
    """The maker of this paper from the DPTs of the months."""
    return lambda inputs: form(_payment(inputs)[0])


def spp_sheet(form: Callable[[PaymentInput], Document]) -> Callable[[ReportInputs], Document]:
    """The maker of a sheet of the SPP: once the SPP is issued, the sheet carries its number."""

    def compose(inputs: ReportInputs) -> Document:
        data, dpts = _payment(inputs)
        number = "; ".join(spp.nomor for spp in payment_facts.spp(inputs.session, dpts))
        return form(replace(data, paper_frame=replace(data.paper_frame, nomor=number)))

    return compose


def _payment(inputs: ReportInputs) -> tuple[PaymentInput, Sequence[Dokumen]]:
    """The facts of the payment of the months' DPTs, which are of one OPD and year, and the DPTs."""
    dpts, opd, pa = issued_dpts(inputs), inputs.coverage.opd, inputs.signed_by[0]
    if not dpts:
        raise inputs.kosong("DPT")
    assert opd is not None, "these papers are of one OPD"
    data = payment_facts.masukan(
        inputs.session,
        opd,
        dpts,
        inputs.paper_frame,
        inputs.span.nama,
        inputs.officer,
        pa.selaku,
    )
    return data, dpts
