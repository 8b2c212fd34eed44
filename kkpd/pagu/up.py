"""UP KKPD of an OPD: decisions, TUP, requests to change it (kkpd.md 1.5, 1.12)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.choices import UP_REASONS
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Ceiling, UpKeputusan, UpUsulan
from kkpd.pagu import available as reads
from kkpd.pagu.budget import budget_findings
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import Key
from kkpd.records import event_log
from kkpd.records import settings as records_settings

#: The share of UP for the card where no setting says otherwise (kkpd.md 1.5).
GENERAL_SHARE: Final = Decimal("0.40")
#: What a basis says in any order: a word and a number, as in "Keputusan Bupati 188/2026".
_BASIS: Final = re.compile(r"(?s)(?=.*[^\W\d_]{2}).*\d")


@dataclass(frozen=True, slots=True)
class DecideUp:
    """A decision on UP (or, with `sampai`, on extra UP until that day) and its card share.

    `up_kkpd` None takes the share of the setting `share_up_kkpd`, 40 % where it is blank; of a TUP
    the whole.
    """

    opd_id: int
    tahun: int
    nomor: str
    mulai: date
    up: Rupiah
    up_kkpd: Rupiah | None
    dasar_hukum: str
    sampai: date | None = None
    usulan_id: int | None = None


def decide_up(session: Session, actor: Actor, command: DecideUp, now: datetime) -> UpKeputusan:
    """Save the decision; the UP KKPD ceiling follows the decisions in force today."""
    role = require(actor, "anggaran:kelola", command.opd_id)
    share = _share(session, command)
    _check(session, command, share)
    row = UpKeputusan(
        opd_id=command.opd_id,
        tahun=command.tahun,
        nomor=command.nomor.strip(),
        mulai=command.mulai,
        up=command.up,
        up_kkpd=share,
        dasar_hukum=command.dasar_hukum.strip(),
        dicatat_at=now,
        oleh_id=actor.orang_id,
        jenis="up" if command.sampai is None else "tup",
        sampai=command.sampai,
        usulan_id=command.usulan_id,
    )
    session.add(row)
    session.flush()
    ceiling = refresh_ceiling(session, command.opd_id, command.tahun, business_day(now))
    if ceiling is not None and ceiling.sasaran is not None:
        budget_findings.below(session, [ceiling], f"Keputusan {row.nomor}", row.mulai, now)
    event_log.record(
        session,
        actor,
        role,
        f"anggaran:{row.jenis}:tetapkan",
        f"up:{command.opd_id}/{command.tahun}",
        now=now,
        opd_id=command.opd_id,
        after=_spoken(row),
    )
    return row


def _spoken(row: UpKeputusan) -> dict[str, Json]:
    return {
        "nomor": row.nomor,
        "mulai": row.mulai.isoformat(),
        "sampai": None if row.sampai is None else row.sampai.isoformat(),
        "up": row.up.sen,
        "up_kkpd": row.up_kkpd.sen,
        "dasar_hukum": row.dasar_hukum,
        "usulan": row.usulan_id,
    }


def _share(session: Session, command: DecideUp) -> Rupiah:
    if command.up_kkpd is not None:
        return command.up_kkpd
    if command.sampai is not None:
        return command.up
    ratio = records_settings.share(session, "share_up_kkpd", command.mulai, command.opd_id)
    return command.up.share(GENERAL_SHARE if ratio is None else ratio)


def _check(session: Session, command: DecideUp, share: Rupiah) -> None:
    if not ZERO <= share <= command.up:
        raise DomainError("Bagian KKPD harus antara nol dan seluruh UP.", field="up_kkpd")
    if not command.nomor.strip():
        raise DomainError("Tulis nomor keputusannya.", field="nomor")
    if not _BASIS.match(command.dasar_hukum):
        raise DomainError(
            "Tulis dasar hukum dengan nama dan nomornya, mis. Peraturan Bupati 12/2026.",
            field="dasar_hukum",
        )
    if command.mulai.year != command.tahun:
        raise DomainError(f"Keputusan UP {command.tahun} mulai pada tahun itu.", field="mulai")
    if command.sampai is not None and not command.mulai <= command.sampai:
        raise DomainError("TUP berakhir sebelum mulai. Periksa tanggalnya.", field="sampai")
    if command.sampai is not None and command.sampai.year != command.tahun:
        raise DomainError(f"TUP {command.tahun} berakhir pada tahun itu juga.", field="sampai")
    same = select(UpKeputusan.id).where(
        UpKeputusan.opd_id == command.opd_id,
        UpKeputusan.tahun == command.tahun,
        UpKeputusan.nomor == command.nomor.strip(),
    )
    if session.scalars(same.limit(1)).first() is not None:
        raise Conflict(
            f"Keputusan nomor {command.nomor.strip()} sudah dicatat. Periksa nomornya.",
            rule="nomor dokumen unik per OPD, tahun dan jenis",
            field="nomor",
        )
    if command.usulan_id is not None:
        _open_request(session, command.opd_id, command.usulan_id)


def refresh_ceiling(session: Session, opd_id: int, tahun: int, day: date) -> Ceiling | None:
    """Set the UP KKPD ceiling to the decisions of that day; None where there are none."""
    limit = reads.effective(session, opd_id, tahun, day)
    if limit is None:
        return None
    return ceilings_movements.set_limit(
        session, Key(opd_id, tahun, "up_kkpd", "UP"), limit, decided=True
    )


@dataclass(frozen=True, slots=True)
class ProposeUp:
    """A request of the PA (a KPA asks the PA) with its reason and calculation."""

    opd_id: int
    tahun: int
    alasan: str
    uraian: str
    up_kkpd: Rupiah


def propose(session: Session, actor: Actor, command: ProposeUp, now: datetime) -> UpUsulan:
    """Ask for another UP KKPD (Pasal 5 huruf d); one open request a year and OPD."""
    role = require(actor, "up:usulkan", command.opd_id)
    if command.alasan not in UP_REASONS:
        raise DomainError("Pilih alasan dari daftar.", field="alasan")
    if not 10 <= len(command.uraian.strip()) <= 600:
        raise DomainError("Tulis perhitungan dan alasannya, 10 sampai 600 huruf.", field="uraian")
    if command.up_kkpd < ZERO:
        raise DomainError("UP KKPD tidak boleh negatif.", field="up_kkpd")
    if any(one.still_open for one in reads.proposals(session, command.opd_id, command.tahun)):
        raise Conflict("Masih ada usulan yang belum dijawab. Tunggu jawabannya dahulu.")
    row = UpUsulan(
        opd_id=command.opd_id,
        tahun=command.tahun,
        alasan=command.alasan,
        uraian=command.uraian.strip(),
        up_kkpd=command.up_kkpd,
        at=now,
        oleh_id=actor.orang_id,
    )
    session.add(row)
    session.flush()
    event_log.record(
        session,
        actor,
        role,
        "anggaran:up:usulkan",
        f"up_usulan:{row.id}",
        now=now,
        opd_id=command.opd_id,
        after={"alasan": row.alasan, "uraian": row.uraian, "up_kkpd": row.up_kkpd.sen},
    )
    return row


def refuse_proposal(
    session: Session, actor: Actor, opd_id: int, usulan_id: int, alasan: str, now: datetime
) -> UpUsulan:
    """Refuse a request with a reason; it is granted by recording the decision."""
    role = require(actor, "anggaran:kelola", opd_id)
    row = _open_request(session, opd_id, usulan_id)
    if not 5 <= len(alasan.strip()) <= 600:
        raise DomainError("Tulis alasan menolak, 5 sampai 600 huruf.", field="alasan")
    row.ditolak_at, row.ditolak_oleh_id = now, actor.orang_id
    row.ditolak_alasan = alasan.strip()
    session.flush()
    event_log.record(
        session,
        actor,
        role,
        "anggaran:up:tolak_usulan",
        f"up_usulan:{row.id}",
        now=now,
        opd_id=opd_id,
        after={"alasan": row.ditolak_alasan},
    )
    return row


def _open_request(session: Session, opd_id: int, usulan_id: int) -> UpUsulan:
    row = session.get(UpUsulan, usulan_id, with_for_update=True)
    if row is None or row.opd_id != opd_id:
        raise NotFound("Usulan tidak ditemukan.")
    answered = select(UpKeputusan.id).where(UpKeputusan.usulan_id == row.id).limit(1)
    if row.ditolak_at is not None or session.scalars(answered).first() is not None:
        raise Conflict("Usulan ini sudah dijawab. Muat ulang halamannya.")
    return row
