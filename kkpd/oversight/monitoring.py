"""Monitoring of card use by OPD: months, quarters, bills paid late, idle cards, what stands out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Row, data_table
from kkpd.ledger import active
from kkpd.ledger.standing import Standing, standing
from kkpd.models import (
    Dokumen,
    DokumenBaris,
    Kartu,
    KartuRiwayat,
    Opd,
    Orang,
    Pencairan,
    Transaksi,
    UpKeputusan,
)
from kkpd.oversight.monitoring_rules import (
    SETTING_KEYS,
    Highlight,
    IdleCard,
    Month,
    Quarter,
    Thresholds,
    find_highlights,
    year_quarters,
)
from kkpd.pagu import available
from kkpd.records import settings as records_settings

#: Refills of so long before the day are counted.
_ONE_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class WatchedYear:
    """One OPD's year of monitoring."""

    opd_id: int
    slug: str
    nama: str
    bulan: tuple[Month, ...]
    year_quarters: tuple[Quarter, ...]
    idle_cards: tuple[IdleCard, ...]
    refill_count: int
    threshold: Thresholds
    highlights: tuple[Highlight, ...]


def watch_opds(
    session: Session, actor: Actor, tahun: int, day: date, opd_id: int | None = None
) -> list[WatchedYear]:
    """Every OPD that the actor monitors (or the named one), by name."""
    require(actor, "pemantauan:lihat", opd_id)
    opds = _opds(session, actor, opd_id)
    ids = [opd.id for opd in opds]
    books = standing(session, ids, day)
    months, before = (_months(session, ids, year, books) for year in (tahun, tahun - 1))
    limits = records_settings.everything(session, SETTING_KEYS, min(day, date(tahun, 12, 31)))
    idle, refills = _idle(session, ids, day), _refills(session, ids, day)
    return [
        _one(
            opd,
            (months[opd.id], before[opd.id]),
            idle.get(opd.id, []),
            refills.get(opd.id, 0),
            threshold({key: limits(key, opd.id) for key in SETTING_KEYS}),
            (tahun, day),
        )
        for opd in opds
    ]


def threshold(nilai: dict[str, str | None]) -> Thresholds:
    """Settings as text (`75%`, `2`) become thresholds."""
    refill = _whole(nilai["refill_per_month"])
    return Thresholds(
        low_mark=_share(nilai["low_use_threshold"]),
        low_months=_whole(nilai["low_use_months"]),
        late_months=_whole(nilai["late_months_threshold"]),
        idle_card_days=_whole(nilai["unused_card_days"]),
        target=_share(nilai["target_pemakaian_triwulan"]),
        refill=None if refill is None else Fraction(refill),
    )


def _share(text: str | None) -> Fraction | None:
    return Fraction(text.rstrip("% ").replace(",", ".")) / 100 if text else None


def _whole(text: str | None) -> int | None:
    return int(text) if text else None


def _opds(session: Session, actor: Actor, opd_id: int | None) -> Sequence[Opd]:
    reach = {opd_id} if opd_id is not None else actor.opds_for("pemantauan:lihat")
    query = select(Opd).where(Opd.aktif.is_(True)).order_by(Opd.nama, Opd.id)
    return session.scalars(query if reach is None else query.where(Opd.id.in_(reach))).all()


def _one(
    opd: Opd,
    years: tuple[list[Month], list[Month]],
    idle: list[IdleCard],
    refills: int,
    limits: Thresholds,
    when: tuple[int, date],
) -> WatchedYear:
    (tahun, day), (months, before) = when, years  # of this year, of the one before
    quarters = year_quarters(months, (day.year, day.month), tahun)
    days = limits.idle_card_days
    shown = [card for card in idle if days is not None and card.day >= days]
    return WatchedYear(
        opd_id=opd.id,
        slug=opd.slug,
        nama=opd.nama,
        bulan=tuple(months),
        year_quarters=tuple(quarters),
        idle_cards=tuple(shown),
        refill_count=refills,
        threshold=limits,
        highlights=tuple(find_highlights(months, quarters, shown, refills, limits, before)),
    )


