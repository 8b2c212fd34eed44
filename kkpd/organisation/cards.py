"""Cards: proposed, decided, issued, handed over, active, blocked, lost, closed (kkpd.md 1.8).

One person proposes a card with its limit, a second one who is not its holder decides on it; until
then holder and limit have no effect.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.core.choices import CARD_KINDS
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import Conflict, DomainError, Finding, Forbidden, NotFound
from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.models import Kartu, KartuRiwayat, Orang
from kkpd.organisation import duties
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import Key
from kkpd.records import event_log, findings
from kkpd.records import settings as records_settings

#: state -> the states that may follow. Lost and closed are final; a lost card is replaced.
NEXT_STATES: Final = {
    "diusulkan": ("ditetapkan", "ditutup"),
    "ditetapkan": ("terbit", "ditutup"),
    "terbit": ("diserahkan", "ditutup"),
    "diserahkan": ("aktif", "diblokir", "hilang", "ditutup"),
    "aktif": ("diblokir", "hilang", "ditutup"),
    "diblokir": ("aktif", "ditutup"),
    "hilang": (),
    "ditutup": (),
}
_PROPOSED: Final = "diusulkan"
#: Steps after which the holder may spend, or soon will.
_TOWARDS_USE: Final = ("ditetapkan", "terbit", "diserahkan", "aktif")


def next_state(dari: str, ke: str) -> str:
    """The new state; Conflict with the sentence when it may not follow."""
    if ke in NEXT_STATES[dari]:
        return ke
    allowed = " atau ".join(NEXT_STATES[dari])
    after = f"hanya dapat menjadi {allowed}" if allowed else "tidak berubah lagi"
    raise Conflict(f"Kartu berstatus {dari} {after}.", field="status")


_HISTORY: Final = FixedStatement(
    select(KartuRiwayat.tanggal, KartuRiwayat.status)
    .where(KartuRiwayat.kartu_id == bindparam("card"))
    .order_by(KartuRiwayat.tanggal.desc(), KartuRiwayat.id.desc())
)


def status_on(session: Session, kartu: Kartu, day: date) -> str:
    """The card's state on that day by its history; its present state when there is none."""
    history = _HISTORY.of(session, card=kartu.id)
    if not history:
        return kartu.status
    return next((status for since, status in history if since <= day), "belum terbit")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCard:
    """A new card; only its last four digits are ever stored (law 8)."""

    opd_id: int
    jenis: str
    nomor_akhir: str
    bank: str
    pemegang_id: int
    tanggal: date
    nomor_dokumen: str
    limit: Rupiah | None = None
    berlaku_sampai: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStatus:
    """One step in a card's life, with its date and document."""

    kartu_id: int
    status: str
    tanggal: date
    nomor_dokumen: str
    keterangan: str = ""


def propose(session: Session, actor: Actor, command: ProposeCard, now: datetime) -> Kartu:
    """Register the card as proposed; its limit becomes that year's ceiling when it is decided."""
    role = require(actor, "kartu:kelola", command.opd_id)
    _check(session, command)
    _require_apart(session, command.pemegang_id, command.jenis, command.opd_id, now)
    kartu = Kartu(
        opd_id=command.opd_id,
        jenis=command.jenis,
        nomor_akhir=command.nomor_akhir,
        token=secrets.token_hex(16),
        bank=command.bank.strip(),
        pemegang_id=command.pemegang_id,
        status=_PROPOSED,
        berlaku_sampai=command.berlaku_sampai,
        limit_usulan=command.limit,
    )
    session.add(kartu)
    session.flush()
    _step(session, actor, role, kartu, command.tanggal, command.nomor_dokumen, "", now)
    return kartu


def change_status(session: Session, actor: Actor, command: ChangeStatus, now: datetime) -> Kartu:
    """Take the card one step further in its life."""
    kartu = session.get(Kartu, command.kartu_id, with_for_update=True)
    if kartu is None or not actor.sees(kartu.opd_id):
        raise NotFound("Kartu tidak ditemukan.")
    role = require(actor, "kartu:kelola", kartu.opd_id)
    before, status = kartu.status, next_state(kartu.status, command.status)
    _check_day(session, kartu, command.tanggal)
    if before == _PROPOSED:
        _decide(session, actor, kartu, command)
    if status in _TOWARDS_USE:
        _require_apart(session, kartu.pemegang_id, kartu.jenis, kartu.opd_id, now)
    kartu.status = status
    _step(
        session,
        actor,
        role,
        kartu,
        command.tanggal,
        command.nomor_dokumen,
        command.keterangan,
        now,
        before=before,
    )
    return kartu


def _decide(session: Session, actor: Actor, kartu: Kartu, command: ChangeStatus) -> None:
    """The decision on a proposed card is a second person's; taking it back or refusing it tells
    why.
    """
    if command.status == "ditutup":
        if len(command.keterangan.strip()) < 5:
            raise DomainError(
                "Tulis mengapa usulan ini ditarik atau ditolak, sedikitnya 5 huruf.",
                field="keterangan",
            )
        return
    if actor.orang_id == proposer(session, kartu.id):
        raise Forbidden("Anda yang mengusulkan kartu ini. Administrator lain yang menetapkannya.")
    if actor.orang_id == kartu.pemegang_id:
        raise Forbidden("Kartu ini untuk Anda sendiri. Administrator lain yang menetapkannya.")
    if kartu.limit_usulan is not None:
        key = Key(kartu.opd_id, command.tanggal.year, "kartu", kartu.token)
        ceilings_movements.set_limit(session, key, kartu.limit_usulan)


