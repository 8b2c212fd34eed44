"""What hangs on a name and its unit alone: found once, however often the name returns.

In a year of purchases names return while prices and specifications change. What the words of a name
weigh, which rules they could wake, how their reason reads and which accounts they name do not
change with the price; it is kept here, name by name, and forgotten when there are too many.
"""

from __future__ import annotations

from functools import lru_cache

from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import reasons as classify_reasons
from kkpd.engines.classify import rekening
from kkpd.engines.classify.knowledge import Jenis
from kkpd.engines.classify.shapes import Barang, Kelas, Usul
from kkpd.engines.classify.words import purpose, services
from kkpd.engines.classify.words import tokens as words_tokens

#: How many different names with their units are remembered.
MAKS_INGAT = 32_768
#: For a class and a kind: the reason and the accounts. A name has one or two of them.
Jawaban = tuple[Kelas, Jenis, str, tuple[Usul, ...]]


class Nama:
    """A name and its unit: their score, whether a word is known, and what may be said of them.

    `skor` is packed (`padat`); `berkata`: there is any word at all; `polos`: neither a purpose nor
    a stay, a hire or a licence is named, so that no rule but the words' asks for this name.
    """

    __slots__ = ("_jawaban", "berkata", "dikenal", "kata", "polos", "satuan", "skor", "uraian")

    def __init__(self, uraian: str, satuan: str) -> None:
        engine = classify_model.model()
        self.uraian, self.satuan, self.kata = uraian, satuan, (words := words_tokens.kata(uraian))
        self.skor = engine.skor_nama(words, satuan)
        self.dikenal = engine.dikenal(words)
        self.berkata = bool(words) or words_tokens.berkata(uraian)
        self.polos = (
            purpose.sepi(words)
            and services.tanpa_langganan(words)
            and services.layanan(words, uraian, satuan) is None
        )
        self._jawaban: list[Jawaban] = []

    def jawaban(self, kelas: Kelas, jenis: Jenis) -> tuple[str, tuple[Usul, ...]]:
        """The reason (`alasan.kata`) and the accounts of a class (`ragu`: of both)."""
        for known, kind, reason, accounts in self._jawaban:
            if known == kelas and kind is jenis:
                return reason, accounts
        low = jenis.batas == "ya" and kelas == "operasi"
        kinds = rekening.log_jenis(classify_model.model().vektor(self.skor))
        reason = classify_reasons.kata(self.kata, jenis, self.satuan)
        accounts = rekening.usul(self.kata, self.satuan, kelas, kinds, di_bawah_batas=low)
        self._jawaban.append((kelas, jenis, reason, accounts))
        return reason, accounts


def nama(barang: Barang) -> Nama:
    """The name of a line, cut where texts are cut."""
    uraian = barang.uraian
    if len(uraian) > words_tokens.MAKS_HURUF:
        uraian = uraian[: words_tokens.MAKS_HURUF]
    return ingat(uraian, barang.satuan)


ingat = lru_cache(maxsize=MAKS_INGAT)(Nama)
