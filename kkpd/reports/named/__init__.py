"""Every official report by its name, from the database to the frozen document (`daftar`)."""

from kkpd.records.report_request import SEMUA, Lingkup, lingkup
from kkpd.reports.named.registry import DAFTAR, Laporan, Permintaan, cari, susun

__all__ = ["DAFTAR", "SEMUA", "Laporan", "Lingkup", "Permintaan", "cari", "lingkup", "susun"]
