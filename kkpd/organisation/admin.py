"""What the administrator looks after, as lists: OPDs, people, roles, cards, settings, codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.authorise import require
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.models import (
    Ceiling,
    Dpa,
    Kartu,
    KartuRiwayat,
    Opd,
    Orang,
    Pengguna,
    Penugasan,
    Rekening,
    Setelan,
    SubKegiatan,
    UpKeputusan,
)


@dataclass(frozen=True, slots=True)
class BarisOrang:
    """A person with login and present roles."""

    id: int
    nama: str
    nip: str
    jabatan: str
    opd: str
    nama_masuk: str
    aktif: bool
    peran: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BarisTugas:
    """An assignment with its dates."""

    id: int
    orang: str
    peran: str
    opd: str
    mulai: date
    sampai: date | None
    dasar: str
    berlaku: bool
    atas_nama: str = ""
    sub_kegiatan: str = ""


@dataclass(frozen=True, slots=True)
class BarisKartu:
    """A card; `limit` None means none is set for the year."""

    id: int
    opd: str
    jenis: str
    akhir: str
    bank: str
    pemegang: str
    status: str
    berlaku_sampai: date | None
    limit: Rupiah | None


@dataclass(frozen=True, slots=True)
class BarisSetelan:
    """A dated setting; `berlaku` marks the row in force."""

    id: int
    kunci: str
    nilai: str | None
    mulai: date
    dasar_hukum: str
    opd: str
    dicatat_at: datetime
    berlaku: bool


def opd(session: Session, actor: Actor) -> list[Opd]:
    """Every OPD by code."""
    require(actor, "admin:lihat")
    return list(session.scalars(select(Opd).order_by(Opd.kode)))


def orang(session: Session, actor: Actor, hari: date, cari: str = "") -> list[BarisOrang]:
    """People by name, with their roles of the day; `cari` in name, NIP or login."""
    require(actor, "admin:lihat")
    statement = (
        select(Orang, Opd.nama, Pengguna.nama_masuk)
        .outerjoin(Opd, Opd.id == Orang.opd_id)
        .outerjoin(Pengguna, Pengguna.orang_id == Orang.id)
        .order_by(Orang.nama)
        .limit(500)
    )
    if cari:
        like = f"%{cari}%"
        statement = statement.where(
            or_(Orang.nama.ilike(like), Orang.nip.ilike(like), Pengguna.nama_masuk.ilike(like))
        )
    roles: dict[int, list[str]] = {}
    for row in session.scalars(select(Penugasan).where(_in_force(hari))):
        roles.setdefault(row.orang_id, []).append(row.peran)
    return [
        BarisOrang(
            row.id,
            row.nama,
            row.nip or "",
            row.jabatan,
            opd_nama or "",
            login or "",
            row.aktif,
            tuple(roles.get(row.id, ())),
        )
        for row, opd_nama, login in session.execute(statement)
    ]


def penugasan(session: Session, actor: Actor, hari: date) -> list[BarisTugas]:
    """Assignments, those in force first, by OPD and person."""
    require(actor, "admin:lihat")
    pemberi = aliased(Orang)
    rows = session.execute(
        select(Penugasan, Orang.nama, Opd.nama, pemberi.nama)
        .join(Orang, Orang.id == Penugasan.orang_id)
        .outerjoin(pemberi, pemberi.id == Penugasan.atas_nama_id)
        .outerjoin(Opd, Opd.id == Penugasan.opd_id)
        .order_by(Opd.nama, Penugasan.peran, Penugasan.mulai)
    )
    found = [
        BarisTugas(
            row.id,
            nama,
            row.peran,
            opd_nama or "",
            row.mulai,
            row.sampai,
            row.dasar,
            row.mulai <= hari and (row.sampai is None or row.sampai >= hari),
            pemberi_nama or "",
            row.sub_kegiatan,
        )
        for row, nama, opd_nama, pemberi_nama in rows
    ]
    return sorted(found, key=lambda row: not row.berlaku)


def kartu(session: Session, actor: Actor, tahun: int) -> list[BarisKartu]:
    """Cards by OPD, with the year's limit."""
    require(actor, "admin:lihat")
    rows = session.execute(
        select(Kartu, Opd.nama, Orang.nama, Ceiling.limit)
        .join(Opd, Opd.id == Kartu.opd_id)
        .join(Orang, Orang.id == Kartu.pemegang_id)
        .outerjoin(
            Ceiling,
            (Ceiling.opd_id == Kartu.opd_id)
            & (Ceiling.tahun == tahun)
            & (Ceiling.jenis == "kartu")
            & (Ceiling.kunci == Kartu.token),
        )
        .order_by(Opd.nama, Kartu.jenis, Kartu.nomor_akhir)
    )
    return [
        BarisKartu(
            row.id,
            opd_nama,
            row.jenis,
            row.nomor_akhir,
            row.bank,
            holder,
            row.status,
            row.berlaku_sampai,
            limit,
        )
        for row, opd_nama, holder, limit in rows
    ]


