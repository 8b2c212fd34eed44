"""The filtered purchases as a frozen table, from which CSV and XLSX are written."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.belanja.lists import BarisBelanja, Saringan, semua
from kkpd.core.moments import nama_periode
from kkpd.engines.paper import Dokumen, Kolom, Kop
from kkpd.engines.paper.parts import Baris, tabel
from kkpd.records import settings as records_settings

_KOLOM: Final = (
    Kolom("nomor", "Nomor", "angka", 40),
    Kolom("tanggal", "Tanggal", "tanggal"),
    Kolom("penyedia", "Penyedia", lebar=120),
    Kolom("uraian", "Untuk apa", lebar=160),
    Kolom("kartu", "Kartu", "kode"),
    Kolom("pemegang", "Pemegang", lebar=100),
    Kolom("sub_kegiatan", "Sub kegiatan", "kode", 90),
    Kolom("rekening", "Rekening", "kode", 90),
    Kolom("sumber_dana", "Sumber dana"),
    Kolom("nota", "Nomor nota"),
    Kolom("kelas", "Kelas"),
    Kolom("status", "Status"),
    Kolom("bukti", "Bukti", "angka", 40),
    Kolom("cocok", "Dipasangkan"),
    Kolom("nilai", "Nilai", "uang", 80, dijumlah=True),
)


def dokumen(session: Session, saringan: Saringan, opd: str, hari: date) -> Dokumen:
    """All filtered rows with their total, dated `hari`."""
    rows = [_cells(row) for row in semua(session, saringan)]
    period = (
        nama_periode(saringan.tahun, saringan.bulan)
        if saringan.tahun and saringan.bulan
        else f"Tahun {saringan.tahun}"
    )
    return Dokumen(
        formulir="daftar_belanja",
        versi=1,
        judul=f"Daftar belanja KKPD {period}",
        kop=Kop(
            records_settings.value(session, "nama_pemerintah", hari) or "Pemerintah Daerah", opd
        ),
        tanggal=hari,
        isi=(tabel(_KOLOM, [("", rows)], judul="Belanja"),),
    )


def _cells(row: BarisBelanja) -> Baris:
    return (
        row.id,
        row.tanggal,
        row.merchant,
        row.uraian,
        f"**** {row.kartu_akhir}",
        row.pemegang,
        row.sub_kegiatan,
        row.rekening,
        row.sumber_dana,
        row.nota,
        row.kelas,
        row.status,
        row.bukti,
        "ya" if row.cocok else "tidak",
        row.nilai,
    )
