"""What the words of a line say, before any rule: the kind, the chances and the class."""

from __future__ import annotations

from functools import lru_cache
from operator import mul, sub
from typing import NamedTuple

from kkpd.domain.classification import (
    ciri,
    kalibrasi,
    kebijakan,
    model,
    paket,
    rekening,
    teks,
)
from kkpd.domain.classification.barang import Barang, Kelas, KelasPasti, Usul
from kkpd.domain.classification.kebijakan import Batas
from kkpd.domain.classification.pengetahuan import Jenis


class Kata(NamedTuple):
    """The words' verdict: chances of the kinds, their share of capital, and the calibrated chance.

    `tabel` is how capital each kind is at this price under this limit; `mentah` the chance of
    capital that follows, `modal` the same after calibration or, of a package, out of `paket`.
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
        return self.modal if self.modal > 0.5 else 1 - self.modal

    @property
    def tahan_lama(self) -> float:
        """The chance of a thing that could be capital, whatever its price."""
        pairs = zip(self.peluang, kebijakan.urutan(), strict=True)
        return sum([chance for chance, kind in pairs if kind.kelas == "modal"])

    def penentu(self, kelas: KelasPasti) -> Jenis:
        """The kind that carries a class: the likeliest of those that lead to it."""
        shares = list(map(mul, self.peluang, self.tabel))
        if kelas == "operasi":
            shares = list(map(sub, self.peluang, shares))
        return kebijakan.urutan()[shares.index(max(shares))]


def baca(barang: Barang, batas: Batas) -> Kata:
    """Score the words and weigh the kinds by the policy."""
    engine = model.model()
    chances = engine.peluang(barang)
    price = kebijakan.harga_satuan(barang)
    table = kebijakan.tabel(price, barang.nilai, batas)
    shares = list(map(mul, chances, table))
    raw = sum(shares)
    if ciri.paket(barang):
        return Kata(chances, table, raw, _paket(barang, batas, chances, raw))
    if model.model().dikenal(barang.uraian):
        family = kebijakan.keluarga(price, batas, kebijakan.urutan()[shares.index(max(shares))])
    else:
        family = "tak_dikenal"
    return Kata(chances, table, raw, kalibrasi.modal(family, raw))


def _paket(barang: Barang, batas: Batas, chances: list[float], raw: float) -> float:
    """The chance of capital of a package, as packages were charged."""
    found = paket.paket().modal(barang, chances, raw)
    if kebijakan.di_bawah(barang.nilai, batas):
        found = min(found, raw)
    known = model.model().dikenal(barang.uraian)
    return found if known else kalibrasi.modal("tak_dikenal", found)


def usul(
    barang: Barang, kelas: Kelas, jenis: Jenis, *, pasti: bool = False, utama: str | None = None
) -> tuple[Usul, ...]:
    """Accounts of the class: by the words, or for the one kind that a rule has named (`pasti`)."""
    uraian = (
        barang.uraian if len(barang.uraian) <= teks.MAKS_HURUF else barang.uraian[: teks.MAKS_HURUF]
    )
    named = jenis.jenis if pasti else None
    return _usul(uraian, barang.satuan, kelas, jenis.batas == "ya", named, utama)


@lru_cache(maxsize=50_000)
def _usul(
    uraian: str, satuan: str, kelas: Kelas, berbatas: bool, pasti: str | None, utama: str | None
) -> tuple[Usul, ...]:
    """Accounts hang on name and unit only, so that each name of a long list is ranked once."""
    kinds = (
        rekening.log_jenis(model.model().skor_nama(uraian, satuan))
        if pasti is None
        else rekening.log_satu_jenis(pasti)
    )
    low = berbatas and kelas == "operasi"
    return rekening.usul(uraian, satuan, kelas, kinds, di_bawah_batas=low, utama=utama)
