"""What people speak about: a purchase, an issued paper, a request for another UP KKPD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, holders
from kkpd.models import Dokumen, Orang, Penugasan, Transaksi, UpUsulan
from kkpd.records.office_holders import in_force


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that is spoken about: `name` as people know it (empty: its kind says it), `own` the
    people who may see it because it is theirs. `bulan` 0 means the year as a whole.
    """

    kind: str
    id: int
    opd_id: int
    tahun: int
    bulan: int
    name: str
    nilai: Rupiah
    own: frozenset[int] = frozenset()

    @property
    def subject(self) -> str:
        """The subject of events in which people ask and answer about it."""
        return f"{KINDS[self.kind].prefix}{self.id}"


@dataclass(frozen=True, slots=True)
class TopicKind:
    """A kind of topic: its rows, the area of its events, what lets a person see it (one of the
    permissions, or `own_permission` for what is the person's own). `prefix` begins the subject of
    questions about one, `done` that of what is done to it.
    """

    rows: Any
    area: str
    prefix: str
    done: str
    permissions: tuple[str, ...]
    shown: Callable[[Any], Topic]
    own_permission: str = ""


def of_purchase(row: Transaksi) -> Topic:
    """The purchase as a topic."""
    own = frozenset(one for one in (row.pemegang_id, row.pemakai_id) if one is not None)
    month = row.tahun, row.bulan
    return Topic("belanja", row.id, row.opd_id, *month, row.merchant, row.nilai, own)


def of_paper(row: Dokumen) -> Topic:
    """The paper of one OPD as a topic."""
    assert row.opd_id is not None, "a paper that is spoken about is of one OPD"
    return Topic("dokumen", row.id, row.opd_id, row.tahun, row.bulan, row.nomor, row.total)


def of_request(row: UpUsulan) -> Topic:
    """The request as a topic."""
    return Topic("usulan", row.id, row.opd_id, row.tahun, 0, "", row.up_kkpd)


#: kind -> what it is made of. The questions about purchases came first, so their subject names no
#: kind.
KINDS: Final = {
    "belanja": TopicKind(
        Transaksi,
        "belanja",
        "tanya:",
        "transaksi:",
        ("belanja:lihat",),
        of_purchase,
        "belanja_saya:lihat",
    ),
    "dokumen": TopicKind(
        Dokumen, "dokumen", "tanya:dokumen:", "dokumen:", ("laporan:lihat",), of_paper
    ),
    "usulan": TopicKind(
        UpUsulan,
        "anggaran",
        "tanya:usulan:",
        "up_usulan:",
        ("pagu:lihat", "anggaran:kelola"),
        of_request,
    ),
}


def parse_subject(subject: str) -> tuple[str, int]:
    """(kind, id) of the topic of a question's subject."""
    _word, *kind, id_ = subject.split(":")
    return (kind[0] if kind else "belanja"), int(id_)


def read_topic(session: Session, kind: str, id_: int) -> Topic | None:
    """The topic; None where there is none, or where it belongs to no one OPD."""
    row = session.get(KINDS[kind].rows, id_)
    return None if row is None or row.opd_id is None else KINDS[kind].shown(row)


def role_in(actor: Actor, topic: Topic) -> Role | None:
    """The role in which the actor may see it and speak about it; None for who may not."""
    kind = KINDS[topic.kind]
    roles = (actor.role_for(permission, topic.opd_id) for permission in kind.permissions)
    found = next(filter(None, roles), None)
    if found is None and actor.orang_id in topic.own:
        return actor.role_for(kind.own_permission, topic.opd_id)
    return found


def topic_of(session: Session, actor: Actor, kind: str, id_: int) -> Topic:
    """The topic; NotFound for who may not see it."""
    found = read_topic(session, kind, id_)
    if found is None or role_in(actor, found) is None:
        raise NotFound("Yang dibicarakan tidak ditemukan. Muat ulang halamannya.")
    return found


def people(session: Session, topic: Topic, day: date) -> list[tuple[int, str]]:
    """Who may see it, and so can be asked about it."""
    roles = sorted(holders(*KINDS[topic.kind].permissions))
    may_see = select(Penugasan.orang_id).where(
        Penugasan.peran.in_(roles),
        or_(Penugasan.opd_id == topic.opd_id, Penugasan.opd_id.is_(None)),
        in_force(day),
    )
    rows = session.execute(
        select(Orang.id, Orang.nama)
        .where(Orang.aktif, Orang.id.in_(may_see) | Orang.id.in_(topic.own))
        .order_by(Orang.nama, Orang.id)
    )
    return [(row.id, row.nama) for row in rows]
