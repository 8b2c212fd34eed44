"""Taking an import out again: a withdrawal row, and its lines and bills count no longer.

    consequences = periksa(session, actor, opd_id, impor_id)
    done = keluarkan(session, actor, TakeOut(opd_id, impor_id, alasan), now)

Bytes, lines and events stay (law 7). The same file may then be taken in again with other answers:
it gets a new receipt, new lines and new bills, so that nothing of the first reading is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, String, and_, cast, insert, literal, or_, select
from sqlalchemy.orm import Session

from kkpd.belanja.commands import without_controls
from kkpd.core.db import facts as db_facts
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.pan import mask
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import (
    BarisBank,
    BarisKeluar,
    Berkas,
    Cocok,
    Impor,
    ImporKeluar,
    Tagihan,
    TagihanKeluar,
    Temuan,
)
from kkpd.records import event_log
from kkpd.records.findings import settle
from kkpd.tagihan import billing_findings, interim
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan import line_state as baris
from kkpd.tagihan.withdraw import plan as reads
from kkpd.tagihan.withdraw.obstacles import blockers, to_go_first
from kkpd.tagihan.withdraw.plan import ImportScope, LineCounts

#: The reason is a sentence, not a file (characters).
REASON: Final = (5, 600)


@dataclass(frozen=True, slots=True)
class TakeOut:
    """Take this import of this OPD out, and why."""

    opd_id: int
    impor_id: int
    alasan: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """What taking out would do; `blockers` are sentences that say what to undo first, `to_go_first`
    the imports (id, file name) that are to go out first.
    """

    banyak: LineCounts
    sample: tuple[reads.LeavingLine, ...]
    blockers: tuple[str, ...]
    to_go_first: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What taking out did: lines that count no longer, lines that another file keeps, bills that
    are gone, pairs of the program's own that were let go, interim lines paired anew.
    """

    impor_id: int
    baris: int
    tetap: int
    tagihan: int
    pairs_freed: int
    interim_closed: int


def check(
    session: Session, actor: Actor, opd_id: int, impor_id: int, sample: int = 20
) -> Consequences:
    """What `take_out` would do, without doing it. Conflict when it is out already."""
    require(actor, "tagihan:keluarkan", opd_id)
    this_one = reads.scope_of(_import_in_force(session, opd_id, impor_id))
    return Consequences(
        reads.tally(session, this_one),
        reads.leaving_lines(session, this_one, sample),
        blockers(session, this_one),
        to_go_first(session, this_one),
    )


def take_out(session: Session, actor: Actor, command: TakeOut, now: datetime) -> TakenOut:
    """Take the import out. Conflict with what to undo first while something stands on its lines,
    and when it is out already; DomainError without a reason.
    """
    role = require(actor, "tagihan:keluarkan", command.opd_id)
    reason = without_controls(command.alasan).strip()
    if not REASON[0] <= len(reason) <= REASON[1]:
        raise DomainError(
            f"Tulis alasan mengapa pengambilan ini dikeluarkan, {REASON[0]} sampai {REASON[1]} "
            "huruf.",
            field="alasan",
        )
    baris.lock(session, command.opd_id)
    impor = _import_in_force(session, command.opd_id, command.impor_id)
    this_one = reads.scope_of(impor)
    _refuse(blockers(session, this_one))
    counted = reads.tally(session, this_one)
    freed = _let_go(session, actor, this_one, now)
    row = ImporKeluar(
        impor_id=impor.id,
        opd_id=impor.opd_id,
        alasan=mask(reason),
        baris=counted.baris,
        tetap=counted.tetap,
        jumlah=counted.jumlah,
        at=now,
        oleh_id=actor.orang_id,
    )
    bills = _take_out(session, this_one, row)
    _settle(session, row)
    billing_findings.check_links(session, impor.opd_id, freed, oleh_id=actor.orang_id, now=now)
    pairs = interim.close(session, impor.opd_id, oleh_id=actor.orang_id, now=now)
    _record(session, actor, role, row, (bills, freed, len(pairs)))
    return TakenOut(impor.id, row.baris, row.tetap, len(bills), len(freed), len(pairs))


