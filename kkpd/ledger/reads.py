"""Facts and parts of some OPDs as of a day, read from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import EXAMINERS
from kkpd.ledger import bank
from kkpd.ledger import rules as ledger_rules
from kkpd.ledger.active import holds
from kkpd.ledger.refund_rules import BORNE_BY_HOLDER, CHARGED
from kkpd.ledger.shapes import Explanation, Facts, LedgerBill, LedgerLine, Link, Part, Purchase
from kkpd.models import (
    Cocok,
    Dokumen,
    DokumenBaris,
    Pencairan,
    Penyelesaian,
    Persetujuan,
    Selisih,
    Transaksi,
)

#: `session.info` key of facts cached during one read.
_REMEMBERED = "ledger"
#: States in which a decision of PA or KPA is valid.
_DECIDED = frozenset((*CHARGED, *BORNE_BY_HOLDER))


def parts(session: Session, opd_ids: Collection[int], day: date) -> tuple[Part, ...]:
    """Every part of these OPDs as of the day, of all years."""
    return ledger_rules.split(facts(session, opd_ids, day))


def facts(session: Session, opd_ids: Collection[int], day: date) -> Facts:
    """The facts: what papers say up to `day`, no matter when it was typed."""
    ids = sorted(opd_ids)
    kept = session.info.get(_REMEMBERED)
    if kept is None:
        return _facts(session, ids, day)
    key = (tuple(ids), day)
    if key not in kept:
        kept[key] = _facts(session, ids, day)
    return cast("Facts", kept[key])


@contextmanager
def remembered(session: Session) -> Iterator[None]:
    """Cache the facts of an OPD and day inside the block, in which nothing may be written."""
    session.info[_REMEMBERED] = {}
    try:
        yield
    finally:
        del session.info[_REMEMBERED]


def _facts(session: Session, ids: Sequence[int], day: date) -> Facts:
    bills = {bill.id: bill for bill in bank.bills(session, ids) if bill.day <= day}
    lines = {line.id: line for line in bank.lines(session, ids, bills, day)}
    purchases = {one.id: one for one in _purchases(session, ids, day)}
    found = Facts(day, bills, lines, [], [], purchases)
    for link in _links(session, ids):
        if link.line_id in lines and link.purchase_id in purchases:
            found.links.append(link)
            found.links_of_line.setdefault(link.line_id, []).append(link)
            found.links_of_purchase.setdefault(link.purchase_id, []).append(link)
    for links in found.links_of_purchase.values():
        links.sort(key=lambda link: _order(bills, lines[link.line_id]))
    found.explanations.extend(one for one in _told(session, ids, day) if one.line_id in lines)
    return found


def _order(bills: dict[int, LedgerBill], line: LedgerLine) -> tuple[date, int]:
    return (bills[line.bill_id].day if line.bill_id is not None else date.max, line.id)


def _links(session: Session, ids: Sequence[int]) -> Iterator[Link]:
    rows = session.execute(
        select(Cocok.baris_bank_id, Cocok.transaksi_id, Cocok.nilai)
        .where(Cocok.opd_id.in_(ids), Cocok.dicabut_at.is_(None))
        .order_by(Cocok.id)
    )
    return (Link(line_id, purchase_id, amount) for line_id, purchase_id, amount in rows)


def _told(session: Session, ids: Sequence[int], day: date) -> Iterator[Explanation]:
    paid = _repaid(session, ids, day, Penyelesaian.selisih_id)
    rows = session.execute(
        select(
            Selisih.id,
            Selisih.baris_bank_id,
            Selisih.jenis,
            Selisih.nilai,
            Selisih.pemilik_id,
            Selisih.jatuh_tempo,
        )
        .where(
            Selisih.opd_id.in_(ids),
            Selisih.dicabut_at.is_(None),
            Selisih.baris_bank_id.is_not(None),
            Selisih.nilai != ZERO,
        )
        .order_by(Selisih.id)
    )
    for id_, line_id, kind, amount, owner_id, due in rows:
        assert line_id is not None
        yield Explanation(id_, line_id, kind, amount, owner_id, due, paid.get(id_, ZERO))


def _repaid(session: Session, ids: Sequence[int], day: date, column: Any) -> dict[int, Rupiah]:
    rows = session.execute(
        select(column, func.sum(Penyelesaian.nilai))
        .where(Penyelesaian.opd_id.in_(ids), column.is_not(None), Penyelesaian.tanggal <= day)
        .group_by(column)
    )
    return {id_: amount for id_, amount in rows}  # noqa: C416 -- a Row is no typed pair


def _purchases(session: Session, ids: Sequence[int], day: date) -> Iterator[Purchase]:
    decided = {id_: (amount, on) for id_, amount, on in _decisions(session, ids) if on <= day}
    papers = {row[0]: row[1:] for row in _dpts(session, ids) if row[-1] <= day}
    steps = _steps(session, ids, day)
    repaid = _repaid(session, ids, day, Penyelesaian.transaksi_id)
    for row in session.execute(_purchase_rows(ids, day)):
        id_, status = row.id, row.status
        approved, on = decided.get(id_, (None, None)) if status in _DECIDED else (None, None)
        dpt_id, dpt_month, bill_id, dpt_on = papers.get(id_, (None, None, None, None))
        yield Purchase(
            id=id_,
            opd_id=row.opd_id,
            month=(row.tahun, row.bulan),
            day=row.tanggal,
            amount=row.nilai,
            status=status,
            origin_id=row.asal_id,
            card_id=row.kartu_id,
            holder_id=row.pemegang_id,
            user_id=row.pemakai_id,
            approved=approved,
            decided_on=on,
            dpt_id=dpt_id,
            dpt_month=dpt_month,
            dpt_bill_id=bill_id,
            dpt_on=dpt_on,
            sp2d_on=steps.get((dpt_id, "sp2d")),
            paid_on=steps.get((dpt_id, "bayar")),
            repaid=repaid.get(id_, ZERO),
        )


def _purchase_rows(ids: Sequence[int], day: date) -> Select[Any, *tuple[Any, ...]]:
    return (
        select(
            Transaksi.id,
            Transaksi.opd_id,
            Transaksi.tahun,
            Transaksi.bulan,
            Transaksi.tanggal,
            Transaksi.nilai,
            Transaksi.status,
            Transaksi.asal_id,
            Transaksi.kartu_id,
            Transaksi.pemegang_id,
            Transaksi.pemakai_id,
        )
        .where(
            Transaksi.opd_id.in_(ids),
            Transaksi.status != "dibatalkan",
            Transaksi.tahun * 100 + Transaksi.bulan <= day.year * 100 + day.month,
            Transaksi.tanggal <= day,
        )
        .order_by(Transaksi.id)
    )


def _decisions(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Rupiah, date]]:
    """(purchase, what is approved of it, day) by the newest decision of PA or KPA on each."""
    newest = (
        select(func.max(Persetujuan.id).label("id"))
        .where(Persetujuan.opd_id.in_(ids), Persetujuan.peran.in_(EXAMINERS))
        .group_by(Persetujuan.transaksi_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Persetujuan.transaksi_id, Persetujuan.keputusan, Persetujuan.nilai, Persetujuan.at
        ).join(newest, newest.c.id == Persetujuan.id)
    )
    days: dict[datetime, date] = {}
    for id_, word, amount, at in rows:
        if at not in days:
            days[at] = business_day(at.astimezone(UTC))
        yield id_, amount if word == "setuju" else ZERO, days[at]


def _dpts(
    session: Session, ids: Sequence[int]
) -> Iterator[tuple[int, int, tuple[int, int], int | None, date]]:
    """(purchase, DPT, its month, the bill it pays, its day) of DPTs that hold."""
    rows = session.execute(
        select(
            DokumenBaris.transaksi_id,
            Dokumen.id,
            Dokumen.tahun,
            Dokumen.bulan,
            Dokumen.tagihan_id,
            Dokumen.tanggal,
        )
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(DokumenBaris.opd_id.in_(ids), Dokumen.jenis == "dpt", holds(Dokumen))
        .order_by(Dokumen.id)
    )
    for purchase_id, dpt_id, year, month, bill_id, on in rows:
        yield purchase_id, dpt_id, (year, month), bill_id, on


def _steps(session: Session, ids: Sequence[int], day: date) -> dict[tuple[int | None, str], date]:
    """(DPT, sp2d or bayar) -> its day, of steps recorded for days up to `day`."""
    rows = session.execute(
        select(Pencairan.dpt_id, Pencairan.langkah, Pencairan.tanggal).where(
            and_(Pencairan.opd_id.in_(ids), holds(Pencairan), Pencairan.tanggal <= day)
        )
    )
    found: dict[tuple[int | None, str], date] = defaultdict(lambda: date.max)
    for dpt_id, step, on in rows:
        found[dpt_id, step] = on
    return dict(found)