def _months(
    session: Session, ids: Sequence[int], tahun: int, books: Standing
) -> dict[int, list[Month]]:
    day, spent = books.facts.day, _spent(session, ids, tahun)
    decided: dict[int, list[UpKeputusan]] = defaultdict(list)
    for row in session.scalars(
        select(UpKeputusan)
        .where(UpKeputusan.opd_id.in_(ids), UpKeputusan.tahun == tahun)
        .order_by(UpKeputusan.mulai, UpKeputusan.id)
    ):
        decided[row.opd_id].append(row)
    bills = _bills(books, tahun)
    found: dict[int, list[Month]] = {}
    for opd_id in ids:
        found[opd_id] = []
        for nomor in range(1, 13):
            last = Span(tahun, nomor, nomor).sampai
            up = available.by_decisions(decided[opd_id], last)
            bill = bills.get((opd_id, nomor), _MonthBills())
            found[opd_id].append(
                Month(
                    nomor=nomor,
                    selesai=last < day,
                    belanja=spent.get((opd_id, nomor), ZERO),
                    up=up and up[0],
                    up_kkpd=up and up[1],
                    due_day=bill.due_day,
                    dibayar=bill.dibayar,
                    still_open=bill.still_open,
                    came_late=bill.came_late,
                )
            )
    return found


def _spent(session: Session, ids: Sequence[int], tahun: int) -> dict[tuple[int, int], Rupiah]:
    """Realisasi: the sums of valid DPTs, by the month of the DPT, as in Rekap."""
    rows = session.execute(
        select(Dokumen.opd_id, Dokumen.bulan, func.sum(DokumenBaris.nilai))
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            Dokumen.opd_id.in_(ids),
            Dokumen.tahun == tahun,
            Dokumen.jenis == "dpt",
            active.holds(Dokumen),
        )
        .group_by(Dokumen.opd_id, Dokumen.bulan)
    )
    return {(opd_id or 0, bulan): amount for opd_id, bulan, amount in rows}


@dataclass(frozen=True, slots=True)
class _MonthBills:
    """How a month's bills stand: the latest due day and debit, what is open, whether late."""

    due_day: date | None = None
    dibayar: date | None = None
    still_open: Rupiah = ZERO
    came_late: bool | None = None


def _bills(books: Standing, tahun: int) -> dict[tuple[int, int], _MonthBills]:
    found: dict[tuple[int, int], _MonthBills] = {}
    for block in books.blocks.values():
        bill, left = block.bill, max(block.owed_to_bank, ZERO)
        if bill.due is not None and bill.month[0] == tahun:
            key = (bill.opd_id, bill.month[1])
            before = found.get(key, _MonthBills())
            found[key] = _joined(before, bill.due, block.paid_on, left, books.facts.day)
    return found


def _joined(
    before: _MonthBills, due: date, paid: date | None, left: Rupiah, day: date
) -> _MonthBills:
    """The month with one more bill: late when one of them was; unknown while none is due."""
    late: bool | None = (paid is not None and paid > due) or (left > ZERO and due < day)
    if not late and left > ZERO:
        late = None
    both = [one for one in (before.came_late, late) if one is not None]
    return _MonthBills(
        due_day=max(due, before.due_day or due),
        dibayar=max((day for day in (paid, before.dibayar) if day is not None), default=None),
        still_open=before.still_open + left,
        came_late=any(both) if both else None,
    )


