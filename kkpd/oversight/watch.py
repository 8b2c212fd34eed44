"""The watch over bank lines: judged the moment a file is taken in, and again when rules changed.

What is judged is one bunch of lines of one OPD: those of a file, or of a month. The books are asked
a fixed number of questions, however many lines there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.core import gc_paused
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.engines.audit import reference
from kkpd.engines.watch import rules
from kkpd.engines.watch.judge import judge
from kkpd.engines.watch.points import Habit, WatchWorld, card_key, shop_key
from kkpd.engines.watch.rules import Ruling, Rulings
from kkpd.engines.watch.shapes import WatchedLine
from kkpd.engines.watch.words import said
from kkpd.ledger.active import effective
from kkpd.models import BarisBank, Cocok, Kartu, KartuRiwayat, Opd, Transaksi
from kkpd.organisation.setup import setting_defaults
from kkpd.oversight.cases import open_from_hits
from kkpd.records import settings as records_settings

#: A habit is what was paid in so many days before.
_PAST: Final = timedelta(days=400)
#: Lines of so many days on either side may belong together with a judged one.
_BESIDE: Final = timedelta(days=3)
_LIMITS: Final = ("max_per_payee_domestic_small", "max_per_payee_general")
#: A card in one of these states pays nothing.
_DEAD: Final = ("diblokir", "hilang", "ditutup")


def watch_file(session: Session, opd_id: int, berkas_id: int, now: datetime) -> int:
    """Judge the lines that a file brought; returns how many cases are new."""
    return _watch(session, opd_id, BarisBank.berkas_id == berkas_id, now)


def watch_again(session: Session, actor: Actor, opd_id: int, year: int, now: datetime) -> int:
    """Judge all lines of a year by the rules in force; what was said before is not said twice."""
    require(actor, "temuan:putuskan", opd_id)
    months = session.scalars(
        select(BarisBank.bulan)
        .where(BarisBank.opd_id == opd_id, BarisBank.tahun == year)
        .distinct()
        .order_by(BarisBank.bulan)
    ).all()
    return sum(
        _watch(session, opd_id, (BarisBank.tahun == year) & (BarisBank.bulan == month), now)
        for month in months
    )


@gc_paused.pause()
def _watch(session: Session, opd_id: int, which: ColumnElement[bool], now: datetime) -> int:
    rows = _rows(session, opd_id, which)
    if not rows:
        return 0
    office = _Office.of(session, opd_id, [row.id for row in rows])
    lines = [office.line(row) for row in rows]
    days = [line.day for line in lines]
    first, last = min(days), max(days)
    beside = _rows(
        session,
        opd_id,
        ~which & (first - _BESIDE <= _DAY) & (last + _BESIDE >= _DAY),
    )
    world = WatchWorld(
        lines=lines,
        rulings=rulings(session, opd_id, last),
        around=[office.line(row) for row in beside],
        limits=[
            limit
            for key in _LIMITS
            if (limit := records_settings.money(session, key, last, opd_id)) is not None
        ],
        holidays=reference.holidays(),
        **_past(session, opd_id, first),
    )
    return open_from_hits(session, opd_id, judge(world), now)


_DAY: Final = func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting)
_COLUMNS: Final = (
    BarisBank.id,
    BarisBank.referensi,
    BarisBank.baris,
    BarisBank.jenis,
    BarisBank.nilai,
    BarisBank.merchant,
    BarisBank.keterangan,
    BarisBank.mcc,
    BarisBank.jam,
    BarisBank.kartu_id,
    BarisBank.kartu_akhir,
    _DAY.label("day"),
)


def _rows(session: Session, opd_id: int, which: ColumnElement[bool]) -> Sequence[Any]:
    """The lines that count and bear a day, oldest first."""
    session.flush()
    return session.execute(
        select(*_COLUMNS)
        .where(BarisBank.opd_id == opd_id, which, effective(), _DAY.is_not(None))
        .order_by(BarisBank.id)
    ).all()


class _CardOfDay(NamedTuple):
    """A card's kind, whether it could pay that day, and its holder, as `WatchedLine` has them."""

    kind: str
    active: bool | None
    holder_id: int | None


