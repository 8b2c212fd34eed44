"""The state of a month, the acts on it, and the months that wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.ledger.active import is_given
from kkpd.models import BarisBank, Dokumen, Opd, Orang, Periode, TindakanPeriode, Transaksi


@dataclass(frozen=True, slots=True)
class ListedAct:
    """One act on a month; `nomor` is the number of its Berita Acara."""

    tindakan: str
    at: datetime
    oleh: str
    alasan: str
    dokumen_id: int | None
    nomor: str
    sidik: str


def status_periode(session: Session, opd_id: int, periode: tuple[int, int]) -> str:
    """terbuka, ditutup, dikonfirmasi or ditinjau."""
    found = session.get(Periode, (opd_id, *periode))
    return found.status if found is not None else "terbuka"


def history(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]
) -> tuple[ListedAct, ...]:
    """All acts on the month, oldest first."""
    require(actor, "periode:lihat", opd_id)
    rows = session.execute(
        select(TindakanPeriode, Orang.nama, Dokumen.nomor, Dokumen.data_sha256)
        .join(Orang, Orang.id == TindakanPeriode.oleh_id)
        .outerjoin(Dokumen, Dokumen.id == TindakanPeriode.dokumen_id)
        .where(*_month(opd_id, periode))
        .order_by(TindakanPeriode.id)
    )
    return tuple(
        ListedAct(row.tindakan, row.at, who, row.alasan, row.dokumen_id, nomor or "", digest or "")
        for row, who, nomor, digest in rows
    )


def closing(session: Session, opd_id: int, periode: tuple[int, int]) -> int | None:
    """The person who last closed the month."""
    return session.scalars(
        select(TindakanPeriode.oleh_id)
        .where(*_month(opd_id, periode), TindakanPeriode.tindakan == "tutup")
        .order_by(TindakanPeriode.id.desc())
        .limit(1)
    ).one_or_none()


def newest_minutes(session: Session, opd_id: int, periode: tuple[int, int]) -> Dokumen | None:
    """The Berita Acara Rekonsiliasi of the newest closing of the month."""
    return session.scalars(
        select(Dokumen)
        .join(TindakanPeriode, TindakanPeriode.dokumen_id == Dokumen.id)
        .where(*_month(opd_id, periode), TindakanPeriode.tindakan == "tutup")
        .order_by(TindakanPeriode.id.desc())
        .limit(1)
    ).one_or_none()


def _month(opd_id: int, periode: tuple[int, int]):  # type: ignore[no-untyped-def]  # a tuple of clauses
    return (
        TindakanPeriode.opd_id == opd_id,
        TindakanPeriode.tahun == periode[0],
        TindakanPeriode.bulan == periode[1],
    )


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A month with its state, for people who confirm and review."""

    slug: str
    opd: str
    periode: tuple[int, int]
    status: str
    sejak: datetime
    oleh: str


def closed_months(session: Session, actor: Actor, banyak: int = 200) -> list[ClosedMonth]:
    """Closed months the actor may see, those that wait the longest first."""
    require(actor, "periode:lihat")
    statement = (
        select(Periode, Opd.slug, Opd.nama, Orang.nama)
        .join(Opd, Opd.id == Periode.opd_id)
        .join(Orang, Orang.id == Periode.oleh_id)
        .where(Periode.status != "terbuka")
        .order_by((Periode.status == "ditinjau"), Periode.sejak, Periode.opd_id)
        .limit(banyak)
    )
    reach = actor.opds_for("periode:lihat")
    if reach is not None:
        statement = statement.where(Periode.opd_id.in_(reach))
    return [
        ClosedMonth(slug, opd, (row.tahun, row.bulan), row.status, row.sejak, who)
        for row, slug, opd, who in session.execute(statement)
    ]


@dataclass(frozen=True, slots=True)
class LateFact:
    """A fact of a closed month that came later and is booked in an open one."""

    jenis: str
    id: int
    what: str
    nilai: Rupiah
    periode: tuple[int, int]


def came_late(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]
) -> tuple[LateFact, ...]:
    """Bank lines and purchases of this month that are booked in a later one, oldest first."""
    require(actor, "periode:lihat", opd_id)
    month = periode[0] * 100 + periode[1]
    first = date(*periode, 1)
    after = date(periode[0] + periode[1] // 12, periode[1] % 12 + 1, 1)
    lines = session.scalars(
        select(BarisBank)
        .where(BarisBank.opd_id == opd_id, BarisBank.bulan_asal == month, is_given())
        .order_by(BarisBank.id)
    )
    purchases = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tanggal >= first,
            Transaksi.tanggal < after,
            Transaksi.tahun * 100 + Transaksi.bulan > month,
            Transaksi.status != "dibatalkan",
        )
        .order_by(Transaksi.id)
    )
    found = [
        LateFact("bank", row.id, row.merchant or row.keterangan, row.nilai, (row.tahun, row.bulan))
        for row in lines
    ]
    found += [
        LateFact("belanja", row.id, row.merchant, row.nilai, (row.tahun, row.bulan))
        for row in purchases
    ]
    return tuple(found)
