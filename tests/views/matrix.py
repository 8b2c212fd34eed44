"""Who may call what: the two tables that the matrix test holds the whole program against.

A new endpoint gets its line in ENDPOINTS; a new permission gets its line in HOLDERS. They repeat
what the code says on purpose: a right that changes by accident fails the test.
"""

from __future__ import annotations

from typing import Final

#: Answers to strangers, with the reason in kkpd/web/permissions.py.
PUBLIC: Final = frozenset(
    {
        "static",
        "masuk.formulir",
        "masuk.kirim",
        "sehat.periksa",
        "preferensi.simpan",
        "periksa.formulir",
        "periksa.hasil",
    }
)

#: endpoint -> the permission it must declare
ENDPOINTS: Final = {
    "beranda.index": "akun:sendiri",
    "beranda.pilih": "akun:sendiri",
    "masuk.keluar": "akun:sendiri",
    "masuk.sandi": "akun:sendiri",
    "masuk.ganti": "akun:sendiri",
    "belanja.banyak": "belanja:catat",
    "belanja.baru": "belanja:catat",
    "belanja.batal": "belanja:catat",
    "belanja.batalkan": "belanja:catat",
    "belanja.cabut": "belanja:catat",
    "belanja.cabut_ingatan": "kelas:tetapkan",
    "belanja.catat": "belanja:catat",
    "belanja.catat_banyak": "belanja:catat",
    "belanja.index": "belanja:lihat",
    "belanja.isi_bukti": "bukti:lihat",
    "belanja.ketelitian": "belanja:lihat",
    "belanja.lampirkan": "belanja:catat",
    "belanja.pecah": "belanja:catat",
    "belanja.pecahkan": "belanja:catat",
    "belanja.rinci": "belanja:lihat",
    "belanja.simpan": "belanja:catat",
    "belanja.sisa": "belanja:catat",
    "belanja.tetapkan": "kelas:tetapkan",
    "belanja.timbang_ulang": "belanja:catat",
    "belanja.tinjau": "belanja:lihat",
    "belanja.tinjau_simpan": "kelas:tetapkan",
    "belanja.ubah": "belanja:catat",
    "belanja.unduh_csv": "belanja:lihat",
    "belanja.unduh_xlsx": "belanja:lihat",
    "belanja_saya.baru": "belanja_saya:catat",
    "belanja_saya.cabut_bukti": "belanja_saya:catat",
    "belanja_saya.catat": "belanja_saya:catat",
    "belanja_saya.index": "belanja_saya:lihat",
    "belanja_saya.kirim_bukti": "belanja_saya:catat",
    "belanja_saya.rinci": "belanja_saya:lihat",
    "belanja_saya.sisa": "belanja_saya:catat",
    "dokumen.rinci": "laporan:lihat",
    "dokumen.unduh": "laporan:unduh",
    "dpr.ajukan": "dpr:susun",
    "dpr.index": "dpr:lihat",
    "dpr.tarik": "dpr:susun",
    "laporan.index": "laporan:lihat",
    "persetujuan.baris": "uji:lihat",
    "persetujuan.index": "persetujuan:lihat",
    "persetujuan.periksa": "dpr:periksa",
    "persetujuan.putuskan": "uji:putuskan",
    "persetujuan.terbit": "dpt:terbit",
    "persetujuan.terbitkan": "dpt:terbit",
    "persetujuan.urungkan": "uji:putuskan",
}

#: login names of the cast, by role
SEMUA: Final = "ani budi citra dewi fitri gilang hana indra joko kartika lukman"
_OPD: Final = "budi citra dewi fitri hana indra kartika lukman"

#: permission -> who of the cast holds it for Dinas Kesehatan (Eko, a stranger there, never does)
HOLDERS: Final = {
    "akun:sendiri": SEMUA,
    "bulan:lihat": _OPD,
    "tagihan:lihat": _OPD,
    "tagihan:unggah": "citra kartika",
    "belanja:lihat": _OPD,
    "belanja:catat": "citra kartika",
    "belanja_saya:lihat": "ani",
    "belanja_saya:catat": "ani",
    "bukti:lihat": f"ani {_OPD}",
    "bukti:unggah": "ani citra kartika",
    "kelas:tetapkan": "budi citra kartika",
    "cocok:lihat": _OPD,
    "cocok:putuskan": "citra kartika",
    "dpr:lihat": _OPD,
    "dpr:susun": "citra kartika",
    "dpr:periksa": "budi",
    "persetujuan:lihat": "budi dewi indra",
    "uji:lihat": "dewi indra",
    "uji:putuskan": "dewi indra",
    "dpt:lihat": _OPD,
    "dpt:terbit": "dewi indra",
    "npd:terbit": "dewi indra",
    "spp:ajukan": "citra kartika",
    "spp:uji": "hana",
    "spm:siapkan": "hana",
    "spm:terbit": "dewi",
    "sp2d:terbit": "lukman",
    "bayar:lihat": _OPD,
    "bayar:catat": "citra kartika",
    "pagu:lihat": _OPD,
    "temuan:lihat": _OPD,
    "temuan:tanggapi": "budi citra dewi indra kartika",
    "temuan:putuskan": "fitri",
    "periode:lihat": _OPD,
    "periode:tutup": "citra",
    "laporan:lihat": f"gilang {_OPD}",
    "laporan:unduh": f"gilang {_OPD}",
    "laporan:terbit": "citra dewi fitri kartika",
    "papan:lihat": "fitri lukman",
    "sampel:lihat": "fitri",
    "admin:lihat": "joko",
    "opd:kelola": "joko",
    "pengguna:kelola": "joko",
    "penugasan:kelola": "joko",
    "kartu:kelola": "joko",
    "pengaturan:kelola": "joko",
    "acuan:kelola": "joko",
    "anggaran:kelola": "joko",
}
