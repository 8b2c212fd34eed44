"""The basis of a request for payment: SPDs, earlier SP2Ds, its SPP, the bill, withheld taxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core import indonesian_dates
from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger import cancelled
from kkpd.ledger.active import bill_exists
from kkpd.models import (
    BarisBank,
    Cocok,
    Dokumen,
    DokumenBaris,
    Pencairan,
    RencanaDana,
    RencanaDanaBaris,
    SubKegiatan,
    Tagihan,
    Transaksi,
)
from kkpd.payment.forms.payment_facts import Basis, Deduction

_PPN: Final = "PPN"
_PPH: Final = {
    "pph21": "PPh Pasal 21",
    "pph22": "PPh Pasal 22",
    "pph23": "PPh Pasal 23",
    "pph4_2": "PPh Pasal 4 ayat (2)",
}


def spd(session: Session, opd_ids: Collection[int], tahun: int, sampai: date) -> list[Basis]:
    """The SPDs of the year up to this day, oldest first; SPDs add up."""
    rows = session.execute(
        select(RencanaDana.nomor, RencanaDana.tanggal, func.sum(RencanaDanaBaris.nilai))
        .join(RencanaDanaBaris, RencanaDanaBaris.rencana_id == RencanaDana.id)
        .where(
            RencanaDana.opd_id.in_(opd_ids),
            RencanaDana.tahun == tahun,
            RencanaDana.jenis == "spd",
            RencanaDana.tanggal <= sampai,
        )
        .group_by(RencanaDana.id, RencanaDana.nomor, RencanaDana.tanggal)
        .order_by(RencanaDana.tanggal, RencanaDana.id)
    )
    return [Basis(number, day, amount) for number, day, amount in rows]


def earlier_sp2ds(
    session: Session, opd_ids: Collection[int], tahun: int, before_dpt: int
) -> list[Basis]:
    """The SP2Ds of the year over DPTs issued before this one."""
    rows = session.scalars(
        select(Pencairan)
        .where(
            Pencairan.opd_id.in_(opd_ids),
            Pencairan.tahun == tahun,
            Pencairan.langkah == "sp2d",
            cancelled.effective(Pencairan),
            Pencairan.dpt_id < before_dpt,
        )
        .order_by(Pencairan.tanggal, Pencairan.id)
    )
    return [Basis(row.nomor, row.tanggal, row.nilai) for row in rows]


def spp(session: Session, dpts: Sequence[Dokumen]) -> list[Basis]:
    """The valid SPPs of these DPTs, oldest first."""
    rows = session.scalars(
        select(Dokumen)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            Dokumen.jenis == "spp",
            cancelled.effective(Dokumen),
            DokumenBaris.transaksi_id.in_(_carried(dpts)),
        )
        .distinct()
        .order_by(Dokumen.id)
    )
    return [Basis(row.nomor, row.tanggal, row.total) for row in rows]


def cuts(session: Session, dpts: Sequence[Dokumen]) -> list[Deduction]:
    """PPN and PPh that the treasurer collects on these lines; negative for refunds."""
    rows = session.scalars(
        select(Transaksi).where(Transaksi.id.in_(_carried(dpts)), Transaksi.pemungut == "bendahara")
    )
    found: dict[str, Rupiah] = defaultdict(lambda: ZERO)
    for line in rows:
        sign = -1 if line.nilai < ZERO else 1
        found[_PPN] += line.ppn * sign
        if line.pph_jenis:
            found[_PPH[line.pph_jenis]] += line.pph * sign
    return [Deduction(name, found[name]) for name in (_PPN, *_PPH.values()) if found[name]]


def tagihan(session: Session, dpts: Sequence[Dokumen]) -> str:
    """The bill that each DPT pays, by its date; for a DPT that names none, the bills of its lines.
    Empty if unknown.
    """
    named = [dpt.tagihan_id for dpt in dpts if dpt.tagihan_id is not None]
    asked = (
        select(BarisBank.tagihan_id)
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .where(
            Cocok.transaksi_id.in_(_carried([dpt for dpt in dpts if dpt.tagihan_id is None])),
            Cocok.dicabut_at.is_(None),
        )
    )
    rows = session.execute(
        select(Tagihan.tanggal, Tagihan.tahun, Tagihan.bulan, Tagihan.jatuh_tempo)
        .where(
            or_(Tagihan.id.in_(named), Tagihan.id.in_(asked)),
            Tagihan.jenis == "final",
            bill_exists(),
        )
        .order_by(Tagihan.tahun, Tagihan.bulan, Tagihan.tanggal, Tagihan.id)
    )
    return "; ".join(_bill_name(*row) for row in rows)


def _bill_name(day: date | None, tahun: int, bulan: int, due: date | None) -> str:
    named = indonesian_dates.long(day) if day else indonesian_dates.bulan(tahun, bulan)
    until = f", jatuh tempo {indonesian_dates.long(due)}" if due else ""
    return f"Tagihan bank {named}{until}"


def _carried(dpts: Sequence[Dokumen]) -> Select[int]:
    ids = [dpt.id for dpt in dpts]
    return select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id.in_(ids))


def sub_kegiatan_name(session: Session, tahun: int, codes: Iterable[str]) -> dict[str, str]:
    """The names of these sub kegiatan in the year's table."""
    rows = session.execute(
        select(SubKegiatan.kode, SubKegiatan.nama).where(
            SubKegiatan.tahun == tahun, SubKegiatan.kode.in_(sorted(set(codes)))
        )
    )
    return {row.kode: row.nama for row in rows}