def _import_in_force(session: Session, opd_id: int, impor_id: int) -> Impor:
    found = session.get(Impor, impor_id)
    if found is None or found.opd_id != opd_id:
        raise NotFound("Pengambilan ini tidak ada. Periksa nomornya di riwayat pengambilan.")
    if tagihan_known_lines.taken_out(session, impor_id) is not None:
        raise Conflict("Pengambilan ini sudah dikeluarkan sebelumnya; tidak ada yang berubah.")
    return found


def _refuse(hindrances: Sequence[str]) -> None:
    if hindrances:
        more = f" (dan {len(hindrances) - 3} halangan lain)" if len(hindrances) > 3 else ""
        raise Conflict(f"Pengambilan ini belum dapat dikeluarkan. {' '.join(hindrances[:3])}{more}")


def _let_go(session: Session, actor: Actor, this_one: ImportScope, now: datetime) -> list[int]:
    """End the pairs that the program made by itself; the purchases that are open again.

    Where lines of several files paid one purchase together, those that stay are open again too: a
    purchase covered in part would be neither billed nor open (as in `reconciliation.undo`).
    """
    own = and_(
        Cocok.baris_bank_id.in_(select(BarisBank.id).where(this_one.going)),
        Cocok.dicabut_at.is_(None),
    )
    links = session.scalars(select(Cocok).where(or_(own, this_one.shared)).order_by(Cocok.id)).all()
    for link in links:
        link.dicabut_at, link.dicabut_oleh_id = now, actor.orang_id
    session.flush()
    return sorted({link.transaksi_id for link in links})


def _take_out(session: Session, this_one: ImportScope, row: ImporKeluar) -> list[str]:
    """Write the withdrawal with its lines and bills; the identities of those bills."""
    session.add(row)
    session.flush()
    bills = session.execute(select(Tagihan.id, Tagihan.identitas).where(this_one.tagihan)).all()
    same = (literal(this_one.impor_id, Integer), literal(this_one.opd_id, Integer))
    for model, key, which in (
        (BarisKeluar, BarisBank.id, this_one.going),
        (TagihanKeluar, Tagihan.id, this_one.tagihan),
    ):
        columns = list(model.__table__.columns.keys())
        session.execute(insert(model).from_select(columns, select(key, *same).where(which)))
        db_facts.carry_many(session, model, this_one.opd_id, impor_id=this_one.impor_id)
    return [identitas for _, identitas in bills]


def _settle(session: Session, row: ImporKeluar) -> None:
    """Findings about what is out have nothing left that they are about."""
    out = [
        select(literal(f"{name}:") + cast(key, String)).where(model.impor_id == row.impor_id)
        for name, key, model in (
            ("baris_bank", BarisKeluar.baris_bank_id, BarisKeluar),
            ("tagihan", TagihanKeluar.tagihan_id, TagihanKeluar),
        )
    ]
    for finding in session.scalars(
        select(Temuan).where(
            Temuan.opd_id == row.opd_id,
            Temuan.selesai_at.is_(None),
            or_(*(Temuan.subjek.in_(subjects) for subjects in out)),
        )
    ):
        note = f"Pengambilan berkasnya dikeluarkan: {row.alasan}"[:500]
        settle(session, finding, note, oleh_id=row.oleh_id, now=row.at)
    session.flush()


def _record(
    session: Session,
    actor: Actor,
    role: Role,
    row: ImporKeluar,
    done: tuple[list[str], list[int], int],
) -> None:
    """One event a withdrawal, not a line."""
    bills, freed, pairs = done
    berkas = session.get_one(Berkas, session.get_one(Impor, row.impor_id).berkas_id)
    after: dict[str, Json] = {
        "sha256": berkas.sha256,
        "nama": mask(berkas.nama),
        "alasan": row.alasan,
        "keluar": row.baris,
        "tetap": row.tetap,
        "jumlah": row.jumlah.sen,
        "tagihan": list(bills),
        "pasangan_dilepas": list(freed),
        "dts_ditutup": pairs,
    }
    event_log.record(
        session,
        actor,
        role,
        "tagihan:berkas:keluar",
        f"impor:{row.impor_id}",
        now=row.at,
        opd_id=row.opd_id,
        after=after,
    )
