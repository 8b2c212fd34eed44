"""NPD and TBP lines in the fields that SIPD-RI asks for (kkpd.md section 8), so nobody types twice.

NPD: date, purpose, kegiatan, sub kegiatan, spending lines, approval and validation dates. TBP: its
NPD, date, non-cash, receipt number, proof files, payee with NPWP or NIK.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.moments import nama_periode
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.core.span import Rentang
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.engines.paper import Kolom
from kkpd.engines.paper.list_form import NO, Bentuk, daftar, hari, kode, uang
from kkpd.ledger import cancelled
from kkpd.models import Berkas, Bukti, Dokumen, DokumenBaris, Pencairan, Transaksi
from kkpd.payment.charges import baris_pencairan
from kkpd.records.form_header import rangka
from kkpd.records.report_request import Bahan, lingkup
from kkpd.reports.named.chain import dpt_terbit
from kkpd.reports.named.register import langkah

NPD: Final = Bentuk(
    formulir="sipd_npd",
    judul="NPD untuk SIPD",
    kolom=(
        NO,
        kode("nomor_npd", "Nomor NPD"),
        hari("tanggal", "Tanggal NPD"),
        Kolom("keperluan", "Keperluan"),
        kode("kegiatan", "Kode Kegiatan"),
        kode("sub_kegiatan", "Kode Sub Kegiatan"),
        kode("rekening", "Kode Rekening"),
        Kolom("uraian", "Uraian Rekening"),
        uang("nilai", "Nilai"),
        hari("persetujuan", "Tanggal Persetujuan"),
        hari("validasi", "Tanggal Validasi"),
    ),
)
TBP: Final = Bentuk(
    formulir="sipd_tbp",
    judul="TBP untuk SIPD",
    kolom=(
        NO,
        kode("nomor_npd", "Nomor NPD"),
        hari("tanggal", "Tanggal TBP"),
        Kolom("cara", "Tunai/Non Tunai"),
        kode("nomor_bukti", "Nomor Bukti"),
        Kolom("berkas", "Berkas Bukti (SHA-256)"),
        Kolom("penerima", "Nama Penerima"),
        kode("npwp", "NPWP/NIK Penerima"),
        Kolom("rekening_bank", "Rekening Bank Penerima"),
        kode("sub_kegiatan", "Kode Sub Kegiatan"),
        kode("rekening", "Kode Rekening"),
        Kolom("uraian", "Uraian"),
        uang("nilai", "Nilai"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NpdBaris:
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
class TbpBaris:
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


def bahan(
    session: Session,
    actor: Actor,
    opd: str,
    rentang: Rentang,
    hari_ini: date,
    *,
    unit: bool = True,
) -> Bahan:
    """The ground of both lists for this OPD (code, short name or `semua`) and span, with its units
    or without.
    """
    where = lingkup(session, actor, opd, "sipd:unduh", unit=unit)
    frame = rangka(session, where.opd, rentang.kode, "", hari_ini, rancangan=True)
    return Bahan(session, where, rentang, frame, hari_ini)


def npd(bahan: Bahan) -> Naskah:
    """The NPDs of the months, a row for each sub kegiatan and account."""
    dpts = dpt_terbit(bahan)
    steps = langkah(bahan, dpts)
    rows = []
    for dpt in dpts:
        if (dpt.id, "npd") not in steps:
            continue
        day, number = steps[dpt.id, "npd"]
        validated = steps.get((dpt.id, "spm"), (None, ""))[0]
        rows += [
            NpdBaris(
                nomor_npd=number,
                tanggal=day,
                keperluan=f"Pembayaran tagihan KKPD {nama_periode(dpt.tahun, dpt.bulan)}",
                kegiatan=line.sub_kegiatan.rpartition(".")[0],
                sub_kegiatan=line.sub_kegiatan,
                rekening=line.rekening,
                uraian=line.uraian,
                nilai=line.nilai,
                persetujuan=day,
                validasi=validated,
            )
            for line in baris_pencairan(bahan.session, [dpt])
        ]
    if not rows:
        raise bahan.kosong("NPD")
    return daftar(NPD, bahan.rangka, [("", rows)], subjudul=[bahan.rentang.nama])


def tbp(bahan: Bahan) -> Naskah:
    """The purchases of the months' NPDs with their proofs, dated by the payment to the bank."""
    found = bahan.session.execute(
        select(Dokumen, Transaksi, DokumenBaris.nilai)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .where(*bahan.dalam(Dokumen), Dokumen.jenis == "npd", cancelled.berlaku(Dokumen))
        .order_by(Dokumen.opd_id, Dokumen.id, DokumenBaris.id)
    ).all()
    if not found:
        raise bahan.kosong("NPD")
    proofs, paid = _proofs(bahan), _paid(bahan)
    rows = [
        TbpBaris(
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
    return daftar(TBP, bahan.rangka, [("", rows)], subjudul=[bahan.rentang.nama])


def _proofs(bahan: Bahan) -> dict[int, list[str]]:
    rows = bahan.session.execute(
        select(Bukti.transaksi_id, Berkas.sha256)
        .join(Berkas, Berkas.id == Bukti.berkas_id)
        .join(Transaksi, Transaksi.id == Bukti.transaksi_id)
        .where(*bahan.dalam(Transaksi), Bukti.dicabut_at.is_(None))
        .order_by(Bukti.id)
    )
    found: dict[int, list[str]] = {}
    for transaksi_id, digest in rows:
        found.setdefault(transaksi_id, []).append(digest)
    return found


def _paid(bahan: Bahan) -> dict[int, date]:
    """Purchase -> the day on which its DPT was paid to the bank."""
    rows = bahan.session.execute(
        select(DokumenBaris.transaksi_id, Pencairan.tanggal)
        .join(Pencairan, Pencairan.dpt_id == DokumenBaris.dokumen_id)
        .where(Pencairan.opd_id.in_(bahan.lingkup.ids), Pencairan.langkah == "bayar")
        .where(cancelled.berlaku(Pencairan))
    )
    return {transaksi_id: day for transaksi_id, day in rows}  # noqa: C416 -- a Row is no typed pair


#: what can be taken for SIPD -> what makes it
ISI: Final = {"npd": npd, "tbp": tbp}
