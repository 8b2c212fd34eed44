"""The rows of ceilings as the database keeps them: locked, read and written with few statements.

The statements are built once and go past the unit of work: while they run, other clerks of the
same ceiling wait. Ceilings are always locked by ascending id, so two clerks cannot deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Insert, Select, Update, bindparam, insert, select, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from kkpd.domain.ceilings import Kind, State
from kkpd.domain.money import NOL, Rupiah
from kkpd.models import Ceiling

_CEILING: Final = Ceiling.metadata.tables["ceiling"]
_MOVEMENT: Final = Ceiling.metadata.tables["ceiling_movement"]
_C: Final = _CEILING.c
_M: Final = _MOVEMENT.c
_KOLOM: Final = (
    *(_C.id, _C.opd_id, _C.tahun, _C.jenis, _C.kunci),
    *(_C.limit, _C.reserved, _C.posted, _C.sasaran),
)
_TERKUNCI: Final = select(*_KOLOM).order_by(_C.id).with_for_update()
_DARI_KUNCI: Final = _TERKUNCI.where(
    tuple_(_C.opd_id, _C.tahun, _C.jenis, _C.kunci).in_(bindparam("kunci", expanding=True))
)
_DARI_JENIS: Final = _TERKUNCI.where(
    _C.opd_id == bindparam("opd"), _C.tahun == bindparam("tahun"), _C.jenis == bindparam("jenis")
)
_DARI_BELANJA: Final = _TERKUNCI.where(
    _C.id.in_(select(_M.ceiling_id).where(_M.transaksi_id == bindparam("belanja")))
)
_GERAKAN: Final = (
    select(_M.ceiling_id, _M.kind, _M.amount)
    .where(_M.transaksi_id == bindparam("belanja"))
    .order_by(_M.id)
)
_TULIS: Final = (
    update(_CEILING)
    .where(_C.id == bindparam("batas"))
    .values(
        {
            _C.limit: bindparam("batas_baru"),
            _C.reserved: bindparam("dipesan"),
            _C.posted: bindparam("terpakai"),
            _C.sasaran: bindparam("tujuan"),
        }
    )
)
_CATAT: Final = insert(_MOVEMENT).inline()
_BUKA: Final = insert(_CEILING).inline()


@dataclass(slots=True)
class Batas:
    """A ceiling that this transaction has locked; `tulis` and `gerak` bring changes back."""

    id: int
    opd_id: int
    tahun: int
    jenis: str
    kunci: str
    limit: Rupiah = NOL
    reserved: Rupiah = NOL
    posted: Rupiah = NOL
    sasaran: Rupiah | None = None

    @property
    def state(self) -> State:
        """Its sums as the domain reads them."""
        return State(self.limit, self.reserved, self.posted)

    def set_limit(self, limit: Rupiah) -> Rupiah | None:
        """Set the limit; what is used comes back when it is more, and the limit waits to sink."""
        used = self.reserved + self.posted
        self.limit = max(limit, used)
        self.sasaran = limit if limit < used else None
        return used if limit < used else None


Gerak = tuple[Batas, Kind, Rupiah]


def dari_kunci(session: Session, kunci: Sequence[tuple[int, int, str, str]]) -> list[Batas]:
    """The existing ceilings of these keys (OPD, year, kind, thing), locked."""
    return _baca(session, _DARI_KUNCI, kunci=kunci)


def dari_jenis(session: Session, opd_id: int, tahun: int, jenis: str) -> list[Batas]:
    """All ceilings of one kind of the OPD's year, locked."""
    return _baca(session, _DARI_JENIS, opd=opd_id, tahun=tahun, jenis=jenis)


def dari_belanja(session: Session, transaksi_id: int) -> list[Batas]:
    """The ceilings on which this purchase ever moved, locked: what it holds is read afterwards."""
    return _baca(session, _DARI_BELANJA, belanja=transaksi_id)


def gerakan(session: Session, transaksi_id: int) -> Sequence[tuple[int, Kind, Rupiah]]:
    """(ceiling id, kind, amount) of every movement of this purchase, oldest first."""
    rows = session.connection().execute(_GERAKAN, {"belanja": transaksi_id})
    return [(row[0], row[1], row[2]) for row in rows]


def gerak(
    session: Session,
    steps: Sequence[Gerak],
    transaksi_id: int,
    oleh_id: int,
    now: datetime,
) -> None:
    """Write these movements, and the sums of their locked ceilings as they stand now."""
    tulis(session, {ceiling.id: ceiling for ceiling, _, _ in steps}.values())
    rows = [
        {
            "ceiling_id": ceiling.id,
            "opd_id": ceiling.opd_id,
            "tahun": ceiling.tahun,
            "transaksi_id": transaksi_id,
            "kind": kind,
            "amount": amount,
            "at": now,
            "oleh_id": oleh_id,
        }
        for ceiling, kind, amount in steps
    ]
    _kirim(session, _CATAT, rows)


def tulis(session: Session, ceilings: Iterable[Batas]) -> None:
    """Write limit and sums of these locked ceilings; the database's own CHECK has the last word."""
    rows = [
        {
            "batas": ceiling.id,
            "batas_baru": ceiling.limit,
            "dipesan": ceiling.reserved,
            "terpakai": ceiling.posted,
            "tujuan": ceiling.sasaran,
        }
        for ceiling in ceilings
    ]
    _kirim(session, _TULIS, rows)
    for row in rows:
        _lupakan(session, row["batas"])


def buka(
    session: Session, opd_id: int, tahun: int, jenis: str, limits: Mapping[str, Rupiah]
) -> None:
    """New ceilings of one kind with these limits; nothing is used of them."""
    rows = [
        {
            "opd_id": opd_id,
            "tahun": tahun,
            "jenis": jenis,
            "kunci": kunci,
            "limit": limit,
            "reserved": NOL,
            "posted": NOL,
        }
        for kunci, limit in limits.items()
    ]
    _kirim(session, _BUKA, rows)


def _kirim(session: Session, statement: Insert | Update, rows: list[dict[str, Any]]) -> None:
    """One row goes without the machinery of many; none goes nowhere."""
    if rows:
        session.connection().execute(statement, rows if len(rows) > 1 else rows[0])


def _baca(session: Session, statement: Select[Any], **values: object) -> list[Batas]:
    session.flush()
    return [Batas(*row) for row in session.connection().execute(statement, values)]


def _lupakan(session: Session, ceiling_id: object) -> None:
    """A mapped ceiling that somebody read before is read anew when it is looked at."""
    known = session.identity_map.get(identity_key(Ceiling, ceiling_id))
    if known is not None:
        session.expire(known)
