"""One search over purchases, bank lines and papers: by amount, shop, number or person.

Each thing that is found leads to its page, so a trail can begin at whatever a person holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.ledger.active import is_given
from kkpd.models import BarisBank, Cocok, Dokumen, Kartu, Opd, Orang, Transaksi

#: Rows of a kind on the page; the count is of all of them.
MOST: Final = 20
#: Letters of what is looked for.
LENGTH: Final = (2, 80)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One thing found. `slug`, `tahun` and `bulan` place it; `about` says more, of a paper its
    kind; `bill_id` is the bill of a bank line.
    """

    id: int
    slug: str | None
    opd: str | None
    tahun: int
    bulan: int
    tanggal: date | None
    name: str
    about: str
    nilai: Rupiah
    bill_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The first rows of a kind, and how many there are."""

    rows: tuple[FoundRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found of each kind."""

    purchases: Found
    lines: Found
    papers: Found


def search(session: Session, words: str, opds: Collection[int] | None) -> SearchResult:
    """What bears these words or this amount, within these OPDs (None: all), newest first;
    DomainError where the words are too short or too long.
    """
    words = words.strip()
    if not LENGTH[0] <= len(words) <= LENGTH[1]:
        raise DomainError(
            f"Tulis {LENGTH[0]} sampai {LENGTH[1]} huruf atau angka yang dicari.", field="q"
        )
    people = select(Orang.id).where(Orang.nama.icontains(words, autoescape=True))
    asked = _Asked(words, _amounts(words), people, opds)
    return SearchResult(_purchases(session, asked), _lines(session, asked), _papers(session, asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked for: the words, the amounts and people they may mean, and where."""

    words: str
    amounts: Collection[Rupiah]
    people: Select[int]
    opds: Collection[int] | None

    def within(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """The rows of these OPDs."""
        return true() if self.opds is None else column.in_(self.opds)

    def borne(self, *columns: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
        """The rows that bear the words in one of these columns."""
        return [column.icontains(self.words, autoescape=True) for column in columns]


def _amounts(words: str) -> tuple[Rupiah, ...]:
    """The amount that is meant, as a charge and as a refund; none where it is no amount."""
    try:
        amount = abs(Rupiah.parse(words))
    except DomainError:
        return ()
    return amount, -amount


def _purchases(session: Session, asked: _Asked) -> Found:
    row = Transaksi
    wanted = or_(
        row.nilai.in_(asked.amounts),
        *asked.borne(row.merchant, row.uraian, row.nota),
        row.pemegang_id.in_(asked.people),
        row.pemakai_id.in_(asked.people),
    )
    columns = (row.tanggal, row.merchant, row.uraian, row.nilai)
    query = select(row.id, Opd.slug, Opd.nama, row.tahun, row.bulan, *columns)
    query = query.join(Opd, Opd.id == row.opd_id).where(wanted, asked.within(row.opd_id))
    return _found(session, query, row.tanggal, row.id)


def _lines(session: Session, asked: _Asked) -> Found:
    row = BarisBank
    cards = select(Kartu.id).where(Kartu.pemegang_id.in_(asked.people))
    wanted = or_(
        row.nilai.in_(asked.amounts),
        *asked.borne(row.merchant, row.keterangan, row.referensi),
        row.kartu_id.in_(cards),
    )
    told = func.coalesce(row.referensi, "")
    columns = (row.tanggal_transaksi, row.keterangan, told, row.nilai, row.tagihan_id)
    query = select(row.id, Opd.slug, Opd.nama, row.tahun, row.bulan, *columns)
    query = query.join(Opd, Opd.id == row.opd_id)
    query = query.where(wanted, is_given(), asked.within(row.opd_id))
    return _found(session, query, row.tanggal_transaksi, row.id)


def _papers(session: Session, asked: _Asked) -> Found:
    row = Dokumen
    wanted = or_(
        row.total.in_(asked.amounts),
        *asked.borne(row.nomor, row.judul),
        row.oleh_id.in_(asked.people),
    )
    columns = (row.tanggal, row.nomor, row.jenis, row.total)
    query = select(row.id, Opd.slug, Opd.nama, row.tahun, row.bulan, *columns)
    query = query.outerjoin(Opd, Opd.id == row.opd_id).where(wanted, asked.within(row.opd_id))
    return _found(session, query, row.tanggal, row.id)


def _found(
    session: Session,
    query: Select[*tuple[Any, ...]],
    newest: InstrumentedAttribute[Any],
    key: InstrumentedAttribute[int],
) -> Found:
    count = session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = session.execute(query.order_by(newest.desc(), key.desc()).limit(MOST))
    return Found(tuple(FoundRow(*row) for row in rows), count or 0)


@dataclass(frozen=True, slots=True)
class LinkedPurchase:
    """A purchase that a bank line is matched with."""

    id: int
    tahun: int
    bulan: int
    merchant: str
    nilai: Rupiah


def purchases_of(session: Session, line_ids: Iterable[int]) -> Mapping[int, list[LinkedPurchase]]:
    """Bank line -> the purchases that it is matched with."""
    row = Transaksi
    found: dict[int, list[LinkedPurchase]] = defaultdict(list)
    rows = session.execute(
        select(Cocok.baris_bank_id, row.id, row.tahun, row.bulan, row.merchant, row.nilai)
        .join(row, row.id == Cocok.transaksi_id)
        .where(Cocok.baris_bank_id.in_(line_ids), Cocok.dicabut_at.is_(None))
        .order_by(Cocok.id)
    )
    for line_id, id_, tahun, bulan, merchant, nilai in rows:
        found[line_id].append(LinkedPurchase(id_, tahun, bulan, merchant, nilai))
    return found
