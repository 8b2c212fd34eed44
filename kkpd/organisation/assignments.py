"""Grants of roles and delegations: proposed by one person, effective when a second one confirms.

Until then they give nothing. The one who gets a role never confirms it. An assignment is not
changed and not deleted: it ends, and a new one is proposed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.choices import IN_FORCE, PROPOSED, REFUSED, WITHDRAWN
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.moments import business_day
from kkpd.core.permissions import ACROSS_OPDS, ROLE_NAMES, Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Opd, Orang, Penugasan, SubKegiatan
from kkpd.organisation import duties
from kkpd.organisation.accounts import keep_an_administrator
from kkpd.records import event_log

#: A proposal that waited longer than this after its first day would be back-dated unseen.
CONFIRMED_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentData:
    """A role with its dates; `dasar` and `tanggal_dasar` are number and date of the decision.

    With `atas_nama_id` it is a delegation: that officer's role for some days, by a letter.
    `alasan_mundur` says why it begins before the day on which it is proposed.
    """

    orang_id: int
    peran: str
    mulai: date
    dasar: str
    tanggal_dasar: date | None
    opd_id: int | None = None
    sampai: date | None = None
    atas_nama_id: int | None = None
    sub_kegiatan: str = ""
    alasan_mundur: str = ""


def propose(session: Session, actor: Actor, data: AssignmentData, now: datetime) -> Penugasan:
    """Propose a role for a person; a role that spans OPDs names no OPD, every other names one."""
    role = require(actor, "penugasan:kelola")
    today = business_day(now)
    _check_fields(data, today)
    _check_back_date(data, today)
    orang = _person(session, data)
    _check_grant(session, orang, data)
    _not_twice(session, data)
    row = Penugasan(
        **asdict(data), status=PROPOSED, diusulkan_oleh_id=actor.orang_id, diusulkan_at=now
    )
    session.add(row)
    _record(session, actor, role, row, "usul", None, now)
    return row


def confirm(session: Session, actor: Actor, penugasan_id: int, now: datetime) -> Penugasan:
    """A second person makes the proposal effective; everything is checked once more."""
    role = require(actor, "penugasan:kelola")
    row = _waiting(session, penugasan_id)
    if actor.orang_id == row.diusulkan_oleh_id:
        raise Forbidden(
            "Anda yang mengusulkan penugasan ini. Administrator lain yang mengonfirmasinya."
        )
    if actor.orang_id == row.orang_id:
        raise Forbidden(
            "Penugasan ini untuk Anda sendiri. Administrator lain yang mengonfirmasinya."
        )
    data = _data(row)
    if business_day(now) - row.mulai > CONFIRMED_WITHIN and not row.alasan_mundur:
        raise Conflict(
            f"Usulan ini mulai {row.mulai:%d-%m-%Y}, sudah lebih dari {CONFIRMED_WITHIN.days} hari "
            "lewat tanpa alasan berlaku mundur. Tolak, lalu usulkan lagi."
        )
    _check_grant(session, _person(session, data), data)
    return _decide(session, actor, role, row, (IN_FORCE, "konfirmasi"), now)


def refuse(
    session: Session, actor: Actor, penugasan_id: int, alasan: str, now: datetime
) -> Penugasan:
    """A second person refuses the proposal, with a reason."""
    role = require(actor, "penugasan:kelola")
    row = _waiting(session, penugasan_id)
    if actor.orang_id == row.diusulkan_oleh_id:
        raise Forbidden("Anda yang mengusulkan penugasan ini. Tariklah usulannya.")
    if not 5 <= len(alasan.strip()) <= 300:
        raise DomainError("Tulis alasan menolak, 5 sampai 300 huruf.", field="alasan")
    return _decide(session, actor, role, row, (REFUSED, "tolak"), now, alasan.strip())


def withdraw(session: Session, actor: Actor, penugasan_id: int, now: datetime) -> Penugasan:
    """Who proposed it takes the proposal back."""
    role = require(actor, "penugasan:kelola")
    row = _waiting(session, penugasan_id)
    if actor.orang_id != row.diusulkan_oleh_id:
        raise Forbidden("Hanya pengusulnya yang menarik usulan. Anda dapat menolaknya.")
    return _decide(session, actor, role, row, (WITHDRAWN, "tarik"), now)


def _decide(
    session: Session,
    actor: Actor,
    role: Role,
    row: Penugasan,
    decision: tuple[str, str],
    now: datetime,
    alasan: str = "",
) -> Penugasan:
    """What becomes of a proposal: its new status, and the last word of its event."""
    before = _told(session, row)
    row.status, act = decision
    row.diputus_oleh_id, row.diputus_at, row.alasan_putusan = actor.orang_id, now, alasan
    _record(session, actor, role, row, act, before, now)
    return row


def end(
    session: Session, actor: Actor, penugasan_id: int, sampai: date, now: datetime
) -> Penugasan:
    """End an assignment on a day, earlier than it would; one person can take a right away."""
    role = require(actor, "penugasan:kelola")
    row = _locked(session, penugasan_id)
    if row.status != IN_FORCE:
        raise Conflict("Penugasan ini tidak sedang berlaku. Muat ulang halamannya.")
    if sampai < row.mulai:
        raise DomainError("Tanggal akhir sebelum tanggal mulai.", field="sampai")
    if row.sampai is not None and sampai > row.sampai:
        raise DomainError(
            f"Penugasan ini sudah berakhir {row.sampai:%d-%m-%Y}. "
            "Perpanjangan diusulkan sebagai penugasan baru.",
            field="sampai",
        )
    if row.peran == Role.ADMIN:
        keep_an_administrator(session, row.orang_id, max(sampai, business_day(now)))
    before = _told(session, row)
    row.sampai = sampai
    _record(session, actor, role, row, "akhiri", before, now)
    return row


def _check_fields(data: AssignmentData, today: date) -> None:
    """Role, OPD, dates and basis; DomainError with the field at fault."""
    if data.peran not in set(Role):
        raise DomainError("Pilih peran dari daftar.", field="peran")
    spans = Role(data.peran) in ACROSS_OPDS
    if spans == (data.opd_id is not None):
        name = ROLE_NAMES[Role(data.peran)]
        word = "tidak terikat satu OPD; kosongkan OPD" if spans else "terikat satu OPD; pilih OPD"
        raise DomainError(f"Peran {name} {word}.", field="opd_id")
    if data.sampai is not None and data.sampai < data.mulai:
        raise DomainError("Tanggal akhir sebelum tanggal mulai.", field="sampai")
    if not data.dasar.strip():
        raise DomainError("Tulis nomor surat keputusan atau surat kuasanya.", field="dasar")
    if data.tanggal_dasar is None:
        raise DomainError("Tulis tanggal surat keputusannya.", field="tanggal_dasar")
    if data.tanggal_dasar > today:
        raise DomainError(
            "Tanggal surat keputusannya belum tiba. Periksa suratnya.", field="tanggal_dasar"
        )


def _check_back_date(data: AssignmentData, today: date) -> None:
    """A start before the day of proposing is told with its reason, which the inspector sees."""
    if data.mulai < today and not 5 <= len(data.alasan_mundur.strip()) <= 300:
        raise DomainError(
            f"Mulai {data.mulai:%d-%m-%Y} sudah lewat. Tulis mengapa berlaku mundur "
            "(5 sampai 300 huruf), atau mulai hari ini.",
            field="alasan_mundur",
        )


def _person(session: Session, data: AssignmentData) -> Orang:
    """The person, locked: two grants to one person are checked one after the other."""
    orang = session.get(Orang, data.orang_id, with_for_update=True)
    if orang is None or not orang.aktif:
        raise DomainError("Pilih orang yang masih bekerja.", field="orang_id")
    return orang


def _check_grant(session: Session, orang: Orang, data: AssignmentData) -> None:
    """What may have changed between proposal and confirmation."""
    if data.sub_kegiatan:
        _check_sub_kegiatan(session, data)
    if data.atas_nama_id is not None:
        _check_delegation(session, data)
    wanted = duties.duty(session, data.peran, data.opd_id)
    duties.require_apart(session, orang, wanted, data.mulai, data.sampai, "peran")


def _check_sub_kegiatan(session: Session, data: AssignmentData) -> None:
    """Only a PPTK may be limited to a sub kegiatan, and it must exist in a year's tables."""
    if data.peran != Role.PPTK:
        raise DomainError("Hanya PPTK yang terikat sub kegiatan.", field="sub_kegiatan")
    known = select(SubKegiatan.kode).where(SubKegiatan.kode == data.sub_kegiatan).limit(1)
    if session.scalar(known) is None:
        raise DomainError(
            f"Sub kegiatan {data.sub_kegiatan} tidak dikenal. Periksa kodenya.",
            field="sub_kegiatan",
        )


