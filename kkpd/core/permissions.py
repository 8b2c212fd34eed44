"""Who may do what: the roles of the regulation, their permissions, and the actor of one request.

Deny by default (law 12): nobody holds a permission that is not written here. A permission is
`area:verb`; a role carries it for the OPD of the assignment, or for all OPDs when the assignment
names none (inspector, auditor, BUD, administrator).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """The roles (Permendagri 79/2022 Art. 5-6; Permendagri 77/2020 for bendahara, PPTK, PPK)."""

    PEMEGANG = "pemegang"
    BENDAHARA = "bendahara"
    BPP = "bpp"
    PPTK = "pptk"
    PA = "pa"
    KPA = "kpa"
    PPK = "ppk"
    BUD = "bud"
    INSPECTOR = "inspektur"
    AUDITOR = "auditor"
    ADMIN = "admin"


#: The name people read, in the order in which a person's first screen is chosen.
ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.BENDAHARA: "Bendahara Pengeluaran",
        Role.BPP: "Bendahara Pengeluaran Pembantu",
        Role.PA: "Pengguna Anggaran",
        Role.KPA: "Kuasa Pengguna Anggaran",
        Role.PPTK: "PPTK",
        Role.PPK: "PPK-SKPD",
        Role.INSPECTOR: "Inspektur",
        Role.BUD: "Kuasa BUD",
        Role.AUDITOR: "Auditor",
        Role.ADMIN: "Administrator",
        Role.PEMEGANG: "Pemegang KKPD",
    }
)

#: Roles whose assignment may name no OPD and then reaches all of them.
ACROSS_OPDS = frozenset({Role.BUD, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN})

#: Offices of a whole SKPD, which reach the units under it (Pasal 5; a KPA has his own unit only).
COVERS_UNITS = frozenset({Role.PA, Role.BENDAHARA, Role.PPK})

#: What everybody who is logged in may do: own account, log out, first screen.
EVERYONE = frozenset({"akun:sendiri"})

_VIEW_OPD = (
    "bulan:lihat tagihan:lihat belanja:lihat bukti:lihat cocok:lihat dpr:lihat dpt:lihat "
    "pemantauan:lihat tahun:lihat bayar:lihat pagu:lihat temuan:lihat periode:lihat laporan:lihat "
    "laporan:susun laporan:unduh laporan:tandatangani"
)
_BENDAHARA = (
    _VIEW_OPD + " tagihan:unggah tagihan:keluarkan belanja:catat bukti:unggah kelas:tetapkan "
    "cocok:putuskan dpr:susun temuan:tanggapi spp:ajukan bayar:catat periode:tutup laporan:terbit "
    "sipd:unduh"
)
_EXAMINER = (
    _VIEW_OPD + " persetujuan:lihat uji:lihat uji:putuskan dpt:terbit npd:terbit temuan:tanggapi "
    "up:usulkan"
)

_ROLE_TABLE: Mapping[Role, str] = {
    Role.PEMEGANG: "belanja_saya:lihat belanja_saya:catat bukti:lihat bukti:unggah",
    Role.BENDAHARA: _BENDAHARA,
    Role.BPP: _BENDAHARA.replace(" periode:tutup", ""),
    Role.PPTK: _VIEW_OPD + " persetujuan:lihat dpr:periksa kelas:tetapkan temuan:tanggapi",
    Role.PA: _EXAMINER + " spm:terbit laporan:terbit periode:konfirmasi",
    Role.KPA: _EXAMINER,
    Role.PPK: _VIEW_OPD + " spp:uji spm:siapkan sipd:unduh",
    Role.BUD: (_VIEW_OPD + " papan:lihat sp2d:terbit laporan:terbit sipd:unduh data_terbuka:unduh"),
    Role.INSPECTOR: (
        _VIEW_OPD + " papan:lihat sampel:lihat temuan:putuskan laporan:terbit paket:unduh "
        "periode:tinjau periode:buka data_terbuka:unduh"
    ),
    Role.AUDITOR: "laporan:lihat laporan:unduh paket:unduh",
    Role.ADMIN: (
        "admin:lihat opd:kelola pengguna:kelola penugasan:kelola kartu:kelola "
        "pengaturan:kelola acuan:kelola anggaran:kelola data_terbuka:unduh tahun:lihat "
        "tahun:buka"
    ),
}

#: role -> its permissions: the one table that the web's `needs` and every verb check.
PERMISSIONS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {peran: frozenset(words.split()) for peran, words in _ROLE_TABLE.items()}
)

#: All permissions; `needs` refuses a word that is not among them.
ALL_PERMISSIONS = frozenset().union(*PERMISSIONS.values()) | EVERYONE


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment valid today: a role, in one OPD or (`opd_id` None) in all of them.

    `sub_kegiatan` limits a PPTK to that one (Permendagri 77/2020); empty is the whole OPD.
    """

    peran: Role
    opd_id: int | None
    sub_kegiatan: str = ""

    def covers(self, opd_id: int, sub_kegiatan: str) -> bool:
        """Whether this assignment reaches a line of that OPD and sub kegiatan."""
        return self.opd_id in (None, opd_id) and self.sub_kegiatan in ("", sub_kegiatan)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person, the account, and the assignments valid at the moment of the request.

    `opd_id` is the OPD chosen in the address, None where the page is about no single OPD.
    """

    orang_id: int
    pengguna_id: int
    nama: str
    assignment: tuple[Assignment, ...] = ()
    opd_id: int | None = None

    def can(self, permission: str, opd_id: int | None = None) -> bool:
        """Whether the actor holds `permission`, for that OPD when one is named, else for any."""
        return permission in EVERYONE or self.role_for(permission, opd_id) is not None

    def role_for(self, permission: str, opd_id: int | None = None) -> Role | None:
        """The role by which the actor holds `permission`: what the event log names as the acting
        role.
        """
        for assignment in self.assignment:
            reaches = opd_id is None or assignment.opd_id is None or assignment.opd_id == opd_id
            if reaches and permission in PERMISSIONS[assignment.peran]:
                return assignment.peran
        return None

    def checks_as_pptk(self, opd_id: int, sub_kegiatan: str) -> bool:
        """Whether the actor checks lines of this sub kegiatan as its PPTK."""
        return any(
            assignment.peran is Role.PPTK and assignment.covers(opd_id, sub_kegiatan)
            for assignment in self.assignment
        )

    def opds_for(self, permission: str) -> frozenset[int] | None:
        """The OPDs for which the actor holds `permission`, for scoping a query; None means all."""
        reach = {
            assignment.opd_id
            for assignment in self.assignment
            if permission in PERMISSIONS[assignment.peran]
        }
        return None if None in reach else frozenset(opd for opd in reach if opd is not None)

    @property
    def opd_ids(self) -> frozenset[int] | None:
        """The OPDs of which the actor may see anything; None means all."""
        if any(assignment.opd_id is None for assignment in self.assignment):
            return None
        return frozenset(
            assignment.opd_id for assignment in self.assignment if assignment.opd_id is not None
        )

    def sees(self, opd_id: int) -> bool:
        """Whether the actor may see anything of this OPD; otherwise NotFound (law 12)."""
        return self.opd_ids is None or opd_id in self.opd_ids

    def sees_all_of(self, opd_id: int | None) -> bool:
        """The same, where None means all OPDs together: only those who see every OPD."""
        return self.opd_ids is None if opd_id is None else self.sees(opd_id)

    @property
    def peran(self) -> tuple[Role, ...]:
        """The actor's roles without repetition, in the order of first screens."""
        held = {assignment.peran for assignment in self.assignment}
        return tuple(peran for peran in ROLE_NAMES if peran in held)

    def in_opd(self, opd_id: int | None) -> Actor:
        """The same actor with that OPD chosen."""
        return replace(self, opd_id=opd_id)
