"""Bank bills: a file is uploaded and kept, its plan is shown, it is taken in once (law 7).

    berkas = unggah(session, actor, Unggah(opd_id, data, nama, media), store, now)
    hasil = terima(session, actor, TakeIn(opd_id, berkas.id, statement), now)

Two people who take in the same lines at once end with one set: imports of an OPD wait for
each other, and the identity of a line is unique in the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core import gc_paused
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.moments import business_day
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.engines.reading.custody import Kept
from kkpd.engines.reading.statement import Statement
from kkpd.ledger.shapes import Month
from kkpd.models import Berkas, Impor, Tagihan
from kkpd.records import event_log
from kkpd.records.custody import Store, keep, thrown_away
from kkpd.tagihan import billing_findings, interim, line_state
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.intake import compose as intake_plan
from kkpd.tagihan.intake import consequences as intake_consequences
from kkpd.tagihan.intake import write as intake_write
from kkpd.tagihan.intake.plan import IntakePlan
from kkpd.tagihan.interim_rules import InterimPair


@dataclass(frozen=True, slots=True)
class UploadFile:
    """A bank file as it may be kept: card numbers already hidden. `sha256_asli` is the hash of the
    bytes as sent, when hiding changed them.
    """

    opd_id: int
    data: bytes
    nama: str
    media: str = "application/octet-stream"
    sha256_asli: str | None = None

    @classmethod
    def of(cls, opd_id: int, kept: Kept) -> UploadFile:
        """What custody left of a file that was sent."""
        return cls(opd_id, kept.data, kept.name, kept.media, kept.sha256_sent)


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Take in a kept file. `jenis` None: what the bill says, else final. `periode` None: each bill
    and line in its own month. `jawaban`: the answers with which `file_reading` is read.
    """

    opd_id: int
    berkas_id: int
    file_reading: Statement
    jenis: str | None = None
    periode: Month | None = None
    jawaban: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakeInResult:
    """What taking in did. `already_taken_in`: the file was taken in before, nothing was done."""

    impor_id: int
    tagihan_ids: tuple[int, ...]
    baris_masuk: int
    baru: int
    lama: int
    lewat: int
    temuan: int = 0
    interim_closed: int = 0
    already_taken_in: bool = False


def upload(
    session: Session, actor: Actor, command: UploadFile, store: Store, now: datetime
) -> Berkas:
    """Keep the file with its receipt; nothing enters the books yet."""
    role = require(actor, "tagihan:unggah", command.opd_id)
    line_state.lock(session, command.opd_id)
    berkas = keep(
        session,
        store,
        command.data,
        opd_id=command.opd_id,
        jenis="bank",
        nama=command.nama,
        media=command.media,
        oleh_id=actor.orang_id,
        now=now,
        sha256_asli=command.sha256_asli,
    )
    if berkas.at == now and berkas.oleh_id == actor.orang_id:
        after: dict[str, Json] = {
            "sha256": berkas.sha256,
            "nama": berkas.nama,
            "ukuran": berkas.ukuran,
            "disamarkan": berkas.sha256_asli is not None,
        }
        event_log.record(
            session,
            actor,
            role,
            "tagihan:berkas:unggah",
            f"berkas:{berkas.id}",
            now=now,
            opd_id=command.opd_id,
            after=after,
        )
    return berkas


def bank_file(session: Session, actor: Actor, opd_id: int, berkas_id: int) -> Berkas:
    """A bank file of this OPD; NotFound for any other."""
    wanted = (Berkas.id == berkas_id, Berkas.opd_id == opd_id, Berkas.jenis == "bank")
    found = session.scalar(select(Berkas).where(*wanted, ~thrown_away()))
    if found is None or not actor.sees(opd_id):
        raise NotFound("Berkas tagihan tidak ditemukan. Unggah berkasnya lebih dulu.")
    return found


def preview(session: Session, actor: Actor, command: TakeIn, now: datetime) -> IntakePlan:
    """What `take_in` would do, without doing it; open questions are in `questions`."""
    require(actor, "tagihan:unggah", command.opd_id)
    bank_file(session, actor, command.opd_id, command.berkas_id)
    return make_plan(session, actor, command, now)


@gc_paused.pause()
def make_plan(session: Session, actor: Actor, command: TakeIn, now: datetime) -> IntakePlan:
    """The plan for a file that need not be kept yet; `berkas_id` is not looked at."""
    require(actor, "tagihan:unggah", command.opd_id)
    return intake_plan.compose(
        session,
        command.opd_id,
        command.file_reading,
        jenis=command.jenis,
        periode=command.periode,
        jawaban=command.jawaban,
        this_day=business_day(now),
    )


