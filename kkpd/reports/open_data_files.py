"""Open data as files: one CSV and its description, a Frictionless `datapackage.json`.

https://specs.frictionlessdata.io/tabular-data-package/ - amounts are decimals in rupiah, an empty
cell is not published. The same rows give the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Final

from kkpd.core.span import Span
from kkpd.reports.package.write import data_table

TABLE_FILE: Final = "belanja_kkpd.csv"
#: (name, type, meaning, whether it may be empty)
COLUMNS: Final = (
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
_OPD_NAME: Final = [name for name, *_ in COLUMNS].index("nama_opd")
#: The licence of Satu Data Indonesia: free for every use that names the source.
LICENCE: Final = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
#: The sources of the codes in the table.
SOURCES: Final = (
    {
        "title": "Permendagri 90/2019 dan pemutakhirannya: kode rekening, bidang urusan dan fungsi",
    },
)


def berkas(rows: Sequence[Sequence[str]], span: Span, pemerintah: str) -> dict[str, bytes]:
    """File name -> bytes; `rows` are cells as text in the order of COLUMNS."""
    data = data_table([name for name, *_ in COLUMNS], rows).removeprefix(b"\xef\xbb\xbf")
    return {TABLE_FILE: data, "datapackage.json": _description(data, rows, span, pemerintah)}


def as_zip(files: Mapping[str, bytes], day: date) -> bytes:
    """The files as one ZIP with only this date in it, so the same day gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.external_attr = 0o644 << 16
            made.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _description(data: bytes, rows: Sequence[Sequence[str]], span: Span, pemerintah: str) -> bytes:
    fields = [
        {"name": name, "type": kind, "description": words, "constraints": {"required": not empty}}
        for name, kind, words, empty in COLUMNS
    ]
    resource = {
        "profile": "tabular-data-resource",
        "name": "belanja_kkpd",
        "path": TABLE_FILE,
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
    offices = sorted({row[_OPD_NAME] for row in rows})
    package = {
        "profile": "tabular-data-package",
        "name": f"belanja-kkpd-{span.kode.lower()}",
        "title": f"Belanja dengan Kartu Kredit Pemerintah Daerah {span.nama}, {pemerintah}",
        "description": "Belanja yang dibebankan lewat DPT, menurut OPD, fungsi, jenis, rekening "
        "dan kanal. Tanpa data pribadi; kelompok di bawah tiga belanja digabung dan, bila perlu, "
        "tanpa angka. Setiap belanja ada pada satu baris saja.",
        "keywords": ["belanja daerah", "KKPD", "kartu kredit pemerintah daerah", "fungsi"],
        "publisher": pemerintah,
        "period": {"start": span.mulai.isoformat(), "end": span.sampai.isoformat()},
        "licenses": [LICENCE],
        "sources": [
            {"title": f"Daftar Pembayaran Tagihan KKPD {span.nama}, {pemerintah}"},
            *SOURCES,
        ],
        "contributors": [
            {"title": pemerintah, "role": "publisher"},
            *({"title": office, "role": "contributor"} for office in offices),
        ],
        "resources": [resource],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()
