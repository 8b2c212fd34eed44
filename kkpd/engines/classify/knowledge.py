"""What the engine knows: kinds, code prefixes, words, account names, from `kkpd/data`.

These files are part of the program as its modules are: read once, never written, the same on every
machine. Nothing here depends on the clock, a database or the caller.

The evidence of units and of shop categories is set by hand, not trained.
"""

from __future__ import annotations

import csv
from functools import cache, partial
from importlib.resources import files
from typing import NamedTuple


class Kind(NamedTuple):
    """What a thing can be, and how policy treats it.

    `bound` is `ya` (the capitalisation limit decides), `buku` (its own limit decides, when there
    is one), `tidak` (capital at any price) or empty for kinds that are operational.
    """

    jenis: str
    kelas: str
    bound: str
    nama: str
    dasar: str


def _rows(name: str) -> list[list[str]]:
    text = files("kkpd").joinpath("data", *name.split("/")).read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


@cache
def _pairs(name: str) -> dict[str, str]:
    """First column of a file -> the second."""
    return {row[0]: row[1] for row in _rows(name)}


@cache
def jenis() -> dict[str, Kind]:
    """Kind -> how it is named and treated."""
    return {row[0]: Kind(*row) for row in _rows("klasifikasi/jenis.csv")}


@cache
def mcc() -> dict[str, tuple[str, str]]:
    """Merchant category -> its name and the kind it proves, empty where it proves none."""
    return {row[0]: (row[1], row[2]) for row in _rows("mcc.csv")}


#: Account code prefix -> kind; the longest prefix wins.
rekening_prefixes = partial(_pairs, "klasifikasi/awalan_rekening.csv")
#: Goods code prefix -> kind; the longest prefix wins.
goods_prefixes = partial(_pairs, "klasifikasi/awalan_barang.csv")
#: Level-6 account code -> official name.
nama_rekening = partial(_pairs, "rekening/akun_belanja.csv")
#: Goods code of Permendagri 108/2016 -> name.
goods_name = partial(_pairs, "kode_barang.csv")
#: Group of a price standard (1.1.12 stock, 8.1 service) -> account code.
group_rekening = partial(_pairs, "klasifikasi/kelompok_rekening.csv")
#: Word in a merchant's name, or `mcc` and its category -> the kind that it speaks for.
merchant_words = partial(_pairs, "klasifikasi/merchant.csv")
#: Unit as it is shortened, or in English -> the spelling of the price standards.
units = partial(_pairs, "klasifikasi/satuan.csv")
#: Rows of account code, what it is for, and examples of goods (both may be empty).
rekening_notes = partial(_rows, "rekening/akun_belanja_keterangan.csv")
#: Rows of family, slope and shift of the log-odds.
calibration = partial(_rows, "klasifikasi/kalibrasi.csv")


def weights(name: str) -> str:
    """A file of trained weights."""
    return files("kkpd").joinpath("data", "klasifikasi", name).read_text(encoding="utf-8")


def in_pairs(rows: str) -> dict[str, str]:
    """Lines of a name, a tab and its weights, left as text: parsing all would slow every start."""
    cells = iter(rows.replace("\t", "\n").split("\n"))
    return dict(zip(cells, cells, strict=False))
