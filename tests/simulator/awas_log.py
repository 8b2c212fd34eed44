"""The log as it grows: hashes, sequence, heads; and what it says each line's status is."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.proof import events, merkle
from kkpd.models import Chain, Event
from tests.simulator.rusak import Rusak

_JEJAK: Final = FixedStatement(
    select(
        select(func.max(Event.id)).scalar_subquery(),
        select(func.sum(Chain.ukuran)).scalar_subquery(),
        select(func.count()).select_from(Chain).scalar_subquery(),
    )
)
_BARU: Final = FixedStatement(
    select(Event.id, Event.chain_id, Event.seq, Event.isi, Event.daun, Event.subjek)
    .where(Event.id > bindparam("terakhir"))
    .order_by(Event.chain_id, Event.seq)
)
_HEAD: Final = FixedStatement(select(Chain.id, Chain.nama, Chain.ukuran, Chain.ujung, Chain.puncak))


class AwasLog:
    """Folds events chain by chain; `status` is what the events say of each line."""

    def __init__(self) -> None:
        self.status: dict[int, str] = {}
        self.banyak = 0
        self._last = 0
        self._chains: dict[int, tuple[str, merkle.Frontier, bytes]] = {}

    def event_trail(self, session: Session) -> tuple[object, ...]:
        """Newest event and the sum of all heads."""
        return _JEJAK.baris(session.connection(), {})[0]

    def baca(self, session: Session) -> set[int]:
        """Fold what is new; the lines it is about. Rusak where the chain does not hold."""
        changed: set[int] = set()
        rows = _BARU.baris(session.connection(), {"terakhir": self._last})
        for id_, chain_id, seq, isi, daun, subjek in rows:
            self._last = max(self._last, id_)
            changed |= self._fold(session, chain_id, seq, isi, daun, subjek)
        self._heads(session)
        self.banyak += len(rows)
        return changed

    def _fold(
        self, session: Session, chain_id: int, seq: int, isi: bytes, daun: bytes, subjek: str
    ) -> set[int]:
        if chain_id not in self._chains:
            name = session.scalars(select(Chain.nama).where(Chain.id == chain_id)).one()
            self._chains[chain_id] = (name, merkle.Frontier(), bytes(32))
        name, frontier, previous = self._chains[chain_id]
        told = events.LogEvent.from_bytes(isi)
        where = f"rantai {name} peristiwa {seq}"
        if (told.seq, seq) != (frontier.size + 1,) * 2:
            raise Rusak("rantai", f"{where}: urutan bukan {frontier.size + 1}")
        if told.prev != previous.hex() or told.chain != name or told.subject != subjek:
            raise Rusak("rantai", f"{where}: tidak menyambung")
        if merkle.leaf_hash(isi) != daun:
            raise Rusak("rantai", f"{where}: sidik bukan sidik isinya")
        self._chains[chain_id] = (name, frontier.append(daun), daun)
        return self._line(told)

    def _line(self, told: events.LogEvent) -> set[int]:
        kind, _, id_ = told.subject.partition(":")
        if kind != "transaksi" or not id_.isdigit():
            return set()
        line = int(id_)
        if told.kind == "belanja:transaksi:catat":
            self.status[line] = "tercatat"
        elif told.kind.startswith("belanja:status:"):
            self._step(line, told)
        return {line}

    def _step(self, line: int, told: events.LogEvent) -> None:
        before = told.before["status"] if isinstance(told.before, dict) else None
        after = told.after["status"] if isinstance(told.after, dict) else None
        if self.status.get(line) != before:
            raise Rusak("status", f"belanja {line} bukan berstatus {before} sebelum {told.kind}")
        self.status[line] = str(after)

    def _heads(self, session: Session) -> None:
        for id_, known, *stored in _HEAD.baris(session.connection(), {}):
            name, frontier, tip = self._chains.get(id_, (known, merkle.Frontier(), bytes(32)))
            if stored != [frontier.size, tip, b"".join(frontier.peaks)]:
                raise Rusak("rantai", f"kepala rantai {name} bukan kepala peristiwanya")
