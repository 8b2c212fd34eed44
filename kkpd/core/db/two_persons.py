"""What the database refuses because one person would do the work of two (law 10)."""

from __future__ import annotations

from typing import Final

#: (table, name, query that finds what refuses an INSERT, sentence)
REFUSALS: Final = (
    (
        "persetujuan",
        "dua_orang",
        "SELECT 1 FROM persetujuan lama WHERE lama.transaksi_id = NEW.transaksi_id"
        " AND lama.penguji_id = NEW.penguji_id"
        " AND (lama.peran = 'pptk') <> (NEW.peran = 'pptk')",
        "PPTK yang memeriksa belanja bukan yang memutuskannya",
    ),
    (
        "kartu_riwayat",
        "dua_orang",
        "SELECT 1 FROM kartu_riwayat lama WHERE NEW.status = 'ditetapkan'"
        " AND lama.kartu_id = NEW.kartu_id AND lama.status = 'diusulkan'"
        " AND lama.oleh_id = NEW.oleh_id",
        "yang mengusulkan kartu bukan yang menetapkannya",
    ),
    (
        "verifikasi",
        "dua_orang",
        "SELECT 1 FROM dokumen WHERE dokumen.id = NEW.dokumen_id"
        " AND (dokumen.jenis <> 'spp' OR dokumen.oleh_id = NEW.oleh_id)",
        "yang mengajukan SPP bukan yang memverifikasinya",
    ),
    (
        "kasus_langkah",
        "dua_orang",
        "SELECT 1 FROM kasus WHERE NEW.jenis = 'putus' AND kasus.id = NEW.kasus_id"
        " AND kasus.pemilik_id = NEW.oleh_id"
        " UNION ALL SELECT 1 FROM kasus_langkah lama WHERE NEW.jenis = 'putus'"
        " AND lama.kasus_id = NEW.kasus_id AND lama.jenis = 'jawab'"
        " AND lama.oleh_id = NEW.oleh_id"
        " UNION ALL SELECT 1 FROM kasus_butir"
        " JOIN transaksi ON kasus_butir.subjek = 'transaksi:' || transaksi.id"
        " WHERE NEW.jenis = 'putus' AND kasus_butir.kasus_id = NEW.kasus_id"
        " AND NEW.oleh_id IN (transaksi.perekam_id, transaksi.pemegang_id, transaksi.pemakai_id)",
        "yang terlibat dalam kasus bukan yang memutuskannya",
    ),
)
