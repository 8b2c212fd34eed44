"""What people said to each other about a purchase: returned, refused, asked, answered; and what of
it waits for one person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.belanja import questions
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.moves import MOVES, may_take
from kkpd.core.permissions import EXAMINERS, Actor, holders
from kkpd.core.statuses import CHANGEABLE
from kkpd.ledger import active
from kkpd.ledger.standing import Standing
from kkpd.models import Dokumen, DokumenBaris, Orang, Pembatalan, Persetujuan, Transaksi

#: States before the decision: a decision that was made earlier is undone there.
_UNDECIDED: Final = (*CHANGEABLE, "diajukan", "diperiksa")
_PPTK: Final = holders("dpr:periksa")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said. `kind` is kembali, tolak, sebagian, batal, tanya or jawab; `nilai`
    the refused part, `paper` the number of the paper that it is about.
    """

    kind: str
    at: datetime
    by: str
    role: str
    text: str
    nilai: Rupiah | None = None
    paper: str = ""


@dataclass(frozen=True, slots=True)
class WaitingTalk:
    """A purchase about which it is this person's move. `move` is perbaiki (the office mends it),
    lengkapi (its holder does), setor, jawab or baca.
    """

    opd_id: int
    opd_slug: str
    tahun: int
    bulan: int
    purchase_id: int
    merchant: str
    nilai: Rupiah
    said: Said
    move: str
    owed: Rupiah | None = None
    until: date | None = None


def conversations(session: Session, ids: Collection[int]) -> dict[int, tuple[Said, ...]]:
    """Everything that was said about each of these purchases, oldest first."""
    found: dict[int, list[Said]] = {id_: [] for id_ in ids}
    for source in (_decisions, _taken_back, _questions):
        for id_, said in source(session, ids):
            found[id_].append(said)
    return {id_: tuple(sorted(said, key=lambda one: one.at)) for id_, said in found.items()}


def notice(session: Session, transaksi_id: int) -> Dokumen | None:
    """The refusal notice that the purchase is on."""
    return session.scalars(
        select(Dokumen)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            DokumenBaris.transaksi_id == transaksi_id,
            Dokumen.jenis == "penolakan",
            active.holds(Dokumen),
        )
        .order_by(Dokumen.id.desc())
        .limit(1)
    ).one_or_none()


def returned(session: Session, lines: Collection[int]) -> dict[int, Said]:
    """Which of these purchases the PPTK gave back, and why; not those put forward again."""
    rows = session.execute(
        select(Transaksi, Persetujuan, Orang.nama)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .join(Orang, Orang.id == Persetujuan.penguji_id)
        .where(*_is_returned(), Transaksi.id.in_(lines))
    )
    return {line.id: _decided(line, ruling, name) for line, ruling, name in rows}


def waiting(
    session: Session,
    actor: Actor,
    day: date,
    opds: dict[int, tuple[str, str]],
    books: Callable[[int], Standing],
) -> list[WaitingTalk]:
    """Where it is this person's move: to mend, to pay, to answer, or to read an answer."""

    def at(line: Transaksi, said: Said, move: str, **more: object) -> WaitingTalk:
        where = (line.opd_id, opds[line.opd_id][0], line.tahun, line.bulan)
        return WaitingTalk(*where, line.id, line.merchant, line.nilai, said, move, **more)  # type: ignore[arg-type]  # owed and until

    return [
        *(at(*one) for one in _to_answer(session, actor, opds)),
        *(at(*one) for one in _to_mend(session, actor, day, opds)),
        *(
            at(line, said, "setor", owed=owed, until=until)
            for line, said, owed, until in _to_pay(session, actor, opds, books)
        ),
    ]


def _is_returned() -> tuple[ColumnElement[bool], ...]:
    newest = select(func.max(Persetujuan.id)).group_by(Persetujuan.transaksi_id)
    return (
        Persetujuan.id.in_(newest),
        Persetujuan.keputusan == "tolak",
        Persetujuan.peran.in_(_PPTK),
        Transaksi.status.in_(CHANGEABLE),
    )


