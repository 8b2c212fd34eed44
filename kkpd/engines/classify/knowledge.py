"""What the engine knows: kinds, words, account names, and the codes that name a kind (accounts of
Permendagri 90/2019, goods codes of Permendagri 108/2016), from `kkpd/data`.

These files are part of the program as its modules are: read once, never written, the same on every
machine. The evidence of units and of shop categories is set by hand, not trained.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import NamedTuple

from kkpd.engines.classify.shapes import CertainKelas


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
goods_names = partial(_pairs, "kode_barang.csv")
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


_NOT_DIGITS = re.compile(r"[^0-9.;,|]+")


def split_codes(text: str) -> list[str]:
    """The codes in a field that may hold several, parted by `;`, `,` or `|`."""
    clean = _NOT_DIGITS.sub("", text[:2000])
    return [code.strip(".") for code in re.split(r"[;,|]", clean) if code.strip(".")]


_REKENING_WIDTHS = (1, 1, 2, 2, 2, 4)
#: A table by codes cut into their levels.
Levels = Mapping[tuple[str, ...], str]


def _longest(levels: Sequence[str], table: Levels, least: int = 1) -> str | None:
    """What the table has for the longest beginning of a code, of `least` levels or more."""
    beginnings = [tuple(levels[:size]) for size in range(len(levels), least - 1, -1)]
    return next((table[one] for one in beginnings if one in table), None)


def _cut(digits: str, lebar: tuple[int, ...]) -> list[str]:
    """Digits without dots, cut at the widths of the levels."""
    out, at = [], 0
    for width in lebar:
        if digits[at : at + width]:
            out.append(digits[at : at + width])
        at += width
    return out


def tidy_rekening(kode: str) -> str:
    """`510201010024` and `5.1.2.1.1.24` as `5.1.02.01.01.0024`; widths 1.1.2.2.2.4."""
    parts = kode.split(".") if "." in kode else _cut(kode, _REKENING_WIDTHS)
    pairs = zip(parts, _REKENING_WIDTHS, strict=False)
    return ".".join((part.lstrip("0") or "0").rjust(width, "0") for part, width in pairs)


def rekening_kind(kode: str) -> str | None:
    """The kind an account code stands for; None when it is no 5.1 or 5.2 account."""
    return _longest(tidy_rekening(kode).split("."), _rekening_prefixes())


@cache
def _rekening_prefixes() -> Levels:
    table = rekening_prefixes()
    return {tuple(code.split(".")): kind for code, kind in table.items()}


def kelas_rekening(kode: str) -> CertainKelas | None:
    """`operasi` for 5.1, `modal` for 5.2, None otherwise."""
    head = tidy_rekening(kode)[:3]
    return "operasi" if head == "5.1" else "modal" if head == "5.2" else None


def _squeeze(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


#: Names shorter than this are words of many things, not the name of an account.
_SHORTEST_NAME = 25
#: Planning and supervision of works: an office charges them to the building or to services.
_GOES_WITH_BUILDING = re.compile(
    r"^5\.1\.02\.02\.(?:08|09)\..*(?:arsitek|rekayasa|pengawas)", re.IGNORECASE
)


@cache
def _distinct_names() -> dict[str, list[tuple[str, str]]]:
    """Long names of goods, service and upkeep accounts, squeezed, with their codes, by what they
    begin with.
    """
    names = [
        (_squeeze(name.removeprefix("Belanja ")), code)
        for code, name in nama_rekening().items()
        if code.startswith(("5.1.02.01.", "5.1.02.02.", "5.1.02.03."))
        and not _GOES_WITH_BUILDING.match(f"{code}{name}")
    ]
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in names:
        if len(row[0]) >= _SHORTEST_NAME:
            found[row[0][:_SHORTEST_NAME]].append(row)
    return dict(found)


def named_rekening(uraian: str) -> str | None:
    """The account whose full name the text begins with; None for nearly all texts."""
    text = _squeeze(uraian[:400]).removeprefix("belanja")
    alike = _distinct_names().get(text[:_SHORTEST_NAME], ())
    found = [row for row in alike if text.startswith(row[0])]
    return max(found)[1] if found else None


#: The widths of the levels in procurement systems, and in Permendagri 108/2016 itself.
_GOODS_WIDTHS = (1, 1, 2, 2, 2, 4, 5)
_WIDTHS_108 = (1, 1, 1, 2, 2, 2, 3)


def tidy_goods(kode: str) -> str:
    """A goods code with the dots where the regulation has them.

    Procurement systems print `1.3.0.20.40.10.001.00009` for `1.3.02.04.01.0001.00009`: the digits
    are right and the dots are one place off. Without any dots the third digit tells the writing:
    `132100102002` is 1.3.2.10.01.02.002, `130204010001` is 1.3.02.04.01.0001.
    """
    parts = kode.split(".")
    digits = "".join(parts)
    shifted = len(parts) > 3 and (parts[2] == "0" or parts[:3] == ["1", "1", "1"])
    if shifted and len(parts[3]) == 2:
        return ".".join(_cut(digits, _GOODS_WIDTHS))
    if len(parts) == 1 and len(digits) >= 8:
        wide = digits[0] == "5" or digits[2] == "0" or digits.startswith("1112")
        return ".".join(_cut(digits, _GOODS_WIDTHS if wide else _WIDTHS_108))
    return kode


def _levels(kode: str) -> list[str]:
    """The levels of a goods code without leading zeros, `1.1.12` (SIPD) read as `1.1.7`."""
    levels = [part.lstrip("0") or "0" for part in tidy_goods(kode).split(".")]
    return ["1", "1", "7", *levels[3:]] if levels[:3] == ["1", "1", "12"] else levels


def goods_kind(kode: str) -> str | None:
    """The kind a goods code stands for; an account code in that field counts as what it is."""
    levels = _levels(kode)
    if levels[:2] in (["5", "1"], ["5", "2"]):
        return rekening_kind(tidy_goods(kode))
    return _longest(levels, _goods_prefixes(), 2)


@cache
def _goods_prefixes() -> Levels:
    return _by_levels(goods_prefixes())


@cache
def _groups() -> Levels:
    return _by_levels(group_rekening())


@cache
def _goods_names() -> Levels:
    return _by_levels(goods_names())


def _by_levels(table: Mapping[str, str]) -> Levels:
    return {tuple(_levels(code)): value for code, value in table.items()}


def goods_rekening(kode: str) -> str | None:
    """The account that belongs to a goods code: 1.3.2.10.01.02 -> 5.2.02.10.01.0002."""
    levels = _levels(kode)
    if levels[0] == "5":
        found = tidy_rekening(tidy_goods(kode))
    elif levels[:2] == ["1", "3"] and len(levels) >= 6:
        found = tidy_rekening(".".join(["5", "2", *levels[2:6]]))
    elif levels[:3] == ["1", "5", "3"] and len(levels) >= 6:
        found = tidy_rekening(".".join(["5", "2", "6", *levels[3:6]]))
    else:
        found = _groups().get(tuple(levels[:6]), "")
    return found if found in nama_rekening() else None


def goods_name(kode: str) -> str:
    """The name of a goods code in Permendagri 108/2016, of its group when deeper; or empty."""
    return _longest(_levels(kode), _goods_names(), 4) or ""
