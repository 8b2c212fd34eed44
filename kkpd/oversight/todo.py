"""What waits for one person today: steps of the chain that are theirs, due dates, differences.

Each thing is there because a role of the person may do it (law 12); who recorded a line or holds
its card is not asked to judge it (law 10).

The sentences are in `reminder_rules.py`, the links in `kkpd/web/desk/my_todo.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from kkpd.core import moves
from kkpd.core.choices import PROPOSED
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.moves import may_take
from kkpd.core.permissions import Actor
from kkpd.core.working_days import left_over
from kkpd.ledger.active import bill_exists, move_state
from kkpd.ledger.shapes import Part
from kkpd.ledger.standing import Standing, StandingSummary, standing, summary
from kkpd.models import (
    BuktiMasuk,
    Case,
    Kartu,
    KartuRiwayat,
    Opd,
    Penugasan,
    Periode,
    Selisih,
    Tagihan,
    Transaksi,
    UpKeputusan,
    UpUsulan,
)
from kkpd.organisation import holidays as calendar
from kkpd.organisation.accounts import administrators_ending
from kkpd.oversight import due
from kkpd.oversight.reminder_rules import DueEntry, urut
from kkpd.oversight.talk.waiting import PersonToday, waiting

#: A due date within this many working days is near.
NEAR_DAYS: Final = 5
#: So many days a grant stays in the reminders of who watches.
RECENT_DAYS: Final = 7
#: So many days before the end of an administrator's term the administrators are told.
ENDING_DAYS: Final = 30
_ALL_OPDS: Final = "Semua OPD"


#: Reminded of with its own day by `_due`, paper by paper.
_BY_DAY: Final = "debet"
#: state of a month -> (kind, permission)
_PERIODE: Final = {
    "ditutup": ("konfirmasi", "periode:konfirmasi"),
    "dikonfirmasi": ("tinjau", "periode:tinjau"),
}


def to_do(
    session: Session,
    actor: Actor,
    day: date,
    brief: Callable[[int], StandingSummary] | None = None,
) -> tuple[DueEntry, ...]:
    """Everything that waits for the person, the most pressing first; `brief` gives an OPD's sums
    where they are known already.
    """
    if not actor.assignment:
        return ()
    work = Ground(session, actor, day, brief)
    sources: tuple[Callable[[Ground], Iterator[DueEntry]], ...] = (
        _chain,
        _own,
        _inbox,
        _said,
        _due,
        debts,
        named,
        _months,
        _late,
        _requests,
        _grants,
        _cases,
    )
    return tuple(sorted((one for source in sources for one in source(work)), key=urut))


def _chain(work: Ground) -> Iterator[DueEntry]:
    """Lines whose next move is the person's."""
    me = work.actor.orang_id
    own = or_(Transaksi.perekam_id == me, Transaksi.pemegang_id == me)
    month = (Transaksi.opd_id, Transaksi.tahun, Transaksi.bulan)
    what = (*month, move_state(), Transaksi.sub_kegiatan, own)
    rows = work.session.execute(
        select(*what, func.count(), func.sum(Transaksi.nilai))
        .where(
            work.within(Transaksi.opd_id),
            Transaksi.tahun >= work.day.year - 1,
            Transaksi.status.in_(moves.MOVES),
        )
        .group_by(*what)
    )
    found: dict[tuple[str, int, tuple[int, int]], list[tuple[int, Rupiah]]] = defaultdict(list)
    for opd_id, tahun, bulan, status, sub, is_own, count, amount in rows:
        move = moves.MOVES[status]
        if move.jenis != _BY_DAY and may_take(move, work.actor, opd_id, sub, own=is_own):
            found[move.jenis, opd_id, (tahun, bulan)].append((count, amount))
    for (jenis, opd_id, of_month), parts in found.items():
        amount = total(amount for _count, amount in parts)
        yield work.butir(jenis, opd_id, of_month, sum(count for count, _amount in parts), amount)


def _own(work: Ground) -> Iterator[DueEntry]:
    """The holder's or user's own purchases without evidence."""
    if not work.actor.can("belanja_saya:lihat"):
        return
    me = work.actor.orang_id
    rows = work.session.execute(
        select(
            Transaksi.opd_id,
            Transaksi.tahun,
            Transaksi.bulan,
            func.count(),
            func.sum(Transaksi.nilai),
        )
        .where(
            work.within(Transaksi.opd_id),
            Transaksi.status == "tercatat",
            or_(Transaksi.pemegang_id == me, Transaksi.pemakai_id == me),
        )
        .group_by(Transaksi.opd_id, Transaksi.tahun, Transaksi.bulan)
    )
    for opd_id, tahun, bulan, count, amount in rows:
        yield work.butir("bukti_saya", opd_id, (tahun, bulan), count, amount)


