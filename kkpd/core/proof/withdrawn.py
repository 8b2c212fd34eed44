"""The signed list of papers that no longer count: news that no issued file can carry itself.

A signed statement (`signed.py`) with the text `{"v":1,"at","papers":[[sha256,state,at]...]}`,
sorted, with the hash of each paper's frozen data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from kkpd.core.proof import canonical, signed
from kkpd.core.proof.canonical import VERSION, Json
from kkpd.core.proof.events import from_iso, iso
from kkpd.core.proof.log_key import KeyHistory

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
        return signed.write(PREFIX, self.to_bytes(), public_key, sign)

    def of(self, sha256: str) -> WithdrawnPaper | None:
        """What became of this paper; None where it still counts."""
        return next((one for one in self.papers if one.sha256 == sha256), None)


def read_signed(data: bytes, known: KeyHistory) -> WithdrawnList:
    """The list in a file that one of these keys signed; ValueError for a bent or foreign one."""
    text, key = signed.read(PREFIX, data)
    inner = canonical.fields(text, frozenset({"v", "at", "papers"}))
    papers = tuple(map(_paper, canonical.items(inner, "papers")))
    made = WithdrawnList(from_iso(canonical.text(inner, "at")), papers)
    if not known.accepts(key, made.at):
        raise ValueError("signed by another key")
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
