"""What the database refuses when an import is taken out: lines with decisions, lines of closed
months, and new decisions on a line that is out.
"""

from __future__ import annotations

from typing import Final

_IN_CLOSED_MONTH = (
    "SELECT 1 FROM {table} JOIN periode ON periode.opd_id = {table}.opd_id"
    " AND periode.tahun = {table}.tahun AND periode.bulan = {table}.bulan"
    " AND periode.status <> 'terbuka' WHERE {table}.id = NEW.{table}_id"
)
_LIVE_DECISION = (
    "SELECT 1 FROM {table} WHERE baris_bank_id = NEW.baris_bank_id AND dicabut_at IS NULL"
)
_TAKEN_OUT = "SELECT 1 FROM baris_keluar WHERE baris_bank_id = NEW.baris_bank_id"
_DTS = (
    "SELECT 1 FROM dts_final WHERE dts_id = NEW.baris_bank_id AND NOT EXISTS"
    " (SELECT 1 FROM baris_keluar WHERE baris_bank_id = dts_final.final_id)"
)

_ALREADY_OUT = "baris sudah dikeluarkan; tidak dapat diputuskan lagi"
_STILL_DECIDED = "baris ini masih berpasangan atau dijelaskan; urungkan dahulu"
_MONTH_IS_CLOSED = "periode sudah ditutup; baris dan tagihannya tetap"

#: (table, name, query that finds what refuses an INSERT, sentence)
REFUSALS: Final = (
    ("baris_keluar", "tutup", _IN_CLOSED_MONTH.format(table="baris_bank"), _MONTH_IS_CLOSED),
    ("tagihan_keluar", "tutup", _IN_CLOSED_MONTH.format(table="tagihan"), _MONTH_IS_CLOSED),
    ("baris_keluar", "cocok", _LIVE_DECISION.format(table="cocok"), _STILL_DECIDED),
    ("baris_keluar", "selisih", _LIVE_DECISION.format(table="selisih"), _STILL_DECIDED),
    ("baris_keluar", "dts", _DTS, "baris DTS ini sudah menjadi baris tagihan final"),
    ("cocok", "keluar", _TAKEN_OUT, _ALREADY_OUT),
    ("selisih", "keluar", _TAKEN_OUT, _ALREADY_OUT),
)