def _inbox(work: Ground) -> Iterator[DueEntry]:
    """Files of evidence that wait in the person's inbox for their purchase."""
    rows = work.session.execute(
        select(BuktiMasuk.opd_id, func.count(), func.min(BuktiMasuk.at))
        .where(
            work.within(BuktiMasuk.opd_id),
            BuktiMasuk.pemilik_id == work.actor.orang_id,
            BuktiMasuk.selesai_at.is_(None),
        )
        .group_by(BuktiMasuk.opd_id)
    )
    for opd_id, count, oldest in rows:
        age = str((work.day - business_day(oldest)).days)
        month = (work.day.year, work.day.month)
        one = work.butir("kotak_bukti", opd_id, month, count, kunci="kotak", what=age)
        yield replace(one, due_day=None, sisa=None)  # not late because a bill of the month is due


def _said(work: Ground) -> Iterator[DueEntry]:
    """Purchases given back to this person, and questions to the person, by month."""
    words = {"perbaiki": "dikembalikan", "lengkapi": "dikembalikan_saya", "jawab": "tanya"}
    found: dict[tuple[str, int, int, int], list[Rupiah]] = {}
    for one in waiting(PersonToday(work.session, work.actor, work.day, work.opd), work.buku):
        if one.move in words:
            topic = one.topic
            key = (words[one.move], topic.opd_id, topic.tahun, topic.bulan)
            found.setdefault(key, []).append(topic.nilai)
    for (jenis, opd_id, tahun, bulan), amounts in found.items():
        yield work.butir(jenis, opd_id, (tahun, bulan), len(amounts), total(amounts))


def _due(work: Ground) -> Iterator[DueEntry]:
    """Due dates of the OPDs whose books the person keeps."""
    for opd_id in sorted(work.actor.opds_for("bayar:catat") or ()):
        books = work.buku(opd_id)
        for one in due.due_dates(work.session, work.actor, opd_id, work.day, books):
            if one.whose is not None or one.jenis == "kasus":
                continue  # it waits for its own person; cases have an entry of their own
            count = int(one.uraian) if one.jenis == "belanja" else 1
            yield work.butir(
                one.jenis,
                opd_id,
                one.periode,
                count,
                one.nilai,
                due_day=one.due_day,
                kunci=one.kunci,
                what=one.uraian if one.jenis == "debet" else "",
            )


def _months(work: Ground) -> Iterator[DueEntry]:
    """Closed months that wait for the PA's confirmation or the inspector's review."""
    rows = work.session.scalars(
        select(Periode).where(work.within(Periode.opd_id), Periode.status.in_(_PERIODE))
    )
    for row in rows:
        jenis, permission = _PERIODE[row.status]
        if work.actor.can(permission, row.opd_id):
            one = work.butir(jenis, row.opd_id, (row.tahun, row.bulan), 1)
            yield replace(one, due_day=None, sisa=None)  # not late because its bill once was due


def _late(work: Ground) -> Iterator[DueEntry]:
    """Bills past their day, for who watches over them (BUD and inspector; PA and KPA their own)."""
    if not any(work.actor.can(permission) for permission in ("papan:lihat", "uji:putuskan")):
        return
    for opd_id in work.opd:
        if not _watches(work.actor, opd_id):
            continue
        bills = [bill for bill in work.brief(opd_id).due if bill.due_day < work.day]
        if bills:
            first = min(bills, key=lambda bill: (bill.due_day, bill.id))
            amount = total(bill.sisa for bill in bills)
            yield work.butir(
                "terlambat", opd_id, first.periode, len(bills), amount, due_day=first.due_day
            )


def _watches(actor: Actor, opd_id: int) -> bool:
    return actor.can("papan:lihat", opd_id) or actor.can("uji:putuskan", opd_id)


def _requests(work: Ground) -> Iterator[DueEntry]:
    """Requests to change UP KKPD that nobody has answered."""
    answered = select(UpKeputusan.usulan_id).where(UpKeputusan.usulan_id.is_not(None))
    rows = work.session.execute(
        select(UpUsulan.opd_id, UpUsulan.tahun, func.count())
        .where(
            work.within(UpUsulan.opd_id),
            UpUsulan.ditolak_at.is_(None),
            UpUsulan.id.not_in(answered),
        )
        .group_by(UpUsulan.opd_id, UpUsulan.tahun)
    )
    for opd_id, tahun, count in rows:
        if work.actor.can("anggaran:kelola", opd_id):
            yield work.butir("usulan_up", opd_id, (tahun, 0), count)


