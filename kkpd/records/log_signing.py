"""Signing the log: the key of its database, and what that key signs.

The key belongs to the database: its history is a table of signed statements. The private key stays
where its holder has it (a file of the instance; anything with the same three verbs may take its
place). What the holder has must be the database's key of today, or nothing is signed.

A paper's checkpoint is over the head of its own chain only, which is locked anyway. So its size and
time do not grow with the number of chains, and offices that issue at once do not wait for each
other. The checkpoint over all chains is what witnesses outside keep (`core/proof/witness.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import insert_missing
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.permissions import Actor, Role
from kkpd.core.proof import canonical, events, log_key
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.log_key import KeyHistory, KeyStatement, SignedStatement, is_signed_by
from kkpd.models import Chain, ChainCheckpoint, Checkpoint, CheckpointHead, Event, LogKey
from kkpd.records.event_log import append_queued, frontier_of, locked_chain, record


class CheckpointSigner(Protocol):
    """Signs by one private key."""

    @property
    def public_key(self) -> bytes:
        """32 raw bytes of the Ed25519 public key."""

    def sign(self, data: bytes) -> bytes:
        """64 bytes of signature."""


class KeyHolder(Protocol):
    """Where private keys are kept: a folder, another machine, a token."""

    @property
    def public_key(self) -> bytes:
        """The key that a new database is born with."""

    def of(self, public_key: bytes) -> CheckpointSigner | None:
        """The private key of this public one; None where the holder does not have it."""

    def make(self) -> CheckpointSigner:
        """A new key, kept by the holder."""


def history(session: Session) -> KeyHistory:
    """The keys of this database; empty before the first is born. ValueError where it is bent."""
    found = KeyHistory()
    for isi in session.scalars(select(LogKey.isi).order_by(LogKey.seq)):
        found = found.followed(SignedStatement.read(canonical.loads(isi)))
    return found


def signer_of_today(session: Session, keys: KeyHolder, now: datetime) -> CheckpointSigner:
    """Who signs for this database now; Conflict when the holder does not have its key."""
    known = history(session)
    if not known.generations:
        known = _born(session, keys, now)
    return _held(keys, known.current)


def present_signer(session: Session, keys: KeyHolder) -> CheckpointSigner:
    """The same for who only reads: before the first key is born it is the holder's own."""
    known = history(session)
    return _held(keys, known.current if known.generations else keys.public_key)


def known_keys(session: Session, keys: KeyHolder) -> KeyHistory:
    """The keys that the log is checked with: its history, or the one key it will be born with."""
    known = history(session)
    return known if known.generations else KeyHistory.of_one(keys.public_key)


def _held(keys: KeyHolder, public_key: bytes) -> CheckpointSigner:
    found = keys.of(public_key)
    if found is None:
        raise Conflict(
            "Kunci log instance ini bukan kunci basis data ini, jadi tidak ada yang dapat "
            "ditandatangani. Kembalikan berkas log_key milik basis data ini ke folder instance."
        )
    return found


def rotate(session: Session, keys: KeyHolder, reason: str, now: datetime) -> KeyHistory:
    """A new key, signed by the one before; Conflict without that one."""
    old, known = signer_of_today(session, keys, now), history(session)
    made = keys.make()
    statement = known.next("ganti", made.public_key, reason, now)
    return _kept(session, known, statement, (old, made))


def revoke(
    session: Session, keys: KeyHolder, number: int, reason: str, now: datetime
) -> KeyHistory:
    """The key of this generation is not to be believed from now on; today's is replaced first."""
    if not reason.strip():
        raise DomainError("Pencabutan kunci memerlukan alasan.", field="reason")
    known = history(session)
    if not 0 < number <= len(known.generations):
        raise DomainError(
            f"Tidak ada kunci generasi {number}. Lihat: kkpd key list", field="generation"
        )
    one = known.generations[number - 1]
    if one.revoked_at is not None:
        raise Conflict(f"Kunci generasi {number} sudah dicabut.")
    if one.key == known.current:
        known = rotate(session, keys, reason, now)
    statement = known.next("cabut", one.key, reason, now)
    return _kept(session, known, statement, (signer_of_today(session, keys, now),))


def _born(session: Session, keys: KeyHolder, now: datetime) -> KeyHistory:
    """The first key; a database that was signed before keeps the key that signed it."""
    by = keys.of(keys.public_key)
    newest = session.scalars(select(Checkpoint).order_by(Checkpoint.seq.desc()).limit(1)).first()
    if by is None or (
        newest is not None and not is_signed_by(by.public_key, newest.tanda, newest.isi)
    ):
        raise Conflict(
            "Basis data ini ditandatangani kunci log lain. Kembalikan berkas log_key itu ke "
            "folder instance."
        )
    statement = KeyHistory().next("lahir", by.public_key, "", now)
    insert_missing(session, LogKey, seq=1, at=now, isi=_written(statement, (by,)))
    return history(session)


