"""What is paid by the night or hired for a time is a service, whatever its name sounds like.

A hotel may be called Grand as a car is, a hall may be called by its furniture: who buys nights or
hires buys no thing (5.1.02.04 travel, 5.1.02.02.04 and .05 rent). Hire purchase is none of it:
its thing becomes the region's own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kkpd.domain.classification import teks

_BILANGAN = r"(?:\d+|satu|dua|tiga|empat|lima|enam|tujuh)\s*"
_MALAM = re.compile(rf"\b{_BILANGAN}(?:malam|mlm|nights?)\b")
#: Words that open the name of a stay, before which only these stand.
_PENGINAPAN = frozenset(["hotel", "penginapan", "menginap", "homestay", "losmen", "guesthouse"])
_PEMBUKA = frozenset(["kamar", "room", "akomodasi", "tarif", "voucher", "inap", "standar"])
#: What a hotel is furnished with or supplied by is no stay.
_PERLENGKAPAN = frozenset(["amenities", "amenitis", "furniture", "mebel", "linen", "bell"])
_LAMA = re.compile(
    rf"\b(?:(?:{_BILANGAN}|per\s*)(?:jam|hari|minggu|bulan|tahun)|sehari|seminggu|sebulan|setahun|"
    r"harian|bulanan|tahunan)\b"
)
_WAKTU = frozenset(["jam", "hari", "minggu", "bulan", "tahun"])
_MALAM_SATUAN = frozenset(["malam", "night", "nights", "oh"])
#: Without one of these, or a unit of nights, neither is meant.
_PEMICU = _PENGINAPAN | {"malam", "mlm", "sewa"}


class Layanan(NamedTuple):
    """The kind (`perjalanan` or `sewa`) and the words that say it."""

    jenis: str
    kutipan: str


def layanan(words: tuple[str, ...], uraian: str, satuan: str) -> Layanan | None:
    """Nights or hire that the words or the unit name; None for nearly all purchases."""
    unit = teks.satuan(satuan).split()
    if _PEMICU.isdisjoint(words) and _MALAM_SATUAN.isdisjoint(unit) and not _night(uraian):
        return None
    stay = _menginap(uraian, satuan, words, unit)
    if stay is not None:
        return Layanan("perjalanan", stay)
    if "sewa" in words and "beli" not in words:
        long = _LAMA.search(teks.normal(uraian))
        if long is not None or not _WAKTU.isdisjoint(unit):
            return Layanan("sewa", f"sewa {long.group() if long else satuan.strip()[:30]}")
    return None


def _menginap(uraian: str, satuan: str, words: tuple[str, ...], unit: list[str]) -> str | None:
    lodging = not _PENGINAPAN.isdisjoint(words)
    if lodging or "malam" in words or "mlm" in words or _night(uraian):
        nights = _MALAM.search(teks.normal(uraian))
        if nights is not None:
            return nights.group()
    if not unit and not lodging:
        return None
    if not _MALAM_SATUAN.isdisjoint(unit) and (lodging or "oh" not in unit):
        return f"per {satuan.strip()[:30]}"
    thing = [word for word in words if word not in teks.UMUM and word not in _PEMBUKA][:1]
    named = lodging and thing[0] in _PENGINAPAN and _PERLENGKAPAN.isdisjoint(words)
    return thing[0] if named else None


def _night(uraian: str) -> bool:
    return "night" in uraian.lower()
