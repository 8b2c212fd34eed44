"""Monitoring as a frozen table, a row for each OPD and quarter, for CSV and XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from kkpd.engines.paper import Dokumen, Kolom, Kop
from kkpd.engines.paper.parts import Baris, tabel
from kkpd.oversight.monitoring import Pantauan
from kkpd.oversight.monitoring_rules import Triwulan
from kkpd.records import settings as records_settings

_KOLOM: Final = (
    Kolom("opd", "OPD", lebar=160),
    Kolom("triwulan", "Triwulan", "angka", 40),
    Kolom("up", "UP", "uang", 84),
    Kolom("up_kkpd", "UP KKPD", "uang", 84),
    Kolom("bagian", "Bagian KKPD", "persen", 50),
    Kolom("belanja", "Belanja KKPD", "uang", 84, dijumlah=True),
    Kolom("pemakaian", "Pemakaian UP KKPD", "persen", 50),
    Kolom("bulan_terlambat", "Bulan terlambat", "angka", 40),
    Kolom("kartu_diam", "Kartu tidak dipakai", "angka", 40),
)


def dokumen(session: Session, rows: Sequence[Pantauan], tahun: int, hari: date) -> Dokumen:
    """The year as it stands on `hari`; quarters that have not begun are left out."""
    lines = [_cells(row, quarter) for row in rows for quarter in row.triwulan if quarter.mulai]
    return Dokumen(
        formulir="pemantauan",
        versi=1,
        judul=f"Pemantauan pemakaian KKPD tahun {tahun}",
        kop=Kop(
            records_settings.value(session, "nama_pemerintah", hari) or "Pemerintah Daerah", ""
        ),
        tanggal=hari,
        isi=(tabel(_KOLOM, [("", lines)], judul="Pemantauan"),),
    )


def _cells(row: Pantauan, quarter: Triwulan) -> Baris:
    months = row.bulan[quarter.nomor * 3 - 3 : quarter.nomor * 3]
    return (
        row.nama,
        quarter.nomor,
        quarter.up,
        quarter.up_kkpd,
        _per_seratus(quarter.bagian),
        quarter.belanja,
        _per_seratus(quarter.pemakaian),
        sum(one.terlambat is True for one in months),
        len(row.kartu_diam),
    )


def _per_seratus(share: Fraction | None) -> int | None:
    """Hundredths of a percent, as columns of percentages hold them."""
    return None if share is None else round(share * 10_000)
