"""What was said and waits for one person: to mend, to draw up anew, to pay, to answer, or to read
an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.moves import MOVES, Move, may_take
from kkpd.core.permissions import EXAMINERS, Actor
from kkpd.core.statuses import BY_ACTION
from kkpd.ledger.active import move_state
from kkpd.ledger.standing import Standing
from kkpd.models import (
    Dokumen,
    DokumenBaris,
    Event,
    Orang,
    Pembatalan,
    Pencairan,
    Persetujuan,
    Transaksi,
    UpKeputusan,
    UpUsulan,
)
from kkpd.oversight.talk import questions
from kkpd.oversight.talk.conversation import (
    Said,
    decided,
    decisions,
    ended,
    is_returned,
    question,
)
from kkpd.oversight.talk.topics import (
    KINDS,
    Topic,
    of_paper,
    of_purchase,
    of_request,
    read_topic,
)
from kkpd.payment.take_back import JUDGES, STEPS_BACK

#: So many days an answer, or the refusal of a request, waits for who has not acted on it.
FRESH_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class WaitingTalk:
    """A topic about which it is this person's move. `move` is perbaiki (the office mends it),
    lengkapi (its holder does), ulang (a paper is drawn up anew, on `page`), usul, setor, jawab or
    baca.
    """

    topic: Topic
    said: Said
    move: str
    owed: Rupiah | None = None
    until: date | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class PersonToday:
    """Who asks what waits for the person: the day, and the OPDs whose words are heard."""

    session: Session
    actor: Actor
    day: date
    opds: Collection[int]

    @property
    def since(self) -> datetime:
        """The oldest moment that is still news."""
        return datetime.combine(self.day - timedelta(days=FRESH_DAYS), time.min, UTC)


def waiting(person: PersonToday, books: Callable[[int], Standing]) -> list[WaitingTalk]:
    """Where it is this person's move."""
    return [
        *_to_answer(person),
        *_to_mend(person),
        *_to_draw_up(person),
        *_to_ask_for(person),
        *_to_pay(person, books),
    ]


def _to_mend(person: PersonToday) -> Iterator[WaitingTalk]:
    actor = person.actor
    me = actor.orang_id
    rows = person.session.execute(
        select(Transaksi, Persetujuan, Orang.nama)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .join(Orang, Orang.id == Persetujuan.penguji_id)
        .where(
            *is_returned(),
            Transaksi.opd_id.in_(person.opds),
            Transaksi.tahun >= person.day.year - 1,
        )
        .order_by(Persetujuan.id)
    )
    for line, ruling, name in rows:
        said = decided(line, ruling, name)
        if _may_take(MOVES[line.status], actor, line):
            yield WaitingTalk(of_purchase(line), said, "perbaiki")
        elif me in (line.pemegang_id, line.pemakai_id) and actor.can("belanja_saya:lihat"):
            yield WaitingTalk(of_purchase(line), said, "lengkapi")


def _may_take(move: Move, actor: Actor, line: Transaksi) -> bool:
    own = actor.orang_id in (line.perekam_id, line.pemegang_id)
    return may_take(move, actor, line.opd_id, line.sub_kegiatan, own=own)


def _to_draw_up(person: PersonToday) -> Iterator[WaitingTalk]:
    """Papers that another person took back or sent back, while their lines wait for this one."""
    session, state = person.session, move_state()
    carrier = func.coalesce(Pembatalan.dokumen_id, Pencairan.dpt_id)
    rows = session.execute(
        select(Pembatalan, Pencairan, Dokumen, Orang.nama, Transaksi, state)
        .outerjoin(Pencairan, Pencairan.id == Pembatalan.pencairan_id)
        .join(Dokumen, Dokumen.id == carrier)
        .join(Orang, Orang.id == Pembatalan.oleh_id)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .where(
            Pembatalan.opd_id.in_(person.opds),
            Transaksi.tahun >= person.day.year - 1,
            Transaksi.status.in_(MOVES),
            or_(Pencairan.id.is_not(None), Dokumen.jenis.in_(STEPS_BACK)),
        )
        .order_by(Pembatalan.id)
    )
    newest = {one.Transaksi.id: one for one in rows}
    found: dict[int, WaitingTalk] = {}
    for row, step, paper, name, line, at in newest.values():
        said = ended(session, row, paper, name, step.nomor if step else "")
        kind = step.langkah if step else paper.jenis
        back = JUDGES[kind] if said.kind == "kembali" else STEPS_BACK[kind]
        move = MOVES[at]
        mine = row.oleh_id != person.actor.orang_id and _may_take(move, person.actor, line)
        if mine and line.status == BY_ACTION[back.action].target:
            found[row.id] = WaitingTalk(of_paper(paper), said, "ulang", page=move.page)
    yield from found.values()


