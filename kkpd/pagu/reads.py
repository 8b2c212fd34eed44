"""What may still be spent: the OPD's DPA lines with what is left, UP KKPD, the card's limit.

Once a year is open, a card's limit also bears the unpaid lines of earlier years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select
from sqlalchemy.sql.selectable import ScalarSelect

from kkpd.core.choices import PLAN_KINDS
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import (
    Ceiling,
    CeilingMovement,
    Dpa,
    DpaBaris,
    Kartu,
    Rekening,
    SubKegiatan,
    Transaksi,
)
from kkpd.pagu import available, plan_rules
from kkpd.pagu.ceilings.rules import CeilingState
from kkpd.records import settings as records_settings


def weigh_plans(
    session: Session,
    opd_id: int,
    day: date,
    akun: tuple[str, str],
    nilai: Rupiah,
    owned: Mapping[tuple[str, str], Rupiah],
) -> tuple[Weighing, ...]:
    """The tightest month of each plan that a setting requires; `akun` is sub kegiatan and account.

    `owned` is what the purchase itself has reserved already, by (kind, key).
    """
    found = []
    for jenis in PLAN_KINDS:
        states = _states(session, opd_id, day, jenis, akun, owned)
        if states:
            state = min(states, key=lambda one: one.available)
            found.append(Weighing(jenis, NAMES[jenis], state, nilai))
    return tuple(found)


def _states(
    session: Session,
    opd_id: int,
    day: date,
    jenis: str,
    akun: tuple[str, str],
    owned: Mapping[tuple[str, str], Rupiah],
) -> list[CeilingState]:
    cara = records_settings.value(session, f"periksa_{jenis}", day, opd_id)
    if cara is None:
        return []
    plan = available.monthly(session, opd_id, day.year, jenis, *akun)
    if plan is None:
        return []
    states = []
    for bulan in plan_rules.weighed_months(plan.bulan, day.month, cara):
        key = plan_rules.kunci(plan.sub_kegiatan, plan.rekening, bulan, cara)
        limit = plan_rules.bound(plan.bulan, bulan, cara)
        own = owned.get((jenis, key), ZERO)
        kept = _kept(session, opd_id, day.year, jenis, key)
        if kept is None:
            kept, own = _held(session, opd_id, day.year, plan, bulan, cara), _dpa(owned)
        states.append(CeilingState(limit, kept - own))
    return states


def _dpa(owned: Mapping[tuple[str, str], Rupiah]) -> Rupiah:
    """What the purchase itself holds of its DPA line."""
    return next((amount for (jenis, _), amount in owned.items() if jenis == "dpa"), ZERO)


def _kept(session: Session, opd_id: int, tahun: int, jenis: str, key: str) -> Rupiah | None:
    """What the month's ceiling holds, None while nothing has opened it."""
    row = session.execute(
        select(Ceiling.reserved, Ceiling.posted).where(
            Ceiling.opd_id == opd_id,
            Ceiling.tahun == tahun,
            Ceiling.jenis == jenis,
            Ceiling.kunci == key,
        )
    ).one_or_none()
    return None if row is None else row[0] + row[1]


def _held(
    session: Session,
    opd_id: int,
    tahun: int,
    plan: available.MonthlyPlan,
    bulan: int,
    cara: str,
) -> Rupiah:
    """What purchases of the plan's line and months hold of their DPA lines."""
    statement = (
        select(CeilingMovement.kind, func.sum(CeilingMovement.amount))
        .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
        .join(Transaksi, Transaksi.id == CeilingMovement.transaksi_id)
        .where(
            Ceiling.jenis == "dpa",
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == tahun,
            Transaksi.sub_kegiatan == plan.sub_kegiatan,
            Transaksi.bulan <= bulan if cara == "kumulatif" else Transaksi.bulan == bulan,
            CeilingMovement.kind.in_(("reserve", "void", "restore")),
        )
        .group_by(CeilingMovement.kind)
    )
    if plan.rekening:
        statement = statement.where(Transaksi.rekening == plan.rekening)
    sums = {kind: amount or ZERO for kind, amount in session.execute(statement)}
    freed = sums.get("void", ZERO) + sums.get("restore", ZERO)
    return sums.get("reserve", ZERO) - freed


