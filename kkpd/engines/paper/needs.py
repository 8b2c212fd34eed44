"""What a paper must contain before it is issued, and where it is entered: one table.

A draft prints placeholders; issuing is refused with one sentence that lists everything missing,
because a paper without it would not be valid.
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
    """A required item: its name, and the page where it is entered."""

    what: str
    tempat: str

    @property
    def kosong(self) -> str:
        """The placeholder on drafts."""
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
    """A missing item of a paper; `whose` says whose it is, or the missing amount."""

    required: str
    whose: str = ""

    def __str__(self) -> str:
        known = REQUIREMENTS[self.required]
        return f"{' '.join(filter(None, (known.what, self.whose)))} ({known.tempat})"


def require_complete(judul: str, lacks: Iterable[Lack]) -> None:
    """DomainError with everything that is missing, each once, and where to enter it."""
    missing = list(dict.fromkeys(map(str, lacks)))
    if missing:
        raise DomainError(
            f"{judul} belum dapat diterbitkan. Lengkapi dahulu: {'; '.join(missing)}.",
            rule="surat yang tidak lengkap tidak diterbitkan",
        )
