"""What every part of "Perlu Anda" stands on: the person, OPD names, the calendar, the books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.core.working_days import sisa
from kkpd.ledger.active import tagihan_ada
from kkpd.ledger.standing import Standing, Summary, standing, summary
from kkpd.models import Opd, Tagihan
from kkpd.organisation import holidays as kalender
from kkpd.oversight.reminder_rules import Butir


class Ground:
    """The ground of one answer: OPD names, calendar, and the due dates of the months' bills."""

    def __init__(
        self, session: Session, actor: Actor, hari: date, ringkas: Callable[[int], Summary] | None
    ) -> None:
        self.session, self.actor, self.hari = session, actor, hari
        self.ringkas = ringkas or (lambda opd_id: summary(self.buku(opd_id)))
        self._buku: dict[int, Standing] = {}
        self.libur = kalender.libur(session).keys()
        query = select(Opd.id, Opd.slug, Opd.nama).where(self.dalam(Opd.id))
        self.opd = {row.id: (row.slug, row.nama) for row in session.execute(query)}
        self.jatuh = _bill_days(session, self.dalam(Tagihan.opd_id), hari)

    def buku(self, opd_id: int) -> Standing:
        """The books of one OPD, read once."""
        if opd_id not in self._buku:
            self._buku[opd_id] = standing(self.session, [opd_id], self.hari)
        return self._buku[opd_id]

    def dalam(self, column: Any) -> ColumnElement[bool]:
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
        jatuh: date | None = None,
        kunci: str = "",
        apa: str = "",
        dasar: str = "",
    ) -> Butir:
        """The thing with its day, or the day on which the bill of its month is due."""
        slug, nama = self.opd[opd_id]
        due = jatuh or self.jatuh.get((opd_id, *month))
        return Butir(
            jenis=jenis,
            kunci=kunci or f"{month[0]}-{month[1]:02d}",
            opd_slug=slug,
            opd=nama,
            tahun=month[0],
            bulan=month[1],
            banyak=banyak,
            nilai=nilai,
            jatuh=due,
            sisa=None if due is None else sisa(self.hari, due, self.libur),
            apa=apa,
            dasar=dasar,
        )


def _bill_days(
    session: Session, where: ColumnElement[bool], hari: date
) -> dict[tuple[int, int, int], date]:
    rows = session.execute(
        select(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan, func.min(Tagihan.jatuh_tempo))
        .where(
            where,
            Tagihan.jenis == "final",
            Tagihan.jatuh_tempo.is_not(None),
            tagihan_ada(),
            Tagihan.tahun >= hari.year - 1,
        )
        .group_by(Tagihan.opd_id, Tagihan.tahun, Tagihan.bulan)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows if row[3] is not None}
