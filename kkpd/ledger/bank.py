"""What the bank side of the ledger is read from: final bills, and the lines that count."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.rentang import Rentang
from kkpd.domain.waktu import business_day
from kkpd.ledger.active import berlaku, pasangan_berlaku, tagihan_ada, terlihat
from kkpd.ledger.shapes import Bill, Line
from kkpd.models import BarisBank, DtsFinal, SumberBaris, Tagihan

#: Kinds of lines that are money for somebody to account for; a payment of the last bill is not.
COUNTED = ("belanja", "refund", "biaya", "meterai")


def bills(session: Session, ids: Sequence[int]) -> Iterator[Bill]:
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
        .where(Tagihan.opd_id.in_(ids), Tagihan.jenis == "final", tagihan_ada())
        .order_by(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan, Tagihan.tanggal, Tagihan.id)
    )
    for id_, opd_id, year, month, day, due, card, at in rows:
        known = min(day or Rentang(year, month, month).sampai, business_day(at))
        yield Bill(id_, opd_id, (year, month), known, due, card or "", day)


def lines(
    session: Session, ids: Sequence[int], known: Collection[int], day: date
) -> Iterator[Line]:
    """Lines that count, booked up to the day; `known` are the bills that are out by then."""
    finals = _final_bills(session, ids)
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
        .where(BarisBank.opd_id.in_(ids), BarisBank.jenis.in_(COUNTED), berlaku())
        .order_by(BarisBank.id)
    )
    for id_, opd_id, year, month, kind, amount, on, card_id, tagihan_id in rows:
        if (year, month) > (day.year, day.month):
            continue
        bill_id = finals.get(id_, tagihan_id)
        final = bill_id if bill_id in known else None
        when = on or date(year, month, 1)
        yield Line(id_, opd_id, (year, month), kind, amount, when, card_id, final)


def _final_bills(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Line of an interim list -> the final bill that shows it, or that shows its final line."""
    found: dict[int, int] = {}
    interim = select(Tagihan.id).where(Tagihan.opd_id.in_(ids), Tagihan.jenis == "dts")
    seen = session.execute(
        select(SumberBaris.baris_bank_id, SumberBaris.tagihan_id)
        .join(Tagihan, Tagihan.id == SumberBaris.tagihan_id)
        .join(BarisBank, BarisBank.id == SumberBaris.baris_bank_id)
        .where(
            SumberBaris.opd_id.in_(ids),
            Tagihan.jenis == "final",
            BarisBank.tagihan_id.in_(interim),
            terlihat(),
        )
        .order_by(SumberBaris.id.desc())
    )
    found.update((line_id, bill_id) for line_id, bill_id in seen)
    pairs = session.execute(
        select(DtsFinal.dts_id, BarisBank.tagihan_id)
        .join(BarisBank, BarisBank.id == DtsFinal.final_id)
        .where(DtsFinal.opd_id.in_(ids), pasangan_berlaku())
    )
    found.update((line_id, bill_id) for line_id, bill_id in pairs)
    return found
