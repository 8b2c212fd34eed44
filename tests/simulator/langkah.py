"""One step of the simulation: a planned act of one person, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kkpd.models import Periode, Transaksi
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from tests.simulator.dunia import Kantor, World

Laku = Callable[[Session], object]
#: jadi: must succeed; tolak: must be refused by a sentence; boleh: either, invariants hold anyway.
Harapan = Literal["jadi", "tolak", "boleh"]
MAX_EVIDENCE_BYTES: Final = 10 * 1024 * 1024


def _tiada() -> None:
    """Nothing follows the commit."""


@dataclass(frozen=True, slots=True)
class WorkStep:
    """What somebody is about to do. `twins` marks an act that is safe to send twice at once;
    `sesudah` is what the simulator notes once it is committed.
    """

    nama: str
    laku: Laku
    harapan: Harapan = "jadi"
    twins: bool = False
    sesudah: Callable[[], None] = _tiada


@dataclass(frozen=True, slots=True)
class Konteks:
    """What a step is planned from; `session` reads only."""

    session: Session
    worlds: World
    kantor: Kantor
    rng: Random
    now: datetime
    store: Store
    penerbit: Issuer

    @property
    def day(self) -> date:
        """Today."""
        return self.now.date()

    def kemarin(self, days: int = 1) -> date:
        """So many days ago."""
        return self.day - timedelta(days=days)

    def baris(self, *where: ColumnElement[bool], limit: int = 40) -> Sequence[Transaksi]:
        """Purchases of this office, oldest first."""
        return self.session.scalars(
            select(Transaksi)
            .where(Transaksi.opd_id == self.kantor.id, *where)
            .order_by(Transaksi.id)
            .limit(limit)
        ).all()

    def one_item(self, *where: ColumnElement[bool]) -> Transaksi | None:
        """Any one of them."""
        found = self.baris(*where)
        return self.rng.choice(found) if found else None

    def periode(self, status: str) -> tuple[int, int] | None:
        """The oldest month that has a line in this status."""
        found = self.session.execute(
            select(Transaksi.tahun, Transaksi.bulan)
            .where(Transaksi.opd_id == self.kantor.id, Transaksi.status == status)
            .order_by(Transaksi.tahun, Transaksi.bulan)
            .limit(1)
        ).one_or_none()
        return None if found is None else (found.tahun, found.bulan)

    def terbuka(self) -> list[tuple[int, int]]:
        """The open months of this office, oldest first."""
        rows = self.session.execute(
            select(Periode.tahun, Periode.bulan)
            .where(Periode.opd_id == self.kantor.id, Periode.status == "terbuka")
            .order_by(Periode.tahun, Periode.bulan)
        )
        return [(row.tahun, row.bulan) for row in rows]


#: Plans a step, or says that there is nothing of this kind to do now.
Step = Callable[[Konteks], WorkStep | None]
