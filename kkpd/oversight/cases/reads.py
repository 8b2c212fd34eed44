"""Cases for people: filtered, sorted and counted lists, and one case with all it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.ledger.active import is_given
from kkpd.models import (
    BarisBank,
    Berkas,
    Case,
    CaseItem,
    CaseStep,
    Cocok,
    Opd,
    Orang,
    Tagihan,
    Transaksi,
)
from kkpd.records.cases import BILL, LINE, PURCHASE, numbers

PAGE_SIZE: Final = 40
#: A case that still needs somebody.
WAITING: Final = ("terbuka", "dijawab")

_SEVERITY: Final = case((Case.berat == "salah", 2), (Case.berat == "perhatian", 1), else_=0)
SORT_KEYS: Final[Mapping[str, ColumnElement[Any]]] = MappingProxyType(
    {
        "nilai": Case.nilai.expression,
        "berat": _SEVERITY,
        "tempo": Case.jatuh_tempo.expression,
        "dibuka": Case.dibuka_at.expression,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What of the cases is wanted. `opds` None is every OPD; `status` is a status, `menunggu` or
    empty for all; `late` before which day an answer was due, `due` between which days (None: open).
    """

    opds: Collection[int] | None
    status: str = "menunggu"
    rule: str = ""
    severity: str = ""
    year: int | None = None
    owner_id: int | None = None
    late: date | None = None
    due: tuple[date | None, date | None] = (None, None)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list; `refs` are the bank's references of its lines, else rows of the file."""

    id: int
    opd_id: int
    slug: str
    opd: str
    tahun: int
    bulan: int
    aturan: str
    berat: str
    status: str
    status_bpk: str
    hasil: str | None
    nilai: Rupiah
    jatuh_tempo: date
    dibuka_at: datetime
    pemilik_id: int | None
    pemilik: str
    pesan: str
    butir: int
    refs: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a list with the true totals over all pages."""

    rows: tuple[CaseRow, ...]
    count: int
    amount: Rupiah
    next_up: int | None


def page(
    session: Session,
    wanted: CaseFilter,
    order: tuple[str, bool] = ("nilai", True),
    skip: int = 0,
    limit: int | None = PAGE_SIZE,
) -> CasePage:
    """The cases behind the first `skip` ones; `limit` None gives all."""
    count, amount = session.execute(
        select(func.count(), func.sum(Case.nilai)).where(*_where(wanted))
    ).one()
    key, descending = order
    column = SORT_KEYS[key]
    query = _rows(wanted).order_by(column.desc() if descending else column.asc(), Case.id)
    query = query.offset(skip).limit(limit) if limit is not None else query
    found = session.execute(query).all()
    refs = references(session, [row[0].id for row in found])
    rows = tuple(_row(row, refs) for row in found)
    more = limit is not None and skip + limit < count
    return CasePage(rows, count, amount or ZERO, skip + (limit or 0) if more else None)


def _where(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.opds is not None:
        found.append(Case.opd_id.in_(wanted.opds))
    if wanted.status == "menunggu":
        found.append(Case.status.in_(WAITING))
    elif wanted.status:
        found.append(Case.status == wanted.status)
    if wanted.rule:
        found.append(Case.aturan == wanted.rule)
    if wanted.severity:
        found.append(Case.berat == wanted.severity)
    if wanted.year is not None:
        found.append(Case.tahun == wanted.year)
    if wanted.owner_id is not None:
        found.append(Case.pemilik_id == wanted.owner_id)
    if wanted.late is not None:
        found += [Case.jatuh_tempo < wanted.late, Case.status == "terbuka"]
    first, last = wanted.due
    if first is not None:
        found.append(Case.jatuh_tempo >= first)
    if last is not None:
        found.append(Case.jatuh_tempo <= last)
    return found


def _rows(wanted: CaseFilter) -> Select[Any]:
    first = (
        select(CaseItem.pesan)
        .where(CaseItem.kasus_id == Case.id, CaseItem.aturan == Case.aturan)
        .order_by(CaseItem.id)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    items = (
        select(func.count()).where(CaseItem.kasus_id == Case.id).correlate(Case).scalar_subquery()
    )
    return (
        select(Case, Opd.slug, Opd.nama, Orang.nama, first, items)
        .join(Opd, Opd.id == Case.opd_id)
        .outerjoin(Orang, Orang.id == Case.pemilik_id)
        .where(*_where(wanted))
    )


def _row(row: Any, refs: Mapping[int, tuple[str | int, ...]]) -> CaseRow:
    one, slug, opd, owner, message, items = row
    return CaseRow(
        one.id,
        one.opd_id,
        slug,
        opd,
        one.tahun,
        one.bulan,
        one.aturan,
        one.berat,
        one.status,
        one.status_bpk,
        one.hasil,
        one.nilai,
        one.jatuh_tempo,
        one.dibuka_at,
        one.pemilik_id,
        owner or "",
        message or "",
        items,
        refs.get(one.id, ()),
    )


def references(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[str | int, ...]]:
    """Case -> the bank's reference of each of its lines, or the row in the file without one."""
    rows = session.execute(
        select(CaseItem.kasus_id, CaseItem.subjek).where(CaseItem.kasus_id.in_(case_ids))
    ).all()
    purchases = numbers((row.subjek for row in rows), PURCHASE)
    linked = defaultdict(list)
    for purchase_id, line_id in session.execute(
        select(Cocok.transaksi_id, Cocok.baris_bank_id).where(
            Cocok.transaksi_id.in_(purchases), Cocok.dicabut_at.is_(None)
        )
    ):
        linked[f"{PURCHASE}{purchase_id}"].append(f"{LINE}{line_id}")
    lines: dict[int, set[int]] = defaultdict(set)
    for case_id, subject in rows:
        lines[case_id] |= numbers([subject, *linked.get(subject, ())], LINE)
    names = {
        row.id: row.referensi or row.baris
        for row in session.execute(
            select(BarisBank.id, BarisBank.referensi, BarisBank.baris).where(
                BarisBank.id.in_({id_ for ids in lines.values() for id_ in ids})
            )
        )
    }
    return {
        case_id: tuple(dict.fromkeys(names[id_] for id_ in sorted(ids)))
        for case_id, ids in lines.items()
    }


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One fact of a case, with what its page leads to."""

    item: CaseItem
    line: BarisBank | None
    bill: Tagihan | None
    purchase: Transaksi | None
    purchases: tuple[Transaksi, ...]
    file: Berkas | None


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step, with who took it and the file that came with it."""

    step: CaseStep
    who: str
    file: Berkas | None


