"""Whose move a purchase is: one table by state, asked by reminders, the desk, the conversation, the
page of payments and the four links.

The step itself, and who may take it, stand in `statuses.py`; here is which of the steps is next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kkpd.core.permissions import ROLES, Actor, Role, holders
from kkpd.core.statuses import BY_ACTION

#: A line in status spp whose SPP the PPK-SKPD found complete.
VERIFIED: Final = "spp_diverifikasi"


@dataclass(frozen=True, slots=True)
class Move:
    """The next move: `jenis` is what has to be done (the word of reminders), `action` the step of
    the transition table, `permission` what lets a person take it, `page` the area where.
    """

    jenis: str
    action: str
    permission: str
    page: str

    @property
    def role(self) -> Role:
        """The role that is named where no person is."""
        held = holders(self.permission)
        return next(role for role in ROLES if role in held)

    @property
    def judges(self) -> bool:
        """Whether it is not for who recorded the line or holds its card (law 10)."""
        return BY_ACTION[self.action].judges


#: state -> its next move; the states without one are ends.
MOVES: Final[Mapping[str, Move]] = MappingProxyType(
    {
        "tercatat": Move("bukti", "lengkapi", "dpr:susun", "belanja"),
        "berbukti": Move("ajukan", "ajukan", "dpr:susun", "dpr"),
        "diajukan": Move("periksa", "periksa", "dpr:periksa", "persetujuan"),
        "diperiksa": Move("uji", "setujui", "uji:putuskan", "persetujuan"),
        "disetujui": Move("dpt", "terbit_dpt", "dpt:terbit", "persetujuan"),
        "dpt": Move("npd", "terbit_npd", "npd:terbit", "pembayaran"),
        "npd": Move("spp", "ajukan_spp", "spp:ajukan", "pembayaran"),
        "spp": Move("spp_uji", "verifikasi_spp", "spp:uji", "pembayaran"),
        VERIFIED: Move("spm", "terbit_spm", "spm:terbit", "pembayaran"),
        "spm": Move("sp2d", "terbit_sp2d", "sp2d:terbit", "pembayaran"),
        "sp2d": Move("debet", "bayar", "bayar:catat", "pembayaran"),
    }
)


def next_move(status: str, *, verified: bool = False) -> Move | None:
    """The move that a line in this state waits for; `verified`: its SPP was found complete."""
    return MOVES.get(VERIFIED if verified and status == "spp" else status)


def may_take(move: Move, actor: Actor, opd_id: int, sub_kegiatan: str, *, own: bool) -> bool:
    """Whether this person may take it on a line that is the person's `own` (recorded, or of the own
    card) or not; as PPTK only on lines of the own sub kegiatan.
    """
    if (own and move.judges) or not actor.can(move.permission, opd_id):
        return False
    return move.permission != "dpr:periksa" or actor.checks_as_pptk(opd_id, sub_kegiatan)
