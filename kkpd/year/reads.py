"""Year end of an OPD: what is unsettled on 31 December, what was carried over and still waits, what
the new year lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.ledger.shapes import Month
from kkpd.ledger.standing import Standing, standing, summary
from kkpd.models import (
    Bawaan,
    Ceiling,
    Dpa,
    Kartu,
    Opd,
    Periode,
    Rekening,
    RencanaDana,
    Setelan,
    SubKegiatan,
    TahunBuka,
    Temuan,
    Transaksi,
    UpKeputusan,
)
from kkpd.organisation import holidays
from kkpd.records import settings as records_settings
from kkpd.year.rules import CarriedFate, YearNeed, pattern_has_year

_ENDED: Final = ("hilang", "ditutup")


@dataclass(frozen=True, slots=True)
class YearEnd:
    """One OPD at the turn of the year; `tahun` is the new one."""

    opd_id: int
    slug: str
    nama: str
    tahun: int
    banyak: int
    debt: Rupiah
    past_cutoff: int
    required: tuple[YearNeed, ...]
    opened_at: datetime | None

    @property
    def lacks(self) -> tuple[YearNeed, ...]:
        """What the new year lacks."""
        return tuple(one for one in self.required if one.present is False)


def everything(session: Session, actor: Actor, tahun: int) -> list[YearEnd]:
    """Every OPD the actor may look at, by name, at the turn to `tahun`."""
    require(actor, "tahun:lihat")
    return _all(session, actor.opds_for("tahun:lihat"), tahun)


def one_item(session: Session, actor: Actor, opd_id: int, tahun: int) -> YearEnd:
    """One OPD at the turn to `tahun`."""
    require(actor, "tahun:lihat", opd_id)
    return _all(session, frozenset({opd_id}), tahun)[0]


def _all(session: Session, reach: frozenset[int] | None, tahun: int) -> list[YearEnd]:
    query = select(Opd).where(Opd.aktif.is_(True)).order_by(Opd.nama, Opd.id)
    opds = session.scalars(query if reach is None else query.where(Opd.id.in_(reach))).all()
    ids = [opd.id for opd in opds]
    debts = {id_: owed_at_year_end(session, id_, tahun - 1) for id_ in ids}
    past = _past_cutoff(session, ids, tahun - 1)
    opened = {
        row.opd_id: row.at
        for row in session.scalars(select(TahunBuka).where(TahunBuka.tahun == tahun))
    }
    needs = _Needs(session, ids, tahun)
    return [
        YearEnd(
            opd_id=opd.id,
            slug=opd.slug,
            nama=opd.nama,
            tahun=tahun,
            banyak=len(debts[opd.id]),
            debt=total(debts[opd.id].values()),
            past_cutoff=past.get(opd.id, 0),
            required=needs.dari(opd.id),
            opened_at=opened.get(opd.id),
        )
        for opd in opds
    ]


def _past_cutoff(session: Session, ids: Sequence[int], tahun: int) -> dict[int, int]:
    """Findings of card use after the year's last day of use."""
    rows = session.execute(
        select(Temuan.opd_id, func.count())
        .where(Temuan.opd_id.in_(ids), Temuan.tahun == tahun, Temuan.aturan == "lewat_batas_pakai")
        .group_by(Temuan.opd_id)
    )
    return {opd_id: count for opd_id, count in rows}  # noqa: C416 -- a Row is no typed pair


class _Needs:
    """What exists for the new year, read once for all OPDs."""

    def __init__(self, session: Session, ids: Sequence[int], tahun: int) -> None:
        self.session, self.tahun = session, tahun
        self.rekening = _count(session, Rekening, tahun)
        self.sub_kegiatan = _count(session, SubKegiatan, tahun)
        self.days_off = len(holidays.days_off(session, tahun))
        self.dpa = _having(session, Dpa, ids, tahun)
        self.up = _having(session, UpKeputusan, ids, tahun)
        self.plan = {
            jenis: _having(session, RencanaDana, ids, tahun, RencanaDana.jenis == jenis)
            for jenis in ("spd", "kas")
        }
        self.kartu, self.with_limit = _cards(session, ids, tahun)
        self.setelan = records_settings.everything(
            session,
            ("periksa_spd", "periksa_kas", "year_end_use_cutoff", "year_end_spm_cutoff"),
            date(tahun, 12, 31),
        )
        self.layout = _patterns(session, tahun)
        self.december = set(
            session.scalars(
                select(Periode.opd_id).where(
                    Periode.opd_id.in_(ids),
                    Periode.tahun == tahun - 1,
                    Periode.bulan == 12,
                    Periode.status != "terbuka",
                )
            )
        )

    def dari(self, opd_id: int) -> tuple[YearNeed, ...]:
        """The list of one OPD, in the order of the page."""
        cards, limited = self.kartu[opd_id], self.with_limit[opd_id]
        return (
            YearNeed("rekening", self.rekening > 0, self.rekening),
            YearNeed("sub_kegiatan", self.sub_kegiatan > 0, self.sub_kegiatan),
            YearNeed("dpa", opd_id in self.dpa),
            YearNeed("up", opd_id in self.up),
            *(self._plans(jenis, opd_id) for jenis in ("spd", "kas")),
            YearNeed("kartu", None if not cards else limited == cards, limited),
            YearNeed("nomor", all(pattern_has_year(one) for one in self.layout)),
            YearNeed("libur", self.days_off > 0, self.days_off),
            YearNeed("batas_pakai", self._day("year_end_use_cutoff", opd_id)),
            YearNeed("batas_spm", self._day("year_end_spm_cutoff", opd_id)),
            YearNeed("desember", opd_id in self.december),
        )

    def _plans(self, jenis: str, opd_id: int) -> YearNeed:
        binds = self.setelan(f"periksa_{jenis}", opd_id) is not None
        return YearNeed(jenis, (opd_id in self.plan[jenis]) if binds else None)

    def _day(self, kunci: str, opd_id: int) -> bool:
        """A cut-off day of the new year; last year's day does not count."""
        return (self.setelan(kunci, opd_id) or "").startswith(f"{self.tahun}-")


