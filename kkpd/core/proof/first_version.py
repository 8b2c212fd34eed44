"""Checkpoints and proofs as version 0.1.0 wrote them, read for ever and written no more.

Such a checkpoint is canonical JSON `{"v":1,"seq","at","heads":[[name,size,root]...],"root"}` with
the heads of all chains, sorted by name; Ed25519 signs these bytes alone. Such a proof is
`{"v":1,"event","path","checkpoint","head_path","signature","public_key"}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import VERSION
from kkpd.core.proof.events import ChainHead, LogCheckpoint, LogEvent, Proof, from_iso, iso


@dataclass(frozen=True, slots=True)
class FirstCheckpoint:
    """All chain heads at one moment, with their number among the checkpoints."""

    seq: int
    at: datetime
    heads: tuple[ChainHead, ...]

    def __post_init__(self) -> None:
        names = [head.name for head in self.heads]
        if names != sorted(set(names)):
            raise ValueError("the heads of a checkpoint are sorted by name, each once")

    @property
    def point(self) -> LogCheckpoint:
        """Moment, number of heads and root."""
        return LogCheckpoint.over(self.at, self.heads)

    def position(self, name: str) -> int:
        """The position of the chain's head among the heads; ValueError for an unknown chain."""
        found = next((at for at, head in enumerate(self.heads) if head.name == name), None)
        if found is None:
            raise ValueError("the checkpoint does not know the chain of the event")
        return found

    def to_bytes(self) -> bytes:
        """The canonical bytes: what Ed25519 signed."""
        heads = [head.to_list() for head in self.heads]
        root = self.point.root
        return canonical.dumps(
            {"v": VERSION, "seq": self.seq, "at": iso(self.at), "heads": heads, "root": root}
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> FirstCheckpoint:
        """Read canonical bytes; ValueError where shape, order or root do not hold."""
        fields = canonical.fields(data, _CHECKPOINT_KEYS)
        at = from_iso(canonical.text(fields, "at"))
        heads = tuple(map(ChainHead.read, canonical.items(fields, "heads")))
        found = cls(canonical.count(fields, "seq"), at, heads)
        if found.point.root != fields["root"]:
            raise ValueError("the root of the checkpoint is not the root over its heads")
        return canonical.exactly(found, found.to_bytes(), data)


class FirstProof(Proof):
    """A proof whose checkpoint holds all heads."""

    __slots__ = ()

    @property
    def point(self) -> LogCheckpoint:
        """Moment, number of heads and root of the checkpoint."""
        return FirstCheckpoint.from_bytes(self.checkpoint).point

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return self.checkpoint

    @property
    def checkpoint_name(self) -> str:
        """The checkpoint as papers printed it: its number."""
        return f"no. {FirstCheckpoint.from_bytes(self.checkpoint).seq}"

    def to_json(self) -> bytes:
        """The attachment as it was written."""
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
    def from_json(cls, data: bytes) -> FirstProof:
        """Read the attachment; ValueError where it is not exactly of this shape."""
        fields = canonical.fields(data, _BUKTI_KEYS)
        event = canonical.text(fields, "event").encode()
        checkpoint = canonical.text(fields, "checkpoint").encode()
        read = FirstCheckpoint.from_bytes(checkpoint)
        index = read.position(LogEvent.from_bytes(event).chain)
        found = cls(
            event=event,
            path=tuple(map(canonical.digest, canonical.items(fields, "path"))),
            head=read.heads[index],
            index=index,
            head_path=tuple(map(canonical.digest, canonical.items(fields, "head_path"))),
            checkpoint=checkpoint,
            signature=bytes.fromhex(canonical.text(fields, "signature")),
            public_key=bytes.fromhex(canonical.text(fields, "public_key")),
        )
        return canonical.exactly(found, found.to_json(), data)


def read_proof(data: bytes) -> Proof:
    """A proof of either version; ValueError where it is neither."""
    value = canonical.loads(data)
    first = isinstance(value, dict) and value.get("v") == VERSION
    return FirstProof.from_json(data) if first else Proof.from_json(data)


_CHECKPOINT_KEYS = frozenset({"v", "seq", "at", "heads", "root"})
_BUKTI_KEYS = frozenset(
    {"v", "event", "path", "checkpoint", "head_path", "signature", "public_key"}
)
