"""Words for people, for the translation catalogue."""

from __future__ import annotations

from kkpd.web.translation import N_

#: Kinds of difference in words.
DIFFERENCE_NAMES = {
    "belum_ditagih": N_("belum ditagih bank"),
    "tanpa_belanja": N_("ditagih tanpa catatan belanja"),
    "nilai": N_("beda nilai"),
    "tanggal": N_("beda tanggal"),
    "kartu_salah": N_("kartu salah"),
    "opd_salah": N_("milik OPD lain"),
    "tanpa_pagu": N_("tanpa pagu"),
    "lewat_batas": N_("melewati batas"),
    "ditolak": N_("ditolak, ditanggung pemegang"),
    "belum_dibayar": N_("belum dibayar"),
    "dibayar_dua_kali": N_("dibayar dua kali"),
    "meterai": N_("bea meterai, dari UP Tunai"),
    "biaya": N_("surcharge atau biaya, ditanggung pemegang"),
    "refund_ditunggu": N_("pengembalian ditunggu"),
}

#: The states of a month.
PERIOD_STATUS_NAMES = {
    "terbuka": N_("terbuka"),
    "ditutup": N_("ditutup, menunggu konfirmasi PA"),
    "dikonfirmasi": N_("dikonfirmasi, menunggu tinjauan"),
    "ditinjau": N_("ditinjau"),
}

#: The acts on a month.
ACTION_NAMES = {
    "tutup": N_("ditutup"),
    "konfirmasi": N_("dikonfirmasi"),
    "tinjau": N_("ditinjau"),
    "buka": N_("dibuka kembali"),
}
