"""The states of a month: one table of acts. A month is closed, confirmed, reviewed, opened again.

Opening again is a new dated act with a reason, never an edit of the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kkpd.core.errors import Conflict, DomainError, Forbidden

#: Shortest and longest reason (characters).
ALASAN: Final = (5, 600)


@dataclass(frozen=True, slots=True)
class Tindakan:
    """One act: from which states, to which, under which permission, its name for people.

    `beralasan` acts say why; `lain_orang` acts are not for whoever closed the month.
    """

    dari: frozenset[str]
    ke: str
    izin: str
    nama: str
    beralasan: bool = False
    lain_orang: bool = False


TINDAKAN: Final = {
    "tutup": Tindakan(frozenset({"terbuka"}), "ditutup", "periode:tutup", "menutup"),
    "konfirmasi": Tindakan(
        frozenset({"ditutup"}),
        "dikonfirmasi",
        "periode:konfirmasi",
        "mengonfirmasi",
        lain_orang=True,
    ),
    "tinjau": Tindakan(
        frozenset({"dikonfirmasi"}), "ditinjau", "periode:tinjau", "meninjau", lain_orang=True
    ),
    "buka": Tindakan(
        frozenset({"ditutup", "dikonfirmasi", "ditinjau"}),
        "terbuka",
        "periode:buka",
        "membuka kembali",
        beralasan=True,
    ),
}


def langkah(status: str, nama: str, alasan: str, actor_id: int, penutup_id: int | None) -> str:
    """The state after the act; Conflict, Forbidden or DomainError with the sentence otherwise.

    `penutup_id` is who closed the month the last time, None while nobody did.
    """
    act = TINDAKAN[nama]
    if status not in act.dari:
        asked = " atau ".join(sorted(act.dari))
        raise Conflict(
            f"Periode ini {status}; {act.nama} hanya dari keadaan {asked}. Muat ulang halaman."
        )
    if act.lain_orang and actor_id == penutup_id:
        raise Forbidden(
            f"Anda menutup periode ini, sehingga tidak dapat {act.nama}. Mintalah pejabat lain."
        )
    low, high = ALASAN
    if len(alasan) > high or (act.beralasan and len(alasan) < low):
        raise DomainError(
            f"Tulis alasan {act.nama} periode ini, {low} sampai {high} huruf.", field="alasan"
        )
    return act.ke


def boleh(status: str) -> tuple[str, ...]:
    """The acts that a month in this state is open to."""
    return tuple(nama for nama, act in TINDAKAN.items() if status in act.dari)
