"""The administrator's lists: OPDs, people, roles, cards, settings, codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.choices import IN_FORCE, PROPOSED
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.core.shapes import shaped
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
from kkpd.organisation import holidays
from kkpd.organisation.accounts import administrators
from kkpd.records.office_holders import in_force


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with login and current roles."""

    id: int
    nama: str
    nip: str
    jabatan: str
    opd: str
    nama_masuk: str
    aktif: bool
    peran: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment or a proposal of one: its dates, its basis, who proposed and decided.

    `must_act` names who may confirm a proposal that waits.
    """

    id: int
    orang_id: int
    orang: str
    peran: str
    opd: str
    mulai: date
    sampai: date | None
    dasar: str
    tanggal_dasar: date | None
    status: str
    effective: bool
    alasan_mundur: str
    alasan_putusan: str
    diusulkan_oleh_id: int | None
    diusulkan_at: datetime | None
    diputus_at: datetime | None
    proposer: str
    decider: str
    on_behalf_of: str
    sub_kegiatan: str
    must_act: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card; `limit` None means none is set for the year."""

    id: int
    opd: str
    jenis: str
    finish: str
    bank: str
    pemegang: str
    status: str
    berlaku_sampai: date | None
    limit: Rupiah | None


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A dated setting; `effective` marks the row in force."""

    id: int
    kunci: str
    nilai: str | None
    mulai: date
    dasar_hukum: str
    opd: str
    dicatat_at: datetime
    effective: bool


def opd(session: Session, actor: Actor) -> list[Opd]:
    """Every OPD by code."""
    require(actor, "admin:lihat")
    return list(session.scalars(select(Opd).order_by(Opd.kode)))


def orang(session: Session, actor: Actor, day: date, cari: str = "") -> list[PersonRow]:
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
    for row in session.scalars(select(Penugasan).where(in_force(day))):
        roles.setdefault(row.orang_id, []).append(row.peran)
    return [
        shaped(
            PersonRow,
            row,
            nip=row.nip or "",
            opd=opd_name or "",
            nama_masuk=login or "",
            peran=tuple(roles.get(row.id, ())),
        )
        for row, opd_name, login in session.execute(statement)
    ]


def penugasan(session: Session, actor: Actor, day: date) -> list[AssignmentRow]:
    """Assignments and proposals: what waits first, then what is in force, by OPD and person."""
    require(actor, "penugasan:lihat")
    names = {one.id: one.nama for one in session.execute(select(Orang.id, Orang.nama))}
    able = administrators(session, day)
    rows = session.execute(
        select(Penugasan, Opd.nama)
        .outerjoin(Opd, Opd.id == Penugasan.opd_id)
        .order_by(Opd.nama, Penugasan.peran, Penugasan.mulai)
    )
    found = [
        shaped(
            AssignmentRow,
            row,
            orang=names[row.orang_id],
            opd=opd_name or "",
            effective=row.status == IN_FORCE
            and row.mulai <= day
            and (row.sampai is None or row.sampai >= day),
            proposer=names.get(row.diusulkan_oleh_id or 0, ""),
            decider=names.get(row.diputus_oleh_id or 0, ""),
            on_behalf_of=names.get(row.atas_nama_id or 0, ""),
            must_act=tuple(
                nama
                for orang_id, nama in able.items()
                if orang_id not in (row.orang_id, row.diusulkan_oleh_id)
            ),
        )
        for row, opd_name in rows
    ]
    return sorted(found, key=lambda row: (row.status != PROPOSED, not row.effective))


_CARD_PROPOSED = "diusulkan"


@dataclass(frozen=True, slots=True)
class CardGrant:
    """A card proposed or decided: who gets it, by which document, recorded by whom."""

    kartu_id: int
    finish: str
    jenis: str
    opd: str
    pemegang: str
    status: str
    waits: bool
    limit: Rupiah | None
    dokumen: str
    oleh: str
    at: datetime


def card_grants(session: Session, actor: Actor, since: datetime) -> list[CardGrant]:
    """Cards that wait for their decision; proposals and decisions since then; newest first."""
    require(actor, "penugasan:lihat")
    decided = KartuRiwayat.status.in_((_CARD_PROPOSED, "ditetapkan"))
    recent = or_(Kartu.status == _CARD_PROPOSED, KartuRiwayat.at >= since)
    return _grants(session, decided, recent)


def waiting_cards(session: Session, actor: Actor) -> list[CardGrant]:
    """The proposed cards that this person may decide on: neither proposed by them nor theirs."""
    require(actor, "penugasan:lihat")
    return _grants(
        session,
        KartuRiwayat.status == _CARD_PROPOSED,
        Kartu.status == _CARD_PROPOSED,
        KartuRiwayat.oleh_id != actor.orang_id,
        Kartu.pemegang_id != actor.orang_id,
    )


def _grants(session: Session, *conditions: ColumnElement[bool]) -> list[CardGrant]:
    holder, by = aliased(Orang), aliased(Orang)
    rows = session.execute(
        select(KartuRiwayat, Kartu, Opd.nama, holder.nama, by.nama)
        .join(Kartu, Kartu.id == KartuRiwayat.kartu_id)
        .join(Opd, Opd.id == Kartu.opd_id)
        .join(holder, holder.id == Kartu.pemegang_id)
        .join(by, by.id == KartuRiwayat.oleh_id)
        .where(*conditions)
        .order_by(KartuRiwayat.id.desc())
    )
    return [
        CardGrant(
            kartu_id=card.id,
            finish=card.nomor_akhir,
            jenis=card.jenis,
            opd=opd_name,
            pemegang=holder_name,
            status=step.status,
            waits=card.status == _CARD_PROPOSED,
            limit=card.limit_usulan,
            dokumen=step.nomor_dokumen,
            oleh=by_name,
            at=step.at,
        )
        for step, card, opd_name, holder_name, by_name in rows
    ]


def kartu(session: Session, actor: Actor, tahun: int) -> list[CardRow]:
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
        shaped(CardRow, row, opd=opd_name, finish=row.nomor_akhir, pemegang=holder, limit=limit)
        for row, opd_name, holder, limit in rows
    ]


def find_card(session: Session, actor: Actor, kartu_id: int, tahun: int) -> CardRow | None:
    """One card of the list."""
    return next((row for row in kartu(session, actor, tahun) if row.id == kartu_id), None)


def card_steps(session: Session, kartu_id: int) -> list[tuple[KartuRiwayat, str]]:
    """The steps of a card's life with who recorded them, newest first."""
    rows = session.execute(
        select(KartuRiwayat, Orang.nama)
        .join(Orang, Orang.id == KartuRiwayat.oleh_id)
        .where(KartuRiwayat.kartu_id == kartu_id)
        .order_by(KartuRiwayat.id.desc())
    )
    return [(row, nama) for row, nama in rows]


