"""The demo year is honest: each bill adds up by hand, and each story that it promises is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.demo import build
from kkpd.ledger import BillBlock, Facts, Part
from kkpd.ledger.shapes import Purchase
from kkpd.models import (
    BarisBank,
    BerkasTagihan,
    Dokumen,
    DtsFinal,
    Opd,
    Pencairan,
    Penyelesaian,
    Periode,
    Selisih,
    Tagihan,
    Temuan,
    Transaksi,
)

#: Months of each OPD that are closed: one OPD still looks for a receipt of August, and that of the
#: guided month is a month ahead.
CLOSED = {"cktr": 8, "dinkes": 10}


@dataclass(frozen=True)
class Year:
    """One OPD's year as the ledger has it at the end."""

    slug: str
    opd_id: int
    facts: Facts
    parts: tuple[Part, ...]
    blocks: list[BillBlock]
    closed: set[tuple[int, int]]

    def refunds(self) -> Iterator[tuple[Purchase, Purchase]]:
        """(refund, its original)."""
        for one in self.facts.purchases.values():
            if one.origin_id is not None:
                yield one, self.facts.purchases[one.origin_id]

    def left(self, purchase_id: int) -> Rupiah:
        """What nobody has paid of it."""
        return total(part.left for part in self.parts if part.purchase_id == purchase_id)


@pytest.fixture(scope="module")
def session(year: Engine) -> Iterator[Session]:
    with reading(year, EVERY_OPD) as found:
        yield found


@pytest.fixture(scope="module")
def years(session: Session) -> list[Year]:
    found = []
    for opd in session.scalars(select(Opd).order_by(Opd.id)).all():
        facts = ledger.facts(session, [opd.id], build.LAST_DAY)
        parts = ledger.split(facts)
        closed = session.execute(
            select(Periode.tahun, Periode.bulan).where(
                Periode.opd_id == opd.id, Periode.status != "terbuka"
            )
        )
        blocks = ledger.bill_blocks(facts, parts)
        months = {(year, month) for year, month in closed}
        found.append(Year(opd.slug, opd.id, facts, parts, blocks, months))
    return found


def test_each_bill_of_a_closed_month_adds_up(session: Session, years: list[Year]) -> None:
    for one in years:
        assert len(one.closed) == CLOSED.get(one.slug, 9)
        for block in one.blocks:
            if block.bill.month in one.closed:
                assert (block.open, block.gross_open) == (ZERO, ZERO)
            six = (block.dpt, block.refused, block.up_tunai, block.others, block.carried)
            assert block.total == total((*six, block.open))
            dpts = session.scalars(
                select(Dokumen.total).where(
                    Dokumen.jenis == "dpt", Dokumen.tagihan_id == block.bill.id
                )
            ).all()
            debits = session.scalars(
                select(Pencairan.nilai)
                .join(Dokumen, Dokumen.id == Pencairan.dpt_id)
                .where(Pencairan.langkah == "bayar", Dokumen.tagihan_id == block.bill.id)
            ).all()
            assert total(debits) == total(dpts) == block.dpt + block.carried_in


def test_nothing_is_paid_above_what_was_billed(session: Session, years: list[Year]) -> None:
    for one in years:
        of_lines = select(func.sum(BarisBank.nilai)).where(BarisBank.opd_id == one.opd_id)
        debits = select(func.sum(Pencairan.nilai)).where(
            Pencairan.opd_id == one.opd_id, Pencairan.langkah == "bayar"
        )
        billed, paid = session.scalar(of_lines), session.scalar(debits)
        assert billed is not None
        assert paid is not None
        assert ZERO < paid < billed


def test_open_money_is_found_in_open_months_only(years: list[Year]) -> None:
    open_months = [{part.month for part in one.parts if part.is_open} for one in years]
    assert all(open_months[1:])
    assert not open_months[0]  # the office of the guided month has settled all but that month
    for one, months in zip(years, open_months, strict=True):
        assert not months & one.closed


def test_what_the_bank_prints_was_paid(session: Session, years: list[Year]) -> None:
    """A1 to A4: lines, total, balance carried, and payments that somebody really made."""
    for one in years:
        bills = session.scalars(
            select(Tagihan)
            .where(Tagihan.opd_id == one.opd_id, Tagihan.jenis == "final")
            .order_by(Tagihan.tanggal)
        ).all()
        last, since = ZERO, date.min
        for bill in bills:
            assert bill.tanggal is not None
            made = [
                amount
                for model in (Pencairan, Penyelesaian)
                for amount, on in session.execute(
                    select(model.nilai, model.tanggal).where(
                        model.opd_id == one.opd_id,
                        *([Pencairan.langkah == "bayar"] if model is Pencairan else []),
                    )
                )
                if since < on <= bill.tanggal
            ]
            block = next(b for b in one.blocks if b.bill.id == bill.id)
            assert (bill.tagihan_lalu, bill.pembayaran) == (last, total(made))
            assert bill.belanja_baru == block.total
            assert bill.total == last + block.total - total(made)
            last, since = bill.total, bill.tanggal


def test_findings_are_worth_an_inspectors_time(session: Session) -> None:
    rules = session.scalars(select(Temuan.aturan)).all()
    assert not [rule for rule in rules if rule.startswith("meterai")]
    assert len(rules) < 80
    open_ = session.scalars(select(Temuan.aturan).where(Temuan.selesai_at.is_(None))).all()
    assert {"kartu_salah", "biaya_kartu", "jumlah_baris"} <= set(open_)


def _paid_before(refund: Purchase, origin: Purchase) -> bool:
    return origin.paid_on is not None and origin.paid_on < refund.day


