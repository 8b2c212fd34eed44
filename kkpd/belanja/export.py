"""The filtered purchases as a frozen table, from which CSV and XLSX are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from kkpd.belanja.fields import FIELDS, FURTHER, PurchaseField
from kkpd.belanja.lists import PurchaseCriteria, everything
from kkpd.core.moments import period_name
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Kind, Sel, data_table
from kkpd.records import settings as records_settings

#: The columns that are no field of the purchase, each with its cell.
_OWN: Final[tuple[tuple[Column, Callable[[Any], Sel]], ...]] = (
    (Column("nomor", "Nomor", "angka", 40), lambda row: row.Transaksi.id),
    (Column("kartu", "Kartu", "kode"), lambda row: f"**** {row.nomor_akhir}"),
    (Column("pemegang", "Pemegang", lebar=100), lambda row: row.nama),
    (Column("kelas", "Kelas"), lambda row: row.Transaksi.kelas),
    (Column("status", "Status"), lambda row: row.Transaksi.status),
    (Column("bukti", "Bukti", "angka", 40), lambda row: row.bukti),
    (Column("cocok", "Dipasangkan"), lambda row: "ya" if row.cocok else "tidak"),
)
_ORDER: Final = (
    *("nomor", "tanggal", "merchant", "uraian", "kartu", "pemegang"),
    *("sub_kegiatan", "rekening", "sumber_dana"),
    *(one.name for one in FURTHER),
    *("kelas", "status", "bukti", "cocok", "nilai"),
)


def _field(one: PurchaseField) -> tuple[Column, Callable[[Any], Sel]]:
    def cell(row: Any) -> Sel:
        value: Sel = getattr(row.Transaksi, one.name)
        return value

    if one.kind == "money":
        return Column(one.name, one.word, "uang", one.width, dijumlah=True), cell
    kinds: dict[str, Kind] = {"day": "tanggal", "code": "kode"}
    return Column(one.name, one.word, kinds.get(one.kind, "teks"), one.width), cell


#: (column, what of a selected row stands in it), in order
COLUMNS: Final = [
    {column.kunci: (column, cell) for column, cell in _OWN}.get(name) or _field(FIELDS[name])
    for name in _ORDER
]


def dokumen(session: Session, criteria: PurchaseCriteria, opd: str, day: date) -> FrozenDocument:
    """All filtered rows with their total, dated `day`."""
    rows = [tuple(cell(row) for _, cell in COLUMNS) for row in everything(session, criteria)]
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
        isi=(data_table([column for column, _ in COLUMNS], [("", rows)], judul="Belanja"),),
    )