def _cases(work: Ground) -> Iterator[DueEntry]:
    """Cases that this person must answer, and answered ones for who decides; by OPD, the first day
    on which one is due.
    """
    rows = work.session.execute(
        select(
            Case.opd_id, Case.status, func.count(), func.sum(Case.nilai), func.min(Case.jatuh_tempo)
        )
        .where(
            work.within(Case.opd_id),
            or_(
                and_(Case.status == "terbuka", Case.pemilik_id == work.actor.orang_id),
                Case.status == "dijawab",
            ),
        )
        .group_by(Case.opd_id, Case.status)
    )
    for opd_id, status, count, amount, first in rows:
        month = (work.day.year, work.day.month)
        if status == "terbuka":
            yield work.butir("kasus_jawab", opd_id, month, count, amount, due_day=first)
        elif work.actor.can("temuan:putuskan", opd_id):
            one = work.butir("kasus_putus", opd_id, month, count, amount)
            yield replace(one, due_day=None, sisa=None)  # not late because a bill of the month is


def _grants(work: Ground) -> Iterator[DueEntry]:
    """Proposals that wait for this person as the second one; to who watches, every grant of the
    last days.
    """
    me, waiting = work.actor.orang_id, Penugasan.status == PROPOSED
    if work.actor.can("penugasan:kelola"):
        foreign = Penugasan.diusulkan_oleh_id != me, Penugasan.orang_id != me
        yield from work.office_wide("penugasan_usul", select(Penugasan.id).where(waiting, *foreign))
        yield from work.office_wide("kartu_usul", _cards_for(me))
        yield from _ending_terms(work)
    elif work.actor.can("penugasan:lihat"):
        since = datetime.combine(work.day - timedelta(days=RECENT_DAYS), time.min, UTC)
        recent = or_(Penugasan.diusulkan_at >= since, Penugasan.diputus_at >= since)
        cards = select(KartuRiwayat.kartu_id).where(
            KartuRiwayat.status.in_(("diusulkan", "ditetapkan")), KartuRiwayat.at >= since
        )
        yield from work.office_wide(
            "hak_baru", select(Penugasan.id).where(or_(waiting, recent)), cards.distinct()
        )


def _ending_terms(work: Ground) -> Iterator[DueEntry]:
    """Administrators whose term ends soon: afterwards nobody may be left who confirms."""
    until = work.day + timedelta(days=ENDING_DAYS)
    for orang_id, (nama, last) in administrators_ending(work.session, work.day, until).items():
        yield work.of_all_opds("masa_admin", str(orang_id), 1, f"{nama}, {last:%d-%m-%Y}")


def _cards_for(me: int) -> Select[int]:
    """Proposed cards that this person neither proposed nor holds."""
    return (
        select(Kartu.id)
        .join(KartuRiwayat, KartuRiwayat.kartu_id == Kartu.id)
        .where(
            Kartu.status == "diusulkan",
            KartuRiwayat.status == "diusulkan",
            KartuRiwayat.oleh_id != me,
            Kartu.pemegang_id != me,
        )
    )


