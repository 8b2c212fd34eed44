"""Months of an OPD close in order and stay closed (law 5); late facts go to the open one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.db.missing import insert_missing
from kkpd.domain.errors import Conflict
from kkpd.domain.izin import require
from kkpd.domain.peran import Actor
from kkpd.domain.waktu import nama_periode
from kkpd.models import BarisBank, Periode, Transaksi
from kkpd.queries import cocok
from kkpd.services import log

#: A purchase in one of these states is still being worked on: its month cannot close.
BELUM_SELESAI = ("tercatat", "berbukti", "diajukan", "diperiksa", "disetujui")


def hambatan(session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]) -> list[str]:
    """What keeps the month from closing, each as a sentence; empty when it may close."""
    found = []
    earlier = _open_before(session, opd_id, periode)
    if earlier is not None:
        found.append(f"{nama_periode(*earlier)} belum ditutup; periode ditutup berurutan.")
    lines = cocok.baris_bulan(session, actor, opd_id, periode)
    waiting = [line for line in lines if line.sisa]
    if waiting:
        found.append(f"{len(waiting)} baris bank belum cocok atau dijelaskan.")
    unfinished = session.scalar(
        select(func.count())
        .select_from(Transaksi)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == periode[0],
            Transaksi.bulan == periode[1],
            Transaksi.status.in_(BELUM_SELESAI),
        )
    )
    if unfinished:
        found.append(f"{unfinished} belanja belum selesai diuji atau belum masuk DPT.")
    return found


def tutup(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> Periode:
    """Close the month; Conflict names what is open."""
    role = require(actor, "periode:tutup", opd_id)
    row = _locked(session, actor, opd_id, periode, now)
    if row.status != "terbuka":
        raise Conflict(f"{nama_periode(*periode)} sudah ditutup.")
    obstacles = hambatan(session, actor, opd_id, periode)
    if obstacles:
        raise Conflict(f"{nama_periode(*periode)} belum dapat ditutup. {' '.join(obstacles)}")
    row.status, row.sejak, row.oleh_id = "ditutup", now, actor.orang_id
    log.record(
        session,
        actor,
        role,
        "periode:bulan:tutup",
        f"periode:{periode[0]}-{periode[1]:02d}",
        now=now,
        opd_id=opd_id,
        before={"status": "terbuka"},
        after={"status": "ditutup"},
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
    for model in (BarisBank, Transaksi):
        statement = select(model.tahun, model.bulan).where(model.opd_id == opd_id).distinct()
        used |= {(tahun, bulan) for tahun, bulan in session.execute(statement)}
    return min((month for month in used - closed if month < periode), default=None)
