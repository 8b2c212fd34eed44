"""What the budget does not bear: refused lines and named differences, how much is left, how old."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.peran import Actor
from kkpd.domain.tanggungan import ATURAN
from kkpd.domain.waktu import business_day
from kkpd.models import Kartu, Orang, Penyelesaian, Persetujuan, Selisih, Transaksi

#: States in which a decision of the PA or KPA holds.
_DIPUTUS = (
    "ditolak",
    "disetujui",
    "dpt",
    "npd",
    "spp",
    "spm",
    "sp2d",
    "lunas",
    "dibayar_pribadi",
)


@dataclass(frozen=True, slots=True)
class Bayaran:
    """One payment that made something good."""

    id: int
    penanggung: str
    tanggal: date
    nilai: Rupiah
    nomor_bukti: str
    catatan: str
    berkas_id: int | None
    oleh: str
    at: datetime
    dibalik: bool


@dataclass(frozen=True, slots=True)
class Tanggungan:
    """Something owed: a purchase refused whole or in part, or a named difference."""

    jenis: str
    transaksi_id: int | None
    selisih_id: int | None
    sejak: date
    uraian: str
    alasan: str
    siapa: str
    nilai: Rupiah
    bayaran: tuple[Bayaran, ...]
    umur: int
    status: str = ""

    @property
    def terbayar(self) -> Rupiah:
        """What has been made good."""
        return sum((one.nilai for one in self.bayaran), start=NOL)

    @property
    def sisa(self) -> Rupiah:
        """What is still owed."""
        return self.nilai - self.terbayar

    @property
    def penanggung(self) -> tuple[str, ...]:
        """Who may make it good, the usual one first."""
        return ATURAN[self.jenis].penanggung

    @property
    def dasar(self) -> str:
        """The source of the rule."""
        return ATURAN[self.jenis].dasar


def daftar(session: Session, actor: Actor, opd_id: int, tahun: int, hari: date) -> list[Tanggungan]:
    """Everything owed of the OPD's year and what was left of earlier ones, open first, by age."""
    require(actor, "bayar:lihat", opd_id)
    found = [*_refused(session, opd_id, tahun, hari), *_named(session, opd_id, tahun, hari)]
    return sorted(found, key=lambda one: (not one.sisa, one.sejak, one.transaksi_id or 0))


def satu(
    session: Session, opd_id: int, transaksi_id: int | None, selisih_id: int | None, hari: date
) -> Tanggungan | None:
    """The one thing owed of a purchase or of a named difference; None when nothing is."""
    if transaksi_id is not None:
        return next(_refused(session, opd_id, None, hari, transaksi_id), None)
    return next(_named(session, opd_id, None, hari, selisih_id), None)


def _refused(
    session: Session,
    opd_id: int,
    tahun: int | None,
    hari: date,
    transaksi_id: int | None = None,
) -> Iterator[Tanggungan]:
    newest = (
        select(func.max(Persetujuan.id))
        .where(Persetujuan.peran.in_(("pa", "kpa")), Persetujuan.opd_id == opd_id)
        .group_by(Persetujuan.transaksi_id)
    )
    statement = (
        select(Transaksi, Persetujuan, Orang.nama, Kartu.nomor_akhir)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .join(Orang, Orang.id == Transaksi.pemegang_id)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.status.in_(_DIPUTUS),
            Transaksi.nilai > NOL,
            Persetujuan.id.in_(newest),
            (Persetujuan.keputusan == "tolak") | (Persetujuan.nilai < Transaksi.nilai),
        )
        .order_by(Transaksi.id)
    )
    if transaksi_id is not None:
        statement = statement.where(Transaksi.id == transaksi_id)
    for row, decision, nama, akhir in session.execute(statement):
        whole = decision.keputusan == "tolak"
        found = Tanggungan(
            jenis="ditolak",
            transaksi_id=row.id,
            selisih_id=None,
            sejak=business_day(decision.at),
            uraian=f"{row.merchant}: {row.uraian}",
            alasan=decision.alasan,
            siapa=f"{nama} (•••• {akhir})",
            nilai=row.nilai if whole else row.nilai - decision.nilai,
            bayaran=_paid(session, Penyelesaian.transaksi_id == row.id),
            umur=(hari - business_day(decision.at)).days,
            status=row.status,
        )
        if tahun is None or row.tahun == tahun or (row.tahun < tahun and found.sisa):
            yield found


def _named(
    session: Session,
    opd_id: int,
    tahun: int | None,
    hari: date,
    selisih_id: int | None = None,
) -> Iterator[Tanggungan]:
    statement = (
        select(Selisih, Orang.nama)
        .join(Orang, Orang.id == Selisih.pemilik_id)
        .where(
            Selisih.opd_id == opd_id,
            Selisih.jenis.in_(ATURAN),
            Selisih.dicabut_at.is_(None),
            Selisih.nilai != NOL,
        )
        .order_by(Selisih.id)
    )
    if selisih_id is not None:
        statement = statement.where(Selisih.id == selisih_id)
    for row, nama in session.execute(statement):
        found = Tanggungan(
            jenis=row.jenis,
            transaksi_id=None,
            selisih_id=row.id,
            sejak=business_day(row.at),
            uraian=row.catatan,
            alasan="",
            siapa=nama,
            nilai=abs(row.nilai),
            bayaran=_paid(session, Penyelesaian.selisih_id == row.id),
            umur=(hari - business_day(row.at)).days,
        )
        if tahun is None or row.tahun == tahun or (row.tahun < tahun and found.sisa):
            yield found


def _paid(session: Session, about: ColumnElement[bool]) -> tuple[Bayaran, ...]:
    rows = session.execute(
        select(Penyelesaian, Orang.nama)
        .join(Orang, Orang.id == Penyelesaian.oleh_id)
        .where(about)
        .order_by(Penyelesaian.id)
    ).all()
    reversed_ = {row.membalik_id for row, _ in rows}
    return tuple(
        Bayaran(
            row.id,
            row.penanggung,
            row.tanggal,
            row.nilai,
            row.nomor_bukti,
            row.catatan,
            row.berkas_id,
            nama,
            row.at,
            row.id in reversed_,
        )
        for row, nama in rows
    )
