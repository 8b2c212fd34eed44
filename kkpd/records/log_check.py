"""Verify the log: does every chain hold, and if not, where is the first broken link?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.proof import events, merkle
from kkpd.core.proof.first_version import FirstCheckpoint
from kkpd.core.proof.log_key import KeyHistory, is_signed_by
from kkpd.core.proof.witness import Witness
from kkpd.models import Chain, ChainCheckpoint, Checkpoint, CheckpointHead, Event


def ujung(session: Session, opd_id: int) -> tuple[bytes, ...]:
    """The heads of the OPD's chain and the administration's: every verb changes them (law 9)."""
    heads = select(Chain.ujung).where(or_(Chain.opd_id == opd_id, Chain.opd_id.is_(None)))
    return tuple(session.scalars(heads.order_by(Chain.id)))


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """A verified chain: how many events, and the first fault (or None)."""

    name: str
    size: int
    fault: str | None


def check_chains(session: Session) -> list[ChainCheck]:
    """Every chain from its first event to its head, in the order of their names."""
    return [
        _check_chain(session, chain)
        for chain in session.scalars(select(Chain).order_by(Chain.nama))
    ]


def _check_chain(session: Session, chain: Chain) -> ChainCheck:
    previous, frontier = bytes(32), merkle.Frontier()
    leaves: list[bytes] = []
    for row in _rows(session, chain.id):
        fault = _fault(row, chain.nama, len(leaves) + 1, previous)
        if fault:
            return ChainCheck(chain.nama, len(leaves), f"peristiwa {len(leaves) + 1}: {fault}")
        previous = row.daun
        leaves.append(previous)
    frontier = frontier.extend(leaves)
    stored = (chain.ukuran, chain.ujung, chain.puncak)
    if stored != (frontier.size, previous, b"".join(frontier.peaks)):
        return ChainCheck(
            chain.nama,
            len(leaves),
            f"kepala rantai mencatat {chain.ukuran} peristiwa, ada {len(leaves)}",
        )
    return ChainCheck(chain.nama, len(leaves), None)


def _rows(session: Session, chain_id: int) -> Iterator[Any]:
    """Columns only: creating a mapped object for each row would double the time."""
    statement = (
        select(
            Event.seq,
            Event.at,
            Event.aktor,
            Event.peran,
            Event.jenis,
            Event.subjek,
            Event.isi,
            Event.daun,
        )
        .where(Event.chain_id == chain_id)
        .order_by(Event.seq)
    )
    yield from session.execute(statement.execution_options(yield_per=5_000))


def _fault(row: Any, chain: str, seq: int, previous: bytes) -> str | None:
    data = _bytes(row.isi)
    if merkle.leaf_hash(data) != row.daun:
        return "isi tidak sesuai dengan sidiknya"
    try:
        event = events.LogEvent.from_bytes(data)
    except ValueError as error:
        return f"isi bukan peristiwa ({error})"
    if event.seq != seq or row.seq != seq:
        return f"urutan {row.seq} bukan {seq}"
    if event.prev != previous.hex() or event.chain != chain:
        return "tidak menyambung dengan peristiwa sebelumnya"
    readable = (row.at, row.aktor, row.peran, row.jenis, row.subjek)
    if readable != (event.at, event.actor, event.role, event.kind, event.subject):
        return "kolom terbaca berbeda dari isi kanonik"
    return None


def _bytes(value: object) -> bytes:
    """The value as bytes; after tampering, SQLite may hold text in a BLOB column."""
    return value if isinstance(value, bytes) else b""


def check_checkpoints(session: Session, known: KeyHistory) -> str | None:
    """The first fault among checkpoints: sequence, signature, and every head against its chain."""
    grown: dict[str, _Growing] = {}
    heads: dict[str, events.ChainHead] = {}
    for number, row in enumerate(session.scalars(select(Checkpoint).order_by(Checkpoint.seq)), 1):
        if row.seq != number:
            return f"titik periksa {number} hilang"
        try:
            signed = _signed_checkpoint(session, row, heads, grown)
        except ValueError as error:
            return f"titik periksa {row.seq}: {error}"
        if not _is_signed(known, row.tanda, signed, row.at):
            return f"titik periksa {row.seq}: tanda tangan atau isi tidak sah"
    return _chain_checkpoints_fault(session, known, grown)


def _is_signed(known: KeyHistory, signature: bytes, data: bytes, at: datetime) -> bool:
    """Whether a key that is believed at that moment signed these bytes."""
    return any(
        known.accepts(one.key, at) and is_signed_by(one.key, signature, data)
        for one in reversed(known.generations)
    )


def _signed_checkpoint(
    session: Session,
    row: Checkpoint,
    heads: dict[str, events.ChainHead],
    grown: dict[str, _Growing],
) -> bytes:
    """What is signed, once its heads are those of the chains; ValueError says which is not."""
    told = session.execute(
        select(Chain.nama, CheckpointHead.ukuran)
        .join(Chain, Chain.id == CheckpointHead.chain_id)
        .where(CheckpointHead.seq == row.seq)
    ).all()
    for name, size in told:
        heads[name] = events.ChainHead(name, size, _grown(session, grown, name).root(size))
    if b'"heads"' in _bytes(row.isi):
        first = _first_checkpoint(row)
        heads.update({head.name: head for head in first.heads})
        for head in first.heads:
            if _grown(session, grown, head.name).root(head.size) != head.root:
                raise ValueError(_lost(head.name, head.size))
        return row.isi
    short = next((head for head in heads.values() if not head.root), None)
    if short is not None:
        raise ValueError(_lost(short.name, short.size))
    point = events.LogCheckpoint.over(row.at, [heads[name] for name in sorted(heads)])
    if point.to_bytes() != row.isi:
        raise ValueError(
            "isinya bukan lagi yang ditandatangani, atau rantai tidak lagi memuat peristiwanya"
        )
    return point.signed_bytes()


def _first_checkpoint(row: Checkpoint) -> FirstCheckpoint:
    try:
        return FirstCheckpoint.from_bytes(_bytes(row.isi))
    except ValueError:
        raise ValueError("tanda tangan atau isi tidak sah") from None


def _lost(name: str, size: int) -> str:
    return f"rantai {name} tidak lagi memuat {size} peristiwa yang ditandatangani"


def _grown(session: Session, grown: dict[str, _Growing], name: str) -> _Growing:
    if name not in grown:
        grown[name] = _Growing(_leaves(session, name))
    return grown[name]


def _chain_checkpoints_fault(
    session: Session, known: KeyHistory, grown: dict[str, _Growing]
) -> str | None:
    """The first signed head of one chain that is not, or no longer, the head it says."""
    rows = session.execute(
        select(Chain.nama, ChainCheckpoint)
        .join(Chain, Chain.id == ChainCheckpoint.chain_id)
        .order_by(Chain.nama, ChainCheckpoint.ukuran)
        .execution_options(yield_per=1_000)
    )
    for name, row in rows:
        head = events.ChainHead(name, row.ukuran, _bytes(row.akar).hex())
        signed = events.LogCheckpoint.over(row.at, [head]).signed_bytes()
        if not _is_signed(known, _bytes(row.tanda), signed, row.at):
            return f"rantai {name}, {row.ukuran} peristiwa: tanda tangan tidak sah"
        if _grown(session, grown, name).root(row.ukuran) != head.root:
            return _lost(name, row.ukuran)
    return None


class _Growing:
    """A chain's tree, extended from checkpoint to checkpoint, so each leaf is hashed once."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves, self.tree = leaves, merkle.Frontier()

    def root(self, size: int) -> str:
        """Hex root over the first `size` leaves, empty where there are fewer."""
        if size > len(self.leaves):
            return ""
        if size < self.tree.size:  # a later checkpoint is never smaller; if it is, start again
            self.tree = merkle.Frontier()
        self.tree = self.tree.extend(self.leaves[self.tree.size : size])
        return self.tree.root().hex()


