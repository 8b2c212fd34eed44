"""Every official report by its name, from the database to the frozen document (`daftar`)."""

from kkpd.queries.laporan.bahan import SEMUA, Lingkup, lingkup
from kkpd.queries.laporan.daftar import DAFTAR, Laporan, Permintaan, cari, susun

__all__ = ["DAFTAR", "SEMUA", "Laporan", "Lingkup", "Permintaan", "cari", "lingkup", "susun"]
