"""The PPK-SKPD's word on an SPP: complete, so that an SPM may follow, or sent back with a reason.

The duties are those of the transition table: neither the maker of the SPP nor the signer of the SPM
verifies it (kkpd.md 1.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kkpd.core.document_kinds import NAMES
from kkpd.core.errors import Conflict, NotFound
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import EXAMINERS, Actor, Role, require
from kkpd.ledger import active
from kkpd.models import (
    Bukti,
    Dokumen,
    DokumenBaris,
    Event,
    Persetujuan,
    Transaksi,
    Verifikasi,
)
from kkpd.payment import payment_facts
from kkpd.payment.forms.disbursement import SHEETS
from kkpd.payment.verify_rules import ItemFound, SppFacts, check_answers, examine
from kkpd.records import event_log
from kkpd.records.office_holders import officer
from kkpd.records.transitions import advance, locked_purchase


@dataclass(frozen=True, slots=True)
class SppVerification:
    """The answer to each item of the checklist, `ya` or `tidak`, by its word."""

    spp_id: int
    jawaban: Mapping[str, str]


def verify(session: Session, actor: Actor, command: SppVerification, now: datetime) -> Verifikasi:
    """Find the SPP complete: every item answered with yes. Its lines stay; an SPM may follow."""
    spp, opd_id = spp_of(session, actor, command.spp_id)
    role = require(actor, "spp:uji", opd_id)
    for transaksi_id in session.scalars(_lines(spp).order_by(DokumenBaris.transaksi_id)):
        line = locked_purchase(session, actor, transaksi_id)
        advance(session, actor, line, "verifikasi_spp", now=now, after={"spp": spp.nomor})
    if active.taken_back(session, spp.id) is not None or verified(session, spp.id) is not None:
        raise Conflict(f"{spp.nomor} sudah diputuskan orang lain. Muat ulang halamannya.")
    found = checklist(session, actor, spp, now)
    check_answers(found, command.jawaban)
    row = Verifikasi(
        opd_id=opd_id,
        dokumen_id=spp.id,
        jawaban={
            one.kode: {
                "hasil": one.hasil,
                "kalimat": one.wording,
                "jawaban": command.jawaban[one.kode],
            }
            for one in found
        },
        at=now,
        oleh_id=actor.orang_id,
    )
    session.add(row)
    event_log.record(
        session,
        actor,
        role,
        "dokumen:spp:verifikasi",
        f"dokumen:{spp.id}",
        now=now,
        opd_id=opd_id,
        after={"nomor": spp.nomor, "jawaban": dict(command.jawaban)},
    )
    session.flush()
    return row


def require_verified(session: Session, dpt: Dokumen, on: date) -> None:
    """Conflict while the SPP of this DPT was not verified; it says who must act."""
    spp = current_paper(session, dpt.id, "spp")
    if spp is None or verified(session, spp.id) is not None:
        return  # without an SPP the table of steps refuses
    ppk = officer(session, dpt.opd_id, Role.PPK, on)
    who = f"PPK-SKPD ({ppk.nama})" if ppk else "PPK-SKPD, yang belum ditugaskan,"
    raise Conflict(
        f"{spp.nomor} belum diverifikasi. SPM-GU terbit sesudah {who} memverifikasinya.",
        rule="Permendagri 77/2020, verifikasi SPP",
    )


def spp_of(session: Session, actor: Actor, spp_id: int) -> tuple[Dokumen, int]:
    """The SPP and its OPD; NotFound for who may not see it."""
    spp = session.get(Dokumen, spp_id)
    if spp is None or spp.opd_id is None or spp.jenis != "spp" or not actor.sees(spp.opd_id):
        raise NotFound("SPP tidak ditemukan.")
    return spp, spp.opd_id


def current_paper(session: Session, dpt_id: int, jenis: str) -> Dokumen | None:
    """The valid paper of this kind over the lines of this DPT."""
    valid = _over(dpt_id, jenis).where(active.holds(Dokumen))
    return session.scalars(valid.limit(1)).first()


def _over(dpt_id: int, jenis: str) -> Select[Dokumen]:
    """The papers of this kind over the lines of this DPT, also those that no longer hold."""
    lines = select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id == dpt_id)
    over = select(DokumenBaris.dokumen_id).where(DokumenBaris.transaksi_id.in_(lines))
    return select(Dokumen).where(Dokumen.jenis == jenis, Dokumen.id.in_(over))


def verified(session: Session, spp_id: int) -> Verifikasi | None:
    """How the SPP was verified; None while it was not."""
    return session.scalars(select(Verifikasi).where(Verifikasi.dokumen_id == spp_id)).one_or_none()


@dataclass(frozen=True, slots=True)
class SentBack:
    """An SPP or SPM that did not pass: its kind, its number, who sent it back, when and why."""

    jenis: str
    dokumen_id: int
    nomor: str
    oleh: str
    at: datetime
    alasan: str


def sent_back(session: Session, dpt_id: int, jenis: str) -> SentBack | None:
    """The newest paper of this kind over this DPT, if who judges it sent it back."""
    newest = session.scalars(_over(dpt_id, jenis).order_by(Dokumen.id.desc()).limit(1)).first()
    if newest is None or not judge_of(session, newest):
        return None
    row = active.taken_back(session, newest.id)
    if row is None:
        return None
    return SentBack(jenis, newest.id, newest.nomor, row.oleh, row.at, row.alasan)


def judge_of(session: Session, paper: Dokumen) -> str:
    """The role in which somebody sent the paper back; empty where nobody did."""
    told = select(Event.peran).where(
        Event.subjek == f"dokumen:{paper.id}", Event.jenis == f"dokumen:{paper.jenis}:kembalikan"
    )
    return session.scalar(told) or ""


def checklist(session: Session, actor: Actor, spp: Dokumen, now: datetime) -> tuple[ItemFound, ...]:
    """What the program knows of each item."""
    return examine(facts(session, actor, spp, now))


def facts(session: Session, actor: Actor, spp: Dokumen, now: datetime) -> SppFacts:
    """What the checklist looks at."""
    dpt = session.scalars(_carrying(spp, "dpt")).one()
    npd = session.scalars(_carrying(spp, "npd")).one_or_none()
    there = set(
        session.scalars(
            select(Dokumen.jenis).where(
                Dokumen.opd_id == spp.opd_id,
                Dokumen.tahun == spp.tahun,
                Dokumen.nomor == spp.nomor,
                active.holds(Dokumen),
            )
        )
    )
    evidence = select(func.count()).where(_live_evidence(Bukti.transaksi_id.in_(_lines(spp))))
    amounts = session.scalars(select(DokumenBaris.nilai).where(DokumenBaris.dokumen_id == spp.id))
    lines: list[Rupiah] = list(amounts)
    return SppFacts(
        tanggal=spp.tanggal,
        annexes=[NAMES[kind] for kind in SHEETS if kind in there],
        lacking_annexes=[NAMES[kind] for kind in SHEETS if kind not in there],
        papers={
            "SPP": spp.total,
            "DPT": dpt.total,
            "NPD": npd.total if npd else None,
            "rincian": total(lines),
        },
        lines=len(lines),
        undecided=_without(session, spp, _approved()),
        without_dpr=_without(session, spp, _on_dpr()),
        without_evidence=_without(
            session,
            spp,
            select(Bukti.id).where(_live_evidence(Bukti.transaksi_id == Transaksi.id)).exists(),
        ),
        evidence=session.scalar(evidence) or 0,
        payment=payment_facts.of_dpt(session, dpt, actor, Role.PPK, now),
    )


def _lines(spp: Dokumen) -> Select[int]:
    return select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id == spp.id)


def _carrying(spp: Dokumen, jenis: str) -> Select[Dokumen]:
    on = select(DokumenBaris.dokumen_id).where(DokumenBaris.transaksi_id.in_(_lines(spp)))
    return select(Dokumen).where(Dokumen.jenis == jenis, Dokumen.id.in_(on), active.holds(Dokumen))


def _live_evidence(about: ColumnElement[bool]) -> ColumnElement[bool]:
    return about & Bukti.dicabut_at.is_(None)


def _without(session: Session, spp: Dokumen, has: ColumnElement[bool]) -> list[str]:
    """The SPP's purchases that lack something, as people name them."""
    rows = session.scalars(
        select(Transaksi).where(Transaksi.id.in_(_lines(spp)), ~has).order_by(Transaksi.id)
    )
    return [f"{row.merchant} Rp {row.nilai}" for row in rows]


def _approved() -> ColumnElement[bool]:
    return (
        select(Persetujuan.id)
        .where(
            Persetujuan.transaksi_id == Transaksi.id,
            Persetujuan.peran.in_(EXAMINERS),
            Persetujuan.keputusan == "setuju",
        )
        .exists()
    )


def _on_dpr() -> ColumnElement[bool]:
    return (
        select(DokumenBaris.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(
            DokumenBaris.transaksi_id == Transaksi.id,
            Dokumen.jenis == "dpr",
            active.holds(Dokumen),
        )
        .exists()
    )
