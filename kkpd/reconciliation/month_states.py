"""The states of a month: one table of acts (close, confirm, review, open again).

Opening again is a new dated act with a reason, never an edit of the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kkpd.core.errors import Conflict, DomainError, Forbidden

#: Shortest and longest reason (characters).
REASON: Final = (5, 600)


@dataclass(frozen=True, slots=True)
class Act:
    """One act: from which states, to which, under which permission, its name for people.

    `with_reasons` acts need a reason; `by_another` acts must be done by somebody else than the one
    who closed.
    """

    dari: frozenset[str]
    ke: str
    permission: str
    nama: str
    with_reasons: bool = False
    by_another: bool = False


ACTS: Final = {
    "tutup": Act(frozenset({"terbuka"}), "ditutup", "periode:tutup", "menutup"),
    "konfirmasi": Act(
        frozenset({"ditutup"}),
        "dikonfirmasi",
        "periode:konfirmasi",
        "mengonfirmasi",
        by_another=True,
    ),
    "tinjau": Act(
        frozenset({"dikonfirmasi"}), "ditinjau", "periode:tinjau", "meninjau", by_another=True
    ),
    "buka": Act(
        frozenset({"ditutup", "dikonfirmasi", "ditinjau"}),
        "terbuka",
        "periode:buka",
        "membuka kembali",
        with_reasons=True,
    ),
}


def langkah(status: str, nama: str, alasan: str, actor_id: int, closer_id: int | None) -> str:
    """The state after the act; Conflict, Forbidden or DomainError with the sentence otherwise.

    `closer_id` is who last closed the month, None if nobody did.
    """
    act = ACTS[nama]
    if status not in act.dari:
        asked = " atau ".join(sorted(act.dari))
        raise Conflict(
            f"Periode ini {status}; {act.nama} hanya dari keadaan {asked}. Muat ulang halaman."
        )
    if act.by_another and actor_id == closer_id:
        raise Forbidden(
            f"Anda menutup periode ini, sehingga tidak dapat {act.nama}. Mintalah pejabat lain."
        )
    low, high = REASON
    if len(alasan) > high or (act.with_reasons and len(alasan) < low):
        raise DomainError(
            f"Tulis alasan {act.nama} periode ini, {low} sampai {high} huruf.", field="alasan"
        )
    return act.ke


def allowed(status: str) -> tuple[str, ...]:
    """The acts that this state allows."""
    return tuple(nama for nama, act in ACTS.items() if status in act.dari)
