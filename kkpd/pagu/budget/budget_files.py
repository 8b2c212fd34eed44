"""Budget files in SIPD's layout, CSV or XLSX: which headings mean which of our columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kkpd.core.reference_row import ReferenceRow
from kkpd.pagu.budget import reference_files
from kkpd.pagu.budget.rows import MONTH_COLUMNS

_HEAD: Final = ("opd", "unit", "nomor", "tanggal", "versi")
_ALIAS: Final = {
    "kode_skpd": "opd",
    "kode_opd": "opd",
    "skpd": "opd",
    "kode_sub_skpd": "unit",
    "kode_unit_skpd": "unit",
    "kode_sub_unit": "unit",
    "kode_unit": "unit",
    "kode_sub_kegiatan": "sub_kegiatan",
    "kode_subkegiatan": "sub_kegiatan",
    "sub_kegiatan_kode": "sub_kegiatan",
    "kode_rekening": "rekening",
    "kode_akun": "rekening",
    "akun": "rekening",
    "nama_akun": "nama_rekening",
    "uraian_rekening": "nama_rekening",
    "nama_sumber_dana": "sumber_dana",
    "sumber_pendanaan": "sumber_dana",
    "dana": "sumber_dana",
    "tgl": "tanggal",
}


@dataclass(frozen=True, slots=True)
class FileShape:
    """The columns of one kind of file: needed, allowed, and other names for them."""

    required: tuple[str, ...]
    allowed: tuple[str, ...]
    alias: Mapping[str, str]


_PLAN: Final = FileShape(
    ("sub_kegiatan",),
    ("rekening", "bulan", "nilai", "jumlah", *MONTH_COLUMNS, *_HEAD),
    {
        **_ALIAS,
        **{name[:3]: name for name in MONTH_COLUMNS},
        "total": "jumlah",
        "nilai_spd": "nilai",
        "nilai_kas": "nilai",
        "nomor_spd": "nomor",
        "no_spd": "nomor",
        "tanggal_spd": "tanggal",
    },
)

#: kind -> its columns
SHAPE: Final = {
    "dpa": FileShape(
        ("sub_kegiatan", "rekening", "sumber_dana", "pagu"),
        ("nama_sub_kegiatan", "nama_rekening", *_HEAD),
        {
            **_ALIAS,
            "nilai": "pagu",
            "anggaran": "pagu",
            "pagu_anggaran": "pagu",
            "nilai_anggaran": "pagu",
            "nilai_rincian": "pagu",
            "total_harga": "pagu",
            "jumlah": "pagu",
            "nomor_dpa": "nomor",
            "no_dpa": "nomor",
            "tanggal_dpa": "tanggal",
        },
    ),
    "spd": _PLAN,
    "kas": _PLAN,
    "up": FileShape(
        ("up",),
        ("up_kkpd", "dasar_hukum", "jenis", "sampai", *_HEAD),
        {
            **_ALIAS,
            "besaran_up": "up",
            "nilai_up": "up",
            "besaran_up_kkpd": "up_kkpd",
            "nilai_up_kkpd": "up_kkpd",
            "nomor_keputusan": "nomor",
            "no_sk": "nomor",
            "nomor_sk": "nomor",
            "mulai": "tanggal",
            "tanggal_keputusan": "tanggal",
        },
    ),
}


def baca(jenis: str, data: bytes, name: str) -> list[ReferenceRow]:
    """The rows of a budget file of this kind."""
    shape = SHAPE[jenis]
    return reference_files.read(data, name, shape.required, shape.allowed, shape.alias)