_Row: TypeAlias = Select[str, str, str, str, str, Rupiah, Rupiah, Rupiah, Rupiah]


@dataclass(frozen=True, slots=True)
class PaguLine:
    """A line of the OPD's newest DPA with names and what is left; `state` None: no ceiling yet."""

    sub_kegiatan: str
    sub_kegiatan_name: str
    rekening: str
    nama_rekening: str
    sumber_dana: str
    pagu: Rupiah
    state: CeilingState | None

    @property
    def kunci(self) -> str:
        """`sub_kegiatan|rekening|sumber_dana`, the key of its ceiling."""
        return f"{self.sub_kegiatan}|{self.rekening}|{self.sumber_dana}"

    @property
    def sisa(self) -> Rupiah:
        """What may still be charged here."""
        return self.pagu if self.state is None else self.state.available


def dpa_lines(
    session: Session, opd_id: int, tahun: int, cari: str = "", bound: int | None = None
) -> tuple[PaguLine, ...]:
    """The lines of the newest DPA version; `cari`: every word must be in a code or a name."""
    statement = _lines(opd_id, tahun)
    for word in cari.split()[:8]:
        pattern = f"%{_plain(word)}%"
        columns = (
            DpaBaris.sub_kegiatan,
            DpaBaris.rekening,
            SubKegiatan.nama,
            Rekening.nama,
            Rekening.deskripsi,
        )
        statement = statement.where(
            or_(*(column.ilike(pattern, escape="\\") for column in columns))
        )
    rows = session.execute(statement.limit(bound))
    return tuple(
        PaguLine(
            sub,
            sub_name or "",
            rekening,
            nama or "",
            sumber,
            pagu,
            None if limit is None else CeilingState(limit, reserved, posted),
        )
        for sub, sub_name, rekening, nama, sumber, pagu, limit, reserved, posted in rows
    )


def _plain(word: str) -> str:
    """A word for LIKE, with its wildcards escaped."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _lines(
    opd_id: int, tahun: int
) -> Select[str, str, str, str, str, Rupiah, Rupiah, Rupiah, Rupiah]:
    kunci = DpaBaris.sub_kegiatan + "|" + DpaBaris.rekening + "|" + DpaBaris.sumber_dana
    return (
        select(
            DpaBaris.sub_kegiatan,
            SubKegiatan.nama,
            DpaBaris.rekening,
            Rekening.nama,
            DpaBaris.sumber_dana,
            DpaBaris.pagu,
            Ceiling.limit,
            Ceiling.reserved,
            Ceiling.posted,
        )
        .join(Dpa, Dpa.id == DpaBaris.dpa_id)
        .outerjoin(
            SubKegiatan,
            and_(SubKegiatan.tahun == tahun, SubKegiatan.kode == DpaBaris.sub_kegiatan),
        )
        .outerjoin(Rekening, and_(Rekening.tahun == tahun, Rekening.kode == DpaBaris.rekening))
        .outerjoin(
            Ceiling,
            and_(
                Ceiling.opd_id == opd_id,
                Ceiling.tahun == tahun,
                Ceiling.jenis == "dpa",
                Ceiling.kunci == kunci,
            ),
        )
        .where(Dpa.opd_id == opd_id, Dpa.tahun == tahun, Dpa.urut == _newest(opd_id, tahun))
        .order_by(DpaBaris.sub_kegiatan, DpaBaris.rekening, DpaBaris.sumber_dana)
    )


def _newest(opd_id: int | BindParameter[int], tahun: int | BindParameter[int]) -> ScalarSelect[int]:
    return (
        select(func.max(Dpa.urut)).where(Dpa.opd_id == opd_id, Dpa.tahun == tahun).scalar_subquery()
    )


def one_line(
    session: Session, opd_id: int, tahun: int, sub_kegiatan: str, rekening: str, sumber_dana: str
) -> PaguLine | None:
    """The one DPA line of these three codes in the newest version."""
    wanted = (sub_kegiatan, rekening, sumber_dana)
    return next(
        (
            line
            for line in dpa_lines(session, opd_id, tahun, f"{sub_kegiatan} {rekening}")
            if (line.sub_kegiatan, line.rekening, line.sumber_dana) == wanted
        ),
        None,
    )


_DPA: Final[tuple[BindParameter[int], BindParameter[int]]] = (bindparam("opd"), bindparam("year"))
_FUNDS: Final = FixedStatement(
    select(DpaBaris.sumber_dana)
    .join(Dpa, Dpa.id == DpaBaris.dpa_id)
    .where(
        Dpa.opd_id == _DPA[0],
        Dpa.tahun == _DPA[1],
        Dpa.urut == _newest(*_DPA),
        DpaBaris.sub_kegiatan == bindparam("sub"),
        DpaBaris.rekening == bindparam("account"),
    )
    .order_by(DpaBaris.sumber_dana)
)


def sumber_dana(
    session: Session, opd_id: int, tahun: int, sub_kegiatan: str, rekening: str
) -> tuple[str, ...]:
    """The fund sources that the newest DPA has for this account in this sub kegiatan."""
    found = _FUNDS.of(session, opd=opd_id, year=tahun, sub=sub_kegiatan, account=rekening)
    return tuple(name for (name,) in found)


def has_rekening(session: Session, opd_id: int, tahun: int, rekening: str) -> bool:
    """Whether any DPA line of the OPD's year has this account."""
    return (
        session.scalar(
            select(DpaBaris.id)
            .where(
                DpaBaris.opd_id == opd_id, DpaBaris.tahun == tahun, DpaBaris.rekening == rekening
            )
            .limit(1)
        )
        is not None
    )


