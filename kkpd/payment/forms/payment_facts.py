"""The facts of one payment: its basis, withheld taxes, what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kkpd.core import moments as tanggal
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.engines.paper import forms
from kkpd.engines.paper.forms import Frame, Lack
from kkpd.engines.paper.parts import Person, TotalsDiffer


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """One account of a sub kegiatan: budget, paid out before, asked for now."""

    sub_kegiatan: str
    rekening: str
    uraian: str
    anggaran: Rupiah
    sebelumnya: Rupiah
    nilai: Rupiah

    @property
    def sisa(self) -> Rupiah:
        """The budget left after this payment."""
        return self.anggaran - self.sebelumnya - self.nilai


@dataclass(frozen=True, slots=True)
class Basis:
    """An earlier document behind a request: SPD, SP2D or SPP."""

    nomor: str
    tanggal: date
    nilai: Rupiah

    def __str__(self) -> str:
        return f"Nomor {self.nomor} tanggal {tanggal.long(self.tanggal)}"


@dataclass(frozen=True, slots=True)
class Deduction:
    """A tax that the treasurer collects; negative for a refund."""

    uraian: str
    nilai: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentInput:
    """The facts of one payment. `dpt_total` is the DPT's total; the rows must add up to it.

    `sub_name` names sub kegiatan by their codes, `tagihan` the bill that is paid, both as far as
    they are known. A text that the office has not entered yet is empty.
    """

    paper_frame: Frame
    opd: str
    tahun: int
    dpt: str
    dpt_total: Rupiah
    keperluan: str
    bank: str
    rekening_bank: str
    npwp: str
    dpa: str
    dpa_date: date | None
    pa: Person
    pptk: Person
    bendahara: Person
    ppk: Person
    baris: Sequence[PaymentRow]
    spd: Sequence[Basis] = ()
    sp2d: Sequence[Basis] = ()
    spp: Sequence[Basis] = ()
    cuts: Sequence[Deduction] = ()
    tagihan: str = ""
    pa_capacity: str = "Pengguna Anggaran"
    sub_name: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if total(line.nilai for line in self.baris) != self.dpt_total:
            raise TotalsDiffer("the lines do not add up to the amount of the DPT")
        if min(self.dpt_total, self.trimmed) <= ZERO:
            raise DomainError(
                f"Tidak ada yang dimintakan pembayarannya: jumlah {self.dpt} Rp {self.dpt_total}, "
                f"sesudah potongan Rp {self.trimmed}. Periksa DPT dan pajaknya."
            )

    @property
    def trimmed(self) -> Rupiah:
        """The amount paid after the taxes that the treasurer collects."""
        return self.dpt_total - total(one.nilai for one in self.cuts)

    @property
    def spd_left(self) -> Rupiah:
        """The rest of the SPDs after earlier SP2Ds and this request."""
        provided, used = total(d.nilai for d in self.spd), total(d.nilai for d in self.sp2d)
        return provided - used - self.dpt_total


def lacks(data: PaymentInput, needed: Sequence[forms.PaperNeed]) -> tuple[Lack, ...]:
    """Which of these of `needs` the payment lacks."""
    said = {
        forms.BANK: data.bank,
        forms.REKENING: data.rekening_bank,
        forms.NPWP: data.npwp,
        forms.DPA: data.dpa if data.dpa_date else "",
        forms.SPD: data.spd,
        forms.SPP: data.spp,
    }
    found = [Lack(key, data.opd) for key in needed if key in said and not said[key]]
    if forms.ENOUGH_SPD in needed and data.spd and data.spd_left < ZERO:
        found.append(Lack(forms.ENOUGH_SPD, f"{data.opd}, kurang Rp {abs(data.spd_left)}"))
    return tuple(found)
