"""Repayments of what the budget does not bear: with proof, in parts, reversed by a new row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import evidence
from kkpd.belanja.commands import without_controls
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Penyelesaian
from kkpd.payment import liabilities as reads
from kkpd.payment import liability_rules
from kkpd.payment.liabilities import Liability
from kkpd.records import custody as berkas
from kkpd.records import event_log
from kkpd.records.custody import Store
from kkpd.records.transitions import advance, locked_purchase
from kkpd.tagihan import billing_findings, line_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Repay:
    """A payment on a refused purchase or on a named difference; `berkas` is (name, bytes)."""

    opd_id: int
    penanggung: str
    tanggal: date
    nilai: Rupiah
    nomor_bukti: str
    catatan: str = ""
    transaksi_id: int | None = None
    selisih_id: int | None = None
    berkas: tuple[str, bytes] | None = None


def record(
    session: Session, actor: Actor, command: Repay, store: Store, max_bytes: int, now: datetime
) -> Penyelesaian:
    """Record the payment; a purchase refused and repaid in full ends in dibayar_pribadi."""
    role = require(actor, "bayar:catat", command.opd_id)
    owed = _owed(session, actor, command, now)
    liability_rules.check(owed.jenis, command.penanggung, command.nilai, owed.sisa)
    nomor = without_controls(command.nomor_bukti)[:120]
    if not nomor:
        raise DomainError("Tulis nomor bukti setor atau kuitansinya.", field="nomor_bukti")
    if not owed.sejak <= command.tanggal <= business_day(now) and owed.transaksi_id is not None:
        raise DomainError(
            f"Tanggal bukti antara penolakan atau pengembaliannya ({owed.sejak:%d-%m-%Y}) "
            "dan hari ini.",
            field="tanggal",
        )
    if command.tanggal > business_day(now):
        raise DomainError("Tanggalnya belum tiba.", field="tanggal")
    row = Penyelesaian(
        opd_id=command.opd_id,
        penanggung=command.penanggung,
        tanggal=command.tanggal,
        nilai=command.nilai,
        nomor_bukti=nomor,
        at=now,
        oleh_id=actor.orang_id,
        catatan=without_controls(command.catatan)[:300],
        transaksi_id=command.transaksi_id,
        selisih_id=command.selisih_id,
        berkas_id=_proof(session, actor, command, store, max_bytes, now),
    )
    session.add(row)
    session.flush()
    _record(session, actor, role, row, "catat", now)
    if row.selisih_id is not None:
        billing_findings.refresh(session, row.opd_id, oleh_id=actor.orang_id, now=now)
    if command.nilai == owed.sisa and owed.status == "ditolak":
        assert command.transaksi_id is not None
        line = locked_purchase(session, actor, command.transaksi_id)
        advance(session, actor, line, "bayar_pribadi", now=now, after={"bukti": nomor})
    return row


def _owed(session: Session, actor: Actor, command: Repay, now: datetime) -> Liability:
    """What is owed, with its purchase locked so that two people cannot both settle it."""
    if (command.transaksi_id is None) == (command.selisih_id is None):
        raise NotFound("Tanggungan tidak ditemukan.")
    if command.transaksi_id is not None:
        locked_purchase(session, actor, command.transaksi_id)
    else:
        line_state.lock(session, command.opd_id)
    found = reads.one_item(
        session, command.opd_id, command.transaksi_id, command.selisih_id, business_day(now)
    )
    if found is None:
        raise NotFound("Tanggungan tidak ditemukan.")
    if not found.sisa:
        raise Conflict("Tanggungan ini sudah selesai. Muat ulang halamannya.")
    return found


def _proof(
    session: Session, actor: Actor, command: Repay, store: Store, max_bytes: int, now: datetime
) -> int | None:
    if command.berkas is None:
        return None
    nama, data = command.berkas
    media = evidence.check(data, nama, max_bytes)
    kept = berkas.keep(
        session,
        store,
        data,
        opd_id=command.opd_id,
        jenis="bukti",
        nama=nama,
        media=media,
        oleh_id=actor.orang_id,
        now=now,
    )
    return kept.id


def reverse(
    session: Session, actor: Actor, opd_id: int, bayaran_id: int, alasan: str, now: datetime
) -> Penyelesaian:
    """Reverse a wrong entry by a row of the opposite amount, dated today (law 5).

    If it had settled a purchase, that is owed again: its status goes back to ditolak.
    """
    role = require(actor, "bayar:catat", opd_id)
    wrong = session.get(Penyelesaian, bayaran_id)
    if wrong is None or wrong.opd_id != opd_id:
        raise NotFound("Pembayaran tidak ditemukan.")
    line = None
    if wrong.transaksi_id is not None:  # locked first, so two reversals wait for each other
        line = locked_purchase(session, actor, wrong.transaksi_id)
    else:
        line_state.lock(session, opd_id)
    if len(alasan.strip()) < 5:
        raise DomainError("Tulis mengapa catatan ini dibalik, sedikitnya 5 huruf.", field="alasan")
    undone = select(Penyelesaian.id).where(Penyelesaian.membalik_id == wrong.id)
    if wrong.membalik_id is not None or session.scalar(undone) is not None:
        raise Conflict("Catatan ini sudah dibalik. Muat ulang halamannya.")
    row = Penyelesaian(
        opd_id=opd_id,
        penanggung=wrong.penanggung,
        tanggal=business_day(now),
        nilai=-wrong.nilai,
        nomor_bukti=wrong.nomor_bukti,
        at=now,
        oleh_id=actor.orang_id,
        catatan=without_controls(alasan)[:300],
        transaksi_id=wrong.transaksi_id,
        selisih_id=wrong.selisih_id,
        membalik_id=wrong.id,
    )
    session.add(row)
    session.flush()
    _record(session, actor, role, row, "balik", now)
    if row.selisih_id is not None:
        billing_findings.refresh(session, row.opd_id, oleh_id=actor.orang_id, now=now)
    if line is not None and line.status == "dibayar_pribadi":
        reason: dict[str, Json] = {"alasan": row.catatan}
        advance(session, actor, line, "urungkan_pribadi", now=now, after=reason)
    return row


def _record(
    session: Session, actor: Actor, role: Role, row: Penyelesaian, verb: str, now: datetime
) -> None:
    about = f"transaksi:{row.transaksi_id}" if row.transaksi_id else f"selisih:{row.selisih_id}"
    event_log.record(
        session,
        actor,
        role,
        f"tanggungan:bayar:{verb}",
        about,
        now=now,
        opd_id=row.opd_id,
        after={
            "penanggung": row.penanggung,
            "tanggal": row.tanggal.isoformat(),
            "nilai": row.nilai.sen,
            "nomor_bukti": row.nomor_bukti,
            "catatan": row.catatan,
        },
    )
