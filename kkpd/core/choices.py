"""The closed sets of words that columns may hold; the database checks the same tuples."""

from __future__ import annotations

from typing import Final, Literal

from kkpd.core.permissions import Peran

PERAN: Final = tuple(peran.value for peran in Peran)

#: Permendagri 79/2022 Pasal 18 ayat (1): what a card may pay.
JENIS_KARTU: Final = ("barang", "perjalanan")
#: kkpd.md 1.8, the life of a card.
STATUS_KARTU: Final = (
    "diusulkan",
    "ditetapkan",
    "terbit",
    "diserahkan",
    "aktif",
    "diblokir",
    "hilang",
    "ditutup",
)

VERSI_DPA: Final = ("murni", "pergeseran", "perubahan")
JENIS_CEILING: Final = ("dpa", "spd", "kas", "up_kkpd", "kartu", "penerima")
#: Documents that make money available by month: SPD and anggaran kas.
JENIS_RENCANA: Final = ("spd", "kas")
JENIS_UP: Final = ("up", "tup")
#: Why an OPD asks for another UP KKPD (PMK 196/2018 Art. 6 as a model, kkpd.md 1.5).
ALASAN_UP: Final = ("kebutuhan_naik", "kebutuhan_tunai", "penyedia_tanpa_kartu", "lain")
MOVEMENT: Final = ("reserve", "post", "void", "restore", "unpost")

JENIS_BERKAS: Final = ("bank", "bukti", "arsip")
JENIS_TAGIHAN: Final = ("dts", "final")
JENIS_BARIS: Final = ("belanja", "refund", "biaya", "meterai", "pembayaran")
#: Lines that are a purchase or money back for one: only these are split, joined or made into one.
BARIS_BELANJA: Final = ("belanja", "refund")
JENIS_PEKERJAAN: Final = ("baca", "impor", "laporan", "paket")
STATUS_PEKERJAAN: Final = ("antre", "berjalan", "selesai", "gagal", "batal")

KANAL: Final = ("katalog", "toko_daring", "lpse", "lain")
PEMUNGUT: Final = ("penjual", "marketplace", "bendahara", "tidak_ada")
PPH: Final = ("pph21", "pph22", "pph23", "pph4_2")
KELAS: Final = ("operasi", "modal", "ragu")

#: The states of a purchase line, in the order of the chain (kkpd.md section 9).
STATUS_TRANSAKSI: Final = (
    "tercatat",
    "berbukti",
    "diajukan",
    "diperiksa",
    "disetujui",
    "ditolak",
    "dpt",
    "npd",
    "spp",
    "spm",
    "sp2d",
    "lunas",
    "dibayar_pribadi",
    "dibatalkan",
)

JENIS_COCOK: Final = ("satu", "pecah", "gabung", "refund")
STATUS_COCOK: Final = ("pasti", "dipilih")
JENIS_SELISIH: Final = (
    "belum_ditagih",
    "tanpa_belanja",
    "nilai",
    "tanggal",
    "kartu_salah",
    "opd_salah",
    "tanpa_pagu",
    "lewat_batas",
    "ditolak",
    "belum_dibayar",
    "dibayar_dua_kali",
    "meterai",
    "biaya",
    "refund_ditunggu",
)

STATUS_PERIODE: Final = ("terbuka", "ditutup", "dikonfirmasi", "ditinjau")
#: Who makes good what the budget does not bear: the holder, the bank, the seller, or UP Tunai.
PENANGGUNG: Final = ("pemegang", "bank", "penyedia", "up_tunai")
TINDAKAN_PERIODE: Final = ("tutup", "konfirmasi", "tinjau", "buka")
LANGKAH_PENCAIRAN: Final = ("sp2d", "bayar")
KEPUTUSAN: Final = ("setuju", "tolak")
JAWABAN_UJI: Final = ("lulus", "tidak")
HASIL_UJI: Final = ("sesuai", "tidak_sesuai", "menunggu")
JENIS_DOKUMEN: Final = (
    "dpr",
    "dpt",
    "penolakan",
    "dpt_gabungan",
    "npd",
    "spp",
    "spp_gu_ringkasan",
    "spp_gu_rincian",
    "spp_gu_pernyataan",
    "sptb",
    "spm",
    "sp2d",
    "lpj",
    "bku",
    "buku_pembantu",
    "register_tagihan",
    "register_dpt",
    "register_sp2d",
    "rekap",
    "rekonsiliasi",
    "batas",
    "pernyataan_up",
    "program",
    "kelengkapan",
    "temuan",
    "ditolak",
    "belum_lunas",
    "pajak",
)
HASIL_PENGINGAT: Final = ("mulai", "gagal")
CARA_PENGINGAT: Final = ("smtp", "kotak")
BERAT_TEMUAN: Final = ("info", "perhatian", "salah")

#: How a movement weighs on a ceiling (law 6).
Kind = Literal["reserve", "post", "void", "restore", "unpost"]

#: Sheets that are issued with an SPP, under its number.
LAMPIRAN: Final = ("spp_gu_ringkasan", "spp_gu_rincian", "spp_gu_pernyataan", "sptb")
