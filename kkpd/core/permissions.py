"""Who may do what: the roles of the regulation, their permissions, and the actor of one request.

Deny by default (law 12): nobody holds a permission that is not written here. A permission is
`area:verb`; a role carries it for the OPD of the assignment, or for all OPDs when the assignment
names none (inspector, auditor, BUD, administrator)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from kkpd.core.errors import Forbidden, NotFound


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


#: What everybody who is logged in may do: own account, log out, first screen.
EVERYONE = frozenset({"akun:sendiri"})

_VIEW_OPD = (
    "bulan:lihat tagihan:lihat belanja:lihat bukti:lihat cocok:lihat dpr:lihat dpt:lihat "
    "pemantauan:lihat tahun:lihat bayar:lihat pagu:lihat temuan:lihat periode:lihat laporan:lihat "
    "laporan:susun laporan:unduh laporan:tandatangani "
)
_BPP = _VIEW_OPD + (
    "tagihan:unggah tagihan:keluarkan belanja:catat bukti:unggah kelas:tetapkan cocok:putuskan "
    "dpr:susun temuan:tanggapi spp:ajukan bayar:catat laporan:terbit sipd:unduh"
)
_EXAMINER = _VIEW_OPD + (
    "persetujuan:lihat uji:lihat uji:putuskan dpt:terbit npd:terbit temuan:tanggapi up:usulkan"
)
_BENDAHARA_MENU = "bulan_ini tagihan belanja cocok dpr pembayaran laporan"
_EXAMINER_MENU = "persetujuan dpr pembayaran pagu belanja kasus laporan"


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role: its name, its menu (keys of web/navigation.py, first screen first), its permissions.

    `across_opds`: its assignment may name no OPD and then reaches all of them. `covers_units`: an
    office of a whole SKPD, which reaches the units under it (Pasal 5; a KPA has his own unit only).
    `second_factor`: moves money or gives rights, so the setting `faktor_kedua_wajib` is about it.
    """

    nama: str
    menu: str
    permissions: str
    across_opds: bool = False
    covers_units: bool = False
    second_factor: bool = False


#: The one list of roles, in the order in which a person's first screen is chosen. Menus, reminders,
#: who takes which step of a purchase, and every `needs` follow from it.
ROLES: Mapping[Role, RoleEntry] = MappingProxyType(
    {
        Role.BENDAHARA: RoleEntry(
            "Bendahara Pengeluaran",
            _BENDAHARA_MENU,
            _BPP + " periode:tutup",
            covers_units=True,
            second_factor=True,
        ),
        Role.BPP: RoleEntry(
            "Bendahara Pengeluaran Pembantu",
            _BENDAHARA_MENU,
            _BPP,
            second_factor=True,
        ),
        Role.PA: RoleEntry(
            "Pengguna Anggaran",
            _EXAMINER_MENU,
            _EXAMINER + " spm:terbit laporan:terbit periode:konfirmasi",
            covers_units=True,
            second_factor=True,
        ),
        Role.KPA: RoleEntry(
            "Kuasa Pengguna Anggaran",
            _EXAMINER_MENU,
            _EXAMINER,
            second_factor=True,
        ),
        Role.PPTK: RoleEntry(
            "PPTK",
            _EXAMINER_MENU,
            _VIEW_OPD + "persetujuan:lihat dpr:periksa kelas:tetapkan temuan:tanggapi",
        ),
        Role.PPK: RoleEntry(
            "PPK-SKPD",
            "pembayaran dpr pagu pemantauan laporan",
            _VIEW_OPD + "spp:uji spm:siapkan sipd:unduh",
            covers_units=True,
            second_factor=True,
        ),
        Role.INSPECTOR: RoleEntry(
            "Inspektur",
            "papan kasus pemantauan periode peristiwa laporan penugasan",
            _VIEW_OPD + "papan:lihat temuan:putuskan laporan:terbit paket:unduh "
            "peristiwa:lihat penugasan:lihat periode:tinjau periode:buka data_terbuka:unduh",
            across_opds=True,
        ),
        Role.BUD: RoleEntry(
            "Kuasa BUD",
            "papan pemantauan pembayaran pagu laporan",
            _VIEW_OPD + "papan:lihat sp2d:terbit laporan:terbit sipd:unduh data_terbuka:unduh",
            across_opds=True,
            second_factor=True,
        ),
        Role.AUDITOR: RoleEntry(
            "Auditor",
            "laporan cari peristiwa",
            "laporan:lihat laporan:unduh paket:unduh peristiwa:lihat belanja:lihat bukti:lihat "
            "tagihan:lihat",
            across_opds=True,
        ),
        Role.ADMIN: RoleEntry(
            "Administrator",
            "admin pengguna penugasan opd kartu setelan anggaran",
            "admin:lihat opd:kelola pengguna:kelola penugasan:lihat penugasan:kelola kartu:kelola "
            "pengaturan:kelola acuan:kelola anggaran:kelola data_terbuka:unduh tahun:lihat "
            "tahun:buka",
            across_opds=True,
            second_factor=True,
        ),
        Role.PEMEGANG: RoleEntry(
            "Pemegang KKPD",
            "belanja_saya kotak_bukti",
            "belanja_saya:lihat belanja_saya:catat bukti:lihat bukti:unggah",
        ),
    }
)

#: The name people read.
ROLE_NAMES: Mapping[Role, str] = MappingProxyType({role: one.nama for role, one in ROLES.items()})
ACROSS_OPDS = frozenset(role for role, one in ROLES.items() if one.across_opds)
COVERS_UNITS = frozenset(role for role, one in ROLES.items() if one.covers_units)
NEED_SECOND_FACTOR = frozenset(role for role, one in ROLES.items() if one.second_factor)

#: role -> its permissions: what the web's `needs` and every verb check.
PERMISSIONS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {role: frozenset(one.permissions.split()) for role, one in ROLES.items()}
)


def holders(*permissions: str) -> frozenset[Role]:
    """The roles that hold one of these permissions."""
    return frozenset(role for role, held in PERMISSIONS.items() if held & {*permissions})


#: Their acts change what others may do: the administrator proves again who he is, unless he did
#: lately (ASVS 7.5.1; web/confirm.py).
ASKED_AGAIN = frozenset(
    {"pengguna:kelola", "penugasan:kelola", "kartu:kelola", "opd:kelola", "pengaturan:kelola"}
)

#: Who decides on a line after the six tests: PA and KPA.
EXAMINERS = holders("uji:putuskan")

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


def require(actor: Actor, permission: str, opd_id: int | None = None) -> Role:
    """The role by which the actor may do this; NotFound for another OPD, Forbidden within the own
    one.
    """
    if opd_id is not None and not actor.sees(opd_id):
        raise NotFound("Tidak ditemukan.")
    role = actor.role_for(permission, opd_id)
    if role is None:
        raise Forbidden(
            "Peran Anda tidak mencakup tindakan ini. Hubungi administrator bila keliru."
        )
    return role