def _check_delegation(session: Session, data: AssignmentData) -> None:
    """A delegation has an end date, and is given by the holder of the office on its days."""
    if data.atas_nama_id == data.orang_id:
        raise DomainError("Pelimpahan diberikan kepada orang lain.", field="atas_nama_id")
    if data.sampai is None:
        raise DomainError("Pelimpahan memerlukan hari terakhir.", field="sampai")
    holds = select(Penugasan.id).where(
        Penugasan.orang_id == data.atas_nama_id,
        Penugasan.peran == data.peran,
        Penugasan.opd_id == data.opd_id if data.opd_id else Penugasan.opd_id.is_(None),
        Penugasan.atas_nama_id.is_(None),
        Penugasan.status == IN_FORCE,
        Penugasan.mulai <= data.mulai,
        or_(Penugasan.sampai.is_(None), Penugasan.sampai >= data.sampai),
    )
    if session.scalars(holds.limit(1)).first() is None:
        raise DomainError(
            "Yang melimpahkan tidak memegang peran itu di OPD ini selama masa pelimpahan.",
            field="atas_nama_id",
        )


def _not_twice(session: Session, data: AssignmentData) -> None:
    """A second click is not a second proposal."""
    same = select(Penugasan.id).where(
        *(getattr(Penugasan, one.name) == getattr(data, one.name) for one in fields(data)),
        Penugasan.status == PROPOSED,
    )
    if session.scalars(same.limit(1)).first() is not None:
        raise Conflict("Usulan yang sama sudah menunggu administrator lain.")