@gc_paused.pause()
def take_in(session: Session, actor: Actor, command: TakeIn, now: datetime) -> TakeInResult:
    """Take the file into the books. Conflict when it was taken in with other answers, or while
    questions are open; a second call with the same file does nothing and says so.
    """
    role = require(actor, "tagihan:unggah", command.opd_id)
    berkas = bank_file(session, actor, command.opd_id, command.berkas_id)
    line_state.lock(session, command.opd_id)
    earlier = tagihan_known_lines.import_of_file(session, berkas.id)
    if earlier is not None:
        _refuse_taken_out(session, earlier)
        return _again(session, earlier, command.jenis, command.jawaban)
    plan = make_plan(session, actor, command, now)
    _refuse_open_questions(plan)
    receipt, targets = intake_write.write_out(
        session, plan, berkas, dict(command.jawaban), oleh_id=actor.orang_id, now=now
    )
    findings = intake_consequences.write_findings(session, plan, targets, berkas.id, now)
    bills = list(targets.values())
    pairs = interim.close(session, command.opd_id, oleh_id=actor.orang_id, now=now)
    findings += interim.write_findings(session, bills, pairs, now)
    billing_findings.refresh(session, command.opd_id, oleh_id=actor.orang_id, now=now)
    _record(session, actor, role, plan, berkas, receipt, bills, pairs, now)
    return TakeInResult(
        impor_id=receipt.id,
        tagihan_ids=tuple(dict.fromkeys(bill.id for bill in bills)),
        baris_masuk=receipt.baris_masuk,
        baru=receipt.baris_baru,
        lama=receipt.baris_lama,
        lewat=receipt.baris_lewat,
        temuan=findings,
        interim_closed=len(pairs),
    )


def already(
    session: Session,
    actor: Actor,
    opd_id: int,
    data: bytes,
    *,
    jenis: str | None,
    jawaban: Mapping[str, str],
) -> TakeInResult | None:
    """What taking in these bytes did before, without reading them again; None for the first time.
    Conflict as in `take_in`.
    """
    require(actor, "tagihan:unggah", opd_id)
    earlier = tagihan_known_lines.import_of_content(
        session, opd_id, hashlib.sha256(data).hexdigest()
    )
    return None if earlier is None else _again(session, earlier, jenis, jawaban)


def _again(
    session: Session, earlier: Impor, jenis: str | None, jawaban: Mapping[str, str]
) -> TakeInResult:
    same_kind = jenis in (None, earlier.jenis)
    if not same_kind or dict(jawaban) != earlier.jawaban:
        raise Conflict(
            "Berkas ini sudah pernah diambil dengan pilihan lain, dan barisnya tidak dihitung dua "
            "kali. Bila pilihan itu keliru, keluarkan pengambilannya di riwayat, lalu ambil lagi."
        )
    return TakeInResult(
        impor_id=earlier.id,
        tagihan_ids=tagihan_known_lines.bills_of_import(session, earlier.id),
        baris_masuk=earlier.baris_masuk,
        baru=earlier.baris_baru,
        lama=earlier.baris_lama,
        lewat=earlier.baris_lewat,
        already_taken_in=True,
    )


def _refuse_taken_out(session: Session, earlier: Impor) -> None:
    if tagihan_known_lines.taken_out(session, earlier.id) is not None:
        raise Conflict(
            "Pengambilan berkas ini sudah dikeluarkan. Unggah berkasnya sekali lagi untuk "
            "mengambilnya kembali."
        )


def _refuse_open_questions(plan: IntakePlan) -> None:
    questions = plan.questions
    if questions:
        raise DomainError(
            f"Masih ada {len(questions)} pertanyaan tentang berkas ini: {questions[0].text} "
            "Jawab dahulu, baru tagihan dapat diambil.",
            field=questions[0].key,
        )


def _record(
    session: Session,
    actor: Actor,
    role: Role,
    plan: IntakePlan,
    berkas: Berkas,
    receipt: Impor,
    bills: list[Tagihan],
    pairs: list[InterimPair],
    now: datetime,
) -> None:
    """One event an import, not a line: the counts, the file and the bills it brought."""
    after: dict[str, Json] = {
        "sha256": berkas.sha256,
        "nama": mask(berkas.nama),
        "profil": receipt.profil,
        "jenis": receipt.jenis,
        "jawaban": dict(receipt.jawaban),
        "tagihan": list(dict.fromkeys(bill.identitas for bill in bills)),
        "masuk": receipt.baris_masuk,
        "baru": receipt.baris_baru,
        "lama": receipt.baris_lama,
        "lewat": receipt.baris_lewat,
        "jumlah": plan.bank_billed.sen,
        "dts_ditutup": len(pairs),
    }
    event_log.record(
        session,
        actor,
        role,
        "tagihan:berkas:ambil",
        f"impor:{receipt.id}",
        now=now,
        opd_id=berkas.opd_id,
        after=after,
    )
