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

from kkpd.core.span import Rentang
from kkpd.reports.package.write import tabel

BERKAS: Final = "belanja_kkpd.csv"
#: (name, type, what it says, whether it may be empty)
KOLOM: Final = (
    ("periode", "string", "Bulan, triwulan atau tahun pembukuan: 2026-10, 2026-T3, 2026.", False),
    ("kode_opd", "string", "Kode organisasi perangkat daerah.", False),
    ("nama_opd", "string", "Nama organisasi perangkat daerah.", False),
    (
        "kode_fungsi",
        "string",
        "Fungsi menurut Permendagri 90/2019, 01 sampai 09, atau lainnya.",
        False,
    ),
    ("nama_fungsi", "string", "Nama fungsi.", True),
    ("jenis", "string", "operasi, modal, atau lainnya (kelompok kecil yang digabung).", False),
    ("rekening", "string", "Kode rekening, objeknya pada kelompok kecil, atau lainnya.", False),
    ("nama_rekening", "string", "Nama rekening.", True),
    ("kanal", "string", "katalog, toko_daring, lpse, lain, atau lainnya.", False),
    ("transaksi", "integer", "Banyak belanja; kosong bila kurang dari tiga.", True),
    ("nilai", "number", "Nilai dalam rupiah; kosong bila kurang dari tiga belanja.", True),
)
_NAMA_OPD: Final = [name for name, *_ in KOLOM].index("nama_opd")
#: As Satu Data Indonesia publishes: free for every use that names the source.
LISENSI: Final = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
#: What the codes in the table are taken from.
SUMBER: Final = (
    {
        "title": "Permendagri 90/2019 dan pemutakhirannya: kode rekening, bidang urusan dan fungsi",
    },
)


def berkas(rows: Sequence[Sequence[str]], rentang: Rentang, pemerintah: str) -> dict[str, bytes]:
    """File name -> bytes; `rows` are cells as text in the order of KOLOM."""
    data = tabel([name for name, *_ in KOLOM], rows).removeprefix(b"\xef\xbb\xbf")
    return {BERKAS: data, "datapackage.json": _description(data, rows, rentang, pemerintah)}


def satu_zip(files: Mapping[str, bytes], hari: date) -> bytes:
    """The files as one ZIP that bears only this day, so the same day gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, (hari.year, hari.month, hari.day, 0, 0, 0))
            info.external_attr = 0o644 << 16
            made.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _description(
    data: bytes, rows: Sequence[Sequence[str]], rentang: Rentang, pemerintah: str
) -> bytes:
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
            "primaryKey": ["periode", "kode_opd", "kode_fungsi", "jenis", "rekening", "kanal"],
            "missingValues": [""],
        },
    }
    offices = sorted({row[_NAMA_OPD] for row in rows})
    package = {
        "profile": "tabular-data-package",
        "name": f"belanja-kkpd-{rentang.kode.lower()}",
        "title": f"Belanja dengan Kartu Kredit Pemerintah Daerah {rentang.nama}, {pemerintah}",
        "description": "Belanja yang dibebankan lewat DPT, menurut OPD, fungsi, jenis, rekening "
        "dan kanal. Tanpa data pribadi; kelompok di bawah tiga belanja digabung dan, bila perlu, "
        "tanpa angka. Setiap belanja ada pada satu baris saja.",
        "keywords": ["belanja daerah", "KKPD", "kartu kredit pemerintah daerah", "fungsi"],
        "publisher": pemerintah,
        "period": {"start": rentang.mulai.isoformat(), "end": rentang.sampai.isoformat()},
        "licenses": [LISENSI],
        "sources": [
            {"title": f"Daftar Pembayaran Tagihan KKPD {rentang.nama}, {pemerintah}"},
            *SUMBER,
        ],
        "contributors": [
            {"title": pemerintah, "role": "publisher"},
            *({"title": office, "role": "contributor"} for office in offices),
        ],
        "resources": [resource],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()
