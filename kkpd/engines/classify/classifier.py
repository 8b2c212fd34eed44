"""The decision, in the order of authority: account, memory, goods code, merchant, words.

Each step either decides, with a rule that is quoted, or leaves the question to the next one. What
the words say is always computed: it is the evidence that a given account is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kkpd.core.money import Rupiah
from kkpd.engines.classify import evidence as bukti
from kkpd.engines.classify import name_cache, word_answer, word_scores
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify import reasons as alasan
from kkpd.engines.classify import rules as aturan
from kkpd.engines.classify.knowledge import Jenis
from kkpd.engines.classify.shapes import AMBANG, Barang, BukuIngatan, Putusan
from kkpd.engines.classify.words import tokens as words_tokens

#: Above this a price is no price of a thing a card can buy, but a slip of the pen; in sen.
HARGA_TERBESAR = Rupiah.of(1_000_000_000_000).sen
#: How many different answers are remembered in one run, before they are forgotten.
MAKS_INGAT = 16_384
#: An answer, and the kind by which its price is still to be quoted, if it is.
Rangka = tuple[Putusan, Jenis | None]


class Penilai:
    """The options of a run, checked once, and the answer to a line under them."""

    def __init__(
        self,
        batas: classify_policy.Batas,
        ambang: float,
        ingatan: BukuIngatan | None,
        *,
        rinci: bool,
    ) -> None:
        self._tangga = classify_policy.Tangga(batas)
        self._ambang, self._ingatan, self._rinci = ambang, ingatan, rinci
        self._rangka: dict[tuple[name_cache.Nama, int, classify_policy.Kedudukan], Rangka] = {}

    def putuskan(self, barang: Barang) -> Putusan:
        """The decision on one line."""
        known, price, amount = name_cache.nama(barang), barang.harga, barang.nilai
        if not (known.berkata or barang.kode_rekening or barang.kode_barang):
            return Putusan("ragu", "operasi", 0.5, "teks_kosong", alasan.KOSONG, alasan.ISI_URAIAN)
        if price is not None and not 0 <= price.sen <= HARGA_TERBESAR:
            return self._tak_wajar(barang, known, price)
        if amount is not None and not 0 <= amount.sen <= HARGA_TERBESAR:
            return self._tak_wajar(barang, known, amount)
        spec = words_tokens.kata_spesifikasi(barang.spesifikasi) if barang.spesifikasi else ()
        if not (self._ingatan or self._rinci) and aturan.hanya_kata(barang, known, spec):
            return self._menurut_kata(barang, known, spec)
        words = word_scores.baca(barang, self._tangga, known, spec)
        found = aturan.putuskan(barang, self._tangga, words, known, self._ingatan, self._ambang)
        return found._replace(bukti=bukti.rinci(barang, found, words)) if self._rinci else found

    def _menurut_kata(
        self, barang: Barang, known: name_cache.Nama, spec: tuple[str, ...]
    ) -> Putusan:
        """The words' answer. It hangs on their scores and on which side of the limits the price
        stands; the price itself is only quoted, where a limit decides.
        """
        tangga, memory = self._tangga, self._rangka
        where = tangga.kedudukan(classify_policy.harga_satuan(barang), barang.nilai)
        key = (known, word_scores.skor(barang, known, spec), where)
        kept = memory.get(key)
        if kept is None:
            words = word_scores.satuan(key[1], where, dikenal=known.dikenal)
            found = word_answer.rangka(tangga, words, known, self._ambang)
            kept = (found, words.jenis if alasan.berbatas(words.jenis) else None)
            if len(memory) >= MAKS_INGAT:
                memory.clear()
            memory[key] = kept
        found, kind = kept
        return found if kind is None else word_answer.berharga(found, kind, barang, tangga.batas)

    def _tak_wajar(self, barang: Barang, known: name_cache.Nama, amount: Rupiah) -> Putusan:
        """`ragu` with the reason, for an impossible amount; the best guess without it."""
        rest = barang._replace(harga=None, nilai=None)
        words = word_scores.baca(
            rest, self._tangga, known, words_tokens.kata_spesifikasi(rest.spesifikasi)
        )
        found = aturan.putuskan(rest, self._tangga, words, known, None, 0.0)
        return found._replace(
            kelas="ragu",
            keyakinan=0.5,
            aturan="harga_tak_wajar",
            alasan=alasan.harga(amount),
            yang_mengubah=alasan.ISI_HARGA,
        )


def classify(
    barang: Barang,
    *,
    batas_kapitalisasi: Rupiah | None,
    ambang: float = AMBANG,
    ingatan: BukuIngatan | None = None,
    batas_buku: Rupiah | None = None,
    rinci: bool = True,
) -> Putusan:
    """Decide one line. `ambang` (0..1): below this confidence the class is `ragu`.

    `batas_kapitalisasi` is the dated setting of the OPD per unit, None when it is not known: then
    an assumption is named in `yang_mengubah`. `batas_buku` is the region's own limit for books;
    without it books are capital at any price (PSAP 07). `rinci=False` leaves `bukti` empty, for
    long lists.
    """
    batas = classify_policy.Batas(batas_kapitalisasi, batas_buku)
    return Penilai(batas, ambang, ingatan, rinci=rinci).putuskan(barang)


def penilai(
    *,
    batas_kapitalisasi: Rupiah | None,
    ambang: float = AMBANG,
    ingatan: BukuIngatan | None = None,
    batas_buku: Rupiah | None = None,
    rinci: bool = False,
) -> Callable[[Barang], Putusan]:
    """`classify` with its options fixed, for long lists; `bukti` only when `rinci`."""
    batas = classify_policy.Batas(batas_kapitalisasi, batas_buku)
    return Penilai(batas, ambang, ingatan, rinci=rinci).putuskan


def classify_many(
    rows: Iterable[Barang],
    *,
    batas_kapitalisasi: Rupiah | None,
    ambang: float = AMBANG,
    ingatan: BukuIngatan | None = None,
    batas_buku: Rupiah | None = None,
    rinci: bool = False,
) -> Iterator[Putusan]:
    """`classify` for many lines, one answer a line, in order; `bukti` only when `rinci`."""
    return map(
        penilai(
            batas_kapitalisasi=batas_kapitalisasi,
            ambang=ambang,
            ingatan=ingatan,
            batas_buku=batas_buku,
            rinci=rinci,
        ),
        rows,
    )
