"""What a paper must say before it is issued, and where an office enters it: one table.

A draft prints the placeholder of what is not known; issuing is refused with all that is missing in
one sentence (truth.md 5: a paper that lacks what makes it valid is not issued).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kkpd.core.errors import DomainError

_SETELAN: Final = "Pengaturan, Setelan bertanggal: "
_ORANG: Final = "Pengaturan, Orang dan pengguna"


@dataclass(frozen=True, slots=True)
class Syarat:
    """Something that makes a paper valid: what it is, on which page it is entered."""

    apa: str
    tempat: str

    @property
    def kosong(self) -> str:
        """What a draft prints instead."""
        return f"({self.apa} belum diisi)"


PEMERINTAH: Final = "pemerintah"
PERANGKAT: Final = "perangkat"
ALAMAT: Final = "alamat"
ALAMAT_BUD: Final = "alamat_bud"
PENANDA: Final = "penanda"
NIP: Final = "nip"
PANGKAT: Final = "pangkat"
BANK: Final = "bank"
REKENING: Final = "rekening"
NPWP: Final = "npwp"
DPA: Final = "dpa"
SPD: Final = "spd"
SPD_CUKUP: Final = "spd_cukup"
SPP: Final = "spp"

SYARAT: Final = {
    PEMERINTAH: Syarat("nama pemerintah daerah", f"{_SETELAN}Nama pemerintah daerah"),
    PERANGKAT: Syarat("perangkat daerah Kuasa BUD", f"{_SETELAN}Perangkat daerah Kuasa BUD"),
    ALAMAT: Syarat("alamat", "Pengaturan, OPD: Alamat"),
    ALAMAT_BUD: Syarat("alamat Kuasa BUD", f"{_SETELAN}Alamat perangkat daerah Kuasa BUD"),
    PENANDA: Syarat("pejabat", "Pengaturan, Penugasan"),
    NIP: Syarat("NIP", f"{_ORANG}: NIP"),
    PANGKAT: Syarat("pangkat", f"{_ORANG}: Pangkat"),
    BANK: Syarat("bank", f"{_SETELAN}Bank RKUD"),
    REKENING: Syarat("rekening bendahara", f"{_SETELAN}Rekening bendahara"),
    NPWP: Syarat("NPWP", "Pengaturan, OPD: NPWP"),
    DPA: Syarat("nomor DPA", "Pengaturan, Anggaran: DPA"),
    SPD: Syarat("SPD", "Pengaturan, Anggaran: SPD"),
    SPD_CUKUP: Syarat("SPD yang mencukupi", "Pengaturan, Anggaran: SPD"),
    SPP: Syarat("nomor SPP", "Pembayaran: SPP-GU"),
}


@dataclass(frozen=True, slots=True)
class Kurang:
    """One thing that a paper lacks; `siapa` says whose it is, or by how much it falls short."""

    syarat: str
    siapa: str = ""

    def __str__(self) -> str:
        known = SYARAT[self.syarat]
        return f"{' '.join(filter(None, (known.apa, self.siapa)))} ({known.tempat})"


def tuntut(judul: str, kurang: Iterable[Kurang]) -> None:
    """DomainError that names all that is missing, each once, and where it is entered."""
    missing = list(dict.fromkeys(map(str, kurang)))
    if missing:
        raise DomainError(
            f"{judul} belum dapat diterbitkan. Lengkapi dahulu: {'; '.join(missing)}.",
            rule="surat yang tidak lengkap tidak diterbitkan",
        )
