"""From what a thing is to which budget pays: the capitalisation policy, and its sentences.

The law gives the kinds; the regent's dated *batas minimal kapitalisasi* decides inside a kind
(PSAP 07; Permendagri 77/2020). Land, works, art and library books know no minimum unless the
region set one (`batas_buku`).
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from kkpd.core.money import MAX_SEN, Rupiah
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify.knowledge import Jenis
from kkpd.engines.classify.shapes import Barang
from kkpd.engines.classify.words.features import paket

#: What is assumed, and always said, where the caller gives no limit (kkpd.md 3.4: 0.5 to 1 million
#: is common; the central government has 1 million).
BATAS_ANGGAPAN = Rupiah.of(1_000_000)
#: Below this price no known region capitalises equipment; above `BATAS_ANGGAPAN` all do.
BATAS_TERENDAH = Rupiah.of(300_000)
#: Chance that equipment between the two is capital, where no limit is given.
ANTARA = 0.4
#: Chance that a durable purchase without a unit price is capital (packages are mostly large).
TANPA_HARGA = 0.8


class Batas(NamedTuple):
    """The limits in force: for equipment and software, and for books when the region set one."""

    umum: Rupiah | None
    buku: Rupiah | None = None


def harga_satuan(barang: Barang) -> Rupiah | None:
    """The unit price: given, or the line's amount divided by its quantity; None when unknown.

    A price of zero is no price but an empty cell of a form; a package has no unit price.
    """
    if barang.harga is not None and barang.harga.sen:
        return barang.harga
    if barang.nilai is not None and barang.volume is not None and barang.volume > 0:
        if paket(barang):
            return None
        sen = int(barang.nilai.sen / barang.volume)
        return Rupiah(sen) if 0 < sen <= MAX_SEN else None
    return None


def _terhadap(harga: Rupiah | None, nilai: Rupiah | None, batas: Rupiah) -> float:
    """The chance that a thing reaches a limit, from its price, or from the amount of the line."""
    if harga is not None:
        return 1.0 if harga.sen >= batas.sen else 0.0
    if nilai is not None and nilai.sen < batas.sen:
        return 0.0
    return TANPA_HARGA


def capaian(harga: Rupiah | None, nilai: Rupiah | None, batas: Batas) -> tuple[float, float]:
    """The chances of reaching the general limit, and the limit for books (1 without one)."""
    books = 1.0 if batas.buku is None else _terhadap(harga, nilai, batas.buku)
    if batas.umum is not None:
        return _terhadap(harga, nilai, batas.umum), books
    if harga is not None and BATAS_TERENDAH.sen <= harga.sen < BATAS_ANGGAPAN.sen:
        return ANTARA, books
    return _terhadap(harga, nilai, BATAS_ANGGAPAN), books


def peluang_modal(jenis: Jenis, harga: Rupiah | None, nilai: Rupiah | None, batas: Batas) -> float:
    """The chance, 0..1, that a thing of this kind at this price is capital under these limits."""
    return _peluang(jenis, *capaian(harga, nilai, batas))


def _peluang(jenis: Jenis, umum: float, buku: float) -> float:
    if jenis.kelas == "operasi":
        return 0.0
    return {"ya": umum, "buku": buku, "tidak": 1.0}[jenis.batas]


@cache
def urutan() -> tuple[Jenis, ...]:
    """The kinds in the order of the model's scores."""
    return tuple(classify_knowledge.jenis().values())


@cache
def tabel(umum: float, buku: float) -> tuple[float, ...]:
    """`peluang_modal` of every kind, in the order of `urutan()`, by what `capaian` says."""
    return tuple([_peluang(kind, umum, buku) for kind in urutan()])


def di_bawah(nilai: Rupiah | None, batas: Batas) -> bool:
    """Whether a whole amount is below the general limit: then no thing in it reaches the limit."""
    limit = BATAS_ANGGAPAN if batas.umum is None else batas.umum
    return nilai is not None and nilai.sen < limit.sen


def golongan(harga: Rupiah | None, batas: Batas) -> str:
    """How a price stands against the general limit.

    `di_atas_rendah` is above a limit that is lower than usual, where small things are capital too.
    """
    if harga is None:
        return "tanpa_harga"
    if batas.umum is None and BATAS_TERENDAH.sen <= harga.sen < BATAS_ANGGAPAN.sen:
        return "tanpa_batas"
    limit = BATAS_ANGGAPAN if batas.umum is None else batas.umum
    if harga.sen < limit.sen:
        return "di_bawah"
    return "di_atas" if harga.sen >= BATAS_ANGGAPAN.sen else "di_atas_rendah"


def keluarga(golongan: str, jenis: Jenis) -> str:
    """The family of a line for calibration.

    `jenis` is the likeliest kind of those that are capital at this price: where it knows no general
    limit, a price above it says nothing, and the family is `buku` or, of works and land, `lain`.
    """
    if jenis.batas == "buku" and golongan.startswith("di_"):
        return "buku"
    return "lain" if golongan.startswith("di_atas") and jenis.batas != "ya" else golongan


