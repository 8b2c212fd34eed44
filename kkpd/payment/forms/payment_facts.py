"""The facts of one payment: what it rests on, what is held back, what it still lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kkpd.core import indonesian_dates as tanggal
from kkpd.core.errors import DomainError
from kkpd.core.money import NOL, Rupiah, total
from kkpd.engines.paper import needs
from kkpd.engines.paper.form_frame import Rangka
from kkpd.engines.paper.needs import Kurang
from kkpd.engines.paper.parts import Orang, TotalsDiffer


@dataclass(frozen=True, slots=True, kw_only=True)
class PencairanBaris:
    """One account of a sub kegiatan: budget, paid out before, asked for now."""

    sub_kegiatan: str
    rekening: str
    uraian: str
    anggaran: Rupiah
    sebelumnya: Rupiah
    nilai: Rupiah

    @property
    def sisa(self) -> Rupiah:
        """What this payment leaves of the budget."""
        return self.anggaran - self.sebelumnya - self.nilai


@dataclass(frozen=True, slots=True)
class Dasar:
    """An earlier document that a request rests on: SPD, SP2D or SPP."""

    nomor: str
    tanggal: date
    nilai: Rupiah

    def __str__(self) -> str:
        return f"Nomor {self.nomor} tanggal {tanggal.panjang(self.tanggal)}"


@dataclass(frozen=True, slots=True)
class Potongan:
    """A tax that the treasurer collects; what came back with a refund is negative."""

    uraian: str
    nilai: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class PencairanInput:
    """The facts of one payment. `jumlah_dpt` is what the DPT says: the rows must add up to it.

    `nama_sub` names sub kegiatan by their codes, `tagihan` the bill that is paid, both as far as
    they are known. A text that the office has not entered yet is empty.
    """

    rangka: Rangka
    opd: str
    tahun: int
    dpt: str
    jumlah_dpt: Rupiah
    keperluan: str
    bank: str
    rekening_bank: str
    npwp: str
    dpa: str
    tanggal_dpa: date | None
    pa: Orang
    pptk: Orang
    bendahara: Orang
    ppk: Orang
    baris: Sequence[PencairanBaris]
    spd: Sequence[Dasar] = ()
    sp2d: Sequence[Dasar] = ()
    spp: Sequence[Dasar] = ()
    potongan: Sequence[Potongan] = ()
    tagihan: str = ""
    selaku_pa: str = "Pengguna Anggaran"
    nama_sub: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if total(line.nilai for line in self.baris) != self.jumlah_dpt:
            raise TotalsDiffer("the lines do not add up to the amount of the DPT")
        if min(self.jumlah_dpt, self.bersih) <= NOL:
            raise DomainError(
                f"Tidak ada yang dimintakan pembayarannya: jumlah {self.dpt} Rp {self.jumlah_dpt}, "
                f"sesudah potongan Rp {self.bersih}. Periksa DPT dan pajaknya."
            )

    @property
    def bersih(self) -> Rupiah:
        """What is paid once the taxes that the treasurer collects are off."""
        return self.jumlah_dpt - total(one.nilai for one in self.potongan)

    @property
    def sisa_spd(self) -> Rupiah:
        """What this request leaves of the SPDs after the SP2Ds before it."""
        provided, used = total(d.nilai for d in self.spd), total(d.nilai for d in self.sp2d)
        return provided - used - self.jumlah_dpt


def kurang(data: PencairanInput, butuh: Sequence[str]) -> tuple[Kurang, ...]:
    """Which of these (keys of SYARAT) the payment lacks."""
    said = {
        needs.BANK: data.bank,
        needs.REKENING: data.rekening_bank,
        needs.NPWP: data.npwp,
        needs.DPA: data.dpa if data.tanggal_dpa else "",
        needs.SPD: data.spd,
        needs.SPP: data.spp,
    }
    found = [Kurang(key, data.opd) for key in butuh if key in said and not said[key]]
    if needs.SPD_CUKUP in butuh and data.spd and data.sisa_spd < NOL:
        found.append(Kurang(needs.SPD_CUKUP, f"{data.opd}, kurang Rp {abs(data.sisa_spd)}"))
    return tuple(found)
