"""The common inputs of "Perlu Anda": person, OPD names, calendar, books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.core.working_days import sisa
from kkpd.ledger.active import bill_exists
from kkpd.ledger.standing import Standing, StandingSummary, standing, summary
from kkpd.models import Opd, Tagihan
from kkpd.organisation import holidays as calendar
from kkpd.oversight.reminder_rules import DueEntry


class Ground:
    """The inputs of one answer: OPD names, calendar, and due dates of the months' bills."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        day: date,
        brief: Callable[[int], StandingSummary] | None,
    ) -> None:
        self.session, self.actor, self.day = session, actor, day
        self.brief = brief or (lambda opd_id: summary(self.buku(opd_id)))
        self._books: dict[int, Standing] = {}
        self.days_off = calendar.days_off(session).keys()
        query = select(Opd.id, Opd.slug, Opd.nama).where(self.within(Opd.id))
        self.opd = {row.id: (row.slug, row.nama) for row in session.execute(query)}
        self.due_day = _bill_days(session, self.within(Tagihan.opd_id), day)

    def buku(self, opd_id: int) -> Standing:
        """The books of one OPD, read once."""
        if opd_id not in self._books:
            self._books[opd_id] = standing(self.session, [opd_id], self.day)
        return self._books[opd_id]

    def within(self, column: Any) -> ColumnElement[bool]:
        """Only the OPDs that exist for the actor."""
        ids = self.actor.opd_ids
        return true() if ids is None else column.in_(ids)

    def butir(
        self,
        jenis: str,
        opd_id: int,
        month: tuple[int, int],
        banyak: int,
        nilai: Rupiah | None = None,
        *,
        due_day: date | None = None,
        kunci: str = "",
        what: str = "",
        dasar: str = "",
    ) -> DueEntry:
        """The thing with its day, or the day on which the bill of its month is due."""
        slug, nama = self.opd[opd_id]
        due = due_day or self.due_day.get((opd_id, *month))
        return DueEntry(
            jenis=jenis,
            kunci=kunci or f"{month[0]}-{month[1]:02d}",
            opd_slug=slug,
            opd=nama,
            tahun=month[0],
            bulan=month[1],
            banyak=banyak,
            nilai=nilai,
            due_day=due,
            sisa=None if due is None else sisa(self.day, due, self.days_off),
            what=what,
            dasar=dasar,
        )


def _bill_days(
    session: Session, where: ColumnElement[bool], day: date
) -> dict[tuple[int, int, int], date]:
    rows = session.execute(
        select(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan, func.min(Tagihan.jatuh_tempo))
        .where(
            where,
            Tagihan.jenis == "final",
            Tagihan.jatuh_tempo.is_not(None),
            bill_exists(),
            Tagihan.tahun >= day.year - 1,
        )
        .group_by(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows if row[3] is not None}
