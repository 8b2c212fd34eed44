"""Signing the log: the head of one chain for each paper, the heads of all chains at least daily.

A paper's checkpoint is over the head of its own chain only, which is locked anyway. So its size and
time do not grow with the number of chains, and offices that issue at once do not wait for each
other. The checkpoint over all chains is what witnesses outside keep (`core/proof/witness.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor, Role
from kkpd.core.proof import events
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.key_history import is_signed_by
from kkpd.models import Chain, ChainCheckpoint, Checkpoint, CheckpointHead, Event
from kkpd.records.event_log import append_queued, frontier_of, locked_chain, record
from kkpd.records.proof import log_keys
from kkpd.records.proof.log_keys import KeyHolder


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
    signer = log_keys.signer(session, keys, now)
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
    signer = log_keys.signer(session, keys, now)
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
    session: Session, chain: Chain, signer: log_keys.CheckpointSigner, now: datetime
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
    signer = log_keys.signer(session, keys, now)
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