def _to_ask_for(person: PersonToday) -> Iterator[WaitingTalk]:
    """Requests for another UP KKPD that were refused lately, not made again or granted since."""
    session = person.session
    newest = select(func.max(UpUsulan.id)).group_by(UpUsulan.opd_id, UpUsulan.tahun)
    since = select(UpKeputusan.id).where(
        UpKeputusan.opd_id == UpUsulan.opd_id,
        UpKeputusan.tahun == UpUsulan.tahun,
        UpKeputusan.dicatat_at > UpUsulan.ditolak_at,
    )
    for row, name in session.execute(
        select(UpUsulan, Orang.nama)
        .join(Orang, Orang.id == UpUsulan.ditolak_oleh_id)
        .where(
            UpUsulan.opd_id.in_(person.opds),
            UpUsulan.id.in_(newest),
            UpUsulan.ditolak_at >= person.since,
            ~since.exists(),
        )
    ):
        if person.actor.can("up:usulkan", row.opd_id):
            assert row.ditolak_at is not None, "it was refused"
            said = Said("tolak", row.ditolak_at, name, "", row.ditolak_alasan)
            yield WaitingTalk(of_request(row), said, "usul")


def _to_pay(person: PersonToday, books: Callable[[int], Standing]) -> Iterator[WaitingTalk]:
    """Purchases of the holder that were refused and not repaid yet."""
    session, actor = person.session, person.actor
    me = actor.orang_id
    for opd_id in person.opds:
        refused = select(Persetujuan.id).where(
            Persetujuan.opd_id == opd_id,
            Persetujuan.pemegang_id == me,
            Persetujuan.peran.in_(EXAMINERS),
        )
        if not actor.can("belanja_saya:lihat", opd_id) or session.scalar(refused.limit(1)) is None:
            continue
        standing = books(opd_id)
        parts = [one for one in standing.parts if one.waits and standing.owner(one) == me]
        own = [one for one in parts if one.explanation_id is None and one.left > ZERO]
        for id_ in dict.fromkeys(one.purchase_id for one in own if one.purchase_id):
            found = [said for _id, said in decisions(session, [id_])]
            if not found:
                continue
            topic = of_purchase(session.get_one(Transaksi, id_))
            of_line = [one for one in own if one.purchase_id == id_]
            until = min(filter(None, map(standing.until, of_line)), default=None)
            owed = total(one.left for one in of_line)
            yield WaitingTalk(topic, found[-1], "setor", owed, until)


def _to_answer(person: PersonToday) -> Iterator[WaitingTalk]:
    """Questions to this person; and answers to the person's own, until the person acts on them."""
    session, me = person.session, person.actor.orang_id
    said = questions.everywhere(session, person.opds)
    topics: Mapping[tuple[str, int], Topic | None] = {
        one: read_topic(session, *one) for one in {each.about for each in said}
    }
    open_to_me = {one.about: one for one in questions.waiting(said) if one.asked_id == me}
    for about, one in open_to_me.items():
        if topic := topics[about]:
            yield WaitingTalk(topic, question(one), "jawab")
    newest = {one.about: one for one in said}
    mine = {one.about for one in said if one.by_id == me and one.asked_id is not None}
    for about in mine - open_to_me.keys():
        last, topic = newest[about], topics[about]
        told = last.asked_id is None and last.by_id != me and last.at >= person.since
        if topic and told and not _has_done(session, topic, me, last.event):
            yield WaitingTalk(topic, question(last), "baca")


def _has_done(session: Session, topic: Topic, me: int, after: int) -> bool:
    """Whether the person has done something to it, or to a line on it, since that event."""
    subjects = [f"{KINDS[topic.kind].done}{topic.id}"]
    if topic.kind == "dokumen":
        on_it = select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id == topic.id)
        subjects += [f"{KINDS['belanja'].done}{id_}" for id_ in session.scalars(on_it)]
    found = select(Event.id).where(
        Event.aktor == f"orang:{me}", Event.subjek.in_(subjects), Event.id > after
    )
    return session.scalar(found.limit(1)) is not None
