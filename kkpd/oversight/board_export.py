"""The board as a frozen table, from which CSV and XLSX are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.moments import BULAN
from kkpd.engines.paper import Dokumen, Kolom, Kop
from kkpd.engines.paper.parts import Baris, tabel
from kkpd.oversight.board import BarisPapan
from kkpd.records import settings as records_settings

_KOLOM: Final = (
    Kolom("opd", "OPD", lebar=160),
    *(
        Kolom(f"bulan_{number:02d}", name, "uang", 70, dijumlah=True)
        for number, name in enumerate(BULAN, 1)
    ),
    Kolom("dibawa", "Selisih dari tahun sebelumnya", "uang", 80, dijumlah=True),
    Kolom("selisih", "Selisih tanpa tanda", "uang", 80, dijumlah=True),
    Kolom("menunggu", "Dijelaskan, belum selesai", "uang", 80, dijumlah=True),
    Kolom("belum_ditagih", "Belum ditagih", "uang", 80, dijumlah=True),
    Kolom("tertua", "Umur tertua (hari)", "angka", 50),
    Kolom("cakupan", "Baris selesai (persen)", "angka", 50),
    Kolom("tertutup", "Bulan ditutup", "angka", 50),
    Kolom("up", "UP KKPD terpakai (persen)", "angka", 50),
    Kolom("temuan", "Temuan terbuka", "angka", 50),
)


def dokumen(session: Session, rows: Sequence[BarisPapan], tahun: int, hari: date) -> Dokumen:
    """The board of the year as it stands on `hari`, in the order of `rows`."""
    return Dokumen(
        formulir="papan_opd",
        versi=2,
        judul=f"Papan selisih KKPD semua OPD tahun {tahun}",
        kop=Kop(
            records_settings.value(session, "nama_pemerintah", hari) or "Pemerintah Daerah", ""
        ),
        tanggal=hari,
        isi=(tabel(_KOLOM, [("", [_cells(row) for row in rows])], judul="Papan"),),
    )


def _cells(row: BarisPapan) -> Baris:
    return (
        row.nama,
        *(cell.selisih for cell in row.bulan),
        row.selisih_dibawa,
        row.selisih,
        row.menunggu[1],
        row.belum_ditagih[1],
        row.tertua,
        row.cakupan,
        row.tertutup,
        row.up_terpakai,
        row.temuan,
    )
