"""What is paid by the night, hired or subscribed for a time is a service, whatever its name is;
so is upkeep that is called routine, whatever is kept up.

A hotel may have the name of a car, and a hall be described by its furniture, but nights and hire
buy no thing (5.1.02.04 travel, 5.1.02.02.04 and .05 rent). Hire purchase is excluded: its thing
becomes the region's own. A licence for a year or less is no intangible asset either, which serves
longer than twelve months (PSAP 14).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kkpd.engines.classify.words import tokens

_NUMBERS = r"(?:\d+|satu|dua|tiga|empat|lima|enam|tujuh)\s*"
_NIGHTS = re.compile(rf"\b{_NUMBERS}(?:malam|mlm|nights?)\b")
#: Words that open the name of a stay, before which only these stand.
_LODGINGS = frozenset(["hotel", "penginapan", "menginap", "homestay", "losmen", "guesthouse"])
_OPENERS = frozenset(["kamar", "room", "akomodasi", "tarif", "voucher", "inap", "standar"])
#: Furniture and supplies of a hotel are not a stay.
_FURNISHINGS = frozenset(["amenities", "amenitis", "furniture", "mebel", "linen", "bell"])
_DURATION = re.compile(
    rf"\b(?:(?:{_NUMBERS}|per\s*)(?:jam|hari|minggu|bulan|tahun)|sehari|seminggu|sebulan|setahun|"
    r"harian|bulanan|tahunan)\b"
)
_TIME_UNITS = frozenset(["jam", "hari", "minggu", "bulan", "tahun"])
_SUBSCRIPTIONS = frozenset(
    ["lisensi", "license", "licence", "langganan", "berlangganan", "subscription", "antivirus"]
)
#: Twelve months or less; a guarantee of a year is something else.
_ONE_YEAR = re.compile(
    r"(?<!garansi )(?<!warranty )(?:\b(?:(?:[1-9]|1[0-2]|satu|dua belas)\s*(?:bulan|bln|months?)|"
    r"(?:1|satu)\s*(?:tahun|thn|th|years?)|sebulan|setahun|tahunan|bulanan|annual|yearly)|"
    r"(?:\bper|/)\s*(?:tahun|thn|th|bulan|bln|year|month))\b"
)
_NIGHT_UNITS = frozenset(["malam", "nights"])
#: Routine upkeep adds neither life nor capacity (PSAP 07).
_ROUTINE = re.compile(r"\b(?:pemeliharaan|perawatan|perbaikan|servis|service)\s+(?:\w+\s+)?rutin\b")


class Service(NamedTuple):
    """The kind (`perjalanan`, `sewa`, `pemeliharaan` or `jasa`) and the words that say it."""

    jenis: str
    quote: str


def service(words: tuple[str, ...], uraian: str, satuan: str) -> Service | None:
    """Nights, hire or routine upkeep that is named; None for nearly all purchases."""
    unit = tokens.satuan(satuan).split()
    routine = _ROUTINE.search(tokens.normal(uraian)) if "rutin" in words else None
    if routine is not None:
        return Service("pemeliharaan", routine.group())
    stay = _stay(uraian, satuan, words, unit)
    if stay is not None:
        return Service("perjalanan", stay)
    if "sewa" in words and "beli" not in words:
        long = _DURATION.search(tokens.normal(uraian))
        if long is not None or not _TIME_UNITS.isdisjoint(unit):
            return Service("sewa", f"sewa {long.group() if long else satuan.strip()[:30]}")
    return None


def subscription(words: tuple[str, ...], text: str, satuan: str) -> Service | None:
    """A licence or a subscription for twelve months or less, said in the text or by the unit."""
    if _SUBSCRIPTIONS.isdisjoint(words):
        return None
    long = _ONE_YEAR.search(tokens.normal(text))
    unit = tokens.satuan(satuan).split()
    if long is None and not {"bulan", "tahun"} & set(unit[:1]):
        return None
    return Service("jasa", f"langganan {long.group().strip(' /') if long else unit[0]}")


def _stay(uraian: str, satuan: str, words: tuple[str, ...], unit: list[str]) -> str | None:
    lodging = not _LODGINGS.isdisjoint(words)
    nights = _NIGHTS.search(tokens.normal(uraian))
    if nights is not None:
        return nights.group()
    if not _NIGHT_UNITS.isdisjoint(unit) or (lodging and unit[:2] == ["orang", "hari"]):
        return f"per {satuan.strip()[:30]}"
    if not lodging or not _FURNISHINGS.isdisjoint(words):
        return None
    thing = [word for word in words if word not in tokens.COMMON and word not in _OPENERS][:1]
    return thing[0] if thing[0] in _LODGINGS else None
