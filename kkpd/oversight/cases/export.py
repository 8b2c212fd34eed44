"""The list of cases as a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.moments import period_code
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Row, data_table
from kkpd.oversight.cases.reads import CaseRow
from kkpd.records import settings as records_settings

_COLUMNS: Final = (
    Column("nomor", "Nomor", "angka", 40),
    Column("opd", "OPD", lebar=120),
    Column("periode", "Periode", lebar=50),
    Column("aturan", "Aturan", lebar=80),
    Column("berat", "Berat", lebar=50),
    Column("pesan", "Yang dilihat aturan", lebar=200),
    Column("baris", "Baris bank", lebar=80),
    Column("nilai", "Nilai", "uang", 80, dijumlah=True),
    Column("pemilik", "Pemilik", lebar=100),
    Column("tempo", "Jatuh tempo", lebar=60),
    Column("status", "Status", lebar=50),
    Column("hasil", "Hasil", lebar=80),
    Column("bpk", "Status BPK", lebar=80),
)


def document(session: Session, rows: Iterable[CaseRow], day: date) -> FrozenDocument:
    """These cases as they stand on `day`, in their order."""
    return FrozenDocument(
        formulir="daftar_tindak_lanjut",
        versi=1,
        judul="Tindak lanjut",
        kop=Letterhead(
            records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah", ""
        ),
        tanggal=day,
        isi=(data_table(_COLUMNS, [("", [_row(one) for one in rows])], judul="Tindak lanjut"),),
    )


def _row(one: CaseRow) -> Row:
    return (
        one.id,
        one.opd,
        period_code(one.tahun, one.bulan),
        one.aturan,
        one.berat,
        one.pesan,
        ", ".join(map(str, one.refs)),
        one.nilai,
        one.pemilik,
        one.jatuh_tempo.isoformat(),
        one.status,
        one.hasil or "",
        one.status_bpk,
    )
