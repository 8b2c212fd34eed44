"""The rows of ceilings: locked, read and written with few statements.

The statements are compiled once and go past the unit of work (`kkpd.core.db.raw_sql`), because
others who use the same ceiling wait while they run. Ceilings are always locked by ascending id, so
there is no deadlock. What a purchase holds is read after the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Table, and_, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from kkpd.core.choices import Kind
from kkpd.core.db import facts as db_facts
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling
from kkpd.pagu.ceilings.rules import CeilingState

_CEILING: Final = Ceiling.metadata.tables["ceiling"]
_MOVEMENT: Final = Ceiling.metadata.tables["ceiling_movement"]
_C: Final = _CEILING.c
_M: Final = _MOVEMENT.c


def _insert(table: Table, *names: str) -> FixedStatement:
    """A new row of these columns."""
    return FixedStatement(insert(table).inline().values({name: bindparam(name) for name in names}))


_COLUMNS: Final = (
    *(_C.id, _C.opd_id, _C.tahun, _C.jenis, _C.kunci),
    *(_C.limit, _C.reserved, _C.posted, _C.sasaran),
)
_LOCKED: Final = select(*_COLUMNS).order_by(_C.id).with_for_update()
_ALL_OF_KIND: Final = FixedStatement(
    _LOCKED.where(
        *(_C.opd_id == bindparam("opd_id"), _C.tahun == bindparam("tahun")),
        _C.jenis == bindparam("jenis"),
    )
)
_MOVED_BY_PURCHASE: Final = FixedStatement(
    _LOCKED.where(_C.id.in_(select(_M.ceiling_id).where(_M.transaksi_id == bindparam("belanja"))))
)
_SELECT_MOVEMENTS: Final = FixedStatement(
    select(_M.ceiling_id, _M.kind, _M.amount)
    .where(_M.transaksi_id == bindparam("belanja"))
    .order_by(_M.id)
)
_UPDATE: Final = FixedStatement(
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
_KEY_COLUMNS: Final = ("opd_id", "tahun", "jenis", "kunci")
_RECORD_MOVE: Final = _insert(
    *(_MOVEMENT, "ceiling_id", "opd_id", "tahun", "transaksi_id", "kind", "amount", "at", "oleh_id")
)
_OPEN_ROW: Final = _insert(_CEILING, *_KEY_COLUMNS, "limit", "reserved", "posted")


@dataclass(slots=True)
class LockedCeiling:
    """A ceiling locked by this transaction; `write_out` and `record_moves` store its changes."""

    id: int
    opd_id: int
    tahun: int
    jenis: str
    kunci: str
    limit: Rupiah = ZERO
    reserved: Rupiah = ZERO
    posted: Rupiah = ZERO
    sasaran: Rupiah | None = None
    previous: tuple[Rupiah, Rupiah | None] = field(init=False)

    def __post_init__(self) -> None:
        self.previous = self.current

    @property
    def current(self) -> tuple[Rupiah, Rupiah | None]:
        """Its limit, and the lower limit that waits."""
        return (self.limit, self.sasaran)

    @property
    def state(self) -> CeilingState:
        """Its three sums, for the rules."""
        return CeilingState(self.limit, self.reserved, self.posted)

    def set_limit(self, limit: Rupiah) -> Rupiah | None:
        """Set the limit. If more is used, the use is returned and the limit waits until the use has
        sunk.
        """
        used = self.reserved + self.posted
        self.limit = max(limit, used)
        self.sasaran = limit if limit < used else None
        return used if limit < used else None


Step = tuple[LockedCeiling, Kind, Rupiah]


@lru_cache(maxsize=64)
def _of_keys(how_many: int) -> FixedStatement:
    """Any of so many keys."""
    return FixedStatement(
        _LOCKED.where(
            or_(
                *(
                    and_(*(_C[name] == bindparam(f"{name}_{nth}") for name in _KEY_COLUMNS))
                    for nth in range(how_many)
                )
            )
        )
    )


def of_keys(session: Session, kunci: Sequence[tuple[int, int, str, str]]) -> list[LockedCeiling]:
    """The existing ceilings of these keys (OPD, year, kind, thing), locked."""
    values = {
        f"{name}_{nth}": value
        for nth, key in enumerate(kunci)
        for name, value in zip(_KEY_COLUMNS, key, strict=True)
    }
    return _read(session, _of_keys(len(kunci)), values)


def all_of_kind(session: Session, opd_id: int, tahun: int, jenis: str) -> list[LockedCeiling]:
    """All ceilings of one kind of the OPD's year, locked."""
    return _read(session, _ALL_OF_KIND, {"opd_id": opd_id, "tahun": tahun, "jenis": jenis})


def moved_by_purchase(session: Session, transaksi_id: int) -> list[LockedCeiling]:
    """The ceilings on which this purchase ever moved, locked: what it holds is read afterwards."""
    return _read(session, _MOVED_BY_PURCHASE, {"belanja": transaksi_id})


def movements_of(session: Session, transaksi_id: int) -> Sequence[tuple[Any, ...]]:
    """(ceiling id, kind, amount) of every movement of this purchase, oldest first."""
    return _SELECT_MOVEMENTS.baris(session.connection(), {"belanja": transaksi_id})


def record_moves(
    session: Session,
    steps: Sequence[Step],
    transaksi_id: int,
    oleh_id: int,
    now: datetime,
) -> None:
    """Write these movements, and the sums of their locked ceilings as they stand now."""
    write_out(session, {ceiling.id: ceiling for ceiling, _, _ in steps}.values())
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
    _RECORD_MOVE.run_each(session.connection(), rows)
    db_facts.inserted(session, _MOVEMENT, rows)


def write_out(session: Session, ceilings: Iterable[LockedCeiling]) -> None:
    """Write limit and sums of these locked ceilings; the CHECK in the database decides."""
    ceilings = list(ceilings)
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
    _UPDATE.run_each(session.connection(), rows)
    for ceiling in ceilings:
        before, after = (_limit(ceiling, pair) for pair in (ceiling.previous, ceiling.current))
        db_facts.changed(session, _CEILING, before, after)
        ceiling.previous = ceiling.current
        _forget(session, ceiling.id)


def _limit(ceiling: LockedCeiling, pair: tuple[Rupiah, Rupiah | None]) -> dict[str, object]:
    return {"id": ceiling.id, "opd_id": ceiling.opd_id, "limit": pair[0], "sasaran": pair[1]}


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
            "reserved": ZERO,
            "posted": ZERO,
        }
        for kunci, limit in limits.items()
    ]
    of_kind = and_(_C.opd_id == opd_id, _C.tahun == tahun, _C.jenis == jenis)
    with db_facts.watched(session, Ceiling, and_(of_kind, _C.kunci.in_(limits))):
        _OPEN_ROW.run_each(session.connection(), rows)


def _read(
    session: Session, statement: FixedStatement, values: Mapping[str, object]
) -> list[LockedCeiling]:
    session.flush()
    return [LockedCeiling(*row) for row in statement.baris(session.connection(), values)]


def _forget(session: Session, ceiling_id: object) -> None:
    """Expire a mapped ceiling in the session, so that it is read again."""
    known = session.identity_map.get(identity_key(Ceiling, ceiling_id))
    if known is not None:
        session.expire(known)
