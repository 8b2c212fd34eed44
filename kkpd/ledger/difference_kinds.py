"""The kinds of difference: their names on papers, and who owns one when nobody was named."""

from __future__ import annotations

from typing import Final

from kkpd.core.permissions import Role

#: How papers name each kind (screens translate the same words).
LABELS: Final = {
    "belum_ditagih": "belum ditagih bank",
    "tanpa_belanja": "ditagih tanpa catatan belanja",
    "nilai": "beda nilai",
    "tanggal": "beda tanggal",
    "kartu_salah": "kartu salah",
    "opd_salah": "milik OPD lain",
    "tanpa_pagu": "tanpa pagu",
    "lewat_batas": "melewati batas",
    "ditolak": "ditolak, ditanggung pemegang",
    "belum_dibayar": "belum dibayar",
    "dibayar_dua_kali": "dibayar dua kali",
    "meterai": "bea meterai, dari UP Tunai",
    "biaya": "surcharge atau biaya, ditanggung pemegang",
    "refund_ditunggu": "pengembalian ditunggu",
}

#: The role that owns a difference until a person is named: the one that can resolve it.
OWNERS: Final = {
    "belum_ditagih": Role.BENDAHARA,
    "tanpa_belanja": Role.BENDAHARA,
    "nilai": Role.BENDAHARA,
    "tanggal": Role.BENDAHARA,
    "kartu_salah": Role.PEMEGANG,
    "opd_salah": Role.BENDAHARA,
    "tanpa_pagu": Role.PA,
    "lewat_batas": Role.PA,
    "ditolak": Role.PEMEGANG,
    "belum_dibayar": Role.BENDAHARA,
    "dibayar_dua_kali": Role.BENDAHARA,
    "meterai": Role.BENDAHARA,
    "biaya": Role.PEMEGANG,
    "refund_ditunggu": Role.PEMEGANG,
}