def _to_mend(
    session: Session, actor: Actor, day: date, opds: Collection[int]
) -> Iterator[tuple[Transaksi, Said, str]]:
    me = actor.orang_id
    rows = session.execute(
        select(Transaksi, Persetujuan, Orang.nama)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .join(Orang, Orang.id == Persetujuan.penguji_id)
        .where(*_is_returned(), Transaksi.opd_id.in_(opds), Transaksi.tahun >= day.year - 1)
        .order_by(Persetujuan.id)
    )
    for line, ruling, name in rows:
        own = me in (line.perekam_id, line.pemegang_id)
        if may_take(MOVES[line.status], actor, line.opd_id, line.sub_kegiatan, own=own):
            yield line, _decided(line, ruling, name), "perbaiki"
        elif me in (line.pemegang_id, line.pemakai_id) and actor.can("belanja_saya:lihat"):
            yield line, _decided(line, ruling, name), "lengkapi"


def _to_pay(
    session: Session, actor: Actor, opds: Collection[int], books: Callable[[int], Standing]
) -> Iterator[tuple[Transaksi, Said, Rupiah, date | None]]:
    """Purchases of the holder that were refused and not repaid yet."""
    me = actor.orang_id
    for opd_id in opds:
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
            found = [said for _id, said in _decisions(session, [id_])]
            if not found:
                continue
            line = session.get_one(Transaksi, id_)
            of_line = [one for one in own if one.purchase_id == id_]
            until = min(filter(None, map(standing.until, of_line)), default=None)
            yield line, found[-1], total(one.left for one in of_line), until


def _to_answer(
    session: Session, actor: Actor, opds: Collection[int]
) -> Iterator[tuple[Transaksi, Said, str]]:
    """Questions to this person; and answers to the person's own, while the decision waits."""
    me, said = actor.orang_id, questions.everywhere(session, opds)
    open_to_me = {one.transaksi_id: one for one in questions.waiting(said) if one.asked_id == me}
    for id_, one in open_to_me.items():
        yield session.get_one(Transaksi, id_), _question(one), "jawab"
    newest = {one.transaksi_id: one for one in said}
    mine = {one.transaksi_id for one in said if one.by_id == me and one.asked_id is not None}
    for id_, one in newest.items():
        line = session.get_one(Transaksi, id_)
        if id_ in mine and one.asked_id is None and line.status in _UNDECIDED and one.by_id != me:
            yield line, _question(one), "baca"


def _question(one: questions.PurchaseQuestion) -> Said:
    return Said("jawab" if one.asked_id is None else "tanya", one.at, one.by, one.role, one.text)


def _decisions(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Said]]:
    """What PPTK, PA and KPA gave back or refused; of PA and KPA the decision that holds."""
    rows = session.execute(
        select(Transaksi, Persetujuan, Orang.nama)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .join(Orang, Orang.id == Persetujuan.penguji_id)
        .where(Transaksi.id.in_(ids))
        .order_by(Persetujuan.id)
    ).all()
    last = {line.id: row.id for line, row, _name in rows if row.peran in EXAMINERS}
    for line, row, name in rows:
        refused = row.keputusan == "tolak" or row.nilai < line.nilai
        newest = row.id == last.get(line.id) and line.status not in _UNDECIDED
        if refused and (row.peran not in EXAMINERS or newest) and line.nilai > ZERO:
            yield line.id, _decided(line, row, name)


def _decided(line: Transaksi, row: Persetujuan, name: str) -> Said:
    if row.peran not in EXAMINERS:
        return Said("kembali", row.at, name, row.peran, row.alasan)
    whole = row.keputusan == "tolak"
    refused = line.nilai if whole else line.nilai - row.nilai
    kind = "tolak" if whole else "sebagian"
    return Said(kind, row.at, name, row.peran, row.alasan, refused)


def _taken_back(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Said]]:
    """Papers with these purchases that somebody took back, and why."""
    rows = session.execute(
        select(DokumenBaris.transaksi_id, Pembatalan, Dokumen.nomor, Orang.nama)
        .join(Dokumen, Dokumen.id == Pembatalan.dokumen_id)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Orang, Orang.id == Pembatalan.oleh_id)
        .where(DokumenBaris.transaksi_id.in_(ids))
    )
    for id_, row, number, name in rows:
        yield id_, Said("batal", row.at, name, "", row.alasan, paper=number)


def _questions(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Said]]:
    for one in questions.of(session, ids):
        yield one.transaksi_id, _question(one)
