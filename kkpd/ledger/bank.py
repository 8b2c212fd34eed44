"""Reads the bank side of the ledger: final bills, and the lines that count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span, business_day
from kkpd.ledger.active import bill_exists, effective, pair_holds, visible
from kkpd.ledger.shapes import LedgerBill, LedgerLine
from kkpd.models import BarisBank, DtsFinal, SumberBaris, Tagihan

#: Kinds of lines that somebody must account for; a payment of the last bill is not.
COUNTED = ("belanja", "refund", "biaya", "meterai")


def bills(session: Session, ids: Sequence[int]) -> Iterator[LedgerBill]:
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


def lines(
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
