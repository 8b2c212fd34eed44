"""What every report is made from: which OPDs, which months, whose signatures, which frame."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.authorise import require
from kkpd.core.errors import Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Peran
from kkpd.core.span import Rentang
from kkpd.engines.paper import Orang as Pejabat
from kkpd.engines.paper.form_frame import Rangka
from kkpd.engines.paper.list_form import Penanda, mengetahui
from kkpd.ledger.sums import told_in
from kkpd.models import Opd, Transaksi
from kkpd.records import office_holders as officers
from kkpd.records.form_header import SEMUA_OPD, pejabat

#: The word for all OPDs in addresses and on the command line.
SEMUA: Final = "semua"
#: Where nobody holds the office on the day: a draft says so, issuing is refused.
KOSONG: Final = Pejabat("")


@dataclass(frozen=True, slots=True)
class Lingkup:
    """The OPDs of a report: one with its units (`opd` set), or all of them (`opd` None)."""

    opd: Opd | None
    anggota: tuple[Opd, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The keys of the OPDs."""
        return tuple(opd.id for opd in self.anggota)

    @property
    def nama(self) -> str:
        """As the report says it."""
        return SEMUA_OPD if self.opd is None else self.opd.nama

    @property
    def kode(self) -> str:
        """As the address says it."""
        return SEMUA if self.opd is None else self.opd.slug

    def nama_opd(self, opd_id: int) -> str:
        """The name of a member."""
        return next(opd.nama for opd in self.anggota if opd.id == opd_id)


def lingkup(session: Session, actor: Actor, kode: str, izin: str, *, unit: bool = True) -> Lingkup:
    """The OPD of this code or short name with its units, or all for the word `semua`; without
    `unit` the OPD alone.

    NotFound for an OPD that does not exist for the actor; Forbidden for all OPDs to who sees some.
    """
    statement = select(Opd).order_by(Opd.nama, Opd.id)
    if kode == SEMUA:
        if actor.jangkauan(izin) is not None:
            raise Forbidden(
                "Laporan semua OPD hanya untuk yang bertugas pada semua OPD. Sebut satu OPD."
            )
        return Lingkup(None, tuple(session.scalars(statement)))
    opd = session.scalars(select(Opd).where(or_(Opd.kode == kode, Opd.slug == kode))).one_or_none()
    if opd is None or not actor.sees(opd.id):
        raise NotFound(f"OPD “{kode[:40]}” tidak ada. Periksa kodenya.", field="opd")
    require(actor, izin, opd.id)
    if not unit:
        return Lingkup(opd, (opd,))
    units = session.scalars(statement.where(Opd.induk_id == opd.id))
    return Lingkup(opd, (opd, *(unit for unit in units if actor.can(izin, unit.id))))


@dataclass(frozen=True, slots=True)
class Saat:
    """The books of a report's OPDs as of a day: facts and the parts they are split into."""

    facts: ledger.Facts
    parts: tuple[ledger.Part, ...]

    def told(self, span: Rentang) -> list[ledger.Part]:
        """The parts that papers of these months tell of, by their bill's month."""
        return [part for part in self.parts if told_in(self.facts, part) in span.bulan]

    def blocks(self) -> list[ledger.BillBlock]:
        """Each final bill with where every rupiah of it is."""
        return ledger.bill_blocks(self.facts, self.parts)

    @property
    def owed(self) -> Rupiah:
        """What the budget bears and has not paid."""
        return ledger.owed(self.parts)


def saat(session: Session, opd_ids: Collection[int], hari: date) -> Saat:
    """The books of these OPDs as of the day."""
    facts = ledger.facts(session, opd_ids, hari)
    return Saat(facts, ledger.split(facts))


@dataclass(frozen=True, slots=True)
class Bahan:
    """The ground of one report. `hari` is its own date; `kartu` narrows a DPR to one card."""

    session: Session
    lingkup: Lingkup
    rentang: Rentang
    rangka: Rangka
    hari: date
    kartu: str = ""

    def dalam(self, model: Any) -> tuple[ColumnElement[bool], ...]:
        """The conditions that a row with opd_id, tahun and bulan is of this report."""
        return (
            model.opd_id.in_(self.lingkup.ids),
            model.tahun == self.rentang.tahun,
            model.bulan.between(self.rentang.awal, self.rentang.akhir),
        )

    @property
    def malam(self) -> date:
        """The day before its first."""
        return self.rentang.mulai - timedelta(days=1)

    def pada(self, hari: date) -> Saat:
        """The books of its OPDs as of a day."""
        return saat(self.session, self.lingkup.ids, hari)

    def belanja(self, ids: Collection[int | None]) -> dict[int, Transaksi]:
        """These purchases by key, for their words."""
        rows = self.session.scalars(select(Transaksi).where(Transaksi.id.in_(set(ids))))
        return {row.id: row for row in rows}

    def skpd(self, opd_id: int) -> str:
        """The OPD's name for the column SKPD."""
        return self.lingkup.nama_opd(opd_id)

    def pejabat(self, peran: Peran) -> Pejabat:
        """Who holds the office on the report's day; for all OPDs Kuasa BUD speaks."""
        if self.lingkup.opd is None:
            found = officers.pejabat(self.session, None, Peran.BUD, self.hari)
        else:
            found = officers.pejabat(self.session, self.lingkup.opd.id, peran, self.hari)
        return KOSONG if found is None else pejabat(found)

    @property
    def penanda(self) -> list[Penanda]:
        """PA and treasurer; Kuasa BUD alone where the report is about all OPDs."""
        if self.lingkup.opd is None:
            return [Penanda("Kuasa Bendahara Umum Daerah", self.pejabat(Peran.BUD))]
        return mengetahui(self.pejabat(Peran.PA), self.pejabat(Peran.BENDAHARA))

    def kosong(self, apa: str) -> NotFound:
        """The refusal where there is nothing to print."""
        return NotFound(
            f"{apa} {self.lingkup.nama} tidak ada untuk {self.rentang.nama}. "
            "Periksa OPD dan periodenya.",
            field="periode",
        )
