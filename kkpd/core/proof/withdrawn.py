"""The signed list of papers that no longer count: news that no issued file can carry itself.

The file is canonical JSON `{"v":1,"list","public_key","signature"}`; `list` is the text of
canonical JSON `{"v":1,"at","papers":[[sha256,state,at]...]}`, sorted, with the hash of each paper's
frozen data. Ed25519 signs a prefix and that text, so that no checkpoint can pass for a list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import VERSION, Json
from kkpd.core.proof.events import from_iso, iso

PREFIX: Final = b"kkpd daftar pencabutan 1\n"
State = Literal["dibatalkan", "digantikan"]


@dataclass(frozen=True, slots=True, order=True)
class WithdrawnPaper:
    """A paper by the SHA-256 (hex) of its frozen data: what became of it, and when."""

    sha256: str
    state: State
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawnList:
    """The papers that no longer counted at one moment; each stands in it once."""

    at: datetime
    papers: tuple[WithdrawnPaper, ...]

    def to_bytes(self) -> bytes:
        """The canonical bytes, which are signed."""
        papers: list[Json] = [[one.sha256, one.state, iso(one.at)] for one in sorted(self.papers)]
        return canonical.dumps({"v": VERSION, "at": iso(self.at), "papers": papers})

    def signed(self, public_key: bytes, sign: Callable[[bytes], bytes]) -> bytes:
        """The file."""
        data = self.to_bytes()
        return canonical.dumps(
            {
                "v": VERSION,
                "list": data.decode(),
                "public_key": public_key.hex(),
                "signature": sign(PREFIX + data).hex(),
            }
        )

    def of(self, sha256: str) -> WithdrawnPaper | None:
        """What became of this paper; None where it still counts."""
        return next((one for one in self.papers if one.sha256 == sha256), None)


def read_signed(data: bytes, public_key: bytes) -> WithdrawnList:
    """The list in a file that this key signed; ValueError for a bent list, or another's."""
    found = canonical.fields(data, frozenset({"v", "list", "public_key", "signature"}))
    text = canonical.text(found, "list").encode()
    if canonical.digest(found["public_key"]) != public_key:
        raise ValueError("signed by another key")
    try:
        signature = bytes.fromhex(canonical.text(found, "signature"))
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, PREFIX + text)
    except InvalidSignature:
        raise ValueError("the signature is not valid") from None
    inner = canonical.fields(text, frozenset({"v", "at", "papers"}))
    papers = tuple(map(_paper, canonical.items(inner, "papers")))
    made = WithdrawnList(from_iso(canonical.text(inner, "at")), papers)
    return canonical.exactly(made, made.to_bytes(), text)


def _paper(value: Json) -> WithdrawnPaper:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("a paper is [sha256, state, at]")
    fields = dict(zip(("sha256", "state", "at"), value, strict=True))
    state = canonical.text(fields, "state")
    for known in get_args(State):
        if state == known:
            at = from_iso(canonical.text(fields, "at"))
            return WithdrawnPaper(canonical.hex_digest(fields, "sha256"), known, at)
    raise ValueError(f"no state of a paper: {state!r}")
