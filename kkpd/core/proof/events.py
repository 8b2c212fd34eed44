"""The shapes of the event log's proofs: event, chain head, checkpoint, and a report's proof.

Who writes the log and who checks a report offline both use these, so the bytes are the same:

* event: canonical JSON `{"v":1,"chain","seq","prev","at","actor","role","kind","subject",
  "before","after"}`; `seq` counts from 1 within its chain without gaps, `prev` is the hex leaf hash
  of the event before (64 zeros for the first), `at` is ISO 8601 in UTC with microseconds and Z.
* leaf: SHA-256(0x00 || event bytes); a chain's root is the Merkle root over its leaves.
* checkpoint: canonical JSON `{"v":1,"seq","at","heads":[[name,size,root]...],"root"}`, heads
  sorted by name, `root` the Merkle root over the canonical JSON of each. Ed25519 signs its bytes.

An event's `seq`, a head's `size` and a checkpoint's `seq` are ints; hashes are lower-case hex.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from kkpd.core.proof import canonical, merkle
from kkpd.core.proof.canonical import VERSION, Json

#: The kind of the event that issues a report; its `after` is what `issue_after` gives, or more.
ISSUE_KIND = "laporan:terbit"
#: The key of an event's `after` with the rows that the verb wrote (db.facts); old events have none.
ROWS = "rows"


def iso(moment: datetime) -> str:
    """`2026-11-24T04:05:06.000000Z`: one spelling for one moment. ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment in the log must be aware")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_iso(text: str) -> datetime:
    """The moment that `iso` wrote; ValueError for any other spelling."""
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    if iso(moment) != text:
        raise ValueError(f"{text!r} is not written as the log writes moments")
    return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One entry of one chain (law 9): `before` and `after` of the fields that the verb changed."""

    chain: str
    seq: int
    prev: str
    at: datetime
    actor: str
    role: str
    kind: str
    subject: str
    before: Json = None
    after: Json = None

    def to_bytes(self) -> bytes:
        """The canonical bytes: what is stored, hashed and proved."""
        return canonical.dumps(
            {
                "v": VERSION,
                "chain": self.chain,
                "seq": self.seq,
                "prev": self.prev,
                "at": iso(self.at),
                "actor": self.actor,
                "role": self.role,
                "kind": self.kind,
                "subject": self.subject,
                "before": self.before,
                "after": self.after,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> LogEvent:
        """Read canonical bytes; ValueError where they are not exactly an event of this version."""
        fields = canonical.fields(data, _EVENT_KEYS)
        found = cls(
            chain=canonical.text(fields, "chain"),
            seq=canonical.count(fields, "seq"),
            prev=canonical.hex_digest(fields, "prev"),
            at=from_iso(canonical.text(fields, "at")),
            actor=canonical.text(fields, "actor"),
            role=canonical.text(fields, "role"),
            kind=canonical.text(fields, "kind"),
            subject=canonical.text(fields, "subject"),
            before=fields["before"],
            after=fields["after"],
        )
        return canonical.exactly(found, found.to_bytes(), data)


@dataclass(frozen=True, slots=True, order=True)
class ChainHead:
    """The head of a chain: its name, its number of events, the hex root over their leaves."""

    name: str
    size: int
    root: str

    def leaf(self) -> bytes:
        """Its leaf hash in a checkpoint's tree."""
        return merkle.leaf_hash(canonical.dumps([self.name, self.size, self.root]))


