"""What is due in an OPD, by when, on which rule: bills, debits after SP2D, spending, differences.

Day-counts are dated settings (law 15); a blank one is not checked. Working days are those of the
calendar of holidays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.domain.hari_kerja import sesudah, sisa
from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.pengembalian import BUKAN_BEBAN
from kkpd.domain.peran import Actor
from kkpd.ledger.active import diberikan, tagihan_ada
from kkpd.models import BarisBank, Cocok, Dokumen, Pencairan, Selisih, Tagihan, Transaksi
from kkpd.queries import batal, setelan
from kkpd.queries import libur as kalender
from kkpd.queries.utang import beban

#: Purchases for which nothing more is owed to the bank.
_SELESAI: Final = ("lunas", *BUKAN_BEBAN)


@dataclass(frozen=True, slots=True)
class Tenggat:
    """One due date: `sisa` in working days (negative: late), `dasar` the rule, `nilai` what of."""

    jenis: str
    kunci: str
    jatuh: date
    sisa: int
    uraian: str
    nilai: Rupiah
    dasar: str
    periode: tuple[int, int]


def tenggat(session: Session, actor: Actor, opd_id: int, hari: date) -> tuple[Tenggat, ...]:
    """Everything due in the OPD, the most pressing first."""
    require(actor, "bulan:lihat", opd_id)
    libur = kalender.libur(session).keys()
    rows = [
        *_bills(session, opd_id),
        *_debits(session, opd_id, hari, libur),
        *_spending(session, opd_id, hari),
        *_differences(session, opd_id),
    ]
    found = [
        Tenggat(jenis, kunci, jatuh, sisa(hari, jatuh, libur), uraian, nilai, dasar, periode)
        for jenis, kunci, jatuh, uraian, nilai, dasar, periode in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.jatuh, one.jenis, one.kunci)))


_Baris = tuple[str, str, date, str, Rupiah, str, tuple[int, int]]


def _bills(session: Session, opd_id: int) -> Iterator[_Baris]:
    for one in tagihan_terbuka(session, Tagihan.opd_id == opd_id):
        month = f"{one.periode[0]}-{one.periode[1]:02d}"
        rule = "jatuh tempo pada tagihan bank"
        yield "tagihan", str(one.id), one.jatuh, month, one.sisa, rule, one.periode


@dataclass(frozen=True, slots=True)
class TagihanTerbuka:
    """A final bill of which `sisa` is neither paid nor explained."""

    id: int
    opd_id: int
    jatuh: date
    periode: tuple[int, int]
    sisa: Rupiah


def tagihan_terbuka(session: Session, *where: ColumnElement[bool]) -> Iterator[TagihanTerbuka]:
    """Final bills of these OPDs of which something is neither paid nor explained."""
    paid = (
        select(func.coalesce(func.sum(Cocok.nilai), 0))
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(
            Cocok.baris_bank_id == BarisBank.id,
            Cocok.dicabut_at.is_(None),
            Transaksi.status.in_(_SELESAI),
        )
        .correlate(BarisBank)
        .scalar_subquery()
    )
    told = (
        select(func.coalesce(func.sum(Selisih.nilai), 0))
        .where(Selisih.baris_bank_id == BarisBank.id, Selisih.dicabut_at.is_(None))
        .correlate(BarisBank)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Tagihan.id,
            Tagihan.opd_id,
            Tagihan.jatuh_tempo,
            Tagihan.tahun,
            Tagihan.bulan,
            func.sum(BarisBank.nilai),
            func.sum(paid),
            func.sum(told),
        )
        .join(BarisBank, BarisBank.tagihan_id == Tagihan.id)
        .where(
            *where,
            Tagihan.jenis == "final",
            Tagihan.jatuh_tempo.is_not(None),
            BarisBank.jenis != "pembayaran",
            tagihan_ada(),
            diberikan(),
        )
        .group_by(Tagihan.id, Tagihan.opd_id, Tagihan.jatuh_tempo, Tagihan.tahun, Tagihan.bulan)
    )
    for id_, opd_id, due, tahun, bulan, billed, settled, explained in rows:
        left = billed - Rupiah(int(_sen(settled))) - Rupiah(int(_sen(explained)))
        if left > NOL:
            yield TagihanTerbuka(id_, opd_id, due, (tahun, bulan), left)


def _sen(value: object) -> int:
    return value.sen if isinstance(value, Rupiah) else int(str(value))


def _debits(session: Session, opd_id: int, hari: date, libur: Collection[date]) -> Iterator[_Baris]:
    """SP2D that came in and whose debit to the bank is not recorded."""
    debited = select(Pencairan.dpt_id).where(Pencairan.langkah == "bayar", batal.berlaku(Pencairan))
    rows = session.execute(
        select(Pencairan, Dokumen.nomor, Dokumen.tahun, Dokumen.bulan)
        .join(Dokumen, Dokumen.id == Pencairan.dpt_id)
        .where(
            Pencairan.opd_id == opd_id,
            Pencairan.langkah == "sp2d",
            batal.berlaku(Pencairan),
            Pencairan.dpt_id.not_in(debited),
        )
    )
    rule = setelan.in_force(session, "days_to_pay_after_funds", hari, opd_id)
    if rule is None or not (rule.nilai or "").isdigit():
        return
    for step, nomor, tahun, bulan in rows:
        due = sesudah(step.tanggal, int(rule.nilai or 0), libur)
        yield (
            "debet",
            str(step.dpt_id),
            due,
            f"DPT {nomor}",
            step.nilai,
            rule.dasar_hukum,
            (tahun, bulan),
        )


def _spending(session: Session, opd_id: int, hari: date) -> Iterator[_Baris]:
    """Purchases that are not settled, by month: the oldest one sets the day."""
    rule = setelan.in_force(session, "settle_within_days", hari, opd_id)
    if rule is None or not (rule.nilai or "").isdigit():
        return
    rows = session.execute(
        select(
            Transaksi.tahun,
            Transaksi.bulan,
            func.min(Transaksi.tanggal),
            func.sum(beban()),
            func.count(),
        )
        .where(Transaksi.opd_id == opd_id, Transaksi.status.not_in(_SELESAI))
        .group_by(Transaksi.tahun, Transaksi.bulan)
    )
    for tahun, bulan, oldest, amount, count in rows:
        due = oldest + timedelta(days=int(rule.nilai or 0))
        month = (tahun, bulan)
        yield (
            "belanja",
            f"{tahun}-{bulan:02d}",
            due,
            f"{count}",
            amount,
            rule.dasar_hukum,
            month,
        )


def _differences(session: Session, opd_id: int) -> Iterator[_Baris]:
    """Named differences that have a day of their own."""
    rows = session.scalars(
        select(Selisih).where(
            Selisih.opd_id == opd_id,
            Selisih.dicabut_at.is_(None),
            Selisih.jatuh_tempo.is_not(None),
        )
    )
    for row in rows:
        assert row.jatuh_tempo is not None
        yield (
            "selisih",
            str(row.id),
            row.jatuh_tempo,
            row.catatan,
            row.nilai,
            row.jenis,
            (row.tahun, row.bulan),
        )
