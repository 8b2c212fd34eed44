"""Codes that name the kind: the account (Permendagri 90/2019), the goods code (108/2016)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from kkpd.domain.classification import pengetahuan

_BUKAN_ANGKA = re.compile(r"[^0-9.;,|]+")


def pisah(text: str) -> list[str]:
    """The codes in a field that may hold several, parted by `;`, `,` or `|`."""
    clean = _BUKAN_ANGKA.sub("", text[:2000])
    return [code.strip(".") for code in re.split(r"[;,|]", clean) if code.strip(".")]


def _terpanjang(kode: str, awalan: Mapping[str, str]) -> str | None:
    """The kind of the longest prefix that ends at a dot of the code."""
    parts = kode.split(".")
    for size in range(len(parts), 0, -1):
        found = awalan.get(".".join(parts[:size]))
        if found is not None:
            return found
    return None


def rapikan_rekening(kode: str) -> str:
    """`510201010024` and `5.1.2.1.1.24` as `5.1.02.01.01.0024`; widths 1.1.2.2.2.4."""
    lebar = (1, 1, 2, 2, 2, 4)
    if "." not in kode:
        parts, at = [], 0
        for width in lebar:
            if kode[at : at + width]:
                parts.append(kode[at : at + width])
            at += width
    else:
        parts = kode.split(".")
    pairs = zip(parts, lebar, strict=False)
    return ".".join((part.lstrip("0") or "0").rjust(width, "0") for part, width in pairs)


@lru_cache(maxsize=4096)
def jenis_rekening(kode: str) -> str | None:
    """The kind an account code stands for; None when it is no 5.1 or 5.2 account."""
    return _terpanjang(rapikan_rekening(kode), pengetahuan.awalan_rekening())


def kelas_rekening(kode: str) -> str | None:
    """`operasi` for 5.1, `modal` for 5.2, None otherwise."""
    return {"5.1": "operasi", "5.2": "modal"}.get(rapikan_rekening(kode)[:3])


_LEBAR_BARANG = {"1.1.7": (1, 1, 1, 2, 2, 2, 3), "1.3": (1, 1, 2, 2, 2, 2, 3)}


def rapikan_barang(kode: str) -> str:
    """A goods code with the dots where the regulation has them.

    Procurement systems print `1.3.0.20.40.10.001.00009` for `1.3.02.04.01.0001.00009`: the digits
    are right and the dots are one place off.
    """
    digits = kode.replace(".", "")
    parts = kode.split(".")
    if len(parts) > 3 and parts[2] in {"0", "1"} and len(parts[3]) == 2 and len(digits) >= 8:
        at, out = 0, []
        for width in (1, 1, 2, 2, 2, 4, 5):
            if digits[at : at + width]:
                out.append(digits[at : at + width])
            at += width
        return ".".join(out)
    return kode


@lru_cache(maxsize=4096)
def jenis_barang(kode: str) -> str | None:
    """The kind a goods code stands for; an account code in that field counts as what it is."""
    kode = rapikan_barang(kode)
    if kode.startswith(("5.1", "5.2")):
        return jenis_rekening(kode)
    return _terpanjang(kode, pengetahuan.awalan_barang())
