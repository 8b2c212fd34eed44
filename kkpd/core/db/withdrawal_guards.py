"""What the database refuses of lines that are taken out: decided ones, those of closed months, and
any decision on one that is out already.
"""

from __future__ import annotations

from typing import Final

_TUTUP = (
    "SELECT 1 FROM {table} JOIN periode ON periode.opd_id = {table}.opd_id"
    " AND periode.tahun = {table}.tahun AND periode.bulan = {table}.bulan"
    " AND periode.status <> 'terbuka' WHERE {table}.id = NEW.{table}_id"
)
_HIDUP = "SELECT 1 FROM {table} WHERE baris_bank_id = NEW.baris_bank_id AND dicabut_at IS NULL"
_KELUAR = "SELECT 1 FROM baris_keluar WHERE baris_bank_id = NEW.baris_bank_id"
_DTS = (
    "SELECT 1 FROM dts_final WHERE dts_id = NEW.baris_bank_id AND NOT EXISTS"
    " (SELECT 1 FROM baris_keluar WHERE baris_bank_id = dts_final.final_id)"
)

_SUDAH = "baris sudah dikeluarkan; tidak dapat diputuskan lagi"
_BERPUTUSAN = "baris ini masih berpasangan atau dijelaskan; urungkan dahulu"
_DITUTUP = "periode sudah ditutup; baris dan tagihannya tetap"

#: (table, name, query that finds what refuses an INSERT, sentence)
DITOLAK: Final = (
    ("baris_keluar", "tutup", _TUTUP.format(table="baris_bank"), _DITUTUP),
    ("tagihan_keluar", "tutup", _TUTUP.format(table="tagihan"), _DITUTUP),
    ("baris_keluar", "cocok", _HIDUP.format(table="cocok"), _BERPUTUSAN),
    ("baris_keluar", "selisih", _HIDUP.format(table="selisih"), _BERPUTUSAN),
    ("baris_keluar", "dts", _DTS, "baris DTS ini sudah menjadi baris tagihan final"),
    ("cocok", "keluar", _KELUAR, _SUDAH),
    ("selisih", "keluar", _KELUAR, _SUDAH),
)
