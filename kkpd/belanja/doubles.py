"""Doubles are told before a purchase is saved: the person says that it is another one, or stops.

The books refuse no fact (law 1), so this is asked by pages, in the transaction that records: what
was recorded is taken back when the answer is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict
from kkpd.core.moments import brief
from kkpd.core.money import Rupiah
from kkpd.core.shapes import shaped
from kkpd.engines import matching
from kkpd.models import Transaksi

#: A till's day and the day that a person writes may differ by one.
_DAYS: Final = 1


@dataclass(frozen=True, slots=True)
class Bought:
    """What of a purchase tells it from another."""

    kartu_id: int
    tanggal: date
    nilai: Rupiah
    merchant: str
    nota: str = ""
    uraian: str = ""


def probably_one(one: Bought, other: Bought) -> bool:
    """Same card, same amount, a day apart at most, the shop alike; two numbers of notas, or two
    parts of one nota, are two purchases.
    """
    if (one.kartu_id, one.nilai) != (other.kartu_id, other.nilai):
        return False
    if abs((one.tanggal - other.tanggal).days) > _DAYS:
        return False
    if one.nota and other.nota and (one.nota, one.uraian) != (other.nota, other.uraian):
        return False
    return matching.same_shop(one.merchant, other.merchant)


@dataclass(frozen=True, slots=True)
class Double:
    """A purchase that is probably the same. `row` is the 1-based row of a sheet that asked (0: no
    sheet), `twin_row` the row of the same sheet that it resembles, None where the purchase is in
    the books already.
    """

    id: int
    tanggal: date
    merchant: str
    nilai: Rupiah
    row: int = 0
    twin_row: int | None = None

    @property
    def said(self) -> str:
        """`14 Okt 2026, Toko Sumber Rejeki, Rp 750.000`."""
        return f"{brief(self.tanggal)}, {self.merchant}, Rp {self.nilai}"


class LikelyDouble(Conflict):
    """What was to be saved is probably in the books; `doubles` says where."""

    def __init__(self, doubles: Sequence[Double]) -> None:
        told = "; ".join(one.said for one in doubles[:3])
        super().__init__(
            f"Sudah ada: {told}. Bila ini memang belanja lain, centang “Tetap simpan”.",
            field="tetap",
        )
        self.doubles = tuple(doubles)


def likely_doubles(
    session: Session,
    opd_id: int,
    bought: Bought,
    *,
    but: Collection[int] = (),
    only_of: int | None = None,
) -> tuple[Double, ...]:
    """The OPD's purchases that are probably this one, without `but`; those of one holder or user
    where he is named.
    """
    day = timedelta(days=_DAYS)
    query = select(Transaksi).where(
        Transaksi.opd_id == opd_id,
        Transaksi.kartu_id == bought.kartu_id,
        Transaksi.nilai == bought.nilai,
        Transaksi.tanggal.between(bought.tanggal - day, bought.tanggal + day),
        Transaksi.status != "dibatalkan",
        Transaksi.id.not_in(but),
    )
    if only_of is not None:
        query = query.where(or_(Transaksi.pemegang_id == only_of, Transaksi.pemakai_id == only_of))
    rows = session.scalars(query.order_by(Transaksi.id).limit(50))
    return tuple(
        Double(row.id, row.tanggal, row.merchant, row.nilai)
        for row in rows
        if probably_one(bought, shaped(Bought, row))
    )[:5]


def ask(session: Session, recorded: Sequence[Transaksi], *, sure: bool) -> None:
    """LikelyDouble when one of these lines, recorded in this transaction, is probably a double and
    the person has not said that it is another purchase.
    """
    if sure:
        return
    rows = {line.id: number for number, line in enumerate(recorded, 1)}
    found: list[Double] = []
    for line in recorded:
        for one in likely_doubles(session, line.opd_id, shaped(Bought, line), but=(line.id,)):
            twin = rows.get(one.id)
            if twin is None or twin < rows[line.id]:
                found.append(
                    Double(one.id, one.tanggal, one.merchant, one.nilai, rows[line.id], twin)
                )
    if found:
        raise LikelyDouble(found)
