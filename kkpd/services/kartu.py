"""Cards: proposed, decided, issued, handed over, active, blocked, lost, closed (kkpd.md 1.8)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain import kartu as siklus
from kkpd.domain.errors import Conflict, DomainError, NotFound
from kkpd.domain.izin import require
from kkpd.domain.money import Rupiah
from kkpd.domain.peran import Actor, Peran
from kkpd.domain.pilihan import JENIS_KARTU
from kkpd.models import Kartu, KartuRiwayat, Orang
from kkpd.services import ceilings, log
from kkpd.services.ceilings import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class UsulkanKartu:
    """A new card: only its last four digits are known to us, ever (law 8)."""

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
class UbahStatus:
    """One step in a card's life, with its date and document."""

    kartu_id: int
    status: str
    tanggal: date
    nomor_dokumen: str
    keterangan: str = ""


def usulkan(session: Session, actor: Actor, command: UsulkanKartu, now: datetime) -> Kartu:
    """Register the card as proposed; its limit, when given, becomes this year's ceiling."""
    role = require(actor, "kartu:kelola", command.opd_id)
    _check(session, command)
    kartu = Kartu(
        opd_id=command.opd_id,
        jenis=command.jenis,
        nomor_akhir=command.nomor_akhir,
        token=secrets.token_hex(16),
        bank=command.bank.strip(),
        pemegang_id=command.pemegang_id,
        status="diusulkan",
        berlaku_sampai=command.berlaku_sampai,
    )
    session.add(kartu)
    session.flush()
    if command.limit is not None:
        key = Key(command.opd_id, command.tanggal.year, "kartu", kartu.token)
        ceilings.set_limit(session, key, command.limit)
    _step(session, actor, role, kartu, command.tanggal, command.nomor_dokumen, "", now)
    return kartu


def ubah_status(session: Session, actor: Actor, command: UbahStatus, now: datetime) -> Kartu:
    """Take the card one step further in its life."""
    kartu = session.get(Kartu, command.kartu_id, with_for_update=True)
    if kartu is None or not actor.sees(kartu.opd_id):
        raise NotFound("Kartu tidak ditemukan.")
    role = require(actor, "kartu:kelola", kartu.opd_id)
    before = kartu.status
    kartu.status = siklus.step(before, command.status)
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


def _check(session: Session, command: UsulkanKartu) -> None:
    if command.jenis not in JENIS_KARTU:
        raise DomainError("Jenis kartu: barang atau perjalanan.", field="jenis")
    if not (len(command.nomor_akhir) == 4 and command.nomor_akhir.isascii()
            and command.nomor_akhir.isdigit()):  # fmt: skip
        raise DomainError("Tulis hanya empat angka terakhir kartu.", field="nomor_akhir")
    if session.get(Orang, command.pemegang_id) is None:
        raise DomainError("Pilih pemegang kartu.", field="pemegang_id")
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


def _step(
    session: Session,
    actor: Actor,
    role: Peran,
    kartu: Kartu,
    tanggal: date,
    nomor: str,
    keterangan: str,
    now: datetime,
    before: str | None = None,
) -> None:
    if not nomor.strip():
        raise DomainError("Tulis nomor surat atau berita acaranya.", field="nomor_dokumen")
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
    log.record(
        session,
        actor,
        role,
        f"kartu:status:{kartu.status}",
        f"kartu:{kartu.id}",
        now=now,
        opd_id=kartu.opd_id,
        before=None if before is None else {"status": before},
        after={"status": kartu.status, "akhir": kartu.nomor_akhir, "dokumen": nomor.strip()},
    )
    session.flush()