@dataclass(frozen=True, slots=True)
class _Office:
    """What the books know of an OPD's cards, and of the purchases of the lines to judge."""

    id: int
    slug: str
    place: str
    cards: Mapping[int, Kartu]
    states: Mapping[int, Sequence[tuple[date, str]]]
    recorders: Mapping[int, int]
    known: dict[tuple[int | None, date], _CardOfDay] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, opd_id: int, lines: Collection[int]) -> _Office:
        """Read it; purchases by the span of the lines, however many these are."""
        cards = session.scalars(select(Kartu).where(Kartu.opd_id == opd_id)).all()
        states: dict[int, list[tuple[date, str]]] = defaultdict(list)
        for card_id, day, status in session.execute(
            select(KartuRiwayat.kartu_id, KartuRiwayat.tanggal, KartuRiwayat.status)
            .where(KartuRiwayat.opd_id == opd_id)
            .order_by(KartuRiwayat.tanggal, KartuRiwayat.id)
        ):
            states[card_id].append((day, status))
        linked = session.execute(
            select(Cocok.baris_bank_id, Transaksi.perekam_id)
            .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
            .where(
                Cocok.opd_id == opd_id,
                Cocok.dicabut_at.is_(None),
                Cocok.baris_bank_id.between(min(lines), max(lines)),
            )
        ).all()
        opd = session.get_one(Opd, opd_id)
        return cls(
            opd.id,
            opd.slug,
            opd.alamat,
            {card.id: card for card in cards},
            states,
            {row.baris_bank_id: row.perekam_id for row in linked},
        )

    def line(self, row: Any) -> WatchedLine:
        """A row with what is known of its card and purchase."""
        card = self.known.get((row.kartu_id, row.day)) or self._card(row.kartu_id, row.day)
        recorder = self.recorders.get(row.id)
        return WatchedLine(
            id=row.id,
            ref=row.referensi or str(row.baris),
            opd_id=self.id,
            opd=self.slug,
            card_id=row.kartu_id,
            card_last4=row.kartu_akhir or "",
            card_kind=card.kind,
            card_active=card.active,
            holder_id=card.holder_id,
            day=row.day,
            time=time.fromisoformat(row.jam) if row.jam else None,
            amount=row.nilai,
            kind=row.jenis,
            merchant=row.merchant,
            description=row.keterangan,
            mcc=row.mcc or "",
            has_purchase=recorder is not None,
            recorder_id=recorder,
            place=self.place,
        )

    def _card(self, card_id: int | None, day: date) -> _CardOfDay:
        card = self.cards.get(card_id) if card_id is not None else None
        found = _CardOfDay("", None, None)
        if card is not None:
            found = _CardOfDay(card.jenis, self._active(card, day), card.pemegang_id)
        self.known[card_id, day] = found
        return found

    def _active(self, card: Kartu, day: date) -> bool | None:
        """Whether the card could pay that day; None before the first thing known of it."""
        if card.berlaku_sampai is not None and day > card.berlaku_sampai:
            return False
        known = [status for since, status in self.states.get(card.id, ()) if since <= day]
        return known[-1] not in _DEAD if known else None


def _past(session: Session, opd_id: int, first: date) -> dict[str, Any]:
    """What cards of the OPD paid before that day: habits, shops and cities."""
    before = (first > _DAY) & (first - _PAST <= _DAY)
    spent = (before, BarisBank.opd_id == opd_id, BarisBank.jenis == "belanja", effective())
    names = session.scalars(select(BarisBank.merchant).where(*spent).distinct()).all()
    amounts: dict[str, list[Rupiah]] = defaultdict(list)
    columns = (BarisBank.kartu_id, BarisBank.kartu_akhir, BarisBank.nilai)
    for card_id, last4, amount in session.execute(select(*columns).where(*spent)):
        amounts[card_key(card_id, last4 or "")].append(amount)
    return {
        "habits": {card: Habit.of(paid) for card, paid in amounts.items()},
        "shops": set(map(shop_key, names)),
        "cities": {said(name).city for name in names},
        "count": sum(map(len, amounts.values())),
    }


def rulings(session: Session, opd_id: int, day: date) -> Rulings:
    """The rules turned on for an OPD that day; the default where nobody decided. A blank row turns
    a rule off.
    """
    defaults = {one.kunci: one for one in setting_defaults.everything()}
    found = {}
    for name in rules.table():
        key = f"{rules.SETTING}{name}"
        row = records_settings.in_force(session, key, day, opd_id) or defaults[key]
        if row.nilai is not None:
            found[name] = Ruling(row.nilai, row.dasar_hukum)
    return found
