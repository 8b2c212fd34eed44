"""What the engine knows: kinds, code prefixes, words, account names, from `kkpd/data`.

These files are part of the program as its modules are: read once, never written, the same on every
machine. Nothing here depends on the clock, a database or the caller.

The evidence of units and of shop categories is set by hand, not trained.
"""

from __future__ import annotations

import csv
from functools import cache
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


def _row(nama: str) -> list[list[str]]:
    text = files("kkpd").joinpath("data", *nama.split("/")).read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


@cache
def jenis() -> dict[str, Kind]:
    """Kind -> how it is named and treated."""
    return {row[0]: Kind(*row) for row in _row("klasifikasi/jenis.csv")}


@cache
def rekening_prefixes() -> dict[str, str]:
    """Account code prefix -> kind; the longest prefix wins."""
    return {row[0]: row[1] for row in _row("klasifikasi/awalan_rekening.csv")}


@cache
def goods_prefixes() -> dict[str, str]:
    """Goods code prefix -> kind; the longest prefix wins."""
    return {row[0]: row[1] for row in _row("klasifikasi/awalan_barang.csv")}


@cache
def nama_rekening() -> dict[str, str]:
    """Level-6 account code -> official name."""
    return {row[0]: row[1] for row in _row("rekening/akun_belanja.csv")}


def rekening_notes() -> list[list[str]]:
    """Rows of account code, what it is for, and examples of goods (both may be empty)."""
    return _row("rekening/akun_belanja_keterangan.csv")


@cache
def goods_name() -> dict[str, str]:
    """Goods code of Permendagri 108/2016 -> name."""
    return {row[0]: row[1] for row in _row("kode_barang.csv")}


@cache
def group_rekening() -> dict[str, str]:
    """Group of a price standard (1.1.12 stock, 8.1 service) -> account code."""
    return {row[0]: row[1] for row in _row("klasifikasi/kelompok_rekening.csv")}


@cache
def mcc() -> dict[str, tuple[str, str]]:
    """Merchant category -> its name and the kind it proves, empty where it proves none."""
    return {row[0]: (row[1], row[2]) for row in _row("mcc.csv")}


@cache
def merchant_words() -> dict[str, str]:
    """Word in a merchant's name, or `mcc` and its category -> the kind that it speaks for."""
    return {row[0]: row[1] for row in _row("klasifikasi/merchant.csv")}


def calibration() -> list[list[str]]:
    """Rows of family, raw confidence, calibrated confidence, rising within a family."""
    return _row("klasifikasi/kalibrasi.csv")


def in_pairs(rows: str) -> dict[str, str]:
    """Rows of a name, a tab and its weights, as written: a dictionary without reading the weights.

    Cut at both signs at once: tens of thousands of rows are part of every start.
    """
    cells = iter(rows.replace("\t", "\n").split("\n"))
    return dict(zip(cells, cells, strict=False))
