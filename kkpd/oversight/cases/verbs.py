"""What people do with a case: answer, send back, decide, open again, assign, comment."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import choices, evidence
from kkpd.core.choices import BPK_STATUSES, CASE_OUTCOMES
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Case, CaseItem, Temuan
from kkpd.oversight.cases.participants import participants
from kkpd.records import cases, event_log, findings
from kkpd.records.case_statuses import CASE_TRANSITIONS, case_step
from kkpd.records.custody import Store

#: Letters of an answer, a reason or a comment.
LENGTH: Final = (5, 1000)
#: Cases that one act may be about.
MOST: Final = 200
_HANDED_OVER: Final = "dugaan_diteruskan"


def answer(
    session: Session,
    actor: Actor,
    case_id: int,
    text: str,
    sent: tuple[str, bytes] | None,
    store: Store,
    now: datetime,
) -> None:
    """The office answers, with one file of evidence that was judged already (`evidence.check`)."""
    case = _locked(session, actor, case_id)
    role = require(actor, CASE_TRANSITIONS["jawab"].permission, case.opd_id)
    said = _text(text, "jawaban", "tanggapan")
    case.status = case_step(case.status, "jawab")
    case.status_bpk = "belum_sesuai"
    case.versi += 1
    kept = None
    if sent is not None:
        nama = evidence.safe_name(sent[0])
        media = evidence.check(sent[1], nama, len(sent[1]))
        kept = evidence.keep(session, actor, store, case.opd_id, nama, sent[1], media, now).id
    cases.tell(session, case, "jawab", said, now, oleh_id=actor.orang_id, berkas_id=kept)
    _record(session, actor, role, case, "jawab", now, {"isi": said, "berkas": kept})


def send_back(session: Session, actor: Actor, case_id: int, text: str, now: datetime) -> None:
    """The inspector asks for a better answer."""
    case = _locked(session, actor, case_id)
    role = _judging(session, actor, case, "kembalikan")
    said = _text(text, "alasan", "kembali")
    case.status = case_step(case.status, "kembalikan")
    case.versi += 1
    cases.tell(session, case, "kembalikan", said, now, oleh_id=actor.orang_id)
    _record(session, actor, role, case, "kembalikan", now, {"isi": said})


def decide(
    session: Session,
    actor: Actor,
    case_id: int,
    outcome: str,
    reason: str,
    now: datetime,
    bpk: str = "",
) -> None:
    """The inspector's outcome: the case is closed and its open findings are settled with it.

    `bpk` is the status that BPK would give; empty follows the outcome.
    """
    case = _locked(session, actor, case_id)
    role = _judging(session, actor, case, "putus")
    if outcome not in CASE_OUTCOMES:
        raise DomainError("Pilih hasilnya dari daftar.", field="hasil")
    if bpk not in ("", *BPK_STATUSES):
        raise DomainError("Pilih status BPK dari daftar.", field="status_bpk")
    said = _text(reason, "alasan", "alasan")
    case_step(case.status, "putus")
    case.hasil = outcome
    case.status_bpk = bpk or ("belum_sesuai" if outcome == _HANDED_OVER else "sesuai")
    cases.close(session, case, "putus", said, now, oleh_id=actor.orang_id)
    for row in _findings(session, case):
        if row.selesai_at is None:
            findings.settle(
                session, row, f"Tindak lanjut: {said}"[:500], oleh_id=actor.orang_id, now=now
            )
    after: dict[str, Json] = {"hasil": outcome, "status_bpk": case.status_bpk, "alasan": said}
    _record(session, actor, role, case, "putus", now, after)


def reopen(session: Session, actor: Actor, case_id: int, reason: str, now: datetime) -> None:
    """Open a closed case again, with the reason; findings that it settled are open again."""
    case = _locked(session, actor, case_id)
    role = require(actor, CASE_TRANSITIONS["buka_lagi"].permission, case.opd_id)
    said = _text(reason, "alasan", "alasan_buka")
    outcome = case.hasil
    cases.reopen(session, case, "buka_lagi", said, now, oleh_id=actor.orang_id)
    if outcome is not None:
        for row in _findings(session, case):
            findings.open_again(row)
    _record(session, actor, role, case, "buka_lagi", now, {"alasan": said}, {"hasil": outcome})


def comment(session: Session, actor: Actor, case_id: int, text: str, now: datetime) -> None:
    """Say something that changes nothing."""
    case = _locked(session, actor, case_id)
    role = require(actor, "temuan:lihat", case.opd_id)
    said = _text(text, "komentar", "komentar")
    cases.tell(session, case, "komentar", said, now, oleh_id=actor.orang_id)
    _record(session, actor, role, case, "komentar", now, {"isi": said})


def assign(
    session: Session, actor: Actor, case_id: int, owner_id: int | None, now: datetime
) -> None:
    """Name who of the office must answer."""
    case = _locked(session, actor, case_id)
    role = require(actor, "temuan:putuskan", case.opd_id)
    people = dict(choices.orang(session, case.opd_id))
    if owner_id not in people:
        raise DomainError("Pilih pemiliknya: orang dari OPD kasus ini.", field="pemilik")
    if case.status == "selesai":
        raise Conflict("Tindak lanjut ini sudah selesai. Buka lagi dahulu.")
    before = case.pemilik_id
    case.pemilik_id = owner_id
    case.versi += 1
    cases.tell(
        session,
        case,
        "tunjuk",
        f"Pemilik: {people[owner_id]}.",
        now,
        oleh_id=actor.orang_id,
        value=str(owner_id),
    )
    _record(session, actor, role, case, "tunjuk", now, {"pemilik": owner_id}, {"pemilik": before})


def for_each(chosen: Collection[int], act: Callable[[int], None]) -> int:
    """Do one act with several cases, all or none; returns how many. The sentence of a refusal names
    the case.
    """
    if not chosen:
        raise DomainError("Centang sedikitnya satu tindak lanjut.", field="kasus")
    if len(chosen) > MOST:
        raise DomainError(f"Paling banyak {MOST} tindak lanjut sekaligus.", field="kasus")
    for case_id in sorted(chosen):
        try:
            act(case_id)
        except (Conflict, Forbidden) as refusal:
            raise type(refusal)(f"Tindak lanjut {case_id}: {refusal.message}") from refusal
    return len(chosen)


def decide_many(
    session: Session,
    actor: Actor,
    chosen: Collection[int],
    outcome: str,
    reason: str,
    now: datetime,
) -> int:
    """One outcome with one reason for several cases of one rule, all or none."""
    rules = session.scalars(select(Case.aturan).where(Case.id.in_(chosen)).distinct()).all()
    if len(rules) > 1:
        raise DomainError(
            "Yang dicentang berasal dari beberapa aturan. Saring satu aturan dahulu, "
            "agar satu alasan memang berlaku bagi semuanya.",
            field="kasus",
        )
    return for_each(chosen, lambda id_: decide(session, actor, id_, outcome, reason, now))


def _locked(session: Session, actor: Actor, case_id: int) -> Case:
    found = session.scalars(
        select(Case)
        .where(Case.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not actor.sees(found.opd_id):
        raise NotFound("Tindak lanjut tidak ditemukan.")
    return found


def _judging(session: Session, actor: Actor, case: Case, action: str) -> Role:
    """The role of who judges; Forbidden for everybody who had a part in it (law 10)."""
    role = require(actor, CASE_TRANSITIONS[action].permission, case.opd_id)
    if actor.orang_id in participants(session, case):
        raise Forbidden(
            "Anda terlibat dalam kasus ini: sebagai pemilik, penjawab, pemegang kartu, atau "
            "pencatat belanjanya. Mintalah orang lain memutuskannya (pemisahan tugas)."
        )
    return role


def _findings(session: Session, case: Case) -> Collection[Temuan]:
    return session.scalars(
        select(Temuan)
        .join(
            CaseItem,
            (CaseItem.opd_id == Temuan.opd_id)
            & (CaseItem.aturan == Temuan.aturan)
            & (CaseItem.subjek == Temuan.subjek),
        )
        .where(CaseItem.kasus_id == case.id)
        .order_by(Temuan.id)
    ).all()


def _text(text: str, what: str, field: str) -> str:
    clean = mask(text.strip())
    if not LENGTH[0] <= len(clean) <= LENGTH[1]:
        raise DomainError(f"Tulis {what} Anda, {LENGTH[0]} sampai {LENGTH[1]} huruf.", field=field)
    return clean


def _record(
    session: Session,
    actor: Actor,
    role: Role,
    case: Case,
    act: str,
    now: datetime,
    after: dict[str, Json],
    before: dict[str, Json] | None = None,
) -> None:
    event_log.record(
        session,
        actor,
        role,
        f"kasus:langkah:{act}",
        f"kasus:{case.id}",
        now=now,
        opd_id=case.opd_id,
        before=before,
        after=after,
    )
