"""What somebody outside has seen of the log: root, size and moment, signed, below 2 kB.

The tree is that of RFC 6962 over the canonical bytes of all checkpoints, and each of these holds
the heads of all chains. Whoever keeps a witness can prove that the log of that day is a beginning
of today's: nothing was cut off, rolled back or written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kkpd.core.proof import canonical, merkle, signed
from kkpd.core.proof.canonical import VERSION
from kkpd.core.proof.events import from_iso, iso

PREFIX: Final = b"kkpd saksi 1\n"


@dataclass(frozen=True, slots=True)
class Witness:
    """The log at one moment: its number of checkpoints and the root over them."""

    at: datetime
    size: int
    root: bytes

    def signed(self, public_key: bytes, sign: Callable[[bytes], bytes]) -> bytes:
        """The file."""
        return signed.write(PREFIX, self._bytes(), public_key, sign)

    def _bytes(self) -> bytes:
        return canonical.dumps(
            {"v": VERSION, "at": iso(self.at), "size": self.size, "root": self.root.hex()}
        )

    def is_beginning_of(self, leaves: Sequence[bytes]) -> bool:
        """Whether a consistency path leads from this root to that over these checkpoints' leaves,
        at least `size` of them.
        """
        path = merkle.consistency_path(leaves, self.size)
        return merkle.holds_consistency(
            self.size, len(leaves), self.root, merkle.root(leaves), path
        )


def read_signed(data: bytes) -> tuple[Witness, bytes]:
    """The witness in a file, and the key that signed it; ValueError for a bent one."""
    text, key = signed.read(PREFIX, data)
    found = canonical.fields(text, frozenset({"v", "at", "size", "root"}))
    made = Witness(
        from_iso(canonical.text(found, "at")),
        canonical.count(found, "size"),
        canonical.digest(found["root"]),
    )
    return canonical.exactly(made, made._bytes(), text), key
