"""Year end: what the new year needs before work begins, and that nothing open is lost (1.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kkpd.core.errors import Conflict
from kkpd.core.money import Rupiah

#: what must exist -> its name for people
REQUIREMENTS: Final = MappingProxyType(
    {
        "rekening": "Daftar kode rekening",
        "sub_kegiatan": "Daftar sub kegiatan",
        "dpa": "DPA",
        "up": "Keputusan UP",
        "spd": "SPD",
        "kas": "Anggaran kas",
        "kartu": "Batas kartu",
        "nomor": "Seri nomor dokumen",
        "libur": "Hari libur dan cuti bersama",
        "batas_pakai": "Hari terakhir pemakaian kartu",
        "batas_spm": "Hari terakhir SPM-GU",
        "desember": "Penutupan Desember tahun lama",
    }
)


@dataclass(frozen=True, slots=True)
class YearNeed:
    """One thing that the new year needs: present, missing, or (None) not checked by the settings.

    `banyak` is how many there are (lines, cards, days), where that is useful.
    """

    kunci: str
    present: bool | None
    banyak: int | None = None


@dataclass(frozen=True, slots=True)
class CarriedFate:
    """The fate of the lines carried into a year; each line is in exactly one of the three sums."""

    dibawa: Rupiah
    lunas: Rupiah
    keluar: Rupiah
    still_open: Rupiah
    baris: int
    open_rows: int

    def __post_init__(self) -> None:
        if self.lunas + self.keluar + self.still_open != self.dibawa:
            raise ValueError("carried lines do not add up")


def check_may_open(tahun: int, day: date) -> None:
    """Conflict before the year begins: what is unsettled on 31 December is known only then."""
    if day < date(tahun, 1, 1):
        raise Conflict(
            f"Tahun {tahun} dibuka mulai 1 Januari {tahun}; yang belum lunas pada 31 Desember baru "
            "pasti sesudah itu. Sekarang kelengkapannya dapat diperiksa."
        )


def pattern_has_year(layout: str) -> bool:
    """Whether a number pattern contains the year; otherwise numbers would repeat."""
    return "{tahun" in layout
