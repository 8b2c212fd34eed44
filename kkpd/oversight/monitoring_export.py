"""Monitoring as a frozen table, a row for each OPD and quarter, for CSV and XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Row, data_table
from kkpd.oversight.monitoring import WatchedYear
from kkpd.oversight.monitoring_rules import Quarter
from kkpd.records import settings as records_settings

_COLUMNS: Final = (
    Column("opd", "OPD", lebar=160),
    Column("triwulan", "Triwulan", "angka", 40),
    Column("up", "UP", "uang", 84),
    Column("up_kkpd", "UP KKPD", "uang", 84),
    Column("bagian", "Bagian KKPD", "persen", 50),
    Column("belanja", "Belanja KKPD", "uang", 84, dijumlah=True),
    Column("pemakaian", "Pemakaian UP KKPD", "persen", 50),
    Column("bulan_terlambat", "Bulan terlambat", "angka", 40),
    Column("kartu_diam", "Kartu tidak dipakai", "angka", 40),
)


def dokumen(session: Session, rows: Sequence[WatchedYear], tahun: int, day: date) -> FrozenDocument:
    """The year as it stands on `day`; quarters that have not begun are left out."""
    lines = [_cells(row, quarter) for row in rows for quarter in row.year_quarters if quarter.mulai]
    return FrozenDocument(
        formulir="pemantauan",
        versi=1,
        judul=f"Pemantauan pemakaian KKPD tahun {tahun}",
        kop=Letterhead(
            records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah", ""
        ),
        tanggal=day,
        isi=(data_table(_COLUMNS, [("", lines)], judul="Pemantauan"),),
    )


def _cells(row: WatchedYear, quarter: Quarter) -> Row:
    months = row.bulan[quarter.nomor * 3 - 3 : quarter.nomor * 3]
    return (
        row.nama,
        quarter.nomor,
        quarter.up,
        quarter.up_kkpd,
        _hundredths(quarter.bagian),
        quarter.belanja,
        _hundredths(quarter.usage),
        sum(one.came_late is True for one in months),
        len(row.idle_cards),
    )


def _hundredths(share: Fraction | None) -> int | None:
    """Hundredths of a percent, as columns of percentages hold them."""
    return None if share is None else round(share * 10_000)
