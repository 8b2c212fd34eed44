"""The class of a purchase: the proposal beside the form, and what an OPD's people confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.engines.classify import Classified, ClassMemory, Item, classify, memory_keys
from kkpd.models import IngatanKelas, Orang
from kkpd.records import settings as records_settings


def item_of(
    *,
    uraian: str,
    merchant: str,
    rekening: str,
    nilai: Rupiah | None,
    satuan: str = "",
    volume: int | None = None,
    harga_satuan: Rupiah | None = None,
) -> Item:
    """The classifier's question about a purchase line."""
    return Item(
        uraian=uraian,
        satuan=satuan,
        volume=None if volume is None else Decimal(volume),
        harga=harga_satuan,
        nilai=None if nilai is None else abs(nilai),
        merchant=merchant,
        kode_rekening=rekening,
    )


def usul(session: Session, opd_id: int, thing: Item, tanggal: date) -> Classified:
    """The engine's answer under the OPD's settings of that day and its people's memory."""
    return classify(
        thing,
        capitalisation_limit=records_settings.money(session, "batas_kapitalisasi", tanggal, opd_id),
        book_limit=records_settings.money(session, "batas_kapitalisasi_buku", tanggal, opd_id),
        remembered=_book(session, opd_id, memory_keys(thing)),
    )


def _book(session: Session, opd_id: int, keys: tuple[str, ...]) -> dict[str, ClassMemory]:
    rows = session.execute(
        select(IngatanKelas, Orang.nama)
        .join(Orang, Orang.id == IngatanKelas.oleh_id)
        .where(
            IngatanKelas.opd_id == opd_id,
            IngatanKelas.kunci.in_(keys),
            IngatanKelas.dicabut_at.is_(None),
        )
    )
    return {
        row.kunci: ClassMemory(
            "modal" if row.kelas == "modal" else "operasi",
            business_day(row.at),
            nama,
            row.rekening,
        )
        for row, nama in rows
    }


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """One remembered class as its page shows it."""

    id: int
    kunci: str
    kelas: str
    rekening: str
    at: datetime
    oleh: str


def remembered(session: Session, opd_id: int) -> tuple[MemoryRow, ...]:
    """What the OPD remembers now, newest first."""
    rows = session.execute(
        select(
            IngatanKelas.id,
            IngatanKelas.kunci,
            IngatanKelas.kelas,
            IngatanKelas.rekening,
            IngatanKelas.at,
            Orang.nama,
        )
        .join(Orang, Orang.id == IngatanKelas.oleh_id)
        .where(IngatanKelas.opd_id == opd_id, IngatanKelas.dicabut_at.is_(None))
        .order_by(IngatanKelas.id.desc())
        .limit(500)
    )
    return tuple(MemoryRow(*row) for row in rows)
