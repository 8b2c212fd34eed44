"""The event log for people: who did what to what and when, with what it was before and is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from kkpd.core.db.columns import Base
from kkpd.core.db.types import Sen
from kkpd.core.money import Rupiah
from kkpd.core.permissions import ROLE_NAMES, Actor, Role, require
from kkpd.core.proof import events as proof
from kkpd.models import Dokumen, Event, Kartu, Opd, Orang, Pengguna, Penugasan, Transaksi
from kkpd.oversight.event_words import GRANTS, words_of

PAGE_SIZE: Final = 40
#: Rows of one event that are told; a bulk import writes thousands.
_MOST_ROWS: Final = 20
#: The newest grants that stand above the list.
_GRANTS_SHOWN: Final = 10
#: The newest events about the own account.
_ABOUT_ME_SHOWN: Final = 15


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What of the log is wanted; empty is all. `before_id` is the key behind which a page ends."""

    orang_id: int | None = None
    area: str = ""
    opd_id: int | None = None
    day: date | None = None
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One field of a row, or of what the verb itself said, before and after."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about; `opd` and `periode` are of a purchase's page."""

    words: str
    kind: str
    id: int | None
    opd: str = ""
    periode: str = ""


@dataclass(frozen=True, slots=True)
class ReadableEvent:
    """One event in words; `act` is Indonesian, to be translated by the page."""

    id: int
    at: datetime
    who: str
    role: str
    act: str
    kind: str
    subject: Subject
    opd: str
    changes: tuple[ToldChange, ...]


def listing(
    session: Session, actor: Actor, asked: EventFilter, zone: str, limit: int = PAGE_SIZE
) -> tuple[ReadableEvent, ...]:
    """The newest events that fit, newest first."""
    require(actor, "peristiwa:lihat")
    return _told(session, _query(actor, _conditions(asked, zone), limit))


def grants(session: Session, actor: Actor) -> tuple[ReadableEvent, ...]:
    """The newest events that gave or took authority."""
    require(actor, "peristiwa:lihat")
    kinds = or_(*(Event.jenis.startswith(kind) for kind in GRANTS))
    return _told(session, _query(actor, [kinds], _GRANTS_SHOWN))


def about_me(session: Session, actor: Actor) -> tuple[ReadableEvent, ...]:
    """The newest events about the own login and person, whoever did them."""
    own = (f"pengguna:{actor.pengguna_id}", f"orang:{actor.orang_id}")
    query = select(Event).where(Event.subjek.in_(own), Event.opd_id.is_(None))
    return _told(session, query.order_by(Event.id.desc()).limit(_ABOUT_ME_SHOWN))


