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
    padat,
    paket,
    rekening,
    teks,
)
from kkpd.domain.classification.barang import Barang, Kelas, KelasPasti, Usul
from kkpd.domain.classification.kebijakan import Batas
from kkpd.domain.classification.pengetahuan import Jenis

#: How many different lines are remembered: a line hangs on its words and on which side of the
#: limits it stands, not on the price itself.
MAKS_INGAT = 32_768


class Kata(NamedTuple):
    """The words' verdict: the scores of the kinds, their share of capital, the calibrated chance.

    `skor` is packed (`padat`), `capaian` what the price reaches; `mentah` the chance of capital
    that follows, `modal` the same after calibration or, of a package, out of `paket`. `jenis` is
    the kind that carries the forced answer.
    """

    skor: int
    capaian: tuple[float, float]
    mentah: float
    modal: float
    jenis: Jenis

    @property
    def kelas(self) -> KelasPasti:
        """The forced answer."""
        return "modal" if self.modal > 0.5 else "operasi"

    @property
    def keyakinan(self) -> float:
        """The calibrated chance that the forced answer is right."""
        return self.modal if self.modal > 0.5 else 1 - self.modal

    @property
    def peluang(self) -> list[float]:
        """The chances of the kinds."""
        return padat.peluang(self.skor, len(kebijakan.urutan()))

    @property
    def tahan_lama(self) -> float:
        """The chance of a thing that could be capital, whatever its price."""
        pairs = zip(self.peluang, kebijakan.urutan(), strict=True)
        return sum([chance for chance, kind in pairs if kind.kelas == "modal"])

    def penentu(self, kelas: KelasPasti) -> Jenis:
        """The kind that carries a class: the likeliest of those that lead to it."""
        chances = self.peluang
        return _penentu(chances, _bagian(chances, self.capaian), kelas)


def _bagian(peluang: list[float], capaian: tuple[float, float]) -> list[float]:
    """The part of each kind's chance that is capital."""
    return list(map(mul, peluang, kebijakan.tabel(*capaian)))


def _penentu(peluang: list[float], bagian: list[float], kelas: KelasPasti) -> Jenis:
    shares = list(map(sub, peluang, bagian)) if kelas == "operasi" else bagian
    return kebijakan.urutan()[shares.index(max(shares))]


def baca(barang: Barang, batas: Batas) -> Kata:
    """Score the words and weigh the kinds by the policy."""
    engine = model.model()
    price = kebijakan.harga_satuan(barang)
    reach = kebijakan.capaian(price, barang.nilai, batas)
    score = engine.padat(barang)
    if not ciri.paket(barang):
        known = engine.dikenal(barang.uraian)
        return _satuan(score, reach, kebijakan.golongan(price, batas) if known else "tak_dikenal")
    chances = padat.peluang(score, len(kebijakan.urutan()))
    shares = _bagian(chances, reach)
    raw = sum(shares)
    modal = _paket(barang, batas, chances, raw)
    kind = _penentu(chances, shares, "modal" if modal > 0.5 else "operasi")
    return Kata(score, reach, raw, modal, kind)


def tertimbang(barang: Barang, batas: Batas, peluang: list[float], modal: float) -> Kata:
    """The verdict for given chances of the kinds and of capital: those of weights in training."""
    reach = kebijakan.capaian(kebijakan.harga_satuan(barang), barang.nilai, batas)
    shares = _bagian(peluang, reach)
    kind = _penentu(peluang, shares, "modal" if modal > 0.5 else "operasi")
    return Kata(0, reach, sum(shares), modal, kind)


@lru_cache(maxsize=MAKS_INGAT)
def _satuan(skor: int, capaian: tuple[float, float], golongan: str) -> Kata:
    """Single goods: the kinds weighed by the policy, and calibrated."""
    chances = padat.peluang(skor, len(kebijakan.urutan()))
    shares = _bagian(chances, capaian)
    raw, leading = sum(shares), _penentu(chances, shares, "modal")
    modal = kalibrasi.modal(kebijakan.keluarga(golongan, leading), raw)
    kind = leading if modal > 0.5 else _penentu(chances, shares, "operasi")
    return Kata(skor, capaian, raw, modal, kind)


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
