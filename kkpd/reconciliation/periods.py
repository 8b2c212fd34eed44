"""The state of a month, the acts on it, and the months that wait for somebody.

Months of an OPD close in order and stay closed (law 5); late facts go to the open one. The
treasurer closes, the PA confirms, the inspector reviews and may open again with a reason: a new
dated act, never an edit of the one before it. The newest act gives the month's state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.belanja.commands import without_controls
from kkpd.core.db.raw_sql import insert_missing
from kkpd.core.errors import Conflict, DomainError, Forbidden
from kkpd.core.moments import business_day, period_name
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.ledger.active import is_given
from kkpd.ledger.bill_chain import bill_name
from kkpd.models import BarisBank, Dokumen, Opd, Orang, Periode, TindakanPeriode, Transaksi
from kkpd.reconciliation import minutes
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.minutes import newest_minutes
from kkpd.records import event_log
from kkpd.records.issue import Issuer, issue_document
from kkpd.tagihan import line_state

#: Shortest and longest reason (characters).
REASON: Final = (5, 600)


@dataclass(frozen=True, slots=True)
class Act:
    """One act: from which states, to which, under which permission, its name for people.

    `with_reasons` acts need a reason; `by_another` acts must be done by somebody else than the one
    who closed.
    """

    dari: frozenset[str]
    ke: str
    permission: str
    nama: str
    with_reasons: bool = False
    by_another: bool = False


ACTS: Final = {
    "tutup": Act(frozenset({"terbuka"}), "ditutup", "periode:tutup", "menutup"),
    "konfirmasi": Act(
        frozenset({"ditutup"}),
        "dikonfirmasi",
        "periode:konfirmasi",
        "mengonfirmasi",
        by_another=True,
    ),
    "tinjau": Act(
        frozenset({"dikonfirmasi"}), "ditinjau", "periode:tinjau", "meninjau", by_another=True
    ),
    "buka": Act(
        frozenset({"ditutup", "dikonfirmasi", "ditinjau"}),
        "terbuka",
        "periode:buka",
        "membuka kembali",
        with_reasons=True,
    ),
}


def langkah(status: str, nama: str, alasan: str, actor_id: int, closer_id: int | None) -> str:
    """The state after the act; Conflict, Forbidden or DomainError with the sentence otherwise.

    `closer_id` is who last closed the month, None if nobody did.
    """
    act = ACTS[nama]
    if status not in act.dari:
        asked = " atau ".join(sorted(act.dari))
        raise Conflict(
            f"Periode ini {status}; {act.nama} hanya dari keadaan {asked}. Muat ulang halaman."
        )
    if act.by_another and actor_id == closer_id:
        raise Forbidden(
            f"Anda menutup periode ini, sehingga tidak dapat {act.nama}. Mintalah pejabat lain."
        )
    low, high = REASON
    if len(alasan) > high or (act.with_reasons and len(alasan) < low):
        raise DomainError(
            f"Tulis alasan {act.nama} periode ini, {low} sampai {high} huruf.", field="alasan"
        )
    return act.ke


def allowed(status: str) -> tuple[str, ...]:
    """The acts that this state allows."""
    return tuple(nama for nama, act in ACTS.items() if status in act.dari)


@dataclass(frozen=True, slots=True)
class ListedAct:
    """One act on a month; `nomor` is the number of its Berita Acara."""

    tindakan: str
    at: datetime
    oleh: str
    alasan: str
    dokumen_id: int | None
    nomor: str
    sidik: str


def status_periode(session: Session, opd_id: int, periode: tuple[int, int]) -> str:
    """terbuka, ditutup, dikonfirmasi or ditinjau."""
    found = session.get(Periode, (opd_id, *periode))
    return found.status if found is not None else "terbuka"


def history(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]
) -> tuple[ListedAct, ...]:
    """All acts on the month, oldest first."""
    require(actor, "periode:lihat", opd_id)
    rows = session.execute(
        select(TindakanPeriode, Orang.nama, Dokumen.nomor, Dokumen.data_sha256)
        .join(Orang, Orang.id == TindakanPeriode.oleh_id)
        .outerjoin(Dokumen, Dokumen.id == TindakanPeriode.dokumen_id)
        .where(*_month(opd_id, periode))
        .order_by(TindakanPeriode.id)
    )
    return tuple(
        ListedAct(row.tindakan, row.at, who, row.alasan, row.dokumen_id, nomor or "", digest or "")
        for row, who, nomor, digest in rows
    )


def closing(session: Session, opd_id: int, periode: tuple[int, int]) -> int | None:
    """The person who last closed the month."""
    return session.scalars(
        select(TindakanPeriode.oleh_id)
        .where(*_month(opd_id, periode), TindakanPeriode.tindakan == "tutup")
        .order_by(TindakanPeriode.id.desc())
        .limit(1)
    ).one_or_none()


def _month(opd_id: int, periode: tuple[int, int]):  # type: ignore[no-untyped-def]  # a tuple of clauses
    return (
        TindakanPeriode.opd_id == opd_id,
        TindakanPeriode.tahun == periode[0],
        TindakanPeriode.bulan == periode[1],
    )


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A month with its state, for people who confirm and review."""

    slug: str
    opd: str
    periode: tuple[int, int]
    status: str
    sejak: datetime
    oleh: str


def closed_months(session: Session, actor: Actor, banyak: int = 200) -> list[ClosedMonth]:
    """Closed months the actor may see, those that wait the longest first."""
    require(actor, "periode:lihat")
    statement = (
        select(Periode, Opd.slug, Opd.nama, Orang.nama)
        .join(Opd, Opd.id == Periode.opd_id)
        .join(Orang, Orang.id == Periode.oleh_id)
        .where(Periode.status != "terbuka")
        .order_by((Periode.status == "ditinjau"), Periode.sejak, Periode.opd_id)
        .limit(banyak)
    )
    reach = actor.opds_for("periode:lihat")
    if reach is not None:
        statement = statement.where(Periode.opd_id.in_(reach))
    return [
        ClosedMonth(slug, opd, (row.tahun, row.bulan), row.status, row.sejak, who)
        for row, slug, opd, who in session.execute(statement)
    ]


@dataclass(frozen=True, slots=True)
class LateFact:
    """A fact of a closed month that came later and is booked in an open one."""

    jenis: str
    id: int
    what: str
    nilai: Rupiah
    periode: tuple[int, int]


def came_late(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]
) -> tuple[LateFact, ...]:
    """Bank lines and purchases of this month that are booked in a later one, oldest first."""
    require(actor, "periode:lihat", opd_id)
    month = periode[0] * 100 + periode[1]
    first = date(*periode, 1)
    after = date(periode[0] + periode[1] // 12, periode[1] % 12 + 1, 1)
    lines = session.scalars(
        select(BarisBank)
        .where(BarisBank.opd_id == opd_id, BarisBank.bulan_asal == month, is_given())
        .order_by(BarisBank.id)
    )
    purchases = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tanggal >= first,
            Transaksi.tanggal < after,
            Transaksi.tahun * 100 + Transaksi.bulan > month,
            Transaksi.status != "dibatalkan",
        )
        .order_by(Transaksi.id)
    )
    found = [
        LateFact("bank", row.id, row.merchant or row.keterangan, row.nilai, (row.tahun, row.bulan))
        for row in lines
    ]
    found += [
        LateFact("belanja", row.id, row.merchant, row.nilai, (row.tahun, row.bulan))
        for row in purchases
    ]
    return tuple(found)


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
    paper = newest_minutes(session, opd_id, periode)
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
    closer = closing(session, row.opd_id, periode)
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