def people(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Everybody with an account, by name, for choosing."""
    require(actor, "peristiwa:lihat")
    rows = session.execute(
        select(Orang.id, Orang.nama).join(Pengguna).order_by(Orang.nama, Orang.id)
    )
    return tuple((id_, nama) for id_, nama in rows)


def _conditions(asked: EventFilter, zone: str) -> Iterator[ColumnElement[bool]]:
    if asked.orang_id is not None:
        yield Event.aktor == f"orang:{asked.orang_id}"
    if asked.area:
        yield Event.jenis.startswith(f"{asked.area}:", autoescape=True)
    if asked.opd_id is not None:
        yield Event.opd_id == asked.opd_id
    if asked.day is not None:
        begins = datetime.combine(asked.day, time(), ZoneInfo(zone))
        yield Event.at >= begins
        yield Event.at < begins + timedelta(days=1)
    if asked.before_id is not None:
        yield Event.id < asked.before_id


def _query(actor: Actor, conditions: Iterable[ColumnElement[bool]], limit: int) -> Select[Event]:
    seen = actor.opds_for("peristiwa:lihat")
    mine = [] if seen is None else [Event.opd_id.in_(seen)]
    return select(Event).where(*mine, *conditions).order_by(Event.id.desc()).limit(limit)


def _told(session: Session, query: Select[Event]) -> tuple[ReadableEvent, ...]:
    rows = [(row, proof.LogEvent.from_bytes(row.isi)) for row in session.scalars(query)]
    names = _people(session, {row.aktor for row, _ in rows})
    opds = {opd.id: opd for opd in session.scalars(select(Opd))}
    subjects = _subjects(session, {row.subjek for row, _ in rows}, opds)
    return tuple(
        ReadableEvent(
            row.id,
            row.at,
            names.get(row.aktor, "Sistem"),
            ROLE_NAMES[Role(row.peran)] if row.peran in ROLE_NAMES else "",
            words_of(row.jenis) or row.jenis,
            row.jenis,
            subjects.get(row.subjek) or Subject(row.subjek.replace(":", " "), "", None),
            opds[row.opd_id].nama if row.opd_id is not None else "",
            tuple(_changes(event)),
        )
        for row, event in rows
    )


def _people(session: Session, known: set[str]) -> dict[str, str]:
    ids = {int(one.partition(":")[2]) for one in known if one.startswith("orang:")}
    rows = session.execute(select(Orang.id, Orang.nama).where(Orang.id.in_(ids)))
    return {f"orang:{id_}": nama for id_, nama in rows}


def _subjects(session: Session, subjects: set[str], opds: Mapping[int, Opd]) -> dict[str, Subject]:
    """Subject (`transaksi:12`) -> its words; one whose row has no name is left out."""
    found: dict[str, Subject] = {}
    for kind, query in _NAMED.items():
        ids = {
            int(n) for k, _, n in (s.partition(":") for s in subjects) if k == kind and n.isdigit()
        }
        if not ids:
            continue
        key = query.selected_columns[0]
        for row in session.execute(query.where(key.in_(ids))):
            words = " ".join(str(part) for part in row[1:4] if part)
            place = dict(zip(("opd", "periode"), _place(row[4:], opds), strict=True))
            found[f"{kind}:{row[0]}"] = Subject(words, kind, row[0], **place)
    return found


def _place(rest: Sequence[Any], opds: Mapping[int, Opd]) -> tuple[str, str]:
    if not rest:
        return "", ""
    opd_id, day = rest
    return opds[opd_id].slug, f"{day:%Y-%m}"


#: kind of subject -> key, up to three words, and where its page is.
_NAMED: Final[Mapping[str, Select[*tuple[Any, ...]]]] = {
    "transaksi": select(
        Transaksi.id, Transaksi.merchant, Transaksi.nilai, Transaksi.nota,
        Transaksi.opd_id, Transaksi.tanggal,
    ),
    "dokumen": select(Dokumen.id, Dokumen.nomor),
    "orang": select(Orang.id, Orang.nama),
    "pengguna": select(Pengguna.id, Orang.nama).join(Orang, Orang.id == Pengguna.orang_id),
    "penugasan": select(Penugasan.id, Orang.nama, Penugasan.peran).join(
        Orang, Orang.id == Penugasan.orang_id
    ),
    "kartu": select(Kartu.id, Kartu.bank, Kartu.nomor_akhir),
}  # fmt: skip


def _changes(event: proof.LogEvent) -> Iterator[ToldChange]:
    before = event.before if isinstance(event.before, Mapping) else {}
    after = event.after if isinstance(event.after, Mapping) else {}
    steps = after.get(proof.ROWS)
    rows = steps if isinstance(steps, list) else []
    if not rows:
        for name in {**before, **after}:
            if before.get(name) != after.get(name):
                yield ToldChange(name, _text(before.get(name)), _text(after.get(name)))
    for step in rows[:_MOST_ROWS]:
        yield from _row(step)
    if len(rows) > _MOST_ROWS:
        yield ToldChange("baris lain", "", str(len(rows) - _MOST_ROWS))


def _row(step: Mapping[str, Any]) -> Iterator[ToldChange]:
    """What one written row tells: each column of a new one, or those that changed."""
    table = step["table"]
    old, new = step.get("before", {}), step.get("after", step.get("new", {}))
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield ToldChange(f"{table}.{name}", _value(table, name, old), _value(table, name, new))
    if "count" in step:
        yield ToldChange(table, "", f"{step['count']} baris baru")


def _value(table: str, name: str, row: Mapping[str, Any]) -> str:
    value = row.get(name)
    known = Base.metadata.tables.get(table)
    column = None if known is None else known.columns.get(name)
    if column is not None and isinstance(column.type, Sen) and value is not None:
        return str(Rupiah(int(value)))
    return _text(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)
