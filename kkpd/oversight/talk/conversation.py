"""What people said to each other about a purchase, a paper or a request: returned, refused, taken
back, asked, answered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import EXAMINERS, holders
from kkpd.core.statuses import CHANGEABLE
from kkpd.ledger import active
from kkpd.models import (
    Dokumen,
    DokumenBaris,
    Orang,
    Pembatalan,
    Pencairan,
    Persetujuan,
    Transaksi,
    UpUsulan,
)
from kkpd.oversight.talk import questions
from kkpd.oversight.talk.topics import KINDS, Topic, of_paper, of_request
from kkpd.payment.verify import judge_of

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


def conversations(session: Session, ids: Collection[int]) -> dict[int, tuple[Said, ...]]:
    """Everything that was said about each of these purchases, oldest first."""
    found: dict[int, list[Said]] = {id_: [] for id_ in ids}
    for source in (decisions, _taken_back, _questions):
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
        .where(*is_returned(), Transaksi.id.in_(lines))
    )
    return {line.id: decided(line, ruling, name) for line, ruling, name in rows}


def is_returned() -> tuple[ColumnElement[bool], ...]:
    """The condition that this is the PPTK's return of a line that was not put forward again."""
    newest = select(func.max(Persetujuan.id)).group_by(Persetujuan.transaksi_id)
    return (
        Persetujuan.id.in_(newest),
        Persetujuan.keputusan == "tolak",
        Persetujuan.peran.in_(_PPTK),
        Transaksi.status.in_(CHANGEABLE),
    )


def question(one: questions.TopicQuestion) -> Said:
    """The question or answer, as it was said."""
    return Said("jawab" if one.asked_id is None else "tanya", one.at, one.by, one.role, one.text)


def decisions(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Said]]:
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
            yield line.id, decided(line, row, name)


def decided(line: Transaksi, row: Persetujuan, name: str) -> Said:
    """The return or the refusal of a line, as it was said."""
    if row.peran not in EXAMINERS:
        return Said("kembali", row.at, name, row.peran, row.alasan)
    whole = row.keputusan == "tolak"
    refused = line.nilai if whole else line.nilai - row.nilai
    kind = "tolak" if whole else "sebagian"
    return Said(kind, row.at, name, row.peran, row.alasan, refused)


def _taken_back(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Said]]:
    """Papers with these purchases that somebody took back or sent back, and why."""
    for id_, row, paper, name in session.execute(
        select(DokumenBaris.transaksi_id, Pembatalan, Dokumen, Orang.nama)
        .join(Dokumen, Dokumen.id == Pembatalan.dokumen_id)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Orang, Orang.id == Pembatalan.oleh_id)
        .where(DokumenBaris.transaksi_id.in_(ids))
    ):
        yield id_, ended(session, row, paper, name, paper.nomor)


def ended(session: Session, row: Pembatalan, paper: Dokumen, name: str, number: str = "") -> Said:
    """How the paper ended: sent back by who had to judge it, or taken back by its own side.
    `number` is said where the words do not stand at the paper.
    """
    role = "" if row.pencairan_id else judge_of(session, paper)
    return Said("kembali" if role else "batal", row.at, name, role, row.alasan, paper=number)


def about_paper(session: Session, paper: Dokumen) -> tuple[Said, ...]:
    """Everything that was said about an issued paper, oldest first."""
    found = session.execute(
        select(Pembatalan, Pencairan, Orang.nama)
        .join(Orang, Orang.id == Pembatalan.oleh_id)
        .outerjoin(Pencairan, Pencairan.id == Pembatalan.pencairan_id)
        .where((Pembatalan.dokumen_id == paper.id) | (Pencairan.dpt_id == paper.id))
    )
    said = [
        ended(session, row, paper, name, step.nomor if step else "") for row, step, name in found
    ]
    return _with_questions(session, of_paper(paper), said)


def about_request(session: Session, request: UpUsulan) -> tuple[Said, ...]:
    """Everything that was said about a request for another UP KKPD, oldest first."""
    said = []
    if request.ditolak_at is not None:
        name = session.get_one(Orang, request.ditolak_oleh_id).nama
        said.append(Said("tolak", request.ditolak_at, name, "", request.ditolak_alasan))
    return _with_questions(session, of_request(request), said)


def _with_questions(session: Session, topic: Topic, said: list[Said]) -> tuple[Said, ...]:
    asked = [question(one) for one in questions.of(session, [topic.subject])]
    return tuple(sorted([*said, *asked], key=lambda one: one.at))


def _questions(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Said]]:
    prefix = KINDS["belanja"].prefix
    for one in questions.of(session, [f"{prefix}{id_}" for id_ in ids]):
        yield one.topic_id, question(one)
