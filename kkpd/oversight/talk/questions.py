"""Questions between people about a topic, and their answers.

They are events of their own subject (`Topic.subject`): no figure depends on them. A question is
open until the person who was asked answers; one answer closes all that person was asked there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError
from kkpd.core.moments import business_day
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.events import LogEvent
from kkpd.models import Event, Orang
from kkpd.oversight.talk.topics import KINDS, Topic, parse_subject, people, role_in, topic_of
from kkpd.records import event_log

#: Letters of a question or an answer.
LENGTH: Final = (5, 600)


@dataclass(frozen=True, slots=True)
class TopicQuestion:
    """One question or answer: who said it to whom (`asked_id` None in an answer) and when; `event`
    is its place in the log.
    """

    kind: str
    topic_id: int
    event: int
    at: datetime
    by_id: int
    by: str
    role: str
    asked_id: int | None
    text: str

    @property
    def about(self) -> tuple[str, int]:
        """The topic."""
        return self.kind, self.topic_id


@dataclass(frozen=True, slots=True)
class AskAbout:
    """A question to somebody about a topic."""

    kind: str
    topic_id: int
    asked_id: int | None
    text: str


def ask(session: Session, actor: Actor, command: AskAbout, now: datetime) -> None:
    """Ask somebody who may see it about something that the actor may see."""
    topic = topic_of(session, actor, command.kind, command.topic_id)
    if command.asked_id not in {id_ for id_, _name in people(session, topic, business_day(now))}:
        raise DomainError("Pilih siapa yang ditanya: orang dari daftar ini.", field="kepada")
    if command.asked_id == actor.orang_id:
        raise DomainError("Pilih orang lain; Anda tidak perlu bertanya kepada diri sendiri.")
    said: dict[str, Json] = {"kepada": command.asked_id, "isi": _text(command.text, "pertanyaan")}
    _record(session, actor, topic, "ajukan", said, now)


def answer(
    session: Session, actor: Actor, kind: str, topic_id: int, text: str, now: datetime
) -> None:
    """Answer what the actor was asked about it."""
    topic = topic_of(session, actor, kind, topic_id)
    if not any(one.asked_id == actor.orang_id for one in waiting(of(session, [topic.subject]))):
        raise Conflict("Tidak ada pertanyaan kepada Anda yang belum dijawab di sini.")
    _record(session, actor, topic, "jawab", {"isi": _text(text, "jawaban")}, now)


def _record(
    session: Session, actor: Actor, topic: Topic, act: str, said: dict[str, Json], now: datetime
) -> None:
    word, role = f"{KINDS[topic.kind].area}:tanya:{act}", role_in(actor, topic)
    event_log.record(
        session, actor, role, word, topic.subject, now=now, opd_id=topic.opd_id, after=said
    )


def _text(text: str, what: str) -> str:
    clean = mask(text.strip())
    if not LENGTH[0] <= len(clean) <= LENGTH[1]:
        raise DomainError(f"Tulis {what} Anda, {LENGTH[0]} sampai {LENGTH[1]} huruf.", field="isi")
    return clean


def of(session: Session, subjects: Collection[str]) -> list[TopicQuestion]:
    """Everything asked and answered about these subjects, oldest first."""
    query = select(Event).where(Event.subjek.in_(subjects))
    return _read(session, session.scalars(query.order_by(Event.id)).all())


def everywhere(session: Session, opd_ids: Collection[int]) -> list[TopicQuestion]:
    """The same about everything of these OPDs."""
    query = select(Event).where(
        Event.subjek >= "tanya:", Event.subjek < "tanya;", Event.opd_id.in_(opd_ids)
    )
    return _read(session, session.scalars(query.order_by(Event.id)).all())


def waiting(said: Sequence[TopicQuestion]) -> list[TopicQuestion]:
    """The questions that the person who was asked has not answered yet."""
    return [
        one
        for at, one in enumerate(said)
        if one.asked_id is not None
        and not any(
            (later.asked_id, later.by_id, later.about) == (None, one.asked_id, one.about)
            for later in said[at:]
        )
    ]


def _read(session: Session, rows: Sequence[Event]) -> list[TopicQuestion]:
    ids = {int(row.aktor.rpartition(":")[2]) for row in rows}
    people_asked = session.execute(select(Orang.id, Orang.nama).where(Orang.id.in_(ids)))
    names = {row.id: row.nama for row in people_asked}
    found = []
    for row in rows:
        told, by = LogEvent.from_bytes(row.isi).after, int(row.aktor.rpartition(":")[2])
        assert isinstance(told, dict), "a question says what was asked"
        asked = told.get("kepada")
        kind, topic_id = parse_subject(row.subjek)
        found.append(
            TopicQuestion(
                kind=kind,
                topic_id=topic_id,
                event=row.id,
                at=row.at,
                by_id=by,
                by=names.get(by, ""),
                role=row.peran,
                asked_id=asked if isinstance(asked, int) else None,
                text=str(told["isi"]),
            )
        )
    return found
