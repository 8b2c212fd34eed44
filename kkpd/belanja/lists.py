"""Purchases in lists: filtered, sorted, paged by key, with the total of all filtered rows.

The filtered purchases as a frozen table, from which CSV and XLSX are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Result, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from kkpd.belanja.fields import FIELDS, FURTHER, PurchaseField
from kkpd.core.moments import period_name
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.shapes import shaped
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Kind, Sel, data_table
from kkpd.models import Bukti, Cocok, Kartu, Orang, Temuan, Transaksi
from kkpd.records import settings as records_settings

#: Rows on one page.
PAGE_SIZE: Final = 50
SORT_KEYS: Final = ("tanggal", "nilai", "merchant")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseCriteria:
    """Which purchases of one OPD. None or empty text: not filtered.

    `pemegang_id` limits to the purchases of one person as holder or actual user.
    """

    opd_id: int
    tahun: int | None = None
    bulan: int | None = None
    status: str = ""
    kelas: str = ""
    kartu_id: int | None = None
    bukti: str = ""
    temuan: str = ""
    cocok: str = ""
    cari: str = ""
    pemegang_id: int | None = None


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A purchase in a list."""

    id: int
    tanggal: date
    merchant: str
    uraian: str
    sub_kegiatan: str
    rekening: str
    sumber_dana: str
    nilai: Rupiah
    kelas: str
    status: str
    nota: str
    kartu_id: int
    kartu_akhir: str
    card_kind: str
    pemegang: str
    bukti: int
    cocok: bool
    temuan: tuple[tuple[str, str], ...] = ()

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is still missing before the line can go on a DPR."""
        if self.status not in ("tercatat", "berbukti"):
            return ()
        missing = []
        if not self.bukti:
            missing.append("bukti")
        if self.kelas == "ragu":
            missing.append("kelas")
        return tuple(missing)


@dataclass(frozen=True, slots=True)
class PurchasePage:
    """One page of rows; `sesudah` is the key of the next page, None on the last."""

    baris: tuple[PurchaseRow, ...]
    sesudah: str | None


@dataclass(frozen=True, slots=True)
class PurchaseTotals:
    """How many rows the filter has and what they add up to."""

    baris: int
    nilai: Rupiah


def listing(
    session: Session,
    criteria: PurchaseCriteria,
    urut: tuple[str, bool] = ("tanggal", True),
    sesudah: str | None = None,
    bound: int = PAGE_SIZE,
) -> PurchasePage:
    """A page of purchases in order (column of SORT_KEYS, descending or not), after a key."""
    column, descending = _column(urut[0]), urut[1]
    statement = _rows().where(*_conditions(criteria))
    after = _after(urut[0], sesudah)
    if after is not None:
        value, id_ = after
        past = column < value if descending else column > value
        beyond = Transaksi.id < id_ if descending else Transaksi.id > id_
        statement = statement.where(or_(past, and_(column == value, beyond)))
    order = (column.desc(), Transaksi.id.desc()) if descending else (column, Transaksi.id)
    rows = session.execute(statement.order_by(*order).limit(bound + 1)).all()
    made = _with_findings(session, criteria.opd_id, [_row(row) for row in rows[:bound]])
    more = len(rows) > bound
    return PurchasePage(made, _key(urut[0], made[-1]) if more else None)


def everything(session: Session, criteria: PurchaseCriteria) -> Result[Any]:
    """Every filtered purchase as selected, oldest first, for a download."""
    statement = _rows().where(*_conditions(criteria)).order_by(Transaksi.tanggal, Transaksi.id)
    return session.execute(statement.execution_options(yield_per=1000))


def jumlah(session: Session, criteria: PurchaseCriteria) -> PurchaseTotals:
    """Count and sum of all filtered rows."""
    count, amount = session.execute(
        select(func.count(), func.sum(Transaksi.nilai)).where(*_conditions(criteria))
    ).one()
    return PurchaseTotals(count, amount or ZERO)


def _has_evidence() -> ColumnElement[bool]:
    return exists().where(Bukti.transaksi_id == Transaksi.id, Bukti.dicabut_at.is_(None))


def _is_matched() -> ColumnElement[bool]:
    return exists().where(Cocok.transaksi_id == Transaksi.id, Cocok.dicabut_at.is_(None))


def _has_finding() -> ColumnElement[bool]:
    return exists().where(
        Temuan.opd_id == Transaksi.opd_id,
        Temuan.subjek == "transaksi:" + cast(Transaksi.id, String),
        Temuan.selesai_at.is_(None),
    )


def _rows() -> Select[Any]:
    evidence = (
        select(func.count())
        .select_from(Bukti)
        .where(Bukti.transaksi_id == Transaksi.id, Bukti.dicabut_at.is_(None))
        .scalar_subquery()
    )
    statement: Select[Any] = (
        select(
            Transaksi,
            Kartu.nomor_akhir,
            Kartu.jenis.label("card_kind"),
            Orang.nama,
            evidence.label("bukti"),
            _is_matched().label("cocok"),
        )
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .join(Orang, Orang.id == Transaksi.pemegang_id)
    )
    return statement


def _conditions(wanted: PurchaseCriteria) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Transaksi.opd_id == wanted.opd_id]
    for name in ("tahun", "bulan", "status", "kelas", "kartu_id"):
        value = getattr(wanted, name)
        if value not in (None, ""):
            found.append(getattr(Transaksi, name) == value)
    if not wanted.status:
        found.append(Transaksi.status != "dibatalkan")
    for name, test in (
        ("bukti", _has_evidence),
        ("cocok", _is_matched),
        ("temuan", _has_finding),
    ):
        answer = getattr(wanted, name)
        if answer in ("ada", "tanpa"):
            found.append(test() if answer == "ada" else ~test())
    if wanted.pemegang_id is not None:
        own = wanted.pemegang_id
        found.append(or_(Transaksi.pemegang_id == own, Transaksi.pemakai_id == own))
    return found + [_holds(word) for word in wanted.cari.split()[:6]]


def _holds(word: str) -> ColumnElement[bool]:
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    columns = (Transaksi.merchant, Transaksi.uraian, Transaksi.nota, Transaksi.rekening)
    return or_(*(column.ilike(f"%{plain}%", escape="\\") for column in columns))


def _column(name: str) -> Any:
    """The sort column; names are compared without regard to case."""
    return func.lower(Transaksi.merchant) if name == "merchant" else getattr(Transaksi, name)


def _key(name: str, row: PurchaseRow) -> str:
    value = {
        "tanggal": row.tanggal.isoformat(),
        "nilai": str(row.nilai.sen),
        "merchant": row.merchant.lower(),
    }[name]
    return f"{row.id}~{value}"


def _after(name: str, key: str | None) -> tuple[Any, int] | None:
    """The sort value and id of a paging key; an invalid key means the first page."""
    id_, mark, value = (key or "").partition("~")
    if not (mark and id_.isascii() and id_.isdigit() and len(id_) < 19):
        return None
    try:
        if name == "tanggal":
            return date.fromisoformat(value), int(id_)
        return (Rupiah(int(value)) if name == "nilai" else value), int(id_)
    except ValueError:
        return None


def _row(row: Any) -> PurchaseRow:
    return shaped(
        PurchaseRow,
        row.Transaksi,
        kartu_akhir=row.nomor_akhir,
        card_kind=row.card_kind,
        pemegang=row.nama,
        bukti=row.bukti,
        cocok=row.cocok,
        temuan=(),
    )


def _with_findings(
    session: Session, opd_id: int, rows: list[PurchaseRow]
) -> tuple[PurchaseRow, ...]:
    names = {f"transaksi:{row.id}": row.id for row in rows}
    found: dict[int, list[tuple[str, str]]] = {}
    for subjek, aturan, berat in session.execute(
        select(Temuan.subjek, Temuan.aturan, Temuan.berat)
        .where(Temuan.opd_id == opd_id, Temuan.subjek.in_(names), Temuan.selesai_at.is_(None))
        .order_by(Temuan.id)
    ):
        found.setdefault(names[subjek], []).append((aturan, berat))
    return tuple(replace(row, temuan=tuple(found.get(row.id, ()))) for row in rows)


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
