"""Which columns of a row are frozen, and under which condition; and marks that are set once."""

from __future__ import annotations

from typing import Final

#: What of a purchase still changes after it was submitted; every other column freezes.
PURCHASE_LIVES: Final = ("id", "kunci_kirim", "status", "versi", "kelas", "bukti_pajak")

#: table -> (columns that freeze, condition on OLD under which they are frozen, sentence);
#: without names all columns freeze but those of PURCHASE_LIVES
FROZEN: Final = {
    "transaksi": (
        (),
        "OLD.status NOT IN ('tercatat', 'berbukti')",
        "belanja yang sudah diajukan tidak dapat diubah; buat koreksi baru",
    ),
    "bukti": (
        ("opd_id", "transaksi_id", "berkas_id", "at", "oleh_id", "jenis"),
        "1 = 1",
        "bukti tidak dapat diubah; cabut lalu lampirkan yang benar",
    ),
    "bukti_masuk": (
        ("opd_id", "berkas_id", "at", "oleh_id", "teks", "difoto"),
        "1 = 1",
        "berkas yang masuk tidak dapat diubah; buang lalu kirim yang benar",
    ),
    "ingatan_kelas": (
        ("opd_id", "kunci", "kelas", "rekening", "putusan_id", "at", "oleh_id"),
        "1 = 1",
        "ingatan tidak dapat diubah; cabut lalu putuskan lagi",
    ),
    "aturan_cocok": (
        (
            *("opd_id", "kartu_id", "kunci", "teks", "penerima", "sub_kegiatan", "rekening"),
            *("at", "oleh_id"),
        ),
        "1 = 1",
        "aturan tidak dapat diubah; cabut lalu buat yang baru",
    ),
    "cocok": (
        ("opd_id", "baris_bank_id", "transaksi_id", "nilai", "jenis", "status", "at", "oleh_id"),
        "1 = 1",
        "pasangan tidak dapat diubah; urungkan lalu buat yang baru",
    ),
    "kasus": (
        ("opd_id", "tahun", "bulan", "sebab", "dibuka_at"),
        "1 = 1",
        "kasus tidak dapat berpindah sebab; buka yang baru",
    ),
    "selisih": (
        ("opd_id", "tahun", "bulan", "jenis", "nilai", "at", "oleh_id", "baris_bank_id"),
        "1 = 1",
        "selisih tidak dapat diubah; urungkan lalu buat yang baru",
    ),
    "up_usulan": (
        ("opd_id", "tahun", "alasan", "uraian", "up_kkpd", "at", "oleh_id"),
        "1 = 1",
        "usulan UP tidak dapat diubah; buat usulan baru",
    ),
    "penugasan": (
        (
            *("orang_id", "peran", "opd_id", "mulai", "dasar", "tanggal_dasar", "alasan_mundur"),
            *("atas_nama_id", "sub_kegiatan", "diusulkan_oleh_id", "diusulkan_at"),
        ),
        "1 = 1",
        "penugasan tidak dapat diubah; akhiri lalu usulkan yang baru",
    ),
    "ceiling": (
        ("opd_id", "tahun", "jenis", "kunci"),
        "1 = 1",
        "batas tidak dapat berpindah",
    ),
    "kunci_sandi": (
        ("pengguna_id", "kredensial", "kunci_publik"),
        "1 = 1",
        "kunci sandi tidak dapat diganti isinya; cabut lalu daftarkan yang baru",
    ),
    "identitas_luar": (
        ("pengguna_id", "penerbit", "subjek"),
        "1 = 1",
        "identitas luar tidak dapat berpindah akun; lepas lalu hubungkan lagi",
    ),
}

#: Undone once, or ended once: a value that was set stays (from NULL to a moment, never back).
UNDONE_ONCE: Final = dict.fromkeys(
    (
        "aturan_cocok",
        "benih_totp",
        "bukti",
        "cocok",
        "identitas_luar",
        "ingatan_kelas",
        "kunci_sandi",
        "selisih",
        "sesi",
    ),
    "dicabut_at",
) | {"bukti_masuk": "selesai_at"}
