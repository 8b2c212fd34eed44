"""Months of an OPD close in order and stay closed (law 5); late facts go to the open one.

The treasurer closes, the PA confirms, the inspector reviews and may open again with a reason. Each
act is a row; the newest one gives the month's state.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.belanja.commands import without_controls
from kkpd.core.db.raw_sql import insert_missing
from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day, period_name
from kkpd.core.permissions import Actor, Role, require
from kkpd.ledger.active import is_given
from kkpd.ledger.bill_chain import bill_name
from kkpd.models import BarisBank, Dokumen, Periode, TindakanPeriode, Transaksi
from kkpd.reconciliation import closing_reads, minutes
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.month_states import ACTS, langkah
from kkpd.records import event_log
from kkpd.records.issue import Issuer, issue_document
from kkpd.tagihan import line_state


def closing_obstacles(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], on: date
) -> list[str]:
    """Why the month cannot close on that day, as sentences; empty when it can."""
    found = []
    earlier = _open_before(session, opd_id, periode)
    if earlier is not None:
        found.append(f"{period_name(*earlier)} belum ditutup; periode ditutup berurutan.")
    lines = reconciliation_month.month_lines(session, actor, opd_id, periode)
    waiting = [line for line in lines if line.sisa]
    if waiting:
        found.append(f"{len(waiting)} baris bank belum cocok atau dijelaskan.")
    return [*found, *_unfinished(session, opd_id, periode, on)]


def _unfinished(session: Session, opd_id: int, periode: tuple[int, int], on: date) -> Iterator[str]:
    """Open amounts of the month's bills; purchases that are not billed yet do not keep a month
    open.
    """
    facts = ledger.facts(session, [opd_id], on)
    parts = ledger.split(facts)
    undecided = {
        part.purchase_id
        for part in parts
        if part.place == "open"
        and part.purchase_id is not None
        and part.bill_id is not None
        and facts.bills[part.bill_id].month == periode
    }
    if undecided:
        yield f"{len(undecided)} belanja yang ditagih belum selesai diuji atau belum masuk DPT."
    for block in ledger.bill_blocks(facts, parts):
        rest = block.open
        if block.bill.month == periode and rest and not undecided:
            yield (
                f"{bill_name(block.bill)} Rp {block.total} belum habis terbagi: Rp {rest} tidak "
                "pada DPT, tidak ditolak dan tidak dijelaskan."
            )


def close(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    penerbit: Issuer,
    now: datetime,
) -> Dokumen:
    """Close the month and issue its Berita Acara Rekonsiliasi; Conflict lists what is open."""
    role = require(actor, "periode:tutup", opd_id)
    today = business_day(now)
    if periode > (today.year, today.month):
        raise Conflict(f"{period_name(*periode)} belum berjalan, sehingga belum dapat ditutup.")
    line_state.lock(session, opd_id)  # nothing is taken in or matched while the month closes
    row = _locked(session, actor, opd_id, periode, now)
    if row.status != "terbuka":
        raise Conflict(f"{period_name(*periode)} sudah ditutup.")
    obstacles = closing_obstacles(session, actor, opd_id, periode, today)
    if obstacles:
        raise Conflict(f"{period_name(*periode)} belum dapat ditutup. {' '.join(obstacles)}")
    plan = minutes.plan(session, actor, opd_id, periode, now)
    issued = issue_document(session, actor, role, plan, penerbit, now)
    _act(session, actor, role, row, "tutup", "", now, issued.id)
    return issued


def confirm(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> Periode:
    """The PA confirms the closed month and its Berita Acara."""
    return _step(session, actor, opd_id, periode, "konfirmasi", "", now)


def review(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    catatan: str,
    now: datetime,
) -> Periode:
    """The inspector reviews a confirmed month, with an optional note."""
    return _step(session, actor, opd_id, periode, "tinjau", catatan, now)


def reopen(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    alasan: str,
    now: datetime,
) -> Periode:
    """Open the last closed month again, for a reason. Conflict when a later one is closed."""
    require(actor, "periode:buka", opd_id)
    later = session.scalars(
        select(Periode)
        .where(
            Periode.opd_id == opd_id,
            Periode.tahun * 100 + Periode.bulan > periode[0] * 100 + periode[1],
            Periode.status != "terbuka",
        )
        .order_by(Periode.tahun.desc(), Periode.bulan.desc())
    ).first()
    if later is not None:
        raise Conflict(
            f"{period_name(later.tahun, later.bulan)} sudah ditutup sesudahnya. "
            "Buka dahulu yang terakhir; periode dibuka dari belakang."
        )
    return _step(session, actor, opd_id, periode, "buka", alasan, now)


def _step(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    nama: str,
    alasan: str,
    now: datetime,
) -> Periode:
    role = require(actor, ACTS[nama].permission, opd_id)
    row = _locked(session, actor, opd_id, periode, now)
    paper = closing_reads.newest_minutes(session, opd_id, periode)
    return _act(session, actor, role, row, nama, alasan, now, paper.id if paper else None)


def _act(
    session: Session,
    actor: Actor,
    role: Role,
    row: Periode,
    nama: str,
    alasan: str,
    now: datetime,
    dokumen_id: int | None,
) -> Periode:
    """Take the step, write its row and its event."""
    periode, before = (row.tahun, row.bulan), row.status
    closer = closing_reads.closing(session, row.opd_id, periode)
    alasan = without_controls(alasan)
    row.status = langkah(before, nama, alasan, actor.orang_id, closer)
    row.sejak, row.oleh_id = now, actor.orang_id
    session.add(
        TindakanPeriode(
            opd_id=row.opd_id,
            tahun=row.tahun,
            bulan=row.bulan,
            tindakan=nama,
            alasan=alasan,
            at=now,
            oleh_id=actor.orang_id,
            dokumen_id=dokumen_id,
        )
    )
    event_log.record(
        session,
        actor,
        role,
        f"periode:bulan:{nama}",
        f"periode:{periode[0]}-{periode[1]:02d}",
        now=now,
        opd_id=row.opd_id,
        before={"status": before},
        after={"status": row.status, "alasan": alasan, "dokumen": dokumen_id},
    )
    session.flush()
    return row


def _locked(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> Periode:
    insert_missing(
        session,
        Periode,
        opd_id=opd_id,
        tahun=periode[0],
        bulan=periode[1],
        status="terbuka",
        sejak=now,
        oleh_id=actor.orang_id,
    )
    return session.get_one(
        Periode, (opd_id, *periode), with_for_update=True, populate_existing=True
    )


def _open_before(session: Session, opd_id: int, periode: tuple[int, int]) -> tuple[int, int] | None:
    """The oldest earlier month that has facts and is not closed."""
    closed = {
        (row.tahun, row.bulan)
        for row in session.scalars(
            select(Periode).where(Periode.opd_id == opd_id, Periode.status != "terbuka")
        )
    }
    used: set[tuple[int, int]] = set()
    for model, counts in ((BarisBank, is_given()), (Transaksi, true())):
        months = select(model.tahun, model.bulan).where(model.opd_id == opd_id, counts)
        used |= {(tahun, bulan) for tahun, bulan in session.execute(months.distinct())}
    return min((month for month in used - closed if month < periode), default=None)
