"""What the two sides tell each other: request, progress, one answer, and how the child ended."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Final

from kkpd.core import errors
from kkpd.core.errors import DomainError

MIB: Final = 1024 * 1024
#: Kind and size of what follows: R value, D refusal, M no memory, X mistake, P progress.
ANSWER: Final = struct.Struct("<1sQ")
SIZE: Final = struct.Struct("<Q")
#: Status of the ended child, seconds of processor, most memory (KB).
END: Final = struct.Struct("<idq")
_STEP: Final = 1 << 20
#: Refusals by name: a child tells the name, the asker raises it.
KINDS: Final = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, DomainError)
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one call: seconds of processor and of waiting, bytes of memory beyond what the
    idle child has, bytes of the answer; `waited` where a person waits, so that turns are taken;
    `hosts`, the systems it may talk to (a signature asks for its time stamp).

    The processor's seconds decide. The waiting is long, since a busy machine is no fault of a file.
    """

    cpu: int = 8
    wall: float = 180.0
    memory: int = 480 * MIB
    answer: int = 64 * MIB
    waited: bool = True
    hosts: frozenset[str] = frozenset()


def exactly(channel: socket.socket, size: int) -> bytes:
    """So many bytes; fewer when the other side is gone."""
    found = bytearray()
    while len(found) < size and (part := channel.recv(min(size - len(found), _STEP))):
        found += part
    return bytes(found)