class Ground:
    """The inputs of one answer: OPD names, calendar, and due dates of the months' bills."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        day: date,
        brief: Callable[[int], StandingSummary] | None,
    ) -> None:
        self.session, self.actor, self.day = session, actor, day
        self.brief = brief or (lambda opd_id: summary(self.buku(opd_id)))
        self._books: dict[int, Standing] = {}
        self.days_off = calendar.days_off(session).keys()
        query = select(Opd.id, Opd.slug, Opd.nama).where(self.within(Opd.id))
        self.opd = {row.id: (row.slug, row.nama) for row in session.execute(query)}
        self.due_day = _bill_days(session, self.within(Tagihan.opd_id), day)

    def buku(self, opd_id: int) -> Standing:
        """The books of one OPD, read once."""
        if opd_id not in self._books:
            self._books[opd_id] = standing(self.session, [opd_id], self.day)
        return self._books[opd_id]

    def within(self, column: Any) -> ColumnElement[bool]:
        """Only the OPDs that exist for the actor."""
        ids = self.actor.opd_ids
        return true() if ids is None else column.in_(ids)

    def office_wide(self, jenis: str, *rows: Select[int]) -> Iterator[DueEntry]:
        """So many rows of these queries, which belong to no one OPD; nothing for none."""
        count = sum(
            self.session.scalar(select(func.count()).select_from(one.subquery())) or 0
            for one in rows
        )
        if count:
            yield self.of_all_opds(jenis, str(count), count)

    def of_all_opds(self, jenis: str, kunci: str, banyak: int, what: str = "") -> DueEntry:
        """Something that belongs to no one OPD."""
        return DueEntry(
            jenis=jenis,
            kunci=kunci,
            opd_slug="",
            opd=_ALL_OPDS,
            tahun=self.day.year,
            bulan=0,
            banyak=banyak,
            what=what,
        )

    def butir(
        self,
        jenis: str,
        opd_id: int,
        month: tuple[int, int],
        banyak: int,
        nilai: Rupiah | None = None,
        *,
        due_day: date | None = None,
        kunci: str = "",
        what: str = "",
        dasar: str = "",
    ) -> DueEntry:
        """The thing with its day, or the day on which the bill of its month is due."""
        slug, nama = self.opd[opd_id]
        due = due_day or self.due_day.get((opd_id, *month))
        return DueEntry(
            jenis=jenis,
            kunci=kunci or f"{month[0]}-{month[1]:02d}",
            opd_slug=slug,
            opd=nama,
            tahun=month[0],
            bulan=month[1],
            banyak=banyak,
            nilai=nilai,
            due_day=due,
            sisa=None if due is None else left_over(self.day, due, self.days_off),
            what=what,
            dasar=dasar,
        )


def _bill_days(
    session: Session, where: ColumnElement[bool], day: date
) -> dict[tuple[int, int, int], date]:
    rows = session.execute(
        select(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan, func.min(Tagihan.jatuh_tempo))
        .where(
            where,
            Tagihan.jenis == "final",
            Tagihan.jatuh_tempo.is_not(None),
            bill_exists(),
            Tagihan.tahun >= day.year - 1,
        )
        .group_by(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows if row[3] is not None}


def debts(work: Ground) -> Iterator[DueEntry]:
    """What this person must settle: refused purchases to repay, and their named differences.

    One with a day of its own is listed separately; the others are grouped by kind.
    """
    me = work.actor.orang_id
    for opd_id in sorted(_mine(work)):
        books = work.buku(opd_id)
        found: dict[tuple[str, str, str, date | None], list[Part]] = {}
        for part in books.parts:
            if part.waits and books.owner(part) == me:
                found.setdefault(_kind(books, part), []).append(part)
        for (jenis, kunci, kind, own_day), parts in found.items():
            amount = abs(total(part.left for part in parts))
            yield work.butir(
                jenis,
                opd_id,
                min(part.month for part in parts),
                len({part.explanation_id or part.purchase_id for part in parts}),
                amount,
                due_day=own_day or min(filter(None, map(books.until, parts)), default=None),
                kunci=kunci,
                what=kind.replace("_", " "),
                dasar=kind,
            )


def _kind(books: Standing, part: Part) -> tuple[str, str, str, date | None]:
    """(kind of what waits, key, kind of difference, its own day)."""
    if part.explanation_id is None:
        jenis = "kembali" if part.left > ZERO else "lebih_kembali"
        return jenis, f"{part.month[0]}-{part.month[1]:02d}", "", None
    due = books.told[part.explanation_id].due
    if due is not None:
        return "selisih", str(part.explanation_id), part.kind, due
    return "tanggungan", part.kind, part.kind, None


def _mine(work: Ground) -> set[int]:
    """OPDs in which a difference or a decided purchase is this person's."""
    me = work.actor.orang_id
    found: set[int] = set()
    for query in (
        select(Selisih.opd_id).where(Selisih.pemilik_id == me, Selisih.dicabut_at.is_(None)),
        select(Transaksi.opd_id).where(Transaksi.pemegang_id == me),
    ):
        found |= set(work.session.scalars(query.distinct()))
    return found & work.opd.keys()


def named(work: Ground) -> Iterator[DueEntry]:
    """Named differences of purchases that no line asks for, with a day, of this person."""
    rows = work.session.scalars(
        select(Selisih).where(
            work.within(Selisih.opd_id),
            Selisih.pemilik_id == work.actor.orang_id,
            Selisih.dicabut_at.is_(None),
            Selisih.jatuh_tempo.is_not(None),
            Selisih.baris_bank_id.is_(None),
        )
    )
    for row in rows:
        yield work.butir(
            "selisih",
            row.opd_id,
            (row.tahun, row.bulan),
            1,
            row.nilai,
            due_day=row.jatuh_tempo,
            kunci=str(row.id),
            what=row.jenis.replace("_", " "),
            dasar=row.jenis,
        )