def _idle(session: Session, ids: Sequence[int], day: date) -> dict[int, list[IdleCard]]:
    """Active cards with the days since their last use, or since they became active."""
    used = (
        select(Transaksi.kartu_id, func.max(Transaksi.tanggal).label("terakhir"))
        .where(Transaksi.opd_id.in_(ids), Transaksi.status != "dibatalkan")
        .group_by(Transaksi.kartu_id)
        .subquery()
    )
    active = (
        select(KartuRiwayat.kartu_id, func.max(KartuRiwayat.tanggal).label("sejak"))
        .where(KartuRiwayat.opd_id.in_(ids), KartuRiwayat.status == "aktif")
        .group_by(KartuRiwayat.kartu_id)
        .subquery()
    )
    rows = session.execute(
        select(Kartu.opd_id, Kartu.nomor_akhir, Orang.nama, used.c.terakhir, active.c.sejak)
        .join(Orang, Orang.id == Kartu.pemegang_id)
        .outerjoin(used, used.c.kartu_id == Kartu.id)
        .outerjoin(active, active.c.kartu_id == Kartu.id)
        .where(Kartu.opd_id.in_(ids), Kartu.status == "aktif")
        .order_by(Kartu.id)
    )
    found: dict[int, list[IdleCard]] = defaultdict(list)
    for opd_id, finish, holder, last, since in rows:
        quiet = max((one for one in (last, since) if one is not None), default=None)
        if quiet is not None:
            found[opd_id].append(
                IdleCard(
                    finish=finish,
                    pemegang=holder,
                    sejak=quiet,
                    day=(day - quiet).days,
                    ever_used=last is not None,
                )
            )
    return found


def _refills(session: Session, ids: Sequence[int], day: date) -> dict[int, int]:
    """SP2D-GU of the twelve months before the day."""
    rows = session.execute(
        select(Pencairan.opd_id, func.count())
        .where(
            Pencairan.opd_id.in_(ids),
            Pencairan.langkah == "sp2d",
            Pencairan.tanggal > day - _ONE_YEAR,
            Pencairan.tanggal <= day,
            active.holds(Pencairan),
        )
        .group_by(Pencairan.opd_id)
    )
    return {opd_id: count for opd_id, count in rows}  # noqa: C416 -- a Row is no typed pair


_COLUMNS: Final = (
    Column("opd", "OPD", lebar=160),
    Column("triwulan", "Triwulan", "angka", 40),
    Column("up", "UP", "uang", 84),
    Column("up_kkpd", "UP KKPD", "uang", 84),
    Column("bagian", "Bagian KKPD", "persen", 50),
    Column("belanja", "Belanja KKPD", "uang", 84, dijumlah=True),
    Column("pemakaian", "Pemakaian UP KKPD", "persen", 50),
    Column("bulan_terlambat", "Bulan terlambat", "angka", 40),
    Column("kartu_diam", "Kartu tidak dipakai", "angka", 40),
)


def dokumen(session: Session, rows: Sequence[WatchedYear], tahun: int, day: date) -> FrozenDocument:
    """The year as it stands on `day`; quarters that have not begun are left out."""
    lines = [_cells(row, quarter) for row in rows for quarter in row.year_quarters if quarter.mulai]
    return FrozenDocument(
        formulir="pemantauan",
        versi=1,
        judul=f"Pemantauan pemakaian KKPD tahun {tahun}",
        kop=Letterhead(
            records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah", ""
        ),
        tanggal=day,
        isi=(data_table(_COLUMNS, [("", lines)], judul="Pemantauan"),),
    )


def _cells(row: WatchedYear, quarter: Quarter) -> Row:
    months = row.bulan[quarter.nomor * 3 - 3 : quarter.nomor * 3]
    return (
        row.nama,
        quarter.nomor,
        quarter.up,
        quarter.up_kkpd,
        _hundredths(quarter.bagian),
        quarter.belanja,
        _hundredths(quarter.usage),
        sum(one.came_late is True for one in months),
        len(row.idle_cards),
    )


def _hundredths(share: Fraction | None) -> int | None:
    """Hundredths of a percent, as columns of percentages hold them."""
    return None if share is None else round(share * 10_000)
