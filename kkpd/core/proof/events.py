"""The shapes of the event log's proofs: event, chain head, checkpoint, and a report's proof.

Who writes the log and who checks a report offline both use these, so the bytes are the same:

* event: canonical JSON `{"v":1,"chain","seq","prev","at","actor","role","kind","subject",
  "before","after"}`; `seq` counts from 1 within its chain without gaps, `prev` is the hex leaf hash
  of the event before (64 zeros for the first), `at` is ISO 8601 in UTC with microseconds and Z.
* leaf: SHA-256(0x00 || event bytes); a chain's root is the Merkle root over its leaves.
* head: `[name,size,root]` of a chain; its leaf is SHA-256(0x00 || canonical JSON of that list).
* checkpoint: canonical JSON `{"v":2,"at","size","root"}`: `root` is the Merkle root over the leaves
  of `size` heads in the order of their names. Ed25519 signs CHECKPOINT_PREFIX and these bytes.
* proof (`bukti.json`): canonical JSON `{"v":2,"event","path","head","index","head_path",
  "checkpoint","signature","public_key"}`: `path` leads from the event's leaf to the head's root,
  `head_path` from the head's leaf, the `index`-th from 0, to the checkpoint's root.

Counts are ints; hashes, signature and key are lower-case hex. What version 0.1.0 signed is read by
`first_version.py`.
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
#: What stands before a checkpoint in what its signature is over: nothing else that the key signs
#: begins so.
CHECKPOINT_PREFIX = b"kkpd titik periksa 2\n"
#: The version of checkpoints and proofs whose size does not grow with the number of chains.
PROOF_VERSION = 2


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

    def to_list(self) -> list[Json]:
        """As it is written."""
        return [self.name, self.size, self.root]

    def leaf(self) -> bytes:
        """Its leaf hash in a checkpoint's tree."""
        return merkle.leaf_hash(canonical.dumps(self.to_list()))

    @classmethod
    def read(cls, value: Json) -> ChainHead:
        """What `to_list` wrote; ValueError for anything else."""
        if not isinstance(value, list) or len(value) != 3:
            raise ValueError("a head is [name, size, root]")
        fields = dict(zip(("name", "size", "root"), value, strict=True))
        size = canonical.position(fields, "size")
        return cls(canonical.text(fields, "name"), size, canonical.hex_digest(fields, "root"))


@dataclass(frozen=True, slots=True)
class LogCheckpoint:
    """What is signed: the root over `size` chain heads at one moment."""

    at: datetime
    size: int
    root: str

    @classmethod
    def over(cls, at: datetime, heads: Sequence[ChainHead]) -> LogCheckpoint:
        """The checkpoint over these heads, which are in the order of their names."""
        return cls(at, len(heads), merkle.root(head.leaf() for head in heads).hex())

    def to_bytes(self) -> bytes:
        """The canonical bytes."""
        return canonical.dumps(
            {"v": PROOF_VERSION, "at": iso(self.at), "size": self.size, "root": self.root}
        )

    def signed_bytes(self) -> bytes:
        """What Ed25519 signs."""
        return CHECKPOINT_PREFIX + self.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> LogCheckpoint:
        """Read canonical bytes; ValueError where the shape does not hold."""
        fields = canonical.fields(data, _CHECKPOINT_KEYS, PROOF_VERSION)
        at = from_iso(canonical.text(fields, "at"))
        found = cls(at, canonical.count(fields, "size"), canonical.hex_digest(fields, "root"))
        return canonical.exactly(found, found.to_bytes(), data)


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof that a report carries: its issue event, in its chain, in a signed checkpoint.

    `event` and `checkpoint` are canonical bytes. `signature` (64 bytes) is Ed25519 over the
    checkpoint by `public_key` (32 bytes). Which key to trust the reader must know; the file cannot
    say it.
    """

    event: bytes
    path: tuple[bytes, ...]
    head: ChainHead
    index: int
    head_path: tuple[bytes, ...]
    checkpoint: bytes
    signature: bytes
    public_key: bytes

    @property
    def point(self) -> LogCheckpoint:
        """The checkpoint; ValueError where its bytes are none."""
        return LogCheckpoint.from_bytes(self.checkpoint)

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return CHECKPOINT_PREFIX + self.checkpoint

    @property
    def checkpoint_name(self) -> str:
        """The checkpoint as papers print it: the beginning of its root."""
        return f"{self.point.root[:16]}…"

    def to_json(self) -> bytes:
        """The attachment `bukti.json` as canonical JSON; event and checkpoint are in it as text."""
        return canonical.dumps(
            {
                "v": PROOF_VERSION,
                "event": self.event.decode(),
                "path": [step.hex() for step in self.path],
                "head": self.head.to_list(),
                "index": self.index,
                "head_path": [step.hex() for step in self.head_path],
                "checkpoint": self.checkpoint.decode(),
                "signature": self.signature.hex(),
                "public_key": self.public_key.hex(),
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Proof:
        """Read the attachment; ValueError where it is not exactly of this shape."""
        fields = canonical.fields(data, _BUKTI_KEYS, PROOF_VERSION)
        found = cls(
            event=canonical.text(fields, "event").encode(),
            path=tuple(map(canonical.digest, canonical.items(fields, "path"))),
            head=ChainHead.read(fields["head"]),
            index=canonical.position(fields, "index"),
            head_path=tuple(map(canonical.digest, canonical.items(fields, "head_path"))),
            checkpoint=canonical.text(fields, "checkpoint").encode(),
            signature=bytes.fromhex(canonical.text(fields, "signature")),
            public_key=bytes.fromhex(canonical.text(fields, "public_key")),
        )
        return canonical.exactly(found, found.to_json(), data)

    def is_in_chain(self, event: LogEvent) -> bool:
        """Whether the path leads from the event, which these bytes are, to its chain's root."""
        leaf, root = merkle.leaf_hash(self.event), bytes.fromhex(self.head.root)
        return event.chain == self.head.name and merkle.holds_inclusion(
            leaf, event.seq - 1, self.head.size, self.path, root
        )

    def is_in_checkpoint(self) -> bool:
        """Whether the path leads from the chain's head to the checkpoint's root."""
        point = self.point
        return merkle.holds_inclusion(
            self.head.leaf(), self.index, point.size, self.head_path, bytes.fromhex(point.root)
        )


def issue_after(document: bytes, form: str, version: int) -> dict[str, Json]:
    """The `after` of a `laporan:terbit` event for these canonical bytes of the frozen document."""
    return {"sha256": sha256(document).hexdigest(), "form": form, "versi": version}


def issues(event: LogEvent, document: bytes, form: str, version: int) -> bool:
    """Whether this event issues exactly this document, drawn by this form and version."""
    if event.kind != ISSUE_KIND or not isinstance(event.after, Mapping):
        return False
    expected = issue_after(document, form, version)
    return all(event.after.get(key) == value for key, value in expected.items())


_EVENT_KEYS = frozenset(
    {"v", "chain", "seq", "prev", "at", "actor", "role", "kind", "subject", "before", "after"}
)
_CHECKPOINT_KEYS = frozenset({"v", "at", "size", "root"})
_BUKTI_KEYS = frozenset(
    {"v", "event", "path", "head", "index", "head_path", "checkpoint", "signature", "public_key"}
)