def _tax(session: Session, refund: Purchase) -> bool:
    row = session.get_one(Transaksi, refund.id)
    return bool(row.ppn or row.pbjt or row.pph)


_OfRefund = Callable[[Session, Year, Purchase, Purchase], bool]
#: story -> whether this refund of this original tells it
REFUNDS: dict[str, _OfRefund] = {
    "with tax": lambda s, _y, back, _o: _tax(s, back),
    "without tax": lambda s, _y, back, _o: not _tax(s, back),
    "whole": lambda _s, _y, back, origin: -back.amount == origin.amount,
    "in part": lambda _s, _y, back, origin: -back.amount < origin.amount,
    "of the same month": lambda _s, _y, back, origin: back.month == origin.month,
    "of the next month": lambda _s, _y, back, o: back.month == (o.month[0], o.month[1] + 1),
    "of a paid original": lambda _s, _y, back, origin: _paid_before(back, origin),
    "of an original not paid yet": lambda _s, _y, back, origin: (
        back.paid_on is not None and not _paid_before(back, origin)
    ),
    "late": lambda _s, _y, back, origin: back.day - origin.day > timedelta(days=60),
    "of a refused original before the holder repaid": lambda _s, y, back, origin: (
        origin.approved == ZERO
        and ZERO < origin.repaid < origin.amount
        and y.left(origin.id) == ZERO
        and back.status == "ditolak"
    ),
    "of a refused original after the holder repaid": lambda _s, y, back, origin: (
        origin.status == "dibayar_pribadi" and (y.left(back.id) < ZERO or back.repaid > ZERO)
    ),
}


@pytest.mark.parametrize("story", list(REFUNDS))
def test_refund(session: Session, years: list[Year], story: str) -> None:
    told = [
        back.id
        for one in years
        for back, origin in one.refunds()
        if back.dpt_id is not None or back.status == "ditolak"
        if REFUNDS[story](session, one, back, origin)
    ]
    assert told


def _named(session: Session, jenis: str, *, paid: bool, year: Year) -> bool:
    """Whether a difference of this kind in a closed month was made good, or waits."""
    done = {
        part.explanation_id
        for part in year.parts
        if part.kind == jenis and part.month in year.closed and bool(part.left) is not paid
    }
    return bool(done)


def _interim(session: Session, year: Year) -> bool:
    pairs = select(DtsFinal.dts_id).where(DtsFinal.opd_id == year.opd_id)
    return session.scalar(pairs.limit(1)) is not None


def _in_two_files(session: Session, year: Year) -> bool:
    files = (
        select(BerkasTagihan.tagihan_id)
        .where(BerkasTagihan.opd_id == year.opd_id)
        .group_by(BerkasTagihan.tagihan_id)
        .having(func.count() > 1)
    )
    return session.scalar(files.limit(1)) is not None


def _over_the_months_end(_s: Session, year: Year) -> bool:
    return any(
        part.dpt_id is not None and part.month > year.facts.purchases[part.purchase_id].month
        for part in year.parts
        if part.purchase_id is not None
    )


def _refused(paid: Callable[[Purchase], bool]) -> Callable[[Session, Year], bool]:
    def tells(_s: Session, year: Year) -> bool:
        return any(
            one.approved is not None
            and one.amount > ZERO
            and one.approved < one.amount
            and paid(one)
            for one in year.facts.purchases.values()
        )

    return tells


def _newest_duty_waits(_s: Session, year: Year) -> bool:
    newest = max(year.closed)
    waits = {part.month for part in year.parts if part.kind == "meterai" and part.left}
    return waits == {newest}


#: story -> whether this OPD's year tells it
STORIES: dict[str, Callable[[Session, Year], bool]] = {
    "refused and repaid whole": _refused(lambda one: one.status == "dibayar_pribadi"),
    "approved in part, repaid in part": _refused(
        lambda one: bool(one.approved) and ZERO < one.repaid < one.amount - (one.approved or ZERO)
    ),
    "refused and still waiting": _refused(lambda one: not one.approved and not one.repaid),
    "bought at the month's end and billed in the next": _over_the_months_end,
    "not billed yet": lambda _s, y: any(
        part.billed == "not_billed" and part.bearer == "budget" for part in y.parts
    ),
    "stamp duty is paid from UP Tunai but for the newest month": _newest_duty_waits,
    "a surcharge made good": lambda s, y: _named(s, "biaya", paid=True, year=y),
    "a surcharge waiting": lambda s, y: _named(s, "biaya", paid=False, year=y),
    "a charge nobody logged, paid back": lambda s, y: _named(s, "tanpa_belanja", paid=True, year=y),
    "a charge nobody logged, waiting": lambda s, y: _named(s, "tanpa_belanja", paid=False, year=y),
    "one purchase on two bills": lambda _s, y: any(block.carried_in for block in y.blocks),
    "a bill in two files": _in_two_files,
    "an interim list before the final": _interim,
    "a small fee": lambda s, y: (
        s.scalar(
            select(Selisih.id)
            .join(BarisBank, BarisBank.id == Selisih.baris_bank_id)
            .join(Penyelesaian, Penyelesaian.selisih_id == Selisih.id)
            .where(BarisBank.opd_id == y.opd_id, BarisBank.jenis == "biaya")
            .limit(1)
        )
        is not None
    ),
    "looked at by the inspector": lambda s, y: (
        s.scalar(
            select(func.count()).where(Periode.opd_id == y.opd_id, Periode.status == "ditinjau")
        )
        == 3
    ),
}


@pytest.mark.parametrize("story", list(STORIES))
def test_story(session: Session, years: list[Year], story: str) -> None:
    assert any(STORIES[story](session, one) for one in years)