class Kedudukan:
    """Where a price stands: its `capaian` and its `golongan`; one object for each step."""

    __slots__ = ("capaian", "golongan")

    def __init__(self, harga: Rupiah | None, nilai: Rupiah | None, batas: Batas) -> None:
        self.capaian = capaian(harga, nilai, batas)
        self.golongan = golongan(harga, batas)


class Tangga:
    """The limits in force, and the steps between them, each weighed once: what a price reaches, or
    an amount without a price, changes only where a limit stands.
    """

    def __init__(self, batas: Batas) -> None:
        limits = [BATAS_TERENDAH, BATAS_ANGGAPAN, batas.umum, batas.buku]
        self.batas = batas
        self._tepi = sorted({limit.sen for limit in limits if limit is not None})
        steps = [Rupiah(sen) for sen in (self._tepi[0] - 1, *self._tepi)]
        self._harga = [Kedudukan(step, None, batas) for step in steps]
        self._nilai = [Kedudukan(None, step, batas) for step in steps]
        self._tanpa = Kedudukan(None, None, batas)
        self._ubah: dict[tuple[str, str], str] = {}

    def kedudukan(self, harga: Rupiah | None, nilai: Rupiah | None) -> Kedudukan:
        """The step of a price, or of the line's amount without one."""
        if harga is not None:
            return self._harga[bisect_right(self._tepi, harga.sen)]
        return self._tanpa if nilai is None else self._nilai[bisect_right(self._tepi, nilai.sen)]

    def kalimat_ubah(self, jenis: Jenis, kelas: str) -> str:
        """`kalimat_ubah` under these limits: one sentence for a kind and class."""
        found = self._ubah.get((jenis.jenis, kelas))
        if found is None:
            found = self._ubah[jenis.jenis, kelas] = kalimat_ubah(jenis, kelas, self.batas)
        return found


def kalimat_ubah(jenis: Jenis, kelas: str, batas: Batas) -> str:
    """What would turn the class around, in one sentence."""
    if jenis.batas == "ya":
        return _ubah_berbatas(kelas, batas)
    if jenis.batas == "buku" and batas.buku is not None:
        arah = "Operasi bila harga satuan <" if kelas == "modal" else "Modal bila harga satuan >="
        return f"{arah} batas kapitalisasi buku {batas.buku}."
    if jenis.jenis == "konstruksi":
        return (
            "Operasi bila hanya mengembalikan fungsi semula (pemeliharaan rutin) "
            "atau untuk diserahkan kepada masyarakat atau pihak lain."
        )
    if kelas == "modal":
        return "Operasi bila untuk diserahkan kepada masyarakat atau pihak lain."
    return _UBAH_OPERASI.get(jenis.jenis) or (
        "Modal bila barang ini berumur lebih dari satu tahun, dipakai sendiri, "
        f"dan harga satuannya >= batas kapitalisasi{_sebut(batas)}."
    )


#: What would make capital of a kind that is operational: what is no thing has no age and no unit
#: price, but its cost may belong to an asset that is acquired (PSAP 07, biaya perolehan).
_UBAH_MELEKAT = "Modal hanya bila biayanya melekat langsung pada perolehan aset tetap (PSAP 07)."
_UBAH_OPERASI = {
    "pemeliharaan": "Modal bila menambah umur, kapasitas atau mutu aset "
    "dan mencapai batas kapitalisasi.",
    "diserahkan": "Modal bila dipakai sendiri oleh OPD dan berumur lebih dari satu tahun.",
    "jasa": "Modal bila biayanya melekat pada perolehan aset tetap, misalnya perencanaan, "
    "pengawasan, pengiriman atau pemasangannya (PSAP 07).",
    "sewa": "Modal bila barangnya menjadi milik daerah (sewa beli) "
    "dan mencapai batas kapitalisasi.",
    "makanan": _UBAH_MELEKAT,
    "perjalanan": _UBAH_MELEKAT,
}
#: What would turn a class around that rests on a purpose.
_UBAH_DISERAHKAN = (
    "Modal bila dipakai sendiri oleh OPD, berumur lebih dari satu tahun "
    "dan mencapai batas kapitalisasi."
)
UBAH_MAKSUD = {
    "diserahkan": _UBAH_DISERAHKAN,
    "untuk": _UBAH_DISERAHKAN,
    "disebut": _UBAH_DISERAHKAN,
    "menambah": "Operasi bila hanya mengembalikan fungsi semula (pemeliharaan rutin) "
    "atau di bawah batas kapitalisasi.",
}


def _sebut(batas: Batas) -> str:
    return f" {batas.umum}" if batas.umum is not None else ""


def _ubah_berbatas(kelas: str, batas: Batas) -> str:
    if batas.umum is None:
        return (
            "Batas kapitalisasi belum diberikan; "
            f"dengan anggapan {BATAS_ANGGAPAN}, "
            f"{'operasi' if kelas == 'modal' else 'modal'} bila harga satuan "
            f"{'<' if kelas == 'modal' else '>='} batas yang berlaku."
        )
    if kelas == "modal":
        return (
            f"Operasi bila harga satuan < batas kapitalisasi {batas.umum} "
            "atau untuk diserahkan kepada masyarakat."
        )
    return f"Modal bila harga satuan >= batas kapitalisasi {batas.umum}."
