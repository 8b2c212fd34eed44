"""What a paper must say before it is issued, and where an office enters it: one table.

A draft prints the placeholder of what is not known; issuing is refused with all that is missing in
one sentence (truth.md 5: a paper that lacks what makes it valid is not issued).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kkpd.core.errors import DomainError

_SETTINGS: Final = "Pengaturan, Setelan bertanggal: "
_PERSON: Final = "Pengaturan, Orang dan pengguna"


@dataclass(frozen=True, slots=True)
class PaperNeed:
    """Something that makes a paper valid: what it is, on which page it is entered."""

    what: str
    tempat: str

    @property
    def kosong(self) -> str:
        """What a draft prints instead."""
        return f"({self.what} belum diisi)"


GOVERNMENT: Final = "pemerintah"
OFFICE: Final = "perangkat"
ADDRESS: Final = "alamat"
BUD_ADDRESS: Final = "alamat_bud"
SIGNER: Final = "penanda"
NIP: Final = "nip"
RANK: Final = "pangkat"
BANK: Final = "bank"
REKENING: Final = "rekening"
NPWP: Final = "npwp"
DPA: Final = "dpa"
SPD: Final = "spd"
ENOUGH_SPD: Final = "spd_cukup"
SPP: Final = "spp"

REQUIREMENTS: Final = {
    GOVERNMENT: PaperNeed("nama pemerintah daerah", f"{_SETTINGS}Nama pemerintah daerah"),
    OFFICE: PaperNeed("perangkat daerah Kuasa BUD", f"{_SETTINGS}Perangkat daerah Kuasa BUD"),
    ADDRESS: PaperNeed("alamat", "Pengaturan, OPD: Alamat"),
    BUD_ADDRESS: PaperNeed("alamat Kuasa BUD", f"{_SETTINGS}Alamat perangkat daerah Kuasa BUD"),
    SIGNER: PaperNeed("pejabat", "Pengaturan, Penugasan"),
    NIP: PaperNeed("NIP", f"{_PERSON}: NIP"),
    RANK: PaperNeed("pangkat", f"{_PERSON}: Pangkat"),
    BANK: PaperNeed("bank", f"{_SETTINGS}Bank RKUD"),
    REKENING: PaperNeed("rekening bendahara", f"{_SETTINGS}Rekening bendahara"),
    NPWP: PaperNeed("NPWP", "Pengaturan, OPD: NPWP"),
    DPA: PaperNeed("nomor DPA", "Pengaturan, Anggaran: DPA"),
    SPD: PaperNeed("SPD", "Pengaturan, Anggaran: SPD"),
    ENOUGH_SPD: PaperNeed("SPD yang mencukupi", "Pengaturan, Anggaran: SPD"),
    SPP: PaperNeed("nomor SPP", "Pembayaran: SPP-GU"),
}


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that a paper lacks; `whose` says whose it is, or by how much it falls short."""

    required: str
    whose: str = ""

    def __str__(self) -> str:
        known = REQUIREMENTS[self.required]
        return f"{' '.join(filter(None, (known.what, self.whose)))} ({known.tempat})"


def require_complete(judul: str, lacks: Iterable[Lack]) -> None:
    """DomainError that names all that is missing, each once, and where it is entered."""
    missing = list(dict.fromkeys(map(str, lacks)))
    if missing:
        raise DomainError(
            f"{judul} belum dapat diterbitkan. Lengkapi dahulu: {'; '.join(missing)}.",
            rule="surat yang tidak lengkap tidak diterbitkan",
        )
