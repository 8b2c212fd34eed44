"""The life of a card (kkpd.md 1.8): which state may follow which."""

from __future__ import annotations

from typing import Final

from kkpd.core.errors import Conflict

#: state -> the states that may follow. Lost and closed are final; a lost card is replaced.
NEXT_STATES: Final = {
    "diusulkan": ("ditetapkan", "ditutup"),
    "ditetapkan": ("terbit", "ditutup"),
    "terbit": ("diserahkan", "ditutup"),
    "diserahkan": ("aktif", "diblokir", "hilang", "ditutup"),
    "aktif": ("diblokir", "hilang", "ditutup"),
    "diblokir": ("aktif", "ditutup"),
    "hilang": (),
    "ditutup": (),
}


def step(dari: str, ke: str) -> str:
    """The new state; Conflict with the sentence when it may not follow."""
    if ke in NEXT_STATES[dari]:
        return ke
    allowed = " atau ".join(NEXT_STATES[dari])
    after = f"hanya dapat menjadi {allowed}" if allowed else "tidak berubah lagi"
    raise Conflict(f"Kartu berstatus {dari} {after}.", field="status")
