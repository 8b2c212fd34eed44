"""Codes of budget tables as people write them, in their dotted form (kkpd.md 3.1, 3.3)."""

from __future__ import annotations

import re
from typing import Final

from kkpd.core.errors import DomainError
from kkpd.core.reference_row import ReferenceRow

_REKENING: Final = re.compile(r"[1-9]\.\d\.\d{2}\.\d{2}\.\d{2}\.\d{4}", re.ASCII)
_SUB_KEGIATAN: Final = re.compile(r"[\dX]\.[\dX]{2}\.\d{2}\.\d\.\d{2}\.\d{2,4}", re.ASCII)
_WIDTH: Final = {"rekening": (1, 1, 2, 2, 2, 4), "sub_kegiatan": (1, 2, 2, 1, 2, 4)}
#: The advice for an unknown code.
_WITHOUT_CODE: Final = (
    "Isi pada setiap baris; sel gabungan hanya berisi pada baris pertamanya. Baris penjumlahan "
    "menyebut dirinya Jumlah atau Total."
)


def rekening_code(row: ReferenceRow, *, required: bool = True) -> str:
    """The level-6 code, dotted, four digits at the end; a name behind it is dropped."""
    code = _code(row["rekening"], "rekening")
    if not code and not required:
        return ""
    if not code:
        raise DomainError(f"kolom rekening kosong, bukan kode rekening tingkat 6. {_WITHOUT_CODE}")
    head, _, tail = code.rpartition(".")
    code = f"{head}.{tail:0>4}" if head else code
    if not _REKENING.fullmatch(code):
        raise DomainError(
            f"“{row['rekening'][:40]}” bukan kode rekening tingkat 6, mis. 5.1.02.01.01.0024."
        )
    return code


def sub_kegiatan_code(row: ReferenceRow) -> str:
    """The sub kegiatan's code, dotted; a name behind it is dropped."""
    code = _code(row["sub_kegiatan"], "sub_kegiatan")
    if not code:
        raise DomainError(f"kolom sub_kegiatan kosong, bukan kode sub kegiatan. {_WITHOUT_CODE}")
    if not _SUB_KEGIATAN.fullmatch(code):
        raise DomainError(
            f"“{row['sub_kegiatan'][:40]}” bukan kode sub kegiatan, mis. 1.02.02.2.02.0010."
        )
    return code


def _code(text: str, jenis: str) -> str:
    """The first word; twelve characters without dots get their dots (kkpd.md 3.1, 3.3)."""
    word = (text.split() or [""])[0].strip(".")
    widths = _WIDTH[jenis]
    if "." in word or len(word) != sum(widths):
        return word
    starts = [sum(widths[:at]) for at in range(len(widths))]
    return ".".join(word[at : at + width] for at, width in zip(starts, widths, strict=True))
