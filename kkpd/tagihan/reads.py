"""Bills as people see them: the month's list, and one bill with its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.ledger.active import (
    bill_exists,
    is_given,
    line_of_bill,
    pair_holds,
    visible,
    withdrawn_before,
)
from kkpd.ledger.shapes import Month
from kkpd.models import BarisBank, Berkas, DtsFinal, SumberBaris, Tagihan, Temuan
from kkpd.tagihan.bills import PrintedTotals

#: Lines and receipts on one page.
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class BillRow:
    """One bill in a list. `total` None: a list without printed totals."""

    id: int
    jenis: str
    kartu_akhir: str | None
    tanggal: date | None
    jatuh_tempo: date | None
    previous: Rupiah | None
    pembayaran: Rupiah | None
    belanja_baru: Rupiah | None
    total: Rupiah | None
    baris: int
    bank_billed: Rupiah
    at: datetime
    bulan: Month

    @property
    def printed_totals(self) -> PrintedTotals:
        """The printed totals."""
        return PrintedTotals(self.previous, self.pembayaran, self.belanja_baru, self.total)

    @property
    def selisih(self) -> Rupiah | None:
        """What the printed totals ask for beyond the lines; None where nothing is printed."""
        wanted = self.printed_totals.expected
        return None if wanted is None else wanted - self.bank_billed

    @property
    def discrepancy(self) -> Rupiah | None:
        """What the printed total has beyond previous + new - payments."""
        return self.printed_totals.discrepancy

    def days_left(self, this_day: date) -> int | None:
        """Days until the due date; negative when it has passed."""
        return None if self.jatuh_tempo is None else (self.jatuh_tempo - this_day).days


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a bill: what the bank says, and where it stands in which file."""

    id: int
    tanggal: date | None
    posting: date | None
    jam: str | None
    keterangan: str
    merchant: str
    kartu_akhir: str | None
    recognised: bool
    jenis: str
    nilai: Rupiah
    mata_uang: str
    referensi: str | None
    berkas_id: int
    berkas: str
    lembar: str | None
    baris: int
    kejadian: int
    bulan_asal: int | None
    final_id: int | None


@dataclass(frozen=True, slots=True)
class BillCriteria:
    """What of a bill's lines is shown; empty fields do not narrow."""

    q: str = ""
    kartu: str = ""
    jenis: str = ""


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of lines, the key of the next, count and sum of all that the filter lets through."""

    baris: tuple[ShownLine, ...]
    next_up: int | None
    banyak: int
    jumlah: Rupiah


def listing(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]
) -> tuple[BillRow, ...]:
    """The bills booked in a month: those with totals by date, then the lists."""
    require(actor, "tagihan:lihat", opd_id)
    mine = and_(Tagihan.opd_id == opd_id, Tagihan.tahun == periode[0], Tagihan.bulan == periode[1])
    return _bills(session, mine)


def one_item(session: Session, actor: Actor, opd_id: int, tagihan_id: int) -> BillRow:
    """One bill of this OPD; NotFound for any other."""
    require(actor, "tagihan:lihat", opd_id)
    found = _bills(session, and_(Tagihan.opd_id == opd_id, Tagihan.id == tagihan_id))
    if not found:
        raise NotFound(
            "Tagihan ini tidak ada, atau sudah dikeluarkan. Periksa alamatnya, lihat riwayat "
            "pengambilan, atau mulai dari menu."
        )
    return found[0]


def _bills(session: Session, condition: ColumnElement[bool]) -> tuple[BillRow, ...]:
    rows = session.scalars(
        select(Tagihan)
        .where(condition, bill_exists())
        .order_by(Tagihan.tanggal.is_(None), Tagihan.tanggal, Tagihan.jenis, Tagihan.id)
    ).all()
    sums = _sums(session, condition)
    return tuple(
        BillRow(
            bill.id,
            bill.jenis,
            bill.kartu_akhir,
            bill.tanggal,
            bill.jatuh_tempo,
            bill.tagihan_lalu,
            bill.pembayaran,
            bill.belanja_baru,
            bill.total,
            *sums.get(bill.id, (0, ZERO)),
            bill.at,
            (bill.tahun, bill.bulan),
        )
        for bill in rows
    )


def _sums(session: Session, condition: ColumnElement[bool]) -> Mapping[int, tuple[int, Rupiah]]:
    """Bill -> how many lines and what they ask for: its own, and those seen as part of it."""
    seen = exists().where(
        SumberBaris.tagihan_id == Tagihan.id,
        SumberBaris.baris_bank_id == BarisBank.id,
        visible(),
    )
    found: dict[int, tuple[int, Rupiah]] = {}
    for own in (BarisBank.tagihan_id == Tagihan.id, and_(BarisBank.tagihan_id != Tagihan.id, seen)):
        rows = session.execute(
            select(Tagihan.id, BarisBank.jenis, func.count(), func.sum(BarisBank.nilai))
            .join(BarisBank, and_(BarisBank.opd_id == Tagihan.opd_id, own))
            .where(condition, is_given())
            .group_by(Tagihan.id, BarisBank.jenis)
        )
        for id_, jenis, count, amount in rows:
            known, total = found.get(id_, (0, ZERO))
            found[id_] = (known + count, total if jenis == "pembayaran" else total + amount)
    return found


def final_total(session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]) -> Rupiah:
    """What the lines of the month's final bills ask for, a line on two of them once."""
    require(actor, "tagihan:lihat", opd_id)
    bills = select(Tagihan.id).where(
        Tagihan.opd_id == opd_id,
        Tagihan.tahun == periode[0],
        Tagihan.bulan == periode[1],
        Tagihan.jenis == "final",
        bill_exists(),
    )
    seen = select(SumberBaris.baris_bank_id).where(SumberBaris.tagihan_id.in_(bills), visible())
    found = session.scalar(
        select(func.sum(BarisBank.nilai)).where(
            BarisBank.opd_id == opd_id,
            BarisBank.jenis != "pembayaran",
            or_(BarisBank.tagihan_id.in_(bills), BarisBank.id.in_(seen)),
            is_given(),
        )
    )
    return found or ZERO


