"""The facts of the ledger from the rows: final bills and lines that count, links, purchases, what
was explained and paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span, business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import EXAMINERS
from kkpd.ledger import rules as ledger_rules
from kkpd.ledger.active import bill_exists, effective, holds, pair_holds, visible
from kkpd.ledger.rules import BORNE_BY_HOLDER, CHARGED
from kkpd.ledger.shapes import Explanation, Facts, LedgerBill, LedgerLine, Link, Part, Purchase
from kkpd.models import (
    BarisBank,
    Cocok,
    Dokumen,
    DokumenBaris,
    DtsFinal,
    Pencairan,
    Penyelesaian,
    Persetujuan,
    Selisih,
    SumberBaris,
    Tagihan,
    Transaksi,
)

#: Kinds of lines that somebody must account for; a payment of the last bill is not.
COUNTED = ("belanja", "refund", "biaya", "meterai")


def final_bills(session: Session, ids: Sequence[int]) -> Iterator[LedgerBill]:
    """Final bills of these OPDs that an import in force shows, in their order."""
    rows = session.execute(
        select(
            Tagihan.id,
            Tagihan.opd_id,
            Tagihan.tahun,
            Tagihan.bulan,
            Tagihan.tanggal,
            Tagihan.jatuh_tempo,
            Tagihan.kartu_akhir,
            Tagihan.at,
        )
        .where(Tagihan.opd_id.in_(ids), Tagihan.jenis == "final", bill_exists())
        .order_by(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan, Tagihan.tanggal, Tagihan.id)
    )
    for id_, opd_id, year, month, day, due, card, at in rows:
        known = min(day or Span(year, month, month).sampai, business_day(at))
        yield LedgerBill(id_, opd_id, (year, month), known, due, card or "", day)


def bank_lines(
    session: Session, ids: Sequence[int], known: Mapping[int, LedgerBill], day: date
) -> Iterator[LedgerLine]:
    """Lines that count, booked up to the day; `known` are the final bills that are out by then.

    A line belongs to the bill that brought it. A line of a list (interim, or without date and
    totals) belongs to the first bill that shows it too, once there is one.
    """
    shown = _shown(session, ids)
    rows = session.execute(
        select(
            BarisBank.id,
            BarisBank.opd_id,
            BarisBank.tahun,
            BarisBank.bulan,
            BarisBank.jenis,
            BarisBank.nilai,
            func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting),
            BarisBank.kartu_id,
            BarisBank.tagihan_id,
        )
        .where(BarisBank.opd_id.in_(ids), BarisBank.jenis.in_(COUNTED), effective())
        .order_by(BarisBank.id)
    )
    for id_, opd_id, year, month, kind, amount, on, card_id, tagihan_id in rows:
        if (year, month) > (day.year, day.month):
            continue
        bills_of = [one for one in (tagihan_id, *shown.get(id_, ())) if one in known]
        printed = (one for one in bills_of if known[one].printed is not None)
        bill_id = next(printed, bills_of[0] if bills_of else None)
        when = on or date(year, month, 1)
        yield LedgerLine(id_, opd_id, (year, month), kind, amount, when, card_id, bill_id)


def _shown(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    """Line -> other final bills that show it, or its final line where it is an interim one."""
    found: dict[int, list[int]] = defaultdict(list)
    seen = session.execute(
        select(SumberBaris.baris_bank_id, SumberBaris.tagihan_id)
        .where(SumberBaris.opd_id.in_(ids), visible())
        .order_by(SumberBaris.id)
    )
    for line_id, bill_id in seen:
        found[line_id].append(bill_id)
    pairs = session.execute(
        select(DtsFinal.dts_id, DtsFinal.final_id, BarisBank.tagihan_id)
        .join(BarisBank, BarisBank.id == DtsFinal.final_id)
        .where(DtsFinal.opd_id.in_(ids), pair_holds())
    )
    for interim_id, final_id, bill_id in pairs:
        found[interim_id] = [bill_id, *found.get(final_id, ()), *found.get(interim_id, ())]
    return found


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
    bills = {bill.id: bill for bill in final_bills(session, ids) if bill.day <= day}
    lines = {line.id: line for line in bank_lines(session, ids, bills, day)}
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
