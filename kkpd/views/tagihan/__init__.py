"""Bank bills: the month's bills, uploading, the check before taking in, layouts, the history."""

from kkpd.views.tagihan import baca, daftar, keluarkan, kolom, pekerjaan, periksa, riwayat, unggah
from kkpd.views.tagihan.dasar import bp

__all__ = [
    "baca",
    "bp",
    "daftar",
    "keluarkan",
    "kolom",
    "pekerjaan",
    "periksa",
    "riwayat",
    "unggah",
]