@dataclass(frozen=True, slots=True)
class ShownCase:
    """One case with all it is about."""

    case: Case
    opd: Opd
    owner: str
    items: tuple[ShownItem, ...]
    steps: tuple[ShownStep, ...]

    @property
    def clears(self) -> tuple[str, ...]:
        """What would settle it, each sentence once."""
        return tuple(dict.fromkeys(one.item.jernih for one in self.items if one.item.jernih))

    @property
    def bases(self) -> tuple[str, ...]:
        """The legal bases of its rules, each once."""
        return tuple(dict.fromkeys(one.item.dasar for one in self.items if one.item.dasar))


def one_case(session: Session, actor: Actor, case_id: int) -> ShownCase:
    """The case; NotFound where the actor may not see its OPD."""
    found = session.get(Case, case_id)
    if found is None or not actor.sees(found.opd_id):
        raise NotFound("Tindak lanjut tidak ditemukan.")
    require(actor, "temuan:lihat", found.opd_id)
    owner = session.scalar(select(Orang.nama).where(Orang.id == found.pemilik_id))
    return ShownCase(
        found,
        session.get_one(Opd, found.opd_id),
        owner or "",
        tuple(_items(session, found)),
        tuple(_steps(session, found)),
    )


def _items(session: Session, found: Case) -> list[ShownItem]:
    items = session.scalars(
        select(CaseItem).where(CaseItem.kasus_id == found.id).order_by(CaseItem.id)
    ).all()
    subjects = [one.subjek for one in items]
    lines = _lines(session, subjects)
    linked = defaultdict(list)
    for line_id, purchase in session.execute(
        select(Cocok.baris_bank_id, Transaksi)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(
            Cocok.baris_bank_id.in_(numbers(subjects, LINE)),
            Cocok.dicabut_at.is_(None),
        )
    ):
        linked[f"{LINE}{line_id}"].append(purchase)
    bills = {
        f"{BILL}{row.id}": (row, file)
        for row, file in session.execute(
            select(Tagihan, Berkas)
            .join(Berkas, Berkas.id == Tagihan.berkas_id)
            .where(Tagihan.id.in_(numbers(subjects, BILL)))
        )
    }
    purchases = {
        f"{PURCHASE}{row.id}": row
        for row in session.scalars(
            select(Transaksi).where(Transaksi.id.in_(numbers(subjects, PURCHASE)))
        )
    }
    shown = []
    for item in items:
        about = item.subjek
        line, of_line = lines.get(about, (None, None))
        bill, of_bill = bills.get(about, (None, None))
        bought = tuple(linked[about]) if line is not None else ()
        shown.append(ShownItem(item, line, bill, purchases.get(about), bought, of_line or of_bill))
    return shown


def _lines(session: Session, subjects: Sequence[str]) -> dict[str, tuple[BarisBank, Berkas]]:
    rows = session.execute(
        select(BarisBank, Berkas)
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .where(BarisBank.id.in_(numbers(subjects, LINE)), is_given())
    )
    return {f"{LINE}{row.id}": (row, file) for row, file in rows}


def _steps(session: Session, found: Case) -> list[ShownStep]:
    rows = session.execute(
        select(CaseStep, Orang.nama, Berkas)
        .outerjoin(Orang, Orang.id == CaseStep.oleh_id)
        .outerjoin(Berkas, Berkas.id == CaseStep.berkas_id)
        .where(CaseStep.kasus_id == found.id)
        .order_by(CaseStep.id)
    )
    return [ShownStep(step, who or "", file) for step, who, file in rows]


def rules(session: Session, opds: Collection[int] | None) -> list[str]:
    """The rules that cases of these OPDs bear, for choosing."""
    query = select(Case.aturan).distinct().order_by(Case.aturan)
    return list(session.scalars(query if opds is None else query.where(Case.opd_id.in_(opds))))
