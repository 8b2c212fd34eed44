"""What waits for one person today: steps of the chain that are theirs, due dates, differences.

Each thing is there because a role of the person may do it (law 12); who recorded a line or holds
its card is not asked to judge it (law 10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, or_, select, true
from sqlalchemy.orm import Session

from kkpd.domain.hari_kerja import sisa
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.pengingat import Butir, urut
from kkpd.domain.peran import Actor
from kkpd.ledger.active import tagihan_ada
from kkpd.models import Opd, Periode, Selisih, Tagihan, Transaksi, UpKeputusan, UpUsulan
from kkpd.queries import libur as kalender
from kkpd.queries import tenggat

#: Within so many working days a due date is near.
DEKAT: Final = 5


@dataclass(frozen=True, slots=True)
class _Menunggu:
    """Lines in `status` wait for who holds `izin`; `judges`: not for their recorder or holder."""

    status: str
    jenis: str
    izin: str
    judges: bool = True


_MENUNGGU: Final = (
    _Menunggu("tercatat", "bukti", "dpr:susun", judges=False),
    _Menunggu("berbukti", "ajukan", "dpr:susun", judges=False),
    _Menunggu("diajukan", "periksa", "dpr:periksa"),
    _Menunggu("diperiksa", "uji", "uji:putuskan"),
    _Menunggu("disetujui", "dpt", "dpt:terbit"),
    _Menunggu("dpt", "npd", "npd:terbit"),
    _Menunggu("npd", "spp", "spp:ajukan", judges=False),
    _Menunggu("spp", "spp_uji", "spp:uji"),
    _Menunggu("spp", "spm", "spm:terbit"),
    _Menunggu("spm", "sp2d", "sp2d:terbit"),
)
#: state of a month -> (kind, permission)
_PERIODE: Final = {
    "ditutup": ("konfirmasi", "periode:konfirmasi"),
    "dikonfirmasi": ("tinjau", "periode:tinjau"),
}


class _Kerja:
    """The ground of one answer: OPD names, calendar, and the due dates of the months' bills."""

    def __init__(self, session: Session, actor: Actor, hari: date) -> None:
        self.session, self.actor, self.hari = session, actor, hari
        self.libur = kalender.libur(session).keys()
        query = select(Opd.id, Opd.slug, Opd.nama).where(self.dalam(Opd.id))
        self.opd = {row.id: (row.slug, row.nama) for row in session.execute(query)}
        self.jatuh = _bill_days(session, self.dalam(Tagihan.opd_id), hari)

    def dalam(self, column: Any) -> ColumnElement[bool]:
        """Only the OPDs that exist for the actor."""
        ids = self.actor.opd_ids
        return true() if ids is None else column.in_(ids)

    def butir(
        self,
        jenis: str,
        opd_id: int,
        month: tuple[int, int],
        banyak: int,
        nilai: Rupiah | None = None,
        *,
        jatuh: date | None = None,
        kunci: str = "",
        apa: str = "",
        dasar: str = "",
    ) -> Butir:
        """The thing with its day, or the day on which the bill of its month is due."""
        slug, nama = self.opd[opd_id]
        due = jatuh or self.jatuh.get((opd_id, *month))
        return Butir(
            jenis=jenis,
            kunci=kunci or f"{month[0]}-{month[1]:02d}",
            opd_slug=slug,
            opd=nama,
            tahun=month[0],
            bulan=month[1],
            banyak=banyak,
            nilai=nilai,
            jatuh=due,
            sisa=None if due is None else sisa(self.hari, due, self.libur),
            apa=apa,
            dasar=dasar,
        )


def perlu(session: Session, actor: Actor, hari: date) -> tuple[Butir, ...]:
    """Everything that waits for the person, the most pressing first."""
    if not actor.tugas:
        return ()
    work = _Kerja(session, actor, hari)
    sources: tuple[Callable[[_Kerja], Iterator[Butir]], ...] = (
        _chain, _own, _due, _differences, _months, _late, _requests,
    )  # fmt: skip
    return tuple(sorted((one for source in sources for one in source(work)), key=urut))