def _locked(session: Session, penugasan_id: int) -> Penugasan:
    row = session.scalars(
        select(Penugasan)
        .where(Penugasan.id == penugasan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("Penugasan tidak ditemukan.")
    return row


def _waiting(session: Session, penugasan_id: int) -> Penugasan:
    row = _locked(session, penugasan_id)
    if row.status != PROPOSED:
        raise Conflict("Usulan ini sudah diputus atau ditarik. Muat ulang halamannya.")
    return row


def _data(row: Penugasan) -> AssignmentData:
    return AssignmentData(**{one.name: getattr(row, one.name) for one in fields(AssignmentData)})


def _told(session: Session, row: Penugasan) -> dict[str, Json]:
    """The assignment as the event log tells it: who, what role, where, from when, why, by whom."""

    def name(orang_id: int | None) -> str | None:
        return None if orang_id is None else session.get_one(Orang, orang_id).nama

    def day(value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "orang": name(row.orang_id),
        "peran": row.peran,
        "opd": None if row.opd_id is None else session.get_one(Opd, row.opd_id).nama,
        "sub_kegiatan": row.sub_kegiatan,
        "atas_nama": name(row.atas_nama_id),
        "mulai": day(row.mulai),
        "sampai": day(row.sampai),
        "dasar": row.dasar,
        "tanggal_dasar": day(row.tanggal_dasar),
        "alasan_mundur": row.alasan_mundur,
        "status": row.status,
        "diusulkan_oleh": name(row.diusulkan_oleh_id),
        "diputus_oleh": name(row.diputus_oleh_id),
        "alasan": row.alasan_putusan,
    }


def _record(
    session: Session,
    actor: Actor | None,
    role: Role | None,
    row: Penugasan,
    what: str,
    before: dict[str, Json] | None,
    now: datetime,
) -> None:
    session.flush()
    event_log.record(
        session,
        actor,
        role,
        f"admin:penugasan:{what}",
        f"penugasan:{row.id}",
        now=now,
        before=before,
        after=_told(session, row),
    )


def install(
    session: Session, orang: Orang, dasar: str, tanggal_dasar: date, now: datetime
) -> Penugasan:
    """Make this person an administrator from the machine's command line, without a proposer: the
    way in where nobody, or nobody else, can confirm. The inspector is told.
    """
    today = business_day(now)
    wanted = duties.duty(session, Role.ADMIN, None)
    duties.require_apart(session, orang, wanted, today, None, "nama_masuk")
    row = Penugasan(
        orang_id=orang.id,
        peran=Role.ADMIN.value,
        mulai=today,
        dasar=dasar,
        tanggal_dasar=tanggal_dasar,
        status=IN_FORCE,
        diputus_at=now,
    )
    session.add(row)
    _record(session, None, None, row, "pasang", None, now)
    return row
