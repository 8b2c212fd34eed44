"""The answer that the words give of themselves, where no rule decides."""

from __future__ import annotations

from kkpd.engines.classify import reasons as classify_reasons
from kkpd.engines.classify.knowledge import Jenis
from kkpd.engines.classify.name_cache import Nama
from kkpd.engines.classify.policy import Batas, Tangga
from kkpd.engines.classify.shapes import Barang, Kelas, KelasPasti, Putusan
from kkpd.engines.classify.word_scores import Kata

#: Below this confidence accounts of both classes are proposed.
USUL_DUA_KELAS = 0.6


def tampil(kelas: KelasPasti, yakin: float, ambang: float) -> Kelas:
    """The class that is shown: below the threshold it is `ragu`."""
    return kelas if yakin >= ambang else "ragu"


def dari_kata(barang: Barang, tangga: Tangga, words: Kata, nama: Nama, ambang: float) -> Putusan:
    """The words' answer to a line."""
    found = rangka(tangga, words, nama, ambang)
    if not classify_reasons.berbatas(words.jenis):
        return found
    return berharga(found, words.jenis, barang, tangga.batas)


def rangka(tangga: Tangga, words: Kata, nama: Nama, ambang: float) -> Putusan:
    """What the words say, where no rule decides; of a kind that a limit decides, the end of the
    reason is left to `berharga`.
    """
    kelas, yakin, kind = words.kelas, words.keyakinan, words.jenis
    reason, accounts = nama.jawaban(kelas if yakin >= USUL_DUA_KELAS else "ragu", kind)
    return Putusan(
        tampil(kelas, yakin, ambang),
        kelas,
        yakin,
        f"kata:{kind.jenis}",
        reason,
        tangga.kalimat_ubah(kind, kelas),
        accounts,
    )


def berharga(found: Putusan, kind: Jenis, barang: Barang, batas: Batas) -> Putusan:
    """The answer of `rangka` with how the line's price stands against the limit."""
    price = classify_reasons.terhadap_batas(barang, kind, batas)
    return Putusan(
        found.kelas,
        found.kelas_terbaik,
        found.keyakinan,
        found.aturan,
        f"{found.alasan}{price}.",
        found.yang_mengubah,
        found.rekening_usul,
    )
