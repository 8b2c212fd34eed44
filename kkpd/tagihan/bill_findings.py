"""Open findings of a bill's page: about the bill itself, and about its lines."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.ledger.active import line_of_bill
from kkpd.models import BarisBank, Temuan

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
