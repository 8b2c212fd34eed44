"""The states of a purchase line: one table of transitions (law 10, kkpd.md 1.9 and section 9).

A status changes only through `step`. Roles are those of the assignment in the line's OPD. That the
recorder and the card holder never judge the line is checked by person, here and in the database.
That treasurer, PPTK and decider of a line are three persons is the field `apart` and core/duties.

The PPK-SKPD's word on an SPP leaves its lines where they are, or sends them back; so does Kuasa BUD
with an SPM.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kkpd.core.errors import Conflict, Forbidden
from kkpd.core.permissions import EXAMINERS, Role, holders

_RECORDERS = holders("belanja:catat", "belanja_saya:catat")
_BENDAHARA = holders("dpr:susun")
_PPTK = holders("dpr:periksa")
_PPK = holders("spp:uji")
_SPM = holders("spm:terbit")
_SP2D = holders("sp2d:terbit")


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step: from where, to where, by whom, under which article, its name for people.

    `judges` marks a step that the recorder and the holder of the line may not take themselves;
    `apart` names the steps whose takers may not take this one on the same line.
    """

    action: str
    sources: frozenset[str]
    target: str
    roles: frozenset[Role]
    nama: str
    dasar: str
    judges: bool = False
    apart: frozenset[str] = frozenset()


def _step(
    action: str,
    sources: str,
    target: str,
    roles: frozenset[Role],
    nama: str,
    dasar: str,
    *,
    judges: bool = False,
    apart: str = "",
) -> Transition:
    before, others = frozenset(sources.split()), frozenset(apart.split())
    return Transition(action, before, target, roles, nama, dasar, judges, others)


TRANSITIONS: Final = (
    _step(
        "lengkapi",
        "tercatat",
        "berbukti",
        _RECORDERS,
        "melengkapi bukti",
        "bukti mendahului tagihan",
    ),
    _step(
        "cabut_bukti",
        "berbukti",
        "tercatat",
        _RECORDERS,
        "mencabut bukti",
        "bukti mendahului tagihan",
    ),
    _step(
        "batalkan",
        "tercatat berbukti",
        "dibatalkan",
        _RECORDERS,
        "membatalkan catatan",
        "koreksi sebelum DPR",
    ),
    _step("ajukan", "berbukti", "diajukan", _BENDAHARA, "memuat dalam DPR", "DPR per jenis kartu"),
    _step(
        "tarik", "diajukan", "berbukti", _BENDAHARA, "menarik dari DPR", "sebelum PPTK memeriksa"
    ),
    _step(
        "periksa",
        "diajukan",
        "diperiksa",
        _PPTK,
        "memeriksa sebagai PPTK",
        "DPR diperiksa dan ditandatangani PPTK",
        judges=True,
        apart="ajukan",
    ),
    _step(
        "kembalikan",
        "diajukan",
        "berbukti",
        _PPTK,
        "mengembalikan kepada bendahara",
        "DPR diperiksa PPTK",
        judges=True,
        apart="ajukan",
    ),
    _step(
        "setujui",
        "diperiksa",
        "disetujui",
        EXAMINERS,
        "menyetujui",
        "Pasal 5 huruf f",
        judges=True,
        apart="ajukan periksa",
    ),
    _step(
        "tolak",
        "diperiksa",
        "ditolak",
        EXAMINERS,
        "menolak",
        "Pasal 5 huruf g",
        judges=True,
        apart="ajukan periksa",
    ),
    _step(
        "ikut_asal",
        "diperiksa",
        "ditolak",
        EXAMINERS,
        "menyerahkan pengembalian kepada pemegang",
        "pengembalian mengikuti belanja asalnya yang ditolak",
        judges=True,
        apart="ajukan periksa",
    ),
    _step(
        "urungkan_uji",
        "disetujui ditolak",
        "diperiksa",
        EXAMINERS,
        "menguji kembali",
        "sebelum DPT atau surat penolakan terbit",
        judges=True,
    ),
    _step(
        "terbit_dpt",
        "disetujui",
        "dpt",
        EXAMINERS,
        "menerbitkan DPT",
        "Pasal 5 huruf h",
        judges=True,
    ),
    _step("terbit_npd", "dpt", "npd", EXAMINERS, "menerbitkan NPD", "Pasal 5 huruf j", judges=True),
    _step("ajukan_spp", "npd", "spp", _BENDAHARA, "mengajukan SPP-GU", "Permendagri 77/2020"),
    _step(
        "verifikasi_spp",
        "spp",
        "spp",
        _PPK,
        "memverifikasi SPP-GU",
        "Permendagri 77/2020",
        judges=True,
        apart="ajukan_spp",
    ),
    _step(
        "kembalikan_spp",
        "spp",
        "npd",
        _PPK,
        "mengembalikan SPP-GU kepada bendahara",
        "Permendagri 77/2020",
        judges=True,
        apart="ajukan_spp",
    ),
    _step(
        "terbit_spm",
        "spp",
        "spm",
        _SPM,
        "menerbitkan SPM-GU",
        "Pasal 5 huruf k",
        judges=True,
        apart="ajukan_spp verifikasi_spp",
    ),
    _step(
        "terbit_sp2d",
        "spm",
        "sp2d",
        _SP2D,
        "menerbitkan SP2D-GU",
        "Pasal 5 huruf k",
        judges=True,
        apart="ajukan_spp terbit_spm",
    ),
    _step(
        "kembalikan_spm",
        "spm",
        "spp",
        _SP2D,
        "mengembalikan SPM-GU kepada Pengguna Anggaran",
        "Permendagri 77/2020",
        judges=True,
        apart="ajukan_spp terbit_spm",
    ),
    _step("bayar", "sp2d", "lunas", _BENDAHARA, "mendebet kepada bank", "Pasal 5 dan 6"),
    _step(
        "urungkan_periksa",
        "diperiksa",
        "diajukan",
        _PPTK,
        "membatalkan DPR",
        "sebelum PA atau KPA memutuskan",
        judges=True,
    ),
    _step(
        "batalkan_dpt",
        "dpt",
        "disetujui",
        EXAMINERS,
        "membatalkan DPT",
        "sebelum NPD terbit",
        judges=True,
    ),
    _step(
        "batalkan_npd",
        "npd",
        "dpt",
        EXAMINERS,
        "membatalkan NPD",
        "sebelum SPP-GU diajukan",
        judges=True,
    ),
    _step("batalkan_spp", "spp", "npd", _BENDAHARA, "membatalkan SPP-GU", "sebelum SPM-GU terbit"),
    _step(
        "batalkan_spm",
        "spm",
        "spp",
        _SPM,
        "membatalkan SPM-GU",
        "sebelum SP2D-GU terbit",
        judges=True,
    ),
    _step(
        "batalkan_sp2d",
        "sp2d",
        "spm",
        _SP2D,
        "membatalkan SP2D-GU",
        "sebelum pendebetan dicatat",
        judges=True,
    ),
    _step(
        "batalkan_bayar",
        "lunas",
        "sp2d",
        _BENDAHARA,
        "membatalkan catatan pendebetan",
        "catatan keliru, selama periodenya terbuka",
    ),
    _step(
        "bayar_pribadi",
        "ditolak",
        "dibayar_pribadi",
        _BENDAHARA,
        "mencatat pelunasan pribadi",
        "Pasal 5 huruf g",
    ),
    _step(
        "urungkan_pribadi",
        "dibayar_pribadi",
        "ditolak",
        _BENDAHARA,
        "membalik pelunasan pribadi",
        "catatan keliru dibalik dengan baris baru",
    ),
)

