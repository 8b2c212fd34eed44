"""Findings, refused lines and their repayment, what is unsettled at the end, and the tax list."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.pengawasan import (
    BelumLunasBaris,
    DitolakBaris,
    PajakBaris,
    TemuanBaris,
    lembar,
)
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.waktu import business_day
from kkpd.models import (
    Event,
    Kartu,
    Orang,
    Temuan,
    Transaksi,
)
from kkpd.queries.laporan.bahan import Bahan
from kkpd.queries.laporan.rantai import ditolak
from kkpd.queries.utang import beban, belum_lunas

PEMUNGUT: Final = {
    "penjual": "Penjual",
    "marketplace": "Marketplace",
    "bendahara": "Bendahara",
    "tidak_ada": "Tidak ada",
}


def susun_temuan(bahan: Bahan) -> Naskah:
    """Every finding of the months, settled or open, with its age on the report's day."""
    rows = [
        TemuanBaris(
            skpd=bahan.skpd(row.opd_id),
            tanggal=business_day(row.at),
            aturan=row.aturan.replace("_", " "),
            temuan=row.pesan,
            nilai=_amount(bahan, row.subjek),
            umur=max(0, (_until(bahan, row.selesai_at) - business_day(row.at)).days),
            status=f"Selesai: {row.selesai_catatan}".rstrip(": ") if row.selesai_at else "Terbuka",
        )
        for row in bahan.session.scalars(
            select(Temuan).where(*bahan.dalam(Temuan)).order_by(Temuan.opd_id, Temuan.id)
        )
    ]
    return lembar("temuan", bahan.rangka, rows, bahan.penanda, bahan.rentang.nama)


def _until(bahan: Bahan, settled: datetime | None) -> date:
    return bahan.hari if settled is None else business_day(settled)


def _amount(bahan: Bahan, subjek: str) -> Rupiah | None:
    """What the finding is about, where it is about one purchase."""
    area, _, key = subjek.partition(":")
    if area != "transaksi" or not key.isdecimal():
        return None
    row = bahan.session.get(Transaksi, int(key))
    return None if row is None else row.nilai


def susun_ditolak(bahan: Bahan) -> Naskah:
    """What PA/KPA refused, whole or in part, and what came back."""
    rows = [_refused(bahan, line, amount, reason) for line, amount, reason in ditolak(bahan)]
    return lembar("ditolak", bahan.rangka, rows, bahan.penanda, bahan.rentang.nama)


def _refused(bahan: Bahan, line: Transaksi, amount: Rupiah, reason: str) -> DitolakBaris:
    paid = line.status == "dibayar_pribadi"
    return DitolakBaris(
        skpd=bahan.skpd(line.opd_id),
        tanggal=line.tanggal,
        penanggung=bahan.session.get_one(Orang, line.pemakai_id).nama,
        uraian=f"{line.uraian} ({line.merchant})",
        alasan=reason,
        nilai=amount,
        dikembalikan=amount if paid else NOL,
        tanggal_kembali=_repaid(bahan, line) if paid else None,
    )


def _repaid(bahan: Bahan, line: Transaksi) -> date | None:
    at = bahan.session.scalar(
        select(Event.at)
        .where(
            Event.jenis == "belanja:status:bayar_pribadi", Event.subjek == f"transaksi:{line.id}"
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return None if at is None else business_day(at)


def susun_belum_lunas(bahan: Bahan) -> Naskah:
    """Charges booked by the last month and not settled with the bank on its last day."""
    found = bahan.session.execute(
        select(Transaksi, Kartu.nomor_akhir, beban())
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(
            *bahan.sampai(Transaksi),
            Transaksi.tahun == bahan.rentang.tahun,
            *belum_lunas(bahan.rentang.sampai),
        )
        .order_by(Transaksi.opd_id, Transaksi.tanggal, Transaksi.id)
    )
    rows = [
        BelumLunasBaris(
            skpd=bahan.skpd(line.opd_id),
            tanggal=line.tanggal,
            kartu_akhir=last4,
            uraian=f"{line.uraian} ({line.merchant})",
            rekening=line.rekening,
            nilai=amount,
        )
        for line, last4, amount in found
    ]
    said = f"Per akhir {bahan.rentang.nama}"
    return lembar("belum_lunas", bahan.rangka, rows, bahan.penanda, said)


def susun_pajak(bahan: Bahan) -> Naskah:
    """Purchases that carry a tax, by date; each SKPD a group where there are several."""
    taxed = or_(
        Transaksi.dpp != NOL, Transaksi.ppn != NOL, Transaksi.pbjt != NOL, Transaksi.pph != NOL
    )
    lines = bahan.session.scalars(
        select(Transaksi)
        .where(*bahan.dalam(Transaksi), Transaksi.status != "dibatalkan", taxed)
        .order_by(Transaksi.opd_id, Transaksi.tanggal, Transaksi.id)
    )
    groups: dict[str, list[PajakBaris]] = defaultdict(list)
    many = len(bahan.lingkup.anggota) > 1
    for line in lines:
        groups[bahan.skpd(line.opd_id) if many else ""].append(_taxed(line))
    return lembar("pajak", bahan.rangka, list(groups.items()), bahan.penanda, bahan.rentang.nama)


def _taxed(line: Transaksi) -> PajakBaris:
    return PajakBaris(
        tanggal=line.tanggal,
        penjual=line.merchant,
        npwp=line.penjual_npwp,
        bukti=line.bukti_pajak,
        dpp=line.dpp,
        ppn=line.ppn,
        pbjt=line.pbjt,
        pph=line.pph,
        pemungut=PEMUNGUT[line.pemungut],
    )
