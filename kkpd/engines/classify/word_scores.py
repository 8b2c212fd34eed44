"""What the words of a line say, before any rule: the kind, the chances and the class."""

from __future__ import annotations

from functools import lru_cache
from operator import mul, sub
from typing import NamedTuple

from kkpd.engines.classify import calibration, rekening
from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import packages as classify_packages
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify.knowledge import Jenis
from kkpd.engines.classify.name_cache import Nama
from kkpd.engines.classify.policy import Batas, Kedudukan, Tangga
from kkpd.engines.classify.shapes import Barang, KelasPasti, Usul
from kkpd.engines.classify.words import features as words_features
from kkpd.engines.classify.words import packed_scores

#: How many different lines are remembered: a line hangs on its words and on which side of the
#: limits it stands, not on the price itself.
MAKS_INGAT = 16_384
#: Where every limit is reached, only the kinds that are never capital carry an operational answer.
TERCAPAI = (1.0, 1.0)


class Kata(NamedTuple):
    """The words' verdict: the scores of the kinds, their share of capital, the calibrated chance.

    `skor` is packed (`padat`), `capaian` what the price reaches; `mentah` the chance of capital
    that follows, `modal` the same after calibration or, of a package, out of `paket`. `jenis` is
    the kind that carries the forced answer `kelas`, and `keyakinan` the chance that it is right.
    """

    skor: int
    capaian: tuple[float, float]
    mentah: float
    modal: float
    jenis: Jenis
    kelas: KelasPasti
    keyakinan: float

    @property
    def peluang(self) -> list[float]:
        """The chances of the kinds."""
        return packed_scores.peluang(self.skor, len(classify_policy.urutan()))

    @property
    def tahan_lama(self) -> float:
        """The chance of a thing that could be capital, whatever its price."""
        pairs = zip(self.peluang, classify_policy.urutan(), strict=True)
        return sum([chance for chance, kind in pairs if kind.kelas == "modal"])

    def penentu(self, kelas: KelasPasti) -> Jenis:
        """The kind that carries a class: the likeliest of those that lead to it."""
        chances = self.peluang
        return _penentu(chances, _bagian(chances, self.capaian), kelas)


def _bagian(peluang: list[float], capaian: tuple[float, float]) -> list[float]:
    """The part of each kind's chance that is capital."""
    return list(map(mul, peluang, classify_policy.tabel(*capaian)))


def _penentu(peluang: list[float], bagian: list[float], kelas: KelasPasti) -> Jenis:
    shares = list(map(sub, peluang, bagian)) if kelas == "operasi" else bagian
    return classify_policy.urutan()[shares.index(max(shares))]


def skor(barang: Barang, nama: Nama, spesifikasi: tuple[str, ...]) -> int:
    """The scores of the kinds, packed: of name and unit, specification and merchant."""
    score = nama.skor
    if spesifikasi:
        score += classify_model.model().skor_spesifikasi(spesifikasi)
    if barang.merchant:
        score += classify_model.model().skor_merchant(barang.merchant)
    if barang.mcc:
        score += classify_model.model().skor_kategori(barang.mcc)
    return score


def satuan(skor: int, kedudukan: Kedudukan, *, dikenal: bool) -> Kata:
    """Single goods: the kinds weighed by the policy where their price stands, and calibrated."""
    chances = packed_scores.peluang(skor, len(classify_policy.urutan()))
    shares = _bagian(chances, kedudukan.capaian)
    family = "tak_dikenal"
    if dikenal:
        leading = _penentu(chances, shares, "modal")
        family = classify_policy.keluarga(kedudukan.golongan, leading)
    modal = calibration.modal(family, sum(shares))
    return _kata(skor, kedudukan.capaian, chances, shares, modal)


_satuan = lru_cache(maxsize=MAKS_INGAT)(satuan)


def baca(barang: Barang, tangga: Tangga, nama: Nama, spesifikasi: tuple[str, ...]) -> Kata:
    """Score the words, those of the specification too, and weigh the kinds by the policy."""
    score = skor(barang, nama, spesifikasi)
    where = tangga.kedudukan(classify_policy.harga_satuan(barang), barang.nilai)
    if not words_features.paket(barang):
        return _satuan(score, where, dikenal=nama.dikenal)
    reach = where.capaian
    chances = packed_scores.peluang(score, len(classify_policy.urutan()))
    shares = _bagian(chances, reach)
    raw = sum(shares)
    modal = _paket(barang, tangga.batas, chances, raw)
    if not nama.dikenal:
        modal = calibration.modal("tak_dikenal", modal)
    found = _kata(score, reach, chances, shares, modal)
    if found.kelas == "operasi" and not classify_policy.di_bawah(barang.nilai, tangga.batas):
        # No unit price makes a durable thing operational here: its weights did, and name a kind.
        found = found._replace(jenis=_penentu(chances, _bagian(chances, TERCAPAI), "operasi"))
    return found


def tertimbang(barang: Barang, batas: Batas, peluang: list[float], modal: float) -> Kata:
    """The verdict for given chances of the kinds and of capital: those of weights in training."""
    reach = classify_policy.capaian(classify_policy.harga_satuan(barang), barang.nilai, batas)
    shares = _bagian(peluang, reach)
    return _kata(0, reach, peluang, shares, modal)


def _kata(
    skor: int, capaian: tuple[float, float], peluang: list[float], bagian: list[float], modal: float
) -> Kata:
    raw = sum(bagian)
    if modal > 0.5:
        return Kata(skor, capaian, raw, modal, _penentu(peluang, bagian, "modal"), "modal", modal)
    kind = _penentu(peluang, bagian, "operasi")
    return Kata(skor, capaian, raw, modal, kind, "operasi", 1 - modal)


def _paket(barang: Barang, batas: Batas, chances: list[float], raw: float) -> float:
    """The chance of capital of a package, as packages were charged."""
    found = classify_packages.paket().modal(barang, chances, raw)
    if classify_policy.di_bawah(barang.nilai, batas):
        found = min(found, raw)
    return found


def usul(
    nama: Nama, kelas: KelasPasti, jenis: Jenis, *, pasti: bool = False, utama: str | None = None
) -> tuple[Usul, ...]:
    """Accounts that a rule proposes: by the words, or for the one kind that it named (`pasti`)."""
    named = jenis.jenis if pasti else None
    return _usul(nama, kelas, jenis.batas == "ya" and kelas == "operasi", named, utama)


@lru_cache(maxsize=16_384)
def _usul(
    nama: Nama, kelas: KelasPasti, di_bawah: bool, pasti: str | None, utama: str | None
) -> tuple[Usul, ...]:
    kinds = (
        rekening.log_jenis(classify_model.model().vektor(nama.skor))
        if pasti is None
        else rekening.log_satu_jenis(pasti)
    )
    return rekening.usul(nama.kata, nama.satuan, kelas, kinds, di_bawah_batas=di_bawah, utama=utama)