def _kept(
    session: Session,
    known: KeyHistory,
    statement: KeyStatement,
    signers: Sequence[CheckpointSigner],
) -> KeyHistory:
    isi = _written(statement, signers)
    session.add(LogKey(seq=statement.seq, at=statement.at, isi=isi))
    record(
        session,
        None,
        None,
        f"kunci:log:{statement.act}",
        f"kunci:{statement.seq}",
        now=statement.at,
        after={
            "kunci": statement.key.hex(),
            "alasan": statement.reason,
            "at": events.iso(statement.at),
        },
    )
    return known.followed(SignedStatement.read(canonical.loads(isi)))


def _written(statement: KeyStatement, signers: Sequence[CheckpointSigner]) -> bytes:
    return canonical.dumps(log_key.sign(statement, [one.sign for one in signers]).to_list())


def issue(
    session: Session,
    actor: Actor,
    role: Role,
    subject: str,
    *,
    opd_id: int | None,
    after: Mapping[str, Json],
    keys: KeyHolder,
    now: datetime,
) -> tuple[Event, events.Proof]:
    """Write a `laporan:terbit` event, sign its chain and return the report's proof."""
    signer = signer_of_today(session, keys, now)
    append_queued(session)
    chain = locked_chain(session, opd_id)
    path = frontier_of(chain).next_path()
    record(session, actor, role, events.ISSUE_KIND, subject, now=now, opd_id=opd_id, after=after)
    event = append_queued(session)[-1]
    row = _sign(session, chain, signer, now)
    head = head_of(chain, row)
    checkpoint = signed_text(head, row).to_bytes()
    bukti = events.Proof(event.isi, path, head, 0, (), checkpoint, row.tanda, signer.public_key)
    return event, bukti


def sign_chain(
    session: Session, opd_id: int, least: int, keys: KeyHolder, now: datetime
) -> ChainCheckpoint:
    """The oldest checkpoint of the OPD's chain over this many events, by the key of today; signed
    now where there is none.
    """
    signer = signer_of_today(session, keys, now)
    append_queued(session)
    chain = locked_chain(session, opd_id)
    rows = session.scalars(
        select(ChainCheckpoint)
        .where(ChainCheckpoint.chain_id == chain.id, ChainCheckpoint.ukuran >= least)
        .order_by(ChainCheckpoint.ukuran)
    )
    for row in rows:
        signed = signed_text(head_of(chain, row), row).signed_bytes()
        if is_signed_by(signer.public_key, row.tanda, signed):
            return row
    return _sign(session, chain, signer, now)


def _sign(
    session: Session, chain: Chain, signer: CheckpointSigner, now: datetime
) -> ChainCheckpoint:
    """Sign the locked chain as it is."""
    root = frontier_of(chain).root()
    row = ChainCheckpoint(chain_id=chain.id, ukuran=chain.ukuran, at=now, akar=root, tanda=b"")
    row.tanda = signer.sign(signed_text(head_of(chain, row), row).signed_bytes())
    session.add(row)
    session.flush()
    return row


def head_of(chain: Chain, row: ChainCheckpoint) -> events.ChainHead:
    """The head that was signed."""
    return events.ChainHead(chain.nama, row.ukuran, row.akar.hex())


def signed_text(head: events.ChainHead, row: ChainCheckpoint) -> events.LogCheckpoint:
    """The checkpoint over this head alone."""
    return events.LogCheckpoint.over(row.at, (head,))


def checkpoint(session: Session, keys: KeyHolder, now: datetime) -> Checkpoint:
    """Sign the present heads of all chains; store and return the new checkpoint."""
    signer = signer_of_today(session, keys, now)
    append_queued(session)
    locked_chain(session, None)  # one checkpoint at a time
    chains = session.scalars(select(Chain).order_by(Chain.nama)).all()
    heads = [
        events.ChainHead(one.nama, one.ukuran, frontier_of(one).root().hex()) for one in chains
    ]
    made = events.LogCheckpoint.over(now, sorted(heads))
    newest = session.scalar(select(func.max(Checkpoint.seq))) or 0
    row = Checkpoint(
        seq=newest + 1,
        at=now,
        isi=made.to_bytes(),
        akar=bytes.fromhex(made.root),
        tanda=signer.sign(made.signed_bytes()),
    )
    session.add(row)
    session.flush()
    known = select(CheckpointHead.chain_id, func.max(CheckpointHead.ukuran)).group_by(
        CheckpointHead.chain_id
    )
    sizes = {chain_id: size for chain_id, size in session.execute(known)}  # noqa: C416 - dict() takes no Row for mypy
    grown = [one for one in chains if sizes.get(one.id) != one.ukuran]
    if grown:
        told = [{"seq": row.seq, "chain_id": one.id, "ukuran": one.ukuran} for one in grown]
        session.execute(insert(CheckpointHead), told)
    return row
