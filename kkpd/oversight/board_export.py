"""The board as a frozen table, from which CSV and XLSX are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.moments import MONTHS
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Row, data_table
from kkpd.oversight.board import BoardRow
from kkpd.records import settings as records_settings

_COLUMNS: Final = (
    Column("opd", "OPD", lebar=160),
    *(
        Column(f"bulan_{number:02d}", name, "uang", 70, dijumlah=True)
        for number, name in enumerate(MONTHS, 1)
    ),
    Column("dibawa", "Selisih dari tahun sebelumnya", "uang", 80, dijumlah=True),
    Column("selisih", "Selisih tanpa tanda", "uang", 80, dijumlah=True),
    Column("menunggu", "Dijelaskan, belum selesai", "uang", 80, dijumlah=True),
    Column("belum_ditagih", "Belum ditagih", "uang", 80, dijumlah=True),
    Column("tertua", "Umur tertua (hari)", "angka", 50),
    Column("cakupan", "Baris selesai (persen)", "angka", 50),
    Column("tertutup", "Bulan ditutup", "angka", 50),
    Column("up", "UP KKPD terpakai (persen)", "angka", 50),
    Column("temuan", "Temuan terbuka", "angka", 50),
)


def dokumen(session: Session, rows: Sequence[BoardRow], tahun: int, day: date) -> FrozenDocument:
    """The board of the year as it stands on `day`, in the order of `rows`."""
    return FrozenDocument(
        formulir="papan_opd",
        versi=2,
        judul=f"Papan selisih KKPD semua OPD tahun {tahun}",
        kop=Letterhead(
            records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah", ""
        ),
        tanggal=day,
        isi=(data_table(_COLUMNS, [("", [_cells(row) for row in rows])], judul="Papan"),),
    )


def _cells(row: BoardRow) -> Row:
    return (
        row.nama,
        *(cell.selisih for cell in row.bulan),
        row.carried_difference,
        row.selisih,
        row.pending[1],
        row.not_yet_billed[1],
        row.oldest_open,
        row.settled_share,
        row.closed_months,
        row.up_used,
        row.temuan,
    )