def _leaves(session: Session, name: str) -> list[bytes]:
    return list(
        session.scalars(
            select(Event.daun)
            .join(Chain, Chain.id == Event.chain_id)
            .where(Chain.nama == name)
            .order_by(Event.seq)
        )
    )


def witness(session: Session, now: datetime) -> Witness:
    """What somebody outside may keep of the log as it is now; there is a checkpoint."""
    leaves = _checkpoint_leaves(session)
    return Witness(now, len(leaves), merkle.root(leaves))


def check_witness(session: Session, seen: Witness) -> str | None:
    """Whether the log that the witness saw is a beginning of this one; else what became of it."""
    leaves = _checkpoint_leaves(session)
    when = events.iso(seen.at)
    if len(leaves) < seen.size:
        return (
            f"catatan dipotong atau dikembalikan ke keadaan lama: pada {when} ada {seen.size} "
            f"titik periksa, sekarang {len(leaves)}"
        )
    if not seen.is_beginning_of(leaves):
        return (
            f"catatan ditulis ulang: {seen.size} titik periksa pertama bukan lagi yang "
            f"disaksikan pada {when}"
        )
    return None


def _checkpoint_leaves(session: Session) -> list[bytes]:
    rows = session.scalars(
        select(Checkpoint.isi).order_by(Checkpoint.seq).execution_options(yield_per=100)
    )
    return [merkle.leaf_hash(_bytes(isi)) for isi in rows]
