"""From what a thing is to which budget pays: the capitalisation policy, and its sentences.

The law gives the kinds; the regent's dated *batas minimal kapitalisasi* decides inside a kind
(PSAP 07; Permendagri 77/2020). Land, works, art and library books know no minimum unless the
region set one (`book_limit`).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from kkpd.core.money import MAX_SEN, Rupiah
from kkpd.engines.classify import knowledge
from kkpd.engines.classify.knowledge import Kind
from kkpd.engines.classify.model import is_package
from kkpd.engines.classify.shapes import Item

#: What is assumed, and always said, where the caller gives no limit (kkpd.md 3.4: 0.5 to 1 million
#: is common; the central government has 1 million).
ASSUMED_LIMIT = Rupiah.of(1_000_000)
#: Below this price no known region capitalises equipment; above `ASSUMED_LIMIT` all do.
LOWEST_LIMIT = Rupiah.of(300_000)
#: Chance that equipment between the two is capital, where no limit is given.
BETWEEN = 0.4
#: Chance that a durable purchase without a unit price is capital (packages are mostly large).
WITHOUT_PRICE = 0.8


class ClassLimits(NamedTuple):
    """The limits in force: for equipment and software, and for books when the region set one."""

    general: Rupiah | None
    buku: Rupiah | None = None


def harga_satuan(thing: Item) -> Rupiah | None:
    """The unit price: given, or the line's amount divided by its quantity; None when unknown.

    A price of zero is no price but an empty cell of a form; a package has no unit price.
    """
    if thing.harga is not None and thing.harga.sen:
        return thing.harga
    if thing.nilai is not None and thing.volume is not None and thing.volume > 0:
        if is_package(thing):
            return None
        sen = int(thing.nilai.sen / thing.volume)
        return Rupiah(sen) if 0 < sen <= MAX_SEN else None
    return None


def _against(harga: Rupiah | None, nilai: Rupiah | None, bound: Rupiah) -> float:
    """The chance that a thing reaches a limit, from its price, or from the amount of the line."""
    if harga is not None:
        return 1.0 if harga >= bound else 0.0
    if nilai is not None and nilai < bound:
        return 0.0
    return WITHOUT_PRICE


def general_limit(bound: ClassLimits) -> Rupiah:
    """The limit for equipment: given or assumed."""
    return ASSUMED_LIMIT if bound.general is None else bound.general


def _is_between(harga: Rupiah | None, bound: ClassLimits) -> bool:
    """Whether, without a limit given, a price is one that some regions capitalise."""
    return bound.general is None and harga is not None and LOWEST_LIMIT <= harga < ASSUMED_LIMIT


def reached(harga: Rupiah | None, nilai: Rupiah | None, bound: ClassLimits) -> tuple[float, float]:
    """The chances of reaching the general limit, and the limit for books (1 without one)."""
    books = 1.0 if bound.buku is None else _against(harga, nilai, bound.buku)
    if _is_between(harga, bound):
        return BETWEEN, books
    return _against(harga, nilai, general_limit(bound)), books


def modal_chance(
    jenis: Kind, harga: Rupiah | None, nilai: Rupiah | None, bound: ClassLimits
) -> float:
    """The chance, 0..1, that a thing of this kind at this price is capital under these limits."""
    return capital_shares(*reached(harga, nilai, bound))[urutan().index(jenis)]


@cache
def urutan() -> tuple[Kind, ...]:
    """The kinds in the order of the model's scores."""
    return tuple(knowledge.jenis().values())


def capital_shares(general: float, buku: float) -> list[float]:
    """`modal_chance` of every kind, in the order of `urutan()`, by what `reached` says."""
    chance = {"": 0.0, "ya": general, "buku": buku, "tidak": 1.0}
    return [chance[kind.bound] for kind in urutan()]


def below(nilai: Rupiah | None, bound: ClassLimits) -> bool:
    """Whether a whole amount is below the general limit: then no thing in it reaches the limit."""
    return nilai is not None and nilai < general_limit(bound)


