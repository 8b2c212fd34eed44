"""What each kind of event means in words: "Citra *mencatat belanja*". Data, asked by `words_of`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kkpd.core.statuses import TRANSITIONS

#: kind of event -> what the person did. `*` stands for one part that has no words of its own.
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acuan:*:muat": "memuat kode acuan",
        "admin:kartu:buat": "mendaftarkan kartu",
        "admin:kartu:ubah": "mengubah kartu",
        "admin:opd:buat": "mendaftarkan OPD",
        "admin:opd:ubah": "mengubah OPD",
        "admin:orang:buat": "mendaftarkan orang",
        "admin:orang:pertama": "memasang administrator pertama",
        "admin:orang:ubah": "mengubah data orang",
        "admin:pengguna:buat": "membuat nama masuk",
        "admin:pengguna:undang": "memberi kode undangan kepada semua yang belum punya kata sandi",
        "admin:pengguna:ubah": "mengubah nama masuk",
        "admin:penugasan:akhiri": "mengakhiri penugasan",
        "admin:penugasan:konfirmasi": "mengonfirmasi usul penugasan",
        "admin:penugasan:pasang": "memasang penugasan administrator pertama",
        "admin:penugasan:tarik": "menarik usul penugasan",
        "admin:penugasan:tolak": "menolak usul penugasan",
        "admin:penugasan:usul": "mengusulkan penugasan",
        "admin:program:buat": "mencatat program OPD",
        "admin:program:ubah": "mengubah program OPD",
        "admin:setelan:buat": "menetapkan setelan",
        "admin:setelan:ubah": "mengubah setelan",
        "akun:faktor:bukti": "membuktikan diri sekali lagi",
        "akun:faktor:cabut": "melepas faktor kedua orang lain",
        "akun:faktor:usul": "mengusulkan melepas faktor kedua orang lain",
        "akun:faktor:gagal": "faktor kedua tidak cocok",
        "akun:kalender:baru": "membuat alamat kalender",
        "akun:kalender:cabut": "mencabut alamat kalender",
        "akun:kunci:cabut": "mencabut kunci masuk",
        "akun:kunci:daftar": "mendaftarkan kunci masuk",
        "akun:masuk:akhiri_sesi": "mengakhiri semua sesi orang ini",
        "akun:masuk:aktif": "membuka kembali nama masuk",
        "akun:masuk:nama": "mengganti nama masuk",
        "akun:masuk:nonaktif": "menutup nama masuk",
        "akun:pemulihan:buat": "membuat kode pemulihan",
        "akun:penyedia:hubung": "menghubungkan akun dengan penyedia identitas",
        "akun:penyedia:lepas": "melepas akun dari penyedia identitas",
        "akun:sandi:atur_ulang": "memberi kode sekali pakai untuk kata sandi baru",
        "akun:sandi:ganti": "mengganti kata sandi",
        "akun:sandi:kode": "memakai kode sekali pakai",
        "akun:sandi:surel": "meminta kode lewat surel",
        "akun:sandi:ulang": "membuat kata sandi baru",
        "akun:sesi:akhiri": "mengakhiri sesi",
        "akun:sesi:berakhir": "sesinya berakhir",
        "akun:sesi:keluar": "keluar",
        "akun:sesi:masuk": "masuk",
        "akun:surel:ganti": "mengganti alamat surel",
        "akun:totp:cabut": "mencabut aplikasi kode",
        "akun:totp:pasang": "memasang aplikasi kode",
        "anggaran:*:muat": "memuat SPD atau anggaran kas",
        "anggaran:*:tetapkan": "menetapkan UP atau TUP",
        "anggaran:dpa:muat": "memuat DPA",
        "anggaran:tanya:ajukan": "bertanya tentang usulan UP KKPD",
        "anggaran:tanya:jawab": "menjawab pertanyaan tentang usulan UP KKPD",
        "anggaran:up:tolak_usulan": "menolak usulan UP KKPD",
        "anggaran:up:usulkan": "mengusulkan UP KKPD",
        "belanja:bukti:cabut": "mencabut bukti",
        "belanja:bukti:lampirkan": "melampirkan bukti",
        "belanja:ingatan:cabut": "mencabut ingatan kelas",
        "belanja:kelas:tetapkan": "menetapkan kelas belanja",
        "belanja:kotak:buang": "membuang berkas dari kotak bukti",
        "belanja:kotak:pindahkan": "memindahkan berkas dalam kotak bukti",
        "belanja:kotak:terima": "mengirim berkas ke kotak bukti",
        "belanja:tanya:ajukan": "bertanya tentang belanja",
        "belanja:tanya:jawab": "menjawab pertanyaan tentang belanja",
        "belanja:transaksi:catat": "mencatat belanja",
        "belanja:transaksi:timbang": "menimbang kelas belanja",
        "belanja:transaksi:ubah": "mengubah belanja",
        "cocok:aturan:cabut": "mencabut aturan cocok",
        "cocok:aturan:simpan": "menyimpan aturan cocok",
        "cocok:aturan:tolak": "menolak usul aturan cocok",
        "cocok:baris:pasangkan": "memasangkan baris tagihan dengan belanja",
        "cocok:baris:urungkan": "mengurungkan keputusan atas baris tagihan",
        "cocok:selisih:jelaskan": "menjelaskan selisih",
        "dokumen:*:batalkan": "membatalkan dokumen",
        "dokumen:spm:kembalikan": "mengembalikan SPM-GU kepada Pengguna Anggaran",
        "dokumen:spp:kembalikan": "mengembalikan SPP-GU kepada bendahara",
        "dokumen:spp:verifikasi": "memverifikasi SPP-GU",
        "dokumen:tanya:ajukan": "bertanya tentang dokumen",
        "dokumen:tanya:jawab": "menjawab pertanyaan tentang dokumen",
        "kartu:status:*": "mengubah status kartu",
        "kunci:log:cabut": "mencabut kunci log",
        "kunci:log:ganti": "mengganti kunci log",
        "laporan:analisis:jalan": "menjalankan analisis audit",
        "laporan:*:unduh": "mengunduh data",
        "laporan:arsip": "mengarsipkan dokumen",
        "laporan:paket:buat": "menyusun paket audit",
        "laporan:paket:unduh": "mengunduh paket audit",
        "laporan:tandatangan": "menandatangani dokumen",
        "laporan:terbit": "menerbitkan dokumen",
        "laporan:unduh": "mengunduh dokumen",
        "pembayaran:*:catat": "mencatat langkah pembayaran",
        "pengingat:surat:*": "surat pengingat diproses",
        "kasus:acak:buka": "membuka lagi sebagian tindak lanjut secara acak",
        "kasus:analisis:buka": "membuka tindak lanjut dari analisis",
        "kasus:langkah:buka_lagi": "membuka lagi tindak lanjut",
        "kasus:langkah:jawab": "menjawab tindak lanjut",
        "kasus:langkah:kembalikan": "mengembalikan jawaban tindak lanjut",
        "kasus:langkah:komentar": "berkomentar pada tindak lanjut",
        "kasus:langkah:putus": "memutuskan tindak lanjut",
        "kasus:langkah:tunjuk": "menunjuk pemilik tindak lanjut",
        "kasus:temuan:buka": "membuka tindak lanjut dari temuan yang sudah ada",
        "kasus:pantau:buka": "membuka tindak lanjut menurut pantauan",
        "periode:bulan:buka": "membuka kembali bulan",
        "periode:bulan:konfirmasi": "mengonfirmasi bulan",
        "periode:bulan:tinjau": "meninjau bulan",
        "periode:bulan:tutup": "menutup bulan",
        "tagihan:berkas:ambil": "mengambil baris tagihan ke dalam buku",
        "tagihan:berkas:buang": "membuang berkas bank yang belum diambil",
        "tagihan:berkas:keluar": "mengeluarkan berkas tagihan dari buku",
        "tagihan:berkas:unggah": "mengunggah berkas bank",
        "tagihan:profil:simpan": "menyimpan tata letak bank",
        "tahun:buku:buka": "membuka tahun buku",
        "tanggungan:bayar:balik": "membatalkan catatan pengembalian",
        "tanggungan:bayar:catat": "mencatat pengembalian",
        **{f"belanja:status:{one.action}": one.nama for one in TRANSITIONS},
    }
)

#: Words of areas, for choosing.
AREAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acuan": "kode acuan",
        "admin": "administrasi",
        "akun": "akun dan sesi",
        "anggaran": "anggaran dan UP",
        "belanja": "belanja",
        "cocok": "pencocokan",
        "dokumen": "dokumen: pembatalan dan pertanyaan",
        "kasus": "tindak lanjut",
        "kartu": "kartu",
        "kunci": "kunci log",
        "laporan": "laporan",
        "pembayaran": "pembayaran",
        "pengingat": "pengingat",
        "periode": "penutupan bulan",
        "tagihan": "tagihan",
        "tahun": "tahun buku",
        "tanggungan": "tanggungan",
    }
)

#: What only the security log tells, because it wrote nothing: kind -> what somebody did.
NOTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "akses:batas": "melewati batas banyaknya permintaan atau ukuran",
        "akses:formulir": "mengirim formulir tanpa tanda dari halamannya",
        "akses:izin": "membuka yang tidak diizinkan perannya",
        "akses:lingkup": "membuka yang tidak ada atau bukan miliknya",
        "berkas:baca": "mengirim berkas yang tidak dapat dibaca",
        "berkas:unduh": "mengunduh berkas",
        "berkas:virus": "mengirim berkas yang ditolak pemeriksa virus",
    }
)
#: Areas of the security log beside those of events.
NOTED_AREAS: Final[Mapping[str, str]] = MappingProxyType(
    {"akses": "akses yang ditolak", "berkas": "berkas: unduhan dan kiriman"}
)

#: Giving authority: these are shown above all others.
GRANTS: Final = ("admin:penugasan:", "admin:pengguna:", "admin:kartu:", "akun:masuk:", "wewenang:")


def words_of(kind: str) -> str | None:
    """What was done, None where nobody has given this kind words."""
    parts = kind.split(":")
    ways = [kind, *(":".join([*parts[:n], "*", *parts[n + 1 :]]) for n in range(1, len(parts)))]
    return next((WORDS[way] for way in ways if way in WORDS), NOTED.get(kind))
