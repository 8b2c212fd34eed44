"""The states of a case: one table of transitions, as `core/statuses.py` has for purchases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kkpd.core.errors import Conflict


@dataclass(frozen=True, slots=True)
class CaseTransition:
    """One allowed step: from where, to where, with which permission, its name for people.

    An empty permission is a step that rules take. `judges`: nobody takes it who had a part in it.
    """

    sources: frozenset[str]
    target: str
    permission: str
    nama: str
    judges: bool = False


def _step(
    sources: str, target: str, permission: str, nama: str, *, judges: bool = False
) -> CaseTransition:
    return CaseTransition(frozenset(sources.split()), target, permission, nama, judges)


CASE_TRANSITIONS: Final[Mapping[str, CaseTransition]] = MappingProxyType(
    {
        "jawab": _step("terbuka dijawab", "dijawab", "temuan:tanggapi", "dijawab"),
        "kembalikan": _step("dijawab", "terbuka", "temuan:putuskan", "dikembalikan", judges=True),
        "putus": _step("terbuka dijawab", "selesai", "temuan:putuskan", "diputuskan", judges=True),
        "tutup": _step("terbuka", "selesai", "", "ditutup"),
        "buka_lagi": _step("selesai", "terbuka", "temuan:putuskan", "dibuka lagi"),
        "uji_acak": _step("selesai", "terbuka", "temuan:putuskan", "dibuka lagi"),
        "berlaku_lagi": _step("selesai", "terbuka", "", "dibuka lagi"),
    }
)


def case_step(status: str, action: str) -> str:
    """The status after the action; Conflict with the sentence where it is not allowed now."""
    transition = CASE_TRANSITIONS[action]
    if status not in transition.sources:
        raise Conflict(
            f"Tindak lanjut ini berstatus {status}, sehingga tidak dapat {transition.nama}. "
            "Muat ulang halaman."
        )
    return transition.target
