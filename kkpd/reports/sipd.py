"""NPD and TBP lines in the fields that SIPD-RI asks for (kkpd.md section 8), so that nobody types
them twice.

NPD: date, purpose, kegiatan, sub kegiatan, spending lines, approval and validation dates. TBP: its
NPD, date, non-cash, receipt number, proof files, payee with NPWP or NIK.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span, period_name
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.engines.paper import Column
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.forms import NO, ListShape, day, kode, listing, money
from kkpd.ledger import active
from kkpd.models import Berkas, Bukti, Dokumen, DokumenBaris, Pencairan, Transaksi
from kkpd.payment.payment_facts import payment_rows
from kkpd.records.form_header import paper_frame
from kkpd.records.report_request import ReportInputs, coverage
from kkpd.reports.named.chain import issued_dpts
from kkpd.reports.named.register import langkah

NPD: Final = ListShape(
    formulir="sipd_npd",
    judul="NPD untuk SIPD",
    kolom=(
        NO,
        kode("nomor_npd", "Nomor NPD"),
        day("tanggal", "Tanggal NPD"),
        Column("keperluan", "Keperluan"),
        kode("kegiatan", "Kode Kegiatan"),
        kode("sub_kegiatan", "Kode Sub Kegiatan"),
        kode("rekening", "Kode Rekening"),
        Column("uraian", "Uraian Rekening"),
        money("nilai", "Nilai"),
        day("persetujuan", "Tanggal Persetujuan"),
        day("validasi", "Tanggal Validasi"),
    ),
)
TBP: Final = ListShape(
    formulir="sipd_tbp",
    judul="TBP untuk SIPD",
    kolom=(
        NO,
        kode("nomor_npd", "Nomor NPD"),
        day("tanggal", "Tanggal TBP"),
        Column("cara", "Tunai/Non Tunai"),
        kode("nomor_bukti", "Nomor Bukti"),
        Column("berkas", "Berkas Bukti (SHA-256)"),
        Column("penerima", "Nama Penerima"),
        kode("npwp", "NPWP/NIK Penerima"),
        Column("rekening_bank", "Rekening Bank Penerima"),
        kode("sub_kegiatan", "Kode Sub Kegiatan"),
        kode("rekening", "Kode Rekening"),
        Column("uraian", "Uraian"),
        money("nilai", "Nilai"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NpdRow:
    """One account of an NPD."""

    nomor_npd: str
    tanggal: date
    keperluan: str
    kegiatan: str
    sub_kegiatan: str
    rekening: str
    uraian: str
    nilai: Rupiah
    persetujuan: date
    validasi: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TbpRow:
    """One purchase of an NPD, paid by card: non-cash, the payee is the merchant."""

    nomor_npd: str
    tanggal: date
    nomor_bukti: str
    berkas: str
    penerima: str
    npwp: str
    sub_kegiatan: str
    rekening: str
    uraian: str
    nilai: Rupiah
    cara: str = "non tunai"
    rekening_bank: str = ""


def inputs(
    session: Session,
    actor: Actor,
    opd: str,
    span: Span,
    this_day: date,
    *,
    unit: bool = True,
) -> ReportInputs:
    """The inputs of both lists for this OPD (code, short name or `semua`) and span, with or without
    its units.
    """
    where = coverage(session, actor, opd, "sipd:unduh", unit=unit)
    frame = paper_frame(session, where.opd, span.kode, "", this_day, rancangan=True)
    return ReportInputs(session, where, span, frame, this_day)


def npd(inputs: ReportInputs) -> Document:
    """The NPDs of the months, a row for each sub kegiatan and account."""
    dpts = issued_dpts(inputs)
    steps = langkah(inputs, dpts)
    rows = []
    for dpt in dpts:
        if (dpt.id, "npd") not in steps:
            continue
        day, number = steps[dpt.id, "npd"]
        validated = steps.get((dpt.id, "spm"), (None, ""))[0]
        rows += [
            NpdRow(
                nomor_npd=number,
                tanggal=day,
                keperluan=f"Pembayaran tagihan KKPD {period_name(dpt.tahun, dpt.bulan)}",
                kegiatan=line.sub_kegiatan.rpartition(".")[0],
                sub_kegiatan=line.sub_kegiatan,
                rekening=line.rekening,
                uraian=line.uraian,
                nilai=line.nilai,
                persetujuan=day,
                validasi=validated,
            )
            for line in payment_rows(inputs.session, [dpt])
        ]
    if not rows:
        raise inputs.kosong("NPD")
    return listing(NPD, inputs.paper_frame, [("", rows)], subjudul=[inputs.span.nama])


def tbp(inputs: ReportInputs) -> Document:
    """The purchases of the months' NPDs with their proofs, dated by the payment to the bank."""
    found = inputs.session.execute(
        select(Dokumen, Transaksi, DokumenBaris.nilai)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .where(*inputs.within(Dokumen), Dokumen.jenis == "npd", active.holds(Dokumen))
        .order_by(Dokumen.opd_id, Dokumen.id, DokumenBaris.id)
    ).all()
    if not found:
        raise inputs.kosong("NPD")
    proofs, paid = _proofs(inputs), _paid(inputs)
    rows = [
        TbpRow(
            nomor_npd=paper.nomor,
            tanggal=paid.get(line.id, paper.tanggal),
            nomor_bukti=line.nota,
            berkas=" ".join(proofs.get(line.id, [])),
            penerima=line.merchant,
            npwp=line.penjual_npwp,
            sub_kegiatan=line.sub_kegiatan,
            rekening=line.rekening,
            uraian=line.uraian,
            nilai=amount,
        )
        for paper, line, amount in found
    ]
    return listing(TBP, inputs.paper_frame, [("", rows)], subjudul=[inputs.span.nama])


def _proofs(inputs: ReportInputs) -> dict[int, list[str]]:
    rows = inputs.session.execute(
        select(Bukti.transaksi_id, Berkas.sha256)
        .join(Berkas, Berkas.id == Bukti.berkas_id)
        .join(Transaksi, Transaksi.id == Bukti.transaksi_id)
        .where(*inputs.within(Transaksi), Bukti.dicabut_at.is_(None))
        .order_by(Bukti.id)
    )
    found: dict[int, list[str]] = {}
    for transaksi_id, digest in rows:
        found.setdefault(transaksi_id, []).append(digest)
    return found


def _paid(inputs: ReportInputs) -> dict[int, date]:
    """Purchase -> the day on which its DPT was paid to the bank."""
    rows = inputs.session.execute(
        select(DokumenBaris.transaksi_id, Pencairan.tanggal)
        .join(Pencairan, Pencairan.dpt_id == DokumenBaris.dokumen_id)
        .where(Pencairan.opd_id.in_(inputs.coverage.ids), Pencairan.langkah == "bayar")
        .where(active.holds(Pencairan))
    )
    return {transaksi_id: day for transaksi_id, day in rows}  # noqa: C416 -- a Row is no typed pair


#: export for SIPD -> its function
CONTENTS: Final = {"npd": npd, "tbp": tbp}