def band(harga: Rupiah | None, bound: ClassLimits) -> str:
    """How a price stands against the general limit.

    `di_atas_rendah` is above a limit that is lower than usual, where small things are capital too.
    """
    if harga is None:
        return "tanpa_harga"
    if _is_between(harga, bound):
        return "tanpa_batas"
    if harga < general_limit(bound):
        return "di_bawah"
    return "di_atas" if harga >= ASSUMED_LIMIT else "di_atas_rendah"


def line_family(band: str, jenis: Kind) -> str:
    """The family of a line for calibration.

    `jenis` is the likeliest kind of those that are capital at this price: where it knows no general
    limit, a price above it says nothing, and the family is `buku` or, of works and land, `lain`.
    """
    if jenis.bound == "buku" and band.startswith("di_"):
        return "buku"
    return "lain" if band.startswith("di_atas") and jenis.bound != "ya" else band


def change_sentence(jenis: Kind, kelas: str, bound: ClassLimits) -> str:
    """What would turn the class around, in one sentence."""
    if jenis.bound == "ya":
        return _limited_change(kelas, bound)
    if jenis.bound == "buku" and bound.buku is not None:
        arah = "Operasi bila harga satuan <" if kelas == "modal" else "Modal bila harga satuan >="
        return f"{arah} batas kapitalisasi buku {bound.buku}."
    if jenis.jenis == "konstruksi":
        return (
            "Operasi bila hanya mengembalikan fungsi semula (pemeliharaan rutin) "
            "atau untuk diserahkan kepada masyarakat atau pihak lain."
        )
    if kelas == "modal":
        return "Operasi bila untuk diserahkan kepada masyarakat atau pihak lain."
    return _CHANGE_OPERASI.get(jenis.jenis) or (
        "Modal bila barang ini berumur lebih dari satu tahun, dipakai sendiri, "
        f"dan harga satuannya >= batas kapitalisasi{_limit_label(bound)}."
    )


#: What would make capital of a kind that is operational: what is no thing has no age and no unit
#: price, but its cost may belong to an asset that is acquired (PSAP 07, biaya perolehan).
_CHANGE_IF_ATTACHED = (
    "Modal hanya bila biayanya melekat langsung pada perolehan aset tetap (PSAP 07)."
)
_CHANGE_OPERASI = {
    "pemeliharaan": "Modal bila menambah umur, kapasitas atau mutu aset "
    "dan mencapai batas kapitalisasi.",
    "diserahkan": "Modal bila dipakai sendiri oleh OPD dan berumur lebih dari satu tahun.",
    "jasa": "Modal bila biayanya melekat pada perolehan aset tetap, misalnya perencanaan, "
    "pengawasan, pengiriman atau pemasangannya (PSAP 07).",
    "sewa": "Modal bila barangnya menjadi milik daerah (sewa beli) "
    "dan mencapai batas kapitalisasi.",
    "makanan": _CHANGE_IF_ATTACHED,
    "perjalanan": _CHANGE_IF_ATTACHED,
}
#: What would turn a class around that rests on a purpose.
_CHANGE_IF_HANDED_OVER = (
    "Modal bila dipakai sendiri oleh OPD, berumur lebih dari satu tahun "
    "dan mencapai batas kapitalisasi."
)
CHANGE_INTENT = {
    "diserahkan": _CHANGE_IF_HANDED_OVER,
    "untuk": _CHANGE_IF_HANDED_OVER,
    "disebut": _CHANGE_IF_HANDED_OVER,
    "menambah": "Operasi bila hanya mengembalikan fungsi semula (pemeliharaan rutin) "
    "atau di bawah batas kapitalisasi.",
}


def _limit_label(bound: ClassLimits) -> str:
    return f" {bound.general}" if bound.general is not None else ""


def _limited_change(kelas: str, bound: ClassLimits) -> str:
    if bound.general is None:
        return (
            "Batas kapitalisasi belum diberikan; "
            f"dengan anggapan {ASSUMED_LIMIT}, "
            f"{'operasi' if kelas == 'modal' else 'modal'} bila harga satuan "
            f"{'<' if kelas == 'modal' else '>='} batas yang berlaku."
        )
    if kelas == "modal":
        return (
            f"Operasi bila harga satuan < batas kapitalisasi {bound.general} "
            "atau untuk diserahkan kepada masyarakat."
        )
    return f"Modal bila harga satuan >= batas kapitalisasi {bound.general}."
