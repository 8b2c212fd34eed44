"""The box in which a topic is spoken about: what it shows, and what is asked and answered in it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, request

from kkpd.models import Dokumen, Transaksi, UpUsulan
from kkpd.oversight.talk import conversation, questions, topics
from kkpd.oversight.talk.conversation import Said
from kkpd.web.globals import now, today
from kkpd.web.request.converters import whole_number
from kkpd.web.request.permissions import actor
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _


@dataclass(frozen=True, slots=True)
class TalkBox:
    """What was said, whether this person is asked for an answer, and who can be asked."""

    said: tuple[Said, ...]
    asked_me: bool
    people: tuple[tuple[int, str], ...]


def of_purchase(line: Transaksi) -> TalkBox:
    """The box of a purchase."""
    said = conversation.conversations(reading(), [line.id])[line.id]
    return _box(topics.of_purchase(line), said)


def of_paper(paper: Dokumen) -> TalkBox | None:
    """The box of an issued paper; none of one that belongs to no one OPD."""
    if paper.opd_id is None:
        return None
    return _box(topics.of_paper(paper), conversation.about_paper(reading(), paper))


def of_request(request_id: int) -> TalkBox:
    """The box of a request for another UP KKPD."""
    row = reading().get_one(UpUsulan, request_id)
    return _box(topics.of_request(row), conversation.about_request(reading(), row))


def _box(topic: topics.Topic, said: tuple[Said, ...]) -> TalkBox:
    me, session = actor().orang_id, reading()
    still_open = questions.waiting(questions.of(session, [topic.subject]))
    others = (one for one in topics.people(session, topic, today()) if one[0] != me)
    return TalkBox(said, any(one.asked_id == me for one in still_open), tuple(others))


def ask(kind: str, topic_id: int) -> None:
    """Ask what was sent."""
    asked = whole_number(request.form.get("kepada", ""))
    command = questions.AskAbout(kind, topic_id, asked, request.form.get("isi", ""))
    with writing() as session:
        questions.ask(session, actor(), command, now())
    flash(_("Pertanyaan terkirim; ia muncul pada layar pertama yang ditanya."), "ok")


def answer(kind: str, topic_id: int) -> None:
    """Answer what was asked."""
    with writing() as session:
        questions.answer(session, actor(), kind, topic_id, request.form.get("isi", ""), now())
    flash(_("Jawaban terkirim kepada yang bertanya."), "ok")