def proposer(session: Session, kartu_id: int) -> int | None:
    """Who proposed the card."""
    return session.scalar(
        select(KartuRiwayat.oleh_id).where(
            KartuRiwayat.kartu_id == kartu_id, KartuRiwayat.status == _PROPOSED
        )
    )


def _require_apart(
    session: Session, pemegang_id: int, jenis: str, opd_id: int, now: datetime
) -> None:
    """Who tests or pays a bill does not hold the goods card (kkpd.md 1.6)."""
    orang = session.get_one(Orang, pemegang_id, with_for_update=True)
    wanted = duties.card_duty(session, jenis, opd_id)
    duties.require_apart(session, orang, wanted, business_day(now), None, "pemegang_id")


def _check_day(session: Session, kartu: Kartu, tanggal: date) -> None:
    """A step cannot be dated before the previous one: that would change the state of past days."""
    last = session.scalar(
        select(func.max(KartuRiwayat.tanggal)).where(KartuRiwayat.kartu_id == kartu.id)
    )
    if last is not None and tanggal < last:
        raise DomainError(
            f"Tanggal {tanggal:%d-%m-%Y} sebelum langkah kartu yang terakhir ({last:%d-%m-%Y}). "
            "Periksa tanggal pada suratnya.",
            field="tanggal",
        )


def _check(session: Session, command: ProposeCard) -> None:
    if command.jenis not in CARD_KINDS:
        raise DomainError("Jenis kartu: barang atau perjalanan.", field="jenis")
    if not (len(command.nomor_akhir) == 4 and command.nomor_akhir.isascii()
            and command.nomor_akhir.isdigit()):  # fmt: skip
        raise DomainError("Tulis hanya empat angka terakhir kartu.", field="nomor_akhir")
    if session.get(Orang, command.pemegang_id) is None:
        raise DomainError("Pilih pemegang kartu.", field="pemegang_id")
    _check_limit(session, command)
    same = session.scalars(
        select(Kartu.id).where(
            Kartu.opd_id == command.opd_id,
            Kartu.nomor_akhir == command.nomor_akhir,
            Kartu.bank == command.bank.strip(),
        )
    ).first()
    if same is not None:
        raise Conflict(
            f"Kartu berakhir {command.nomor_akhir} dari bank itu sudah terdaftar.",
            field="nomor_akhir",
        )


def _check_limit(session: Session, command: ProposeCard) -> None:
    """A card's limit must not exceed the limit of its type in the decision (Pasal 18 ayat (5))."""
    key = f"limit_kartu_{command.jenis}"
    row = records_settings.in_force(session, key, command.tanggal, command.opd_id)
    if command.limit is None or row is None or row.nilai is None:
        return
    most = Rupiah.parse(row.nilai)
    if command.limit > most:
        raise DomainError(
            f"Limit kartu {command.jenis} paling tinggi Rp {most} menurut {row.dasar_hukum}.",
            rule="Pasal 18 ayat (5)",
            field="limit",
        )


def holder_changed(session: Session, orang: Orang, now: datetime) -> int:
    """A finding for each card that is still held by somebody who left or moved.

    Returns how many cards. Taking the card back or blocking it is a step of its own.
    """
    held = session.scalars(
        select(Kartu).where(
            Kartu.pemegang_id == orang.id, Kartu.status.in_(("diserahkan", "aktif", "diblokir"))
        )
    )
    count = 0
    for kartu in held:
        if orang.aktif and kartu.opd_id == orang.opd_id:
            continue
        count += 1
        why = "tidak bekerja lagi" if not orang.aktif else "pindah ke OPD lain"
        day = business_day(now)
        found = Finding(
            "pemegang_pindah",
            f"{orang.nama} {why}, kartu berakhiran {kartu.nomor_akhir} masih di tangannya. "
            "Tarik dan tutup kartunya dengan berita acara.",
            "salah",
            inputs={
                "kartu": kartu.nomor_akhir,
                "status": kartu.status,
                "dasar": "penarikan kartu dengan berita acara",
            },
        )
        subject = f"kartu:{kartu.id}:{orang.id}:{day:%Y%m%d}"
        findings.note(session, kartu.opd_id, (day.year, day.month), subject, found, now)
    return count


def _step(
    session: Session,
    actor: Actor,
    role: Role,
    kartu: Kartu,
    tanggal: date,
    nomor: str,
    keterangan: str,
    now: datetime,
    before: str | None = None,
) -> None:
    if not nomor.strip():
        raise DomainError("Tulis nomor surat atau berita acaranya.", field="nomor_dokumen")
    if tanggal > business_day(now):
        raise DomainError("Tanggalnya belum tiba. Isi tanggal pada suratnya.", field="tanggal")
    session.add(
        KartuRiwayat(
            kartu_id=kartu.id,
            opd_id=kartu.opd_id,
            status=kartu.status,
            tanggal=tanggal,
            nomor_dokumen=nomor.strip(),
            at=now,
            oleh_id=actor.orang_id,
            keterangan=keterangan,
        )
    )
    event_log.record(
        session,
        actor,
        role,
        f"kartu:status:{kartu.status}",
        f"kartu:{kartu.id}",
        now=now,
        opd_id=kartu.opd_id,
        before=None if before is None else {"status": before},
        after={
            "status": kartu.status,
            "akhir": kartu.nomor_akhir,
            "jenis": kartu.jenis,
            "pemegang": session.get_one(Orang, kartu.pemegang_id).nama,
            "limit": None if kartu.limit_usulan is None else kartu.limit_usulan.sen,
            "dokumen": nomor.strip(),
            "tanggal": tanggal.isoformat(),
            "keterangan": keterangan,
        },
    )
    session.flush()
