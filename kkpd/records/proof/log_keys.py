"""The key of the log belongs to the database: its history is a table of signed statements.

The private key stays where its holder has it (a file of the instance; anything with the same three
verbs may take its place). What the holder has must be the database's key of today, or nothing is
signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import insert_missing
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.proof import canonical, events, key_history
from kkpd.core.proof.key_history import KeyHistory, KeyStatement, SignedStatement
from kkpd.models import Checkpoint, LogKey
from kkpd.records import event_log


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


def signer(session: Session, keys: KeyHolder, now: datetime) -> CheckpointSigner:
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
    old, known = signer(session, keys, now), history(session)
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
    return _kept(session, known, statement, (signer(session, keys, now),))


def _born(session: Session, keys: KeyHolder, now: datetime) -> KeyHistory:
    """The first key; a database that was signed before keeps the key that signed it."""
    by = keys.of(keys.public_key)
    newest = session.scalars(select(Checkpoint).order_by(Checkpoint.seq.desc()).limit(1)).first()
    if by is None or (
        newest is not None and not key_history.is_signed_by(by.public_key, newest.tanda, newest.isi)
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
    event_log.record(
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
    return canonical.dumps(key_history.sign(statement, [one.sign for one in signers]).to_list())