#: A purchase may be changed, split and cancelled: it has not been put forward.
CHANGEABLE: Final = ("tercatat", "berbukti")

BY_ACTION: Final = {transition.action: transition for transition in TRANSITIONS}


def ways_back(status: str) -> tuple[Transition, ...]:
    """The first steps of the shortest ways from this status to one in which a purchase may be
    changed; empty where it may be already, or where none leads there.
    """
    paths: list[tuple[Transition, str]] = [
        (one, one.target) for one in TRANSITIONS if status in one.sources
    ]
    seen = {status}
    while paths and status not in CHANGEABLE:
        arrived = tuple(dict.fromkeys(first for first, place in paths if place in CHANGEABLE))
        if arrived:
            return arrived
        seen |= {place for _, place in paths}
        paths = [
            (first, one.target)
            for first, place in paths
            for one in TRANSITIONS
            if place in one.sources and one.target not in seen
        ]
    return ()


def step(
    status: str,
    action: str,
    role: Role,
    actor_id: int,
    *,
    perekam_id: int,
    pemegang_id: int,
) -> str:
    """The status after the action; Forbidden or Conflict with the sentence otherwise."""
    transition = BY_ACTION[action]
    if role not in transition.roles:
        allowed = ", ".join(sorted(transition.roles))
        raise Forbidden(
            f"Hanya {allowed} yang dapat {transition.nama} ({transition.dasar}).",
            rule=transition.dasar,
        )
    if status not in transition.sources:
        raise Conflict(
            f"Belanja berstatus {status}; {transition.nama} hanya dari "
            f"{' atau '.join(sorted(transition.sources))} ({transition.dasar}). "
            "Muat ulang halaman.",
            rule=transition.dasar,
        )
    if transition.judges and actor_id in (perekam_id, pemegang_id):
        raise Forbidden(
            "Anda mencatat belanja ini atau memegang kartunya, sehingga tidak dapat "
            f"{transition.nama}. Mintalah pejabat lain (pemisahan tugas, {transition.dasar}).",
            rule=transition.dasar,
        )
    return transition.target
