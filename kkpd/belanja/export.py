"""The filtered purchases as a frozen table, from which CSV and XLSX are written."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.belanja.lists import PurchaseCriteria, PurchaseRow, everything
from kkpd.core.moments import period_name
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Row, data_table
from kkpd.records import settings as records_settings

_COLUMNS: Final = (
    Column("nomor", "Nomor", "angka", 40),
    Column("tanggal", "Tanggal", "tanggal"),
    Column("penyedia", "Penyedia", lebar=120),
    Column("uraian", "Untuk apa", lebar=160),
    Column("kartu", "Kartu", "kode"),
    Column("pemegang", "Pemegang", lebar=100),
    Column("sub_kegiatan", "Sub kegiatan", "kode", 90),
    Column("rekening", "Rekening", "kode", 90),
    Column("sumber_dana", "Sumber dana"),
    Column("nota", "Nomor nota"),
    Column("kelas", "Kelas"),
    Column("status", "Status"),
    Column("bukti", "Bukti", "angka", 40),
    Column("cocok", "Dipasangkan"),
    Column("nilai", "Nilai", "uang", 80, dijumlah=True),
)


def dokumen(session: Session, criteria: PurchaseCriteria, opd: str, day: date) -> FrozenDocument:
    """All filtered rows with their total, dated `day`."""
    rows = [_cells(row) for row in everything(session, criteria)]
    period = (
        period_name(criteria.tahun, criteria.bulan)
        if criteria.tahun and criteria.bulan
        else f"Tahun {criteria.tahun}"
    )
    return FrozenDocument(
        formulir="daftar_belanja",
        versi=1,
        judul=f"Daftar belanja KKPD {period}",
        kop=Letterhead(
            records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah", opd
        ),
        tanggal=day,
        isi=(data_table(_COLUMNS, [("", rows)], judul="Belanja"),),
    )


def _cells(row: PurchaseRow) -> Row:
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