def _count(session: Session, table: type[Rekening] | type[SubKegiatan], tahun: int) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.tahun == tahun)) or 0


def _having(
    session: Session,
    table: type[Dpa] | type[UpKeputusan] | type[RencanaDana],
    ids: Sequence[int],
    tahun: int,
    *more: ColumnElement[bool],
) -> set[int]:
    query = select(table.opd_id).where(table.opd_id.in_(ids), table.tahun == tahun)
    return set(session.scalars(query.where(*more)))


def _cards(session: Session, ids: Sequence[int], tahun: int) -> tuple[Counter[int], Counter[int]]:
    """(cards in use, those with a limit in the new year or one to carry over) by OPD."""
    limited = select(Ceiling.kunci).where(
        Ceiling.opd_id.in_(ids), Ceiling.jenis == "kartu", Ceiling.tahun.in_((tahun - 1, tahun))
    )
    rows = session.execute(
        select(Kartu.opd_id, Kartu.token.in_(limited)).where(
            Kartu.opd_id.in_(ids), Kartu.status.not_in(_ENDED)
        )
    ).all()
    return Counter(opd for opd, _ in rows), Counter(opd for opd, has in rows if has)


def _patterns(session: Session, tahun: int) -> list[str]:
    """The number patterns in force when the year begins."""
    rows = session.execute(
        select(Setelan.kunci, Setelan.opd_id, Setelan.nilai)
        .where(Setelan.kunci.like("nomor\\_%", escape="\\"), Setelan.mulai <= date(tahun, 1, 1))
        .order_by(Setelan.mulai, Setelan.id)
    )
    newest = {(kunci, opd_id): nilai for kunci, opd_id, nilai in rows}
    return [nilai for nilai in newest.values() if nilai]


@dataclass(frozen=True, slots=True)
class DebtRow:
    """A line of the old year or before that was unsettled on 31 December."""

    id: int
    periode: Month
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    kartu_akhir: str
    status: str
    nilai: Rupiah


def owed_at_year_end(session: Session, opd_id: int, tahun: int) -> dict[int, Rupiah]:
    """Purchase -> the amount that the budget owed on 31 December, of this year and earlier ones."""
    books = standing(session, [opd_id], date(tahun, 12, 31))
    return {id_: left for id_, (_, left) in _borne(books).items() if left}


def _borne(books: Standing) -> dict[int, tuple[Rupiah, Rupiah]]:
    """Purchase -> (amount borne by the budget, unpaid part of it)."""
    found: dict[int, tuple[Rupiah, Rupiah]] = {}
    for part in books.parts:
        if part.bearer == "budget" and part.purchase_id is not None:
            amount, left = found.get(part.purchase_id, (ZERO, ZERO))
            found[part.purchase_id] = (amount + part.amount, left + part.left)
    return found


def debt(session: Session, actor: Actor, opd_id: int, tahun: int) -> list[DebtRow]:
    """The lines that were unsettled on 31 December of `tahun`, by day."""
    require(actor, "tahun:lihat", opd_id)
    owed = owed_at_year_end(session, opd_id, tahun)
    rows = session.execute(
        select(Transaksi, Kartu.nomor_akhir)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(Transaksi.id.in_(owed))
        .order_by(Transaksi.tanggal, Transaksi.id)
    )
    return [
        DebtRow(
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
class Remaining:
    """What else waits from the old year and before: open lines by month, and explained or refused
    amounts that nobody paid.
    """

    still_open: tuple[tuple[Month, Rupiah], ...]
    pending: tuple[tuple[Month, Rupiah], ...]


def remaining(session: Session, actor: Actor, opd_id: int, tahun: int, day: date) -> Remaining:
    """Open and waiting amounts of `tahun` and earlier years on the day."""
    require(actor, "tahun:lihat", opd_id)
    months = summary(standing(session, [opd_id], day)).months
    old = sorted(
        ((month, sums) for month, sums in months.items() if month[0] <= tahun),
        key=lambda one: one[0],
    )
    return Remaining(
        tuple((month, sums.gross) for month, sums in old if sums.gross),
        tuple((month, sums.left) for month, sums in old if sums.left),
    )


def fate(session: Session, actor: Actor, opd_id: int, tahun: int, day: date) -> CarriedFate | None:
    """The state on the day of the lines carried into `tahun`; None if there were none."""
    require(actor, "tahun:lihat", opd_id)
    rows = session.execute(
        select(Bawaan.transaksi_id, Bawaan.nilai).where(
            Bawaan.opd_id == opd_id, Bawaan.tahun == tahun
        )
    ).all()
    if not rows:
        return None
    borne = _borne(standing(session, [opd_id], day))
    paid: list[Rupiah] = []
    out: list[Rupiah] = []
    left: list[Rupiah] = []
    for id_, carried in rows:
        bears, open_ = borne.get(id_, (ZERO, ZERO))
        kept = min(carried, bears, key=abs)  # a line decided since may be borne only in part
        (left if open_ else paid).append(kept)
        out.append(carried - kept)
    still = sum(bool(borne.get(id_, (ZERO, ZERO))[1]) for id_, _ in rows)
    sums = (total(carried for _, carried in rows), total(paid), total(out), total(left))
    return CarriedFate(*sums, len(rows), still)