def satu_kartu(session: Session, actor: Actor, kartu_id: int, tahun: int) -> BarisKartu | None:
    """One card of the list."""
    return next((row for row in kartu(session, actor, tahun) if row.id == kartu_id), None)


def riwayat_kartu(session: Session, kartu_id: int) -> list[tuple[KartuRiwayat, str]]:
    """The steps of a card's life with who recorded them, newest first."""
    rows = session.execute(
        select(KartuRiwayat, Orang.nama)
        .join(Orang, Orang.id == KartuRiwayat.oleh_id)
        .where(KartuRiwayat.kartu_id == kartu_id)
        .order_by(KartuRiwayat.id.desc())
    )
    return [(row, nama) for row, nama in rows]


def setelan(session: Session, actor: Actor, hari: date) -> list[BarisSetelan]:
    """All dated settings by key and OPD, newest first; the one in force marked."""
    require(actor, "admin:lihat")
    rows = session.execute(
        select(Setelan, Opd.nama)
        .outerjoin(Opd, Opd.id == Setelan.opd_id)
        .order_by(Setelan.kunci, Opd.nama, Setelan.mulai.desc(), Setelan.id.desc())
    ).all()
    seen: set[tuple[str, int | None]] = set()
    found = []
    for row, opd_nama in rows:
        key = (row.kunci, row.opd_id)
        berlaku = row.mulai <= hari and key not in seen
        if berlaku:
            seen.add(key)
        found.append(
            BarisSetelan(
                row.id,
                row.kunci,
                row.nilai,
                row.mulai,
                row.dasar_hukum,
                opd_nama or "",
                row.dicatat_at,
                berlaku,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class BarisAcuanTahun:
    """How much reference data a year has."""

    tahun: int
    rekening: int
    sub_kegiatan: int
    dpa: int


def acuan(session: Session, actor: Actor) -> list[BarisAcuanTahun]:
    """Account codes, sub kegiatan and budgets by year, newest first."""
    require(actor, "admin:lihat")
    counts: dict[int, list[int]] = {}
    columns = (Rekening.tahun, SubKegiatan.tahun, Dpa.tahun)
    for place, column in enumerate(columns):
        rows = session.execute(select(column, func.count()).group_by(column))
        for tahun, count in rows:
            counts.setdefault(tahun, [0, 0, 0])[place] = count
    return [
        BarisAcuanTahun(tahun, found[0], found[1], found[2])
        for tahun, found in sorted(counts.items(), reverse=True)
    ]


def _in_force(hari: date):  # type: ignore[no-untyped-def]  # a SQL condition
    return (Penugasan.mulai <= hari) & or_(Penugasan.sampai.is_(None), Penugasan.sampai >= hari)


def jumlah_up(session: Session) -> int:
    """How many UP and TUP decisions are in the books."""
    return session.scalar(select(func.count()).select_from(UpKeputusan)) or 0
