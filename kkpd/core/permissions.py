"""Who may do what: the roles of the regulation, their permissions, and the actor of one request.

Deny by default (law 12): a permission that is not written here belongs to nobody. A permission is
`area:verb`; a role carries it for the OPD of the assignment, or for all OPDs when the assignment
names none (inspector, auditor, BUD, administrator).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class Peran(StrEnum):
    """The roles (Permendagri 79/2022 Art. 5-6; Permendagri 77/2020 for bendahara, PPTK, PPK)."""

    PEMEGANG = "pemegang"
    BENDAHARA = "bendahara"
    BPP = "bpp"
    PPTK = "pptk"
    PA = "pa"
    KPA = "kpa"
    PPK = "ppk"
    BUD = "bud"
    INSPEKTUR = "inspektur"
    AUDITOR = "auditor"
    ADMIN = "admin"


#: The name people read, in the order in which a person's first screen is chosen.
NAMA_PERAN: Mapping[Peran, str] = MappingProxyType(
    {
        Peran.BENDAHARA: "Bendahara Pengeluaran",
        Peran.BPP: "Bendahara Pengeluaran Pembantu",
        Peran.PA: "Pengguna Anggaran",
        Peran.KPA: "Kuasa Pengguna Anggaran",
        Peran.PPTK: "PPTK",
        Peran.PPK: "PPK-SKPD",
        Peran.INSPEKTUR: "Inspektur",
        Peran.BUD: "Kuasa BUD",
        Peran.AUDITOR: "Auditor",
        Peran.ADMIN: "Administrator",
        Peran.PEMEGANG: "Pemegang KKPD",
    }
)

#: Roles whose assignment may name no OPD and then reaches all of them.
LINTAS_OPD = frozenset({Peran.BUD, Peran.INSPEKTUR, Peran.AUDITOR, Peran.ADMIN})

#: Offices of a whole SKPD, which reach the units under it (Pasal 5; a KPA has his own unit only).
MELIPUTI_UNIT = frozenset({Peran.PA, Peran.BENDAHARA, Peran.PPK})

#: What everybody who is logged in may do: the own account, log out, the first screen.
SETIAP_ORANG = frozenset({"akun:sendiri"})

_LIHAT_OPD = (
    "bulan:lihat tagihan:lihat belanja:lihat bukti:lihat cocok:lihat dpr:lihat dpt:lihat "
    "pemantauan:lihat tahun:lihat bayar:lihat pagu:lihat temuan:lihat periode:lihat laporan:lihat "
    "laporan:susun laporan:unduh laporan:tandatangani"
)
_BENDAHARA = (
    _LIHAT_OPD + " tagihan:unggah tagihan:keluarkan belanja:catat bukti:unggah kelas:tetapkan "
    "cocok:putuskan dpr:susun temuan:tanggapi spp:ajukan bayar:catat periode:tutup laporan:terbit "
    "sipd:unduh"
)
_PENGUJI = (
    _LIHAT_OPD + " persetujuan:lihat uji:lihat uji:putuskan dpt:terbit npd:terbit temuan:tanggapi "
    "up:usulkan"
)

_TABEL: Mapping[Peran, str] = {
    Peran.PEMEGANG: "belanja_saya:lihat belanja_saya:catat bukti:lihat bukti:unggah",
    Peran.BENDAHARA: _BENDAHARA,
    Peran.BPP: _BENDAHARA.replace(" periode:tutup", ""),
    Peran.PPTK: _LIHAT_OPD + " persetujuan:lihat dpr:periksa kelas:tetapkan temuan:tanggapi",
    Peran.PA: _PENGUJI + " spm:terbit laporan:terbit periode:konfirmasi",
    Peran.KPA: _PENGUJI,
    Peran.PPK: _LIHAT_OPD + " spp:uji spm:siapkan sipd:unduh",
    Peran.BUD: (
        _LIHAT_OPD + " papan:lihat sp2d:terbit laporan:terbit sipd:unduh data_terbuka:unduh"
    ),
    Peran.INSPEKTUR: (
        _LIHAT_OPD + " papan:lihat sampel:lihat temuan:putuskan laporan:terbit paket:unduh "
        "periode:tinjau periode:buka data_terbuka:unduh"
    ),
    Peran.AUDITOR: "laporan:lihat laporan:unduh paket:unduh",
    Peran.ADMIN: (
        "admin:lihat opd:kelola pengguna:kelola penugasan:kelola kartu:kelola "
        "pengaturan:kelola acuan:kelola anggaran:kelola data_terbuka:unduh tahun:lihat "
        "tahun:buka"
    ),
}

#: role -> its permissions: the one table that the web's `needs` and every service look at.
IZIN: Mapping[Peran, frozenset[str]] = MappingProxyType(
    {peran: frozenset(words.split()) for peran, words in _TABEL.items()}
)

#: Every permission there is; `needs` refuses a word that is not among them.
SEMUA_IZIN = frozenset().union(*IZIN.values()) | SETIAP_ORANG


@dataclass(frozen=True, slots=True)
class Tugas:
    """One assignment valid today: a role, in one OPD or (`opd_id` None) in all of them.

    `sub_kegiatan` limits a PPTK to that one (Permendagri 77/2020); empty is the whole OPD.
    """

    peran: Peran
    opd_id: int | None
    sub_kegiatan: str = ""

    def meliputi(self, opd_id: int, sub_kegiatan: str) -> bool:
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
    tugas: tuple[Tugas, ...] = ()
    opd_id: int | None = None

    def can(self, izin: str, opd_id: int | None = None) -> bool:
        """Whether the actor holds `izin`, for that OPD when one is named, else for any."""
        return izin in SETIAP_ORANG or self.peran_untuk(izin, opd_id) is not None

    def peran_untuk(self, izin: str, opd_id: int | None = None) -> Peran | None:
        """The role by which the actor holds `izin`: what the event log names as the acting role."""
        for tugas in self.tugas:
            reaches = opd_id is None or tugas.opd_id is None or tugas.opd_id == opd_id
            if reaches and izin in IZIN[tugas.peran]:
                return tugas.peran
        return None

    def memeriksa(self, opd_id: int, sub_kegiatan: str) -> bool:
        """Whether the actor checks lines of this sub kegiatan as its PPTK."""
        return any(
            tugas.peran is Peran.PPTK and tugas.meliputi(opd_id, sub_kegiatan)
            for tugas in self.tugas
        )

    def jangkauan(self, izin: str) -> frozenset[int] | None:
        """The OPDs for which the actor holds `izin`, for scoping a query; None means all."""
        reach = {tugas.opd_id for tugas in self.tugas if izin in IZIN[tugas.peran]}
        return None if None in reach else frozenset(opd for opd in reach if opd is not None)

    @property
    def opd_ids(self) -> frozenset[int] | None:
        """The OPDs the actor may see anything of; None means all of them."""
        if any(tugas.opd_id is None for tugas in self.tugas):
            return None
        return frozenset(tugas.opd_id for tugas in self.tugas if tugas.opd_id is not None)

    def sees(self, opd_id: int) -> bool:
        """Whether this OPD exists for the actor at all; a stranger gets NotFound (law 12)."""
        return self.opd_ids is None or opd_id in self.opd_ids

    def sees_all_of(self, opd_id: int | None) -> bool:
        """The same where None stands for all OPDs together: only who sees every OPD sees that."""
        return self.opd_ids is None if opd_id is None else self.sees(opd_id)

    @property
    def peran(self) -> tuple[Peran, ...]:
        """The actor's roles without repetition, the one that chooses the first screen first."""
        held = {tugas.peran for tugas in self.tugas}
        return tuple(peran for peran in NAMA_PERAN if peran in held)

    def in_opd(self, opd_id: int | None) -> Actor:
        """The same actor with that OPD chosen."""
        return replace(self, opd_id=opd_id)
