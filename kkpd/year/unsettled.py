"""What of an old year is unsettled: owed on 31 December, carried since, still open or waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.ledger.booking_month import Bulan
from kkpd.ledger.standing import Standing, standing, summary
from kkpd.models import Bawaan, Kartu, Transaksi
from kkpd.year.rules import Nasib


@dataclass(frozen=True, slots=True)
class BarisUtang:
    """A line of the old year or before that was unsettled on 31 December."""

    id: int
    periode: Bulan
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    kartu_akhir: str
    status: str
    nilai: Rupiah


def belum_lunas(session: Session, opd_id: int, tahun: int) -> dict[int, Rupiah]:
    """Purchase -> what the budget owed of it on 31 December, of this year and earlier ones."""
    books = standing(session, [opd_id], date(tahun, 12, 31))
    return {id_: left for id_, (_, left) in _borne(books).items() if left}


def _borne(books: Standing) -> dict[int, tuple[Rupiah, Rupiah]]:
    """Purchase -> (what the budget bears of it, what of that is not paid)."""
    found: dict[int, tuple[Rupiah, Rupiah]] = {}
    for part in books.parts:
        if part.bearer == "budget" and part.purchase_id is not None:
            amount, left = found.get(part.purchase_id, (NOL, NOL))
            found[part.purchase_id] = (amount + part.amount, left + part.left)
    return found


def utang(session: Session, actor: Actor, opd_id: int, tahun: int) -> list[BarisUtang]:
    """The lines that were unsettled on 31 December of `tahun`, by day."""
    require(actor, "tahun:lihat", opd_id)
    owed = belum_lunas(session, opd_id, tahun)
    rows = session.execute(
        select(Transaksi, Kartu.nomor_akhir)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(Transaksi.id.in_(owed))
        .order_by(Transaksi.tanggal, Transaksi.id)
    )
    return [
        BarisUtang(
            line.id,
            (line.tahun, line.bulan),
            line.tanggal,
            line.merchant,
            line.uraian,
            line.rekening,
            last4,
            line.status,
            owed[line.id],
        )
        for line, last4 in rows
    ]


@dataclass(frozen=True, slots=True)
class Tersisa:
    """What else of the old year and before waits: open lines by month, and what was explained or
    refused and nobody paid.
    """

    terbuka: tuple[tuple[Bulan, Rupiah], ...]
    menunggu: tuple[tuple[Bulan, Rupiah], ...]


def tersisa(session: Session, actor: Actor, opd_id: int, tahun: int, hari: date) -> Tersisa:
    """What of `tahun` and earlier years is open or waits on the day."""
    require(actor, "tahun:lihat", opd_id)
    months = summary(standing(session, [opd_id], hari)).months
    old = sorted(
        ((month, sums) for month, sums in months.items() if month[0] <= tahun),
        key=lambda one: one[0],
    )
    return Tersisa(
        tuple((month, sums.gross) for month, sums in old if sums.gross),
        tuple((month, sums.left) for month, sums in old if sums.left),
    )


def nasib(session: Session, actor: Actor, opd_id: int, tahun: int, hari: date) -> Nasib | None:
    """What has become by the day of the lines carried into `tahun`; None where none were."""
    require(actor, "tahun:lihat", opd_id)
    rows = session.execute(
        select(Bawaan.transaksi_id, Bawaan.nilai).where(
            Bawaan.opd_id == opd_id, Bawaan.tahun == tahun
        )
    ).all()
    if not rows:
        return None
    borne = _borne(standing(session, [opd_id], hari))
    paid: list[Rupiah] = []
    out: list[Rupiah] = []
    left: list[Rupiah] = []
    for id_, carried in rows:
        bears, open_ = borne.get(id_, (NOL, NOL))
        kept = min(carried, bears, key=abs)  # a line decided since may be borne in part only
        (left if open_ else paid).append(kept)
        out.append(carried - kept)
    still = sum(bool(borne.get(id_, (NOL, NOL))[1]) for id_, _ in rows)
    sums = (total(carried for _, carried in rows), total(paid), total(out), total(left))
    return Nasib(*sums, len(rows), still)
