"""Questions between people about a purchase, and their answers.

They are events of their own subject (`tanya:<purchase>`): no figure depends on them. A question is
open until the person who was asked answers; one answer closes all that person was asked there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import choices
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.events import LogEvent
from kkpd.models import Event, Orang, Transaksi
from kkpd.records import event_log
from kkpd.records.transitions import locked_purchase

ASK: Final = "belanja:tanya:ajukan"
ANSWER: Final = "belanja:tanya:jawab"
#: Letters of a question or an answer.
LENGTH: Final = (5, 600)


@dataclass(frozen=True, slots=True)
class PurchaseQuestion:
    """One question or answer: who said it to whom (`asked_id` None in an answer) and when."""

    transaksi_id: int
    at: datetime
    by_id: int
    by: str
    role: str
    asked_id: int | None
    text: str


def ask(
    session: Session,
    actor: Actor,
    transaksi_id: int,
    asked_id: int | None,
    text: str,
    now: datetime,
) -> None:
    """Ask somebody of the OPD about a purchase that the actor may see."""
    line = locked_purchase(session, actor, transaksi_id)
    role = _role(actor, line)
    if asked_id not in {id_ for id_, _name in choices.orang(session, line.opd_id)}:
        raise DomainError("Pilih siapa yang ditanya: orang dari OPD ini.", field="kepada")
    if asked_id == actor.orang_id:
        raise DomainError("Pilih orang lain; Anda tidak perlu bertanya kepada diri sendiri.")
    said: dict[str, Json] = {"kepada": asked_id, "isi": _text(text, "pertanyaan")}
    subject = f"tanya:{line.id}"
    event_log.record(session, actor, role, ASK, subject, now=now, opd_id=line.opd_id, after=said)


def answer(session: Session, actor: Actor, transaksi_id: int, text: str, now: datetime) -> None:
    """Answer what the actor was asked about this purchase."""
    line = locked_purchase(session, actor, transaksi_id)
    role = _role(actor, line)
    if not any(one.asked_id == actor.orang_id for one in waiting(of(session, [line.id]))):
        raise Conflict("Tidak ada pertanyaan kepada Anda yang belum dijawab pada belanja ini.")
    said: dict[str, Json] = {"isi": _text(text, "jawaban")}
    subject = f"tanya:{line.id}"
    event_log.record(session, actor, role, ANSWER, subject, now=now, opd_id=line.opd_id, after=said)


def _role(actor: Actor, line: Transaksi) -> Role:
    """The role in which the actor speaks about it; NotFound for a foreign purchase of a holder."""
    if actor.can("belanja:lihat", line.opd_id):
        return require(actor, "belanja:lihat", line.opd_id)
    if actor.orang_id not in (line.pemegang_id, line.pemakai_id):
        raise NotFound("Belanja tidak ditemukan.")
    return require(actor, "belanja_saya:lihat", line.opd_id)


def _text(text: str, what: str) -> str:
    clean = mask(text.strip())
    if not LENGTH[0] <= len(clean) <= LENGTH[1]:
        raise DomainError(f"Tulis {what} Anda, {LENGTH[0]} sampai {LENGTH[1]} huruf.", field="isi")
    return clean


def of(session: Session, ids: Collection[int]) -> list[PurchaseQuestion]:
    """Everything asked and answered about these purchases, oldest first."""
    query = select(Event).where(Event.subjek.in_([f"tanya:{id_}" for id_ in ids]))
    return _read(session, session.scalars(query.order_by(Event.id)).all())


def everywhere(session: Session, opd_ids: Collection[int]) -> list[PurchaseQuestion]:
    """The same about all purchases of these OPDs."""
    query = select(Event).where(
        Event.subjek >= "tanya:", Event.subjek < "tanya;", Event.opd_id.in_(opd_ids)
    )
    return _read(session, session.scalars(query.order_by(Event.id)).all())


def waiting(said: Sequence[PurchaseQuestion]) -> list[PurchaseQuestion]:
    """The questions that the person who was asked has not answered yet."""
    return [
        one
        for at, one in enumerate(said)
        if one.asked_id is not None
        and not any(
            (later.asked_id, later.by_id, later.transaksi_id)
            == (None, one.asked_id, one.transaksi_id)
            for later in said[at:]
        )
    ]


def _read(session: Session, rows: Sequence[Event]) -> list[PurchaseQuestion]:
    ids = {int(row.aktor.rpartition(":")[2]) for row in rows}
    people = session.execute(select(Orang.id, Orang.nama).where(Orang.id.in_(ids)))
    names = {row.id: row.nama for row in people}
    found = []
    for row in rows:
        told, by = LogEvent.from_bytes(row.isi).after, int(row.aktor.rpartition(":")[2])
        assert isinstance(told, dict), "a question says what was asked"
        asked = told.get("kepada")
        found.append(
            PurchaseQuestion(
                transaksi_id=int(row.subjek.rpartition(":")[2]),
                at=row.at,
                by_id=by,
                by=names.get(by, ""),
                role=row.peran,
                asked_id=asked if isinstance(asked, int) else None,
                text=str(told["isi"]),
            )
        )
    return found