def setelan(session: Session, actor: Actor, day: date) -> list[SettingRow]:
    """All dated settings by key and OPD, newest first; the one in force marked."""
    require(actor, "admin:lihat")
    rows = session.execute(
        select(Setelan, Opd.nama)
        .outerjoin(Opd, Opd.id == Setelan.opd_id)
        .order_by(Setelan.kunci, Opd.nama, Setelan.mulai.desc(), Setelan.id.desc())
    ).all()
    seen: set[tuple[str, int | None]] = set()
    found = []
    for row, opd_name in rows:
        key = (row.kunci, row.opd_id)
        effective = row.mulai <= day and key not in seen
        if effective:
            seen.add(key)
        found.append(shaped(SettingRow, row, opd=opd_name or "", effective=effective))
    return found


@dataclass(frozen=True, slots=True)
class ReferenceYearRow:
    """How many reference rows a year has."""

    tahun: int
    rekening: int
    sub_kegiatan: int
    dpa: int
    days_off: int


def reference_rows(session: Session, actor: Actor) -> list[ReferenceYearRow]:
    """Account codes, sub kegiatan and budgets by year, newest first."""
    require(actor, "admin:lihat")
    counts: dict[int, list[int]] = {}
    columns = (Rekening.tahun, SubKegiatan.tahun, Dpa.tahun)
    for place, column in enumerate(columns):
        rows = session.execute(select(column, func.count()).group_by(column))
        for tahun, count in rows:
            counts.setdefault(tahun, [0, 0, 0])[place] = count
    return [
        ReferenceYearRow(
            tahun, found[0], found[1], found[2], len(holidays.days_off(session, tahun))
        )
        for tahun, found in sorted(counts.items(), reverse=True)
    ]


def count_up(session: Session) -> int:
    """How many UP and TUP decisions are in the books."""
    return session.scalar(select(func.count()).select_from(UpKeputusan)) or 0