@dataclass(frozen=True, slots=True)
class LogCheckpoint:
    """All chain heads at one moment under one root: this is what is signed."""

    seq: int
    at: datetime
    heads: tuple[ChainHead, ...]

    def __post_init__(self) -> None:
        names = [head.name for head in self.heads]
        if names != sorted(set(names)):
            raise ValueError("the heads of a checkpoint are sorted by name, each once")

    @property
    def root(self) -> str:
        """Hex Merkle root over the heads."""
        return merkle.root(head.leaf() for head in self.heads).hex()

    def position(self, name: str) -> int | None:
        """The position of the chain's head among the heads; None where the chain is unknown."""
        return next((i for i, head in enumerate(self.heads) if head.name == name), None)

    def path(self, position: int) -> tuple[bytes, ...]:
        """The inclusion path of the head at this position."""
        return merkle.inclusion_path([head.leaf() for head in self.heads], position)

    def to_bytes(self) -> bytes:
        """The canonical bytes: what Ed25519 signs."""
        heads: list[Json] = [[head.name, head.size, head.root] for head in self.heads]
        return canonical.dumps(
            {"v": VERSION, "seq": self.seq, "at": iso(self.at), "heads": heads, "root": self.root}
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> LogCheckpoint:
        """Read canonical bytes; ValueError where shape, order or root do not hold."""
        fields = canonical.fields(data, _CHECKPOINT_KEYS)
        at = from_iso(canonical.text(fields, "at"))
        found = cls(
            canonical.count(fields, "seq"),
            at,
            tuple(map(_head, canonical.items(fields, "heads"))),
        )
        if found.root != fields["root"]:
            raise ValueError("the root of the checkpoint is not the root over its heads")
        return canonical.exactly(found, found.to_bytes(), data)


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof that a report carries: its issue event, in its chain, in a signed checkpoint.

    `event` and `checkpoint` are canonical bytes; `path` leads from the event's leaf (index seq - 1)
    to its chain's root at the checkpoint, `head_path` from that head to the checkpoint's root.
    `signature` (64 bytes) is Ed25519 over the checkpoint by `public_key` (32 bytes). Which key to
    trust the reader must know; the file cannot say it.
    """

    event: bytes
    path: tuple[bytes, ...]
    checkpoint: bytes
    head_path: tuple[bytes, ...]
    signature: bytes
    public_key: bytes

    def to_json(self) -> bytes:
        """The attachment `bukti.json` as canonical JSON; events are in it as text."""
        return canonical.dumps(
            {
                "v": VERSION,
                "event": self.event.decode(),
                "path": [step.hex() for step in self.path],
                "checkpoint": self.checkpoint.decode(),
                "head_path": [step.hex() for step in self.head_path],
                "signature": self.signature.hex(),
                "public_key": self.public_key.hex(),
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Proof:
        """Read the attachment; ValueError where it is not exactly of this shape."""
        fields = canonical.fields(data, _BUKTI_KEYS)
        found = cls(
            event=canonical.text(fields, "event").encode(),
            path=tuple(map(canonical.digest, canonical.items(fields, "path"))),
            checkpoint=canonical.text(fields, "checkpoint").encode(),
            head_path=tuple(map(canonical.digest, canonical.items(fields, "head_path"))),
            signature=bytes.fromhex(canonical.text(fields, "signature")),
            public_key=bytes.fromhex(canonical.text(fields, "public_key")),
        )
        return canonical.exactly(found, found.to_json(), data)


def prove(
    event: bytes,
    path: Sequence[bytes],
    checkpoint: LogCheckpoint,
    *,
    signature: bytes,
    public_key: bytes,
) -> Proof:
    """The proof of an event whose chain is in the checkpoint; ValueError where it is not."""
    position = checkpoint.position(LogEvent.from_bytes(event).chain)
    if position is None:
        raise ValueError("the checkpoint does not know the chain of the event")
    head_path = checkpoint.path(position)
    data = checkpoint.to_bytes()
    return Proof(event, tuple(path), data, head_path, signature, public_key)


def issue_after(document: bytes, form: str, version: int) -> dict[str, Json]:
    """The `after` of a `laporan:terbit` event for these canonical bytes of the frozen document."""
    return {"sha256": sha256(document).hexdigest(), "form": form, "versi": version}


def issues(event: LogEvent, document: bytes, form: str, version: int) -> bool:
    """Whether this event issues exactly this document, drawn by this form and version."""
    if event.kind != ISSUE_KIND or not isinstance(event.after, Mapping):
        return False
    expected = issue_after(document, form, version)
    return all(event.after.get(key) == value for key, value in expected.items())


def in_chain(
    event: LogEvent, data: bytes, path: Sequence[bytes], checkpoint: LogCheckpoint
) -> bool:
    """Whether the path leads from the event to its chain's root in the checkpoint."""
    position = checkpoint.position(event.chain)
    if position is None:
        return False
    head = checkpoint.heads[position]
    leaf, root = merkle.leaf_hash(data), bytes.fromhex(head.root)
    return merkle.holds_inclusion(leaf, event.seq - 1, head.size, path, root)


def in_checkpoint(chain: str, head_path: Sequence[bytes], checkpoint: LogCheckpoint) -> bool:
    """Whether the path leads from the chain's head to the checkpoint's root."""
    position = checkpoint.position(chain)
    if position is None:
        return False
    leaf, root = checkpoint.heads[position].leaf(), bytes.fromhex(checkpoint.root)
    return merkle.holds_inclusion(leaf, position, len(checkpoint.heads), head_path, root)


_EVENT_KEYS = frozenset(
    {"v", "chain", "seq", "prev", "at", "actor", "role", "kind", "subject", "before", "after"}
)
_CHECKPOINT_KEYS = frozenset({"v", "seq", "at", "heads", "root"})
_BUKTI_KEYS = frozenset(
    {"v", "event", "path", "checkpoint", "head_path", "signature", "public_key"}
)


def _head(value: Json) -> ChainHead:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("a head is [name, size, root]")
    fields = dict(zip(("name", "size", "root"), value, strict=True))
    size = fields["size"]
    if type(size) is not int or size < 0:
        raise ValueError("a head's size is a count")
    return ChainHead(canonical.text(fields, "name"), size, canonical.hex_digest(fields, "root"))