def baris(
    session: Session,
    actor: Actor,
    opd_id: int,
    tagihan_id: int,
    criteria: BillCriteria,
    sesudah: int = 0,
) -> LinePage:
    """A page of the bill's lines in the order of receipt, paged by key."""
    require(actor, "tagihan:lihat", opd_id)
    wanted = and_(BarisBank.opd_id == opd_id, line_of_bill(tagihan_id), *_narrowed(criteria))
    count, amount = session.execute(
        select(func.count(), func.sum(BarisBank.nilai)).select_from(BarisBank).where(wanted)
    ).one()
    rows = session.execute(
        select(BarisBank, Berkas.nama, DtsFinal.final_id, withdrawn_before())
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .outerjoin(DtsFinal, and_(DtsFinal.dts_id == BarisBank.id, pair_holds()))
        .where(wanted, BarisBank.id > sesudah)
        .order_by(BarisBank.id)
        .limit(PAGE_SIZE + 1)
    ).all()
    shown = tuple(_line(*row) for row in rows[:PAGE_SIZE])
    more = shown[-1].id if len(rows) > PAGE_SIZE else None
    return LinePage(shown, more, count, amount or ZERO)


def _line(line: BarisBank, berkas: str, final_id: int | None, gone: int) -> ShownLine:
    return ShownLine(
        id=line.id,
        tanggal=line.tanggal_transaksi,
        posting=line.tanggal_posting,
        jam=line.jam,
        keterangan=line.keterangan,
        merchant=line.merchant,
        kartu_akhir=line.kartu_akhir,
        recognised=line.kartu_id is not None,
        jenis=line.jenis,
        nilai=line.nilai,
        mata_uang=line.mata_uang,
        referensi=line.referensi,
        berkas_id=line.berkas_id,
        berkas=berkas,
        lembar=line.lembar,
        baris=line.baris,
        kejadian=line.kejadian - gone,
        bulan_asal=line.bulan_asal,
        final_id=final_id,
    )


def _narrowed(criteria: BillCriteria) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if criteria.q:
        text = criteria.q.lower()
        wanted.append(
            or_(
                func.lower(BarisBank.keterangan).contains(text, autoescape=True),
                func.lower(BarisBank.merchant).contains(text, autoescape=True),
                BarisBank.referensi == criteria.q,
            )
        )
    if criteria.kartu:
        wanted.append(BarisBank.kartu_akhir == criteria.kartu)
    if criteria.jenis:
        wanted.append(BarisBank.jenis == criteria.jenis)
    return wanted


def kartu_tagihan(session: Session, opd_id: int, tagihan_id: int) -> tuple[str, ...]:
    """The cards that appear on a bill, for its filter."""
    found = session.scalars(
        select(BarisBank.kartu_akhir)
        .where(
            BarisBank.opd_id == opd_id,
            line_of_bill(tagihan_id),
            BarisBank.kartu_akhir.is_not(None),
        )
        .distinct()
        .order_by(BarisBank.kartu_akhir)
    )
    return tuple(digits for digits in found if digits)


_LINE = "baris_bank:"


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding about a bill or one of its lines."""

    message: str
    severity: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class BillFinding:
    """A finding about one line of a bill."""

    message: str
    severity: str
    line_id: int
    keterangan: str
    nilai: Rupiah


def temuan(session: Session, opd_id: int, tagihan_id: int) -> tuple[ShownFinding, ...]:
    """Open findings about the bill itself."""
    rows = session.execute(
        select(Temuan.pesan, Temuan.berat)
        .where(
            Temuan.opd_id == opd_id,
            Temuan.subjek == f"tagihan:{tagihan_id}",
            Temuan.selesai_at.is_(None),
        )
        .order_by(Temuan.id)
    )
    return tuple(ShownFinding(pesan, berat) for pesan, berat in rows)


def line_findings(
    session: Session, opd_id: int, tagihan_id: int, most: int = 20
) -> tuple[tuple[BillFinding, ...], int]:
    """Open findings about the bill's lines, the first `most` of them, and how many more.

    Findings are few and lines may be 100,000: so the lines are asked by the findings' numbers.
    """
    about = session.execute(
        select(Temuan.subjek, Temuan.pesan, Temuan.berat)
        .where(
            Temuan.opd_id == opd_id,
            Temuan.selesai_at.is_(None),
            Temuan.subjek.startswith(_LINE),
        )
        .order_by(Temuan.id)
    ).all()
    numbers = [int(one.subjek.removeprefix(_LINE)) for one in about]
    lines = {
        line.id: line
        for line in session.execute(
            select(BarisBank.id, BarisBank.keterangan, BarisBank.nilai).where(
                BarisBank.id.in_(set(numbers)), line_of_bill(tagihan_id)
            )
        )
    }
    found = [
        BillFinding(one.pesan, one.berat, *lines[number])
        for number, one in zip(numbers, about, strict=True)
        if number in lines
    ]
    return tuple(found[:most]), len(found[most:])