@dataclass(frozen=True, slots=True)
class Weighing:
    """One ceiling beside an amount: what is left now, and after the amount."""

    jenis: str
    nama: str
    state: CeilingState
    nilai: Rupiah

    @property
    def sesudah(self) -> Rupiah:
        """What the purchase leaves; negative when there is no room."""
        return self.state.available - self.nilai

    @property
    def enough(self) -> bool:
        """Whether there is room."""
        return self.sesudah >= ZERO


#: kind -> its name on pages
NAMES: Final = {
    "dpa": "Sisa pagu sub kegiatan",
    "spd": "Sisa SPD",
    "kas": "Sisa anggaran kas",
    "up_kkpd": "Sisa UP KKPD",
    "kartu": "Sisa batas kartu",
    "penerima": "Sisa batas penyedia ini",
}


def weigh(
    session: Session,
    opd_id: int,
    tahun: int,
    kunci: Mapping[str, str],
    nilai: Rupiah,
    owned: Mapping[tuple[str, str], Rupiah] | None = None,
) -> tuple[Weighing, ...]:
    """The existing ceilings of these keys (kind -> key) beside an amount, in a fixed order.

    `owned` is what the purchase itself has reserved already, by (kind, key); it does not count
    against itself.
    """
    own = owned or {}
    rows = {
        jenis: CeilingState(limit, reserved - own.get((jenis, nama), ZERO), posted)
        for jenis, nama, limit, reserved, posted in session.execute(
            select(
                Ceiling.jenis, Ceiling.kunci, Ceiling.limit, Ceiling.reserved, Ceiling.posted
            ).where(
                Ceiling.opd_id == opd_id,
                Ceiling.tahun == tahun,
                Ceiling.kunci.in_(kunci.values()),
            )
        )
        if kunci.get(jenis) == nama
    }
    return tuple(
        Weighing(jenis, nama, rows[jenis], nilai) for jenis, nama in NAMES.items() if jenis in rows
    )


def token_kartu(session: Session, opd_id: int, kartu_id: int) -> str | None:
    """The random token under which a card's limit is kept."""
    return session.scalar(select(Kartu.token).where(Kartu.opd_id == opd_id, Kartu.id == kartu_id))
