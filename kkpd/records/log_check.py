"""Verify the log: does every chain hold, and if not, where is the first broken link?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.proof import events, merkle
from kkpd.core.proof.witness import Witness
from kkpd.models import Chain, Checkpoint, Event


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


def check_checkpoints(session: Session, public_key: bytes) -> str | None:
    """The first fault among checkpoints: sequence, signature, and every head against its chain."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    seen: dict[str, _Growing] = {}
    for number, row in enumerate(session.scalars(select(Checkpoint).order_by(Checkpoint.seq)), 1):
        if row.seq != number:
            return f"titik periksa {number} hilang"
        try:
            key.verify(row.tanda, row.isi)
            stored = events.LogCheckpoint.from_bytes(row.isi)
        except (InvalidSignature, ValueError):
            return f"titik periksa {row.seq}: tanda tangan atau isi tidak sah"
        fault = _heads_fault(session, stored, seen)
        if fault:
            return f"titik periksa {row.seq}: {fault}"
    return None


def _heads_fault(
    session: Session, stored: events.LogCheckpoint, seen: dict[str, _Growing]
) -> str | None:
    for head in stored.heads:
        if head.name not in seen:
            seen[head.name] = _Growing(_leaves(session, head.name))
        if seen[head.name].root(head.size) != head.root:
            return f"rantai {head.name} tidak lagi memuat {head.size} peristiwa yang ditandatangani"
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
