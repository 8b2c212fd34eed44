"""The watcher: what must hold after every step, read from the database and never from a service.

Append-only rows are folded once, as they come, so that a look costs what is new; what may change is
read whole, of the office that acted. What somebody with a hand in the database changes in rows that
were folded is found at the end of the life, when log, checkpoints and ceilings are verified whole
(`jalan._Main._akhir`). `periksa` raises Rusak with the invariant's name and the first thing that
breaks it. Its questions never change, so they go straight to the driver (`db/langsung`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.models import Periode
from kkpd.records.custody import Store
from tests.simulator.awas_bank import AwasBank
from tests.simulator.awas_dokumen import AwasDokumen
from tests.simulator.awas_ledger import AwasLedger
from tests.simulator.awas_log import AwasLog
from tests.simulator.awas_pagu import AwasPagu
from tests.simulator.awas_tanggungan import AwasTanggungan
from tests.simulator.baris import Row, everything
from tests.simulator.dunia import Kantor
from tests.simulator.rusak import Rusak

TERBUKA: Final = ("tercatat", "berbukti")
Month = tuple[int, int, int]
_PERIODE: Final = FixedStatement(
    select(Periode.opd_id, Periode.tahun, Periode.bulan, Periode.status)
    .where(Periode.opd_id == bindparam("opd"))
    .order_by(Periode.tahun, Periode.bulan)
)


class Pengawas:
    """Watches one database from its first simulated step to its last."""

    def __init__(self, open_store: Sequence[Store]) -> None:
        self.log = AwasLog()
        self.pagu = AwasPagu()
        self.dokumen = AwasDokumen(open_store)
        self.bank = AwasBank()
        self.tanggungan = AwasTanggungan()
        self.ledger = AwasLedger()
        self._beku: dict[int, tuple[object, ...]] = {}
        self._tertutup: dict[Month, tuple[int, int]] = {}

    def periksa(self, session: Session, kantor: Sequence[Kantor], day: date) -> None:
        """Everything, as far as something may have changed for these offices, as of the day."""
        ids = [one.id for one in kantor]
        seen = self.log.banyak
        changed = self.log.baca(session)
        lines = everything(session, ids)
        self._status(lines)
        self._frozen(lines)
        changed |= self.pagu.baca(session)
        self.dokumen.baca(session, lines)
        self.pagu.periksa(lines, changed, self.dokumen)
        self.bank.periksa(session, kantor)
        self.tanggungan.periksa(session, ids, lines, self.dokumen)
        self._closed(session, ids, lines)
        if self.log.banyak > seen:  # nothing of the books changes without its event
            self.ledger.periksa(session, ids, lines, day)

    def event_trail(self, session: Session) -> tuple[object, ...]:
        """What a step that was broken off may not have moved."""
        return (*self.log.event_trail(session), *self.pagu.event_trail(session))

    def _status(self, lines: dict[int, Row]) -> None:
        """A line's status is the one its last event left, and every line has its first event."""
        for id_, line in lines.items():
            told = self.log.status.get(id_)
            if told != line.status:
                raise Rusak("status", f"belanja {id_} berstatus {line.status}, log berkata {told}")

    def _frozen(self, lines: dict[int, Row]) -> None:
        """Once on a DPR, a line's money and charge stand still."""
        for id_, line in lines.items():
            if line.status in TERBUKA:
                self._beku.pop(id_, None)
                continue
            facts = (line.nilai, line.kartu_id, line.rekening, line.tahun, line.bulan, line.tanggal)
            if self._beku.setdefault(id_, facts) != facts:
                raise Rusak("beku", f"belanja {id_} berubah sesudah diajukan")

    def _closed(self, session: Session, ids: list[int], lines: dict[int, Row]) -> None:
        """Months close in order and hold the same facts ever after."""
        held: dict[Month, list[int]] = {}
        for line in lines.values():
            at = held.setdefault((line.opd_id, line.tahun, line.bulan), [0, 0])
            at[0], at[1] = at[0] + 1, at[1] + line.nilai.sen
        for key, sums in self.bank.per_bulan.items():
            at = held.setdefault(key, [0, 0])
            at[0], at[1] = at[0] + sums[0], at[1] + sums[1]
        connection = session.connection()
        rows = [row for opd_id in ids for row in _PERIODE.baris(connection, {"opd": opd_id})]
        open_before: dict[int, tuple[int, int]] = {}
        for opd_id, tahun, bulan, status in rows:
            key, facts = (opd_id, tahun, bulan), held.get((opd_id, tahun, bulan), [0, 0])
            if status == "terbuka":
                if facts[0]:
                    open_before.setdefault(opd_id, (tahun, bulan))
                self._tertutup.pop(key, None)
                continue
            if opd_id in open_before:
                raise Rusak("periode", f"{key} tertutup, {open_before[opd_id]} masih terbuka")
            if self._tertutup.setdefault(key, (facts[0], facts[1])) != (facts[0], facts[1]):
                raise Rusak("periode", f"isi periode tertutup {key} berubah")