def _bill_days(
    session: Session, where: ColumnElement[bool], hari: date
) -> dict[tuple[int, int, int], date]:
    rows = session.execute(
        select(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan, func.min(Tagihan.jatuh_tempo))
        .where(
            where,
            Tagihan.jenis == "final",
            Tagihan.jatuh_tempo.is_not(None),
            tagihan_ada(),
            Tagihan.tahun >= hari.year - 1,
        )
        .group_by(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows if row[3] is not None}


def _chain(work: _Kerja) -> Iterator[Butir]:
    """Lines that stand before a step of the person's."""
    own = _is_own(work.actor)
    rows = work.session.execute(
        select(
            Transaksi.opd_id,
            Transaksi.tahun,
            Transaksi.bulan,
            Transaksi.status,
            func.count(),
            func.sum(Transaksi.nilai),
            func.sum(case((own, 1), else_=0)),
            func.sum(case((own, Transaksi.nilai))),
        )
        .where(
            work.dalam(Transaksi.opd_id),
            Transaksi.tahun >= work.hari.year - 1,
            Transaksi.status.in_({one.status for one in _MENUNGGU}),
        )
        .group_by(Transaksi.opd_id, Transaksi.tahun, Transaksi.bulan, Transaksi.status)
    )
    for opd_id, tahun, bulan, status, count, amount, own_count, own_amount in rows:
        for step in _MENUNGGU:
            if step.status != status or not work.actor.can(step.izin, opd_id):
                continue
            less = (int(own_count), own_amount or NOL) if step.judges else (0, NOL)
            if count > less[0]:
                month, left = (tahun, bulan), count - less[0]
                yield work.butir(step.jenis, opd_id, month, left, amount - less[1])


def _is_own(actor: Actor) -> ColumnElement[bool]:
    me = actor.orang_id
    return or_(Transaksi.perekam_id == me, Transaksi.pemegang_id == me)


def _own(work: _Kerja) -> Iterator[Butir]:
    """The holder's or user's own purchases: evidence that lacks, refusals to be repaid."""
    if not work.actor.can("belanja_saya:lihat"):
        return
    me = work.actor.orang_id
    rows = work.session.execute(
        select(
            Transaksi.opd_id,
            Transaksi.tahun,
            Transaksi.bulan,
            Transaksi.status,
            func.count(),
            func.sum(Transaksi.nilai),
        )
        .where(
            work.dalam(Transaksi.opd_id),
            Transaksi.status.in_(("tercatat", "ditolak")),
            or_(Transaksi.pemegang_id == me, Transaksi.pemakai_id == me),
        )
        .group_by(Transaksi.opd_id, Transaksi.tahun, Transaksi.bulan, Transaksi.status)
    )
    for opd_id, tahun, bulan, status, count, amount in rows:
        jenis = "bukti_saya" if status == "tercatat" else "kembali"
        yield work.butir(jenis, opd_id, (tahun, bulan), count, amount)


def _due(work: _Kerja) -> Iterator[Butir]:
    """Due dates of the OPDs whose books the person keeps."""
    for opd_id in sorted(work.actor.jangkauan("bayar:catat") or ()):
        for one in tenggat.tenggat(work.session, work.actor, opd_id, work.hari):
            if one.jenis == "selisih":
                continue  # a difference waits for its own person
            count = int(one.uraian) if one.jenis == "belanja" else 1
            yield work.butir(
                one.jenis,
                opd_id,
                one.periode,
                count,
                one.nilai,
                jatuh=one.jatuh,
                kunci=one.kunci,
                apa=one.uraian if one.jenis == "debet" else "",
            )


def _differences(work: _Kerja) -> Iterator[Butir]:
    """Named differences that this person must settle."""
    rows = work.session.scalars(
        select(Selisih).where(
            work.dalam(Selisih.opd_id),
            Selisih.pemilik_id == work.actor.orang_id,
            Selisih.dicabut_at.is_(None),
            Selisih.jatuh_tempo.is_not(None),
        )
    )
    for row in rows:
        yield work.butir(
            "selisih",
            row.opd_id,
            (row.tahun, row.bulan),
            1,
            row.nilai,
            jatuh=row.jatuh_tempo,
            kunci=str(row.id),
            apa=row.jenis.replace("_", " "),
            dasar=row.jenis,
        )


def _months(work: _Kerja) -> Iterator[Butir]:
    """Closed months that wait for the PA's word or the inspector's look."""
    rows = work.session.scalars(
        select(Periode).where(work.dalam(Periode.opd_id), Periode.status.in_(_PERIODE))
    )
    for row in rows:
        jenis, izin = _PERIODE[row.status]
        if work.actor.can(izin, row.opd_id):
            one = work.butir(jenis, row.opd_id, (row.tahun, row.bulan), 1)
            yield replace(one, jatuh=None, sisa=None)  # not late because its bill once was due


def _late(work: _Kerja) -> Iterator[Butir]:
    """Bills past their day, for who watches over them (BUD and inspector; PA and KPA their own)."""
    if not any(work.actor.can(izin) for izin in ("papan:lihat", "uji:putuskan")):
        return
    late: dict[int, list[tenggat.TagihanTerbuka]] = {}
    where = (work.dalam(Tagihan.opd_id), Tagihan.jatuh_tempo < work.hari)
    for bill in tenggat.tagihan_terbuka(work.session, *where):
        late.setdefault(bill.opd_id, []).append(bill)
    for opd_id, bills in sorted(late.items()):
        if not _watches(work.actor, opd_id):
            continue
        first = min(bills, key=lambda bill: (bill.jatuh, bill.id))
        amount = total(bill.sisa for bill in bills)
        yield work.butir("terlambat", opd_id, first.periode, len(bills), amount, jatuh=first.jatuh)


def _watches(actor: Actor, opd_id: int) -> bool:
    return actor.can("papan:lihat", opd_id) or actor.can("uji:putuskan", opd_id)


def _requests(work: _Kerja) -> Iterator[Butir]:
    """Requests to change UP KKPD that nobody has answered."""
    answered = select(UpKeputusan.usulan_id).where(UpKeputusan.usulan_id.is_not(None))
    rows = work.session.execute(
        select(UpUsulan.opd_id, UpUsulan.tahun, func.count())
        .where(
            work.dalam(UpUsulan.opd_id),
            UpUsulan.ditolak_at.is_(None),
            UpUsulan.id.not_in(answered),
        )
        .group_by(UpUsulan.opd_id, UpUsulan.tahun)
    )
    for opd_id, tahun, count in rows:
        if work.actor.can("anggaran:kelola", opd_id):
            yield work.butir("usulan_up", opd_id, (tahun, 0), count)
