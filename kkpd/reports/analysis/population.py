"""The frozen population of an analysis: every payment of a year as a row of a CSV file.

A row is a purchase that was not cancelled, or a bank line of spending or refund without a purchase.
All columns follow from the tables of the audit package (`belanja`, `cocok`, `baris_bank`, `kartu`),
so who has the package can make the same file again. Its SHA-256 is in the event of the analysis.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Select, exists, func, literal, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.money import Rupiah, total
from kkpd.engines.paper.model import rupiah_text
from kkpd.ledger.active import effective
from kkpd.models import BarisBank, Cocok, Kartu, Opd, Transaksi
from kkpd.records.cases import LINE, PURCHASE
from kkpd.reports.package.write import data_table

#: Titles by which `kkpd analyze --file` finds the columns again.
COLUMNS: Final = (
    *("id", "opd", "tanggal", "nilai", "kartu", "vendor", "nota", "mcc", "kode_rekening"),
    *("kelas", "sub_kegiatan", "referensi", "uraian", "satuan", "harga_satuan"),
)
#: What of the bank's lines is spending.
_SPENDING: Final = ("belanja", "refund")
_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Population:
    """The file, the subject of each row in order (`transaksi:7`, `baris_bank:9`), their sum."""

    data: bytes
    subjects: tuple[str, ...]
    amount: Rupiah

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the file."""
        return sha256(self.data).hexdigest()


def freeze(session: Session, year: int, opd_ids: Collection[int]) -> Population:
    """The payments of these OPDs in a budget year: purchases first, then lines without a purchase,
    each by its key. NotFound where there are none.
    """
    rows: list[list[str]] = []
    amounts: list[Rupiah] = []
    for kind, statement in (
        (PURCHASE, _purchases(year, opd_ids)),
        (LINE, _lines(year, opd_ids)),
    ):
        for key, office, *cells in session.execute(statement.execution_options(yield_per=_AT_ONCE)):
            rows.append([f"{kind}{key}", office, *map(_cell, cells)])
            amounts.append(cells[1])
    if not rows:
        raise NotFound(
            f"Tidak ada belanja dan baris bank pada tahun {year}. Periksa tahun dan OPD-nya.",
            field="tahun",
        )
    return Population(data_table(COLUMNS, rows), tuple(row[0] for row in rows), total(amounts))


def _cell(value: object) -> str:
    if isinstance(value, Rupiah):
        return rupiah_text(value)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _purchases(year: int, opd_ids: Collection[int]) -> Select[Any]:
    """Each purchase, with MCC and reference of the first line that pays it."""
    first = (
        select(Cocok.transaksi_id, func.min(Cocok.baris_bank_id).label("line"))
        .where(Cocok.opd_id.in_(opd_ids), Cocok.dicabut_at.is_(None))
        .group_by(Cocok.transaksi_id)
        .subquery()
    )
    one = Transaksi
    return (
        select(one.id, Opd.slug, one.tanggal, one.nilai, Kartu.nomor_akhir, one.merchant, one.nota)
        .add_columns(BarisBank.mcc, one.rekening, one.kelas, one.sub_kegiatan, BarisBank.referensi)
        .add_columns(one.uraian, one.satuan, one.harga_satuan)
        .join(Opd, Opd.id == one.opd_id)
        .join(Kartu, Kartu.id == one.kartu_id)
        .outerjoin(first, first.c.transaksi_id == one.id)
        .outerjoin(BarisBank, BarisBank.id == first.c.line)
        .where(one.opd_id.in_(opd_ids), one.tahun == year, one.status != "dibatalkan")
        .order_by(one.id)
    )


def _lines(year: int, opd_ids: Collection[int]) -> Select[Any]:
    """Each line that counts and has no purchase; its budget columns are empty."""
    one, nothing = BarisBank, literal("")
    day = func.coalesce(one.tanggal_transaksi, one.tanggal_posting)
    linked = exists().where(Cocok.baris_bank_id == one.id, Cocok.dicabut_at.is_(None))
    vendor = func.coalesce(func.nullif(one.merchant, ""), one.keterangan)
    return (
        select(one.id, Opd.slug, day, one.nilai, one.kartu_akhir, vendor, nothing.label("nota"))
        .add_columns(one.mcc, nothing.label("a"), nothing.label("b"), nothing.label("c"))
        .add_columns(one.referensi, *(nothing.label(name) for name in "def"))
        .join(Opd, Opd.id == one.opd_id)
        .where(one.opd_id.in_(opd_ids), one.tahun == year, one.jenis.in_(_SPENDING))
        .where(effective(), ~linked)
        .order_by(one.id)
    )
