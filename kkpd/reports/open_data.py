"""Open data as files: one CSV and its description, a Frictionless `datapackage.json`.

https://specs.frictionlessdata.io/tabular-data-package/ - amounts are decimals in rupiah, an empty
cell is what is not told. The same rows give the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Final

from kkpd.reports.package import tabel

BERKAS: Final = "belanja_kkpd.csv"
#: (name, type, what it says, whether it may be empty)
KOLOM: Final = (
    ("periode", "string", "Bulan, triwulan atau tahun pembukuan: 2026-10, 2026-T3, 2026.", False),
    ("kode_opd", "string", "Kode organisasi perangkat daerah.", False),
    ("nama_opd", "string", "Nama organisasi perangkat daerah.", False),
    ("jenis", "string", "operasi, modal, atau lainnya (kelompok kecil yang digabung).", False),
    ("rekening", "string", "Kode rekening; kosong pada kelompok kecil yang digabung.", True),
    ("nama_rekening", "string", "Nama rekening.", True),
    ("kanal", "string", "katalog, toko_daring, lpse, lain, atau lainnya.", False),
    ("transaksi", "integer", "Banyak belanja; kosong bila kurang dari tiga.", True),
    ("nilai", "number", "Nilai dalam rupiah; kosong bila kurang dari tiga belanja.", True),
)


def berkas(rows: Sequence[Sequence[str]], periode: str, pemerintah: str) -> dict[str, bytes]:
    """File name -> bytes; `rows` are cells as text in the order of KOLOM."""
    data = tabel([name for name, *_ in KOLOM], rows).removeprefix(b"\xef\xbb\xbf")
    return {BERKAS: data, "datapackage.json": _description(data, periode, pemerintah)}


def satu_zip(files: Mapping[str, bytes], hari: date) -> bytes:
    """The files as one ZIP that bears only this day, so the same day gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, (hari.year, hari.month, hari.day, 0, 0, 0))
            info.external_attr = 0o644 << 16
            made.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _description(data: bytes, periode: str, pemerintah: str) -> bytes:
    fields = [
        {"name": name, "type": kind, "description": words, "constraints": {"required": not empty}}
        for name, kind, words, empty in KOLOM
    ]
    resource = {
        "profile": "tabular-data-resource",
        "name": "belanja_kkpd",
        "path": BERKAS,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256(data).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": fields,
            "primaryKey": ["periode", "kode_opd", "jenis", "rekening", "kanal"],
            "missingValues": [""],
        },
    }
    package = {
        "profile": "tabular-data-package",
        "name": f"belanja-kkpd-{periode.lower()}",
        "title": f"Belanja dengan Kartu Kredit Pemerintah Daerah {periode}, {pemerintah}",
        "description": "Belanja yang dibebankan lewat DPT, menurut OPD, rekening dan kanal. Tanpa "
        "data pribadi; kelompok di bawah tiga belanja digabung dan, bila perlu, tanpa angka.",
        "resources": [resource],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()
