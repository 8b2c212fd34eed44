"""The decision, in the order of authority: account, memory, goods code, merchant, words.

Each step either decides, with a rule that is quoted, or leaves the question to the next one. What
the words say is always computed: it is the evidence that a given account is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from kkpd.domain.classification import alasan, aturan, bukti, kata, kebijakan, teks
from kkpd.domain.classification.barang import AMBANG, Barang, BukuIngatan, Putusan
from kkpd.domain.money import Rupiah

#: Above this a price is no price of a thing a card can buy, but a slip of the pen.
HARGA_TERBESAR = Rupiah.of(1_000_000_000_000)


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
    batas = kebijakan.Batas(batas_kapitalisasi, batas_buku)
    return _putuskan(barang, batas, ambang, ingatan, rinci=rinci)


def _putuskan(
    barang: Barang,
    batas: kebijakan.Batas,
    ambang: float,
    ingatan: BukuIngatan | None,
    *,
    rinci: bool,
) -> Putusan:
    refused = _tak_terbaca(barang, batas)
    if refused is not None:
        return refused
    words = kata.baca(barang, batas)
    found = aturan.putuskan(barang, batas, words, ingatan, ambang)
    return found._replace(bukti=bukti.rinci(barang, found, words)) if rinci else found


def penilai(
    *,
    batas_kapitalisasi: Rupiah | None,
    ambang: float = AMBANG,
    ingatan: BukuIngatan | None = None,
    batas_buku: Rupiah | None = None,
    rinci: bool = False,
) -> Callable[[Barang], Putusan]:
    """`classify` with its options fixed, for long lists; `bukti` only when `rinci`."""
    batas = kebijakan.Batas(batas_kapitalisasi, batas_buku)
    return partial(_putuskan, batas=batas, ambang=ambang, ingatan=ingatan, rinci=rinci)


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


def _tak_terbaca(barang: Barang, batas: kebijakan.Batas) -> Putusan | None:
    """`ragu` with the reason, for a line that holds nothing to judge or an impossible amount."""
    named = barang.kode_rekening or barang.kode_barang
    if not named and not teks.berkata(barang.uraian[: teks.MAKS_HURUF]):
        return Putusan("ragu", "operasi", 0.5, "teks_kosong", alasan.KOSONG, alasan.ISI_URAIAN)
    for amount in (barang.harga, barang.nilai):
        if amount is not None and not 0 <= amount.sen <= HARGA_TERBESAR.sen:
            rest = barang._replace(harga=None, nilai=None)
            found = aturan.putuskan(rest, batas, kata.baca(rest, batas), None, 0.0)
            return found._replace(
                kelas="ragu",
                keyakinan=0.5,
                aturan="harga_tak_wajar",
                alasan=alasan.harga(amount),
                yang_mengubah=alasan.ISI_HARGA,
            )
    return None
