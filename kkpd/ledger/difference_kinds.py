"""The kinds of difference: what each is called on papers, and whose it is when nobody was named."""

from __future__ import annotations

from typing import Final

from kkpd.core.permissions import Peran

#: How papers name each kind (screens translate the same words).
SEBUTAN: Final = {
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

#: Whose a difference is while no person took it: the role that can end it.
PEMILIK: Final = {
    "belum_ditagih": Peran.BENDAHARA,
    "tanpa_belanja": Peran.BENDAHARA,
    "nilai": Peran.BENDAHARA,
    "tanggal": Peran.BENDAHARA,
    "kartu_salah": Peran.PEMEGANG,
    "opd_salah": Peran.BENDAHARA,
    "tanpa_pagu": Peran.PA,
    "lewat_batas": Peran.PA,
    "ditolak": Peran.PEMEGANG,
    "belum_dibayar": Peran.BENDAHARA,
    "dibayar_dua_kali": Peran.BENDAHARA,
    "meterai": Peran.BENDAHARA,
    "biaya": Peran.PEMEGANG,
    "refund_ditunggu": Peran.PEMEGANG,
}
