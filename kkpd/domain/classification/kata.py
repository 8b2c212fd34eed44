"""What the words of a line say, before any rule: the kind, the chances and the class."""

from __future__ import annotations

from dataclasses import dataclass

from kkpd.domain.classification import kalibrasi, kebijakan, model, rekening
from kkpd.domain.classification.barang import Barang, Kelas, KelasPasti, Usul
from kkpd.domain.classification.kebijakan import Batas
from kkpd.domain.classification.pengetahuan import Jenis


@dataclass(frozen=True, slots=True)
class Kata:
    """The words' verdict: chances of the kinds, their share of capital, and the calibrated chance.

    `tabel` is how capital each kind is at this price under this limit; `mentah` the chance of
    capital that follows, `modal` the same after calibration.
    """

    peluang: list[float]
    tabel: tuple[float, ...]
    mentah: float
    modal: float

    @property
    def kelas(self) -> KelasPasti:
        """The forced answer."""
        return "modal" if self.modal > 0.5 else "operasi"

    @property
    def keyakinan(self) -> float:
        """The calibrated chance that the forced answer is right."""
        return max(self.modal, 1 - self.modal)

    def penentu(self, kelas: KelasPasti) -> Jenis:
        """The kind that carries a class: the likeliest of those that lead to it."""
        shares = (
            [chance * share for chance, share in zip(self.peluang, self.tabel, strict=True)]
            if kelas == "modal"
            else [one * (1 - share) for one, share in zip(self.peluang, self.tabel, strict=True)]
        )
        return kebijakan.urutan()[shares.index(max(shares))]


def baca(barang: Barang, batas: Batas) -> Kata:
    """Score the words and weigh the kinds by the policy."""
    chances = model.peluang(model.model().skor(barang))
    table = kebijakan.tabel(kebijakan.harga_satuan(barang), barang.nilai, batas)
    raw = sum([chance * share for chance, share in zip(chances, table, strict=True)])
    return Kata(chances, table, raw, kalibrasi.modal(kebijakan.keluarga(barang, batas), raw))


def usul(
    barang: Barang, kelas: Kelas, jenis: Jenis, kata: Kata | None = None, utama: str | None = None
) -> tuple[Usul, ...]:
    """Accounts of the class: by the words' kinds, or for the one kind that a rule has named."""
    kinds = (
        rekening.log_satu_jenis(jenis.jenis) if kata is None else rekening.log_jenis(kata.peluang)
    )
    low = jenis.batas == "ya" and kelas == "operasi"
    return rekening.usul(barang, kelas, kinds, di_bawah_batas=low, utama=utama)
