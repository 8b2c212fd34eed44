"""What every report is made from: OPDs, months, signatures, frame."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.errors import Forbidden, NotFound
from kkpd.core.moments import Span
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper import Person as Officer
from kkpd.engines.paper.forms import Frame, Group, ListShape, listing, usual_signers
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.ledger.sums import told_in
from kkpd.models import Opd, Transaksi
from kkpd.records.form_header import ALL_OPDS, as_printed
from kkpd.records.office_holders import officer

#: The word for all OPDs in URLs and on the command line.
ALL: Final = "semua"
#: Printed where nobody holds the office on the day: on drafts only, issuing is refused.
EMPTY: Final = Officer("")


@dataclass(frozen=True, slots=True)
class ReportScope:
    """The OPDs of a report: one with its units (`opd` set), or all of them (`opd` None)."""

    opd: Opd | None
    members: tuple[Opd, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The keys of the OPDs."""
        return tuple(opd.id for opd in self.members)

    @property
    def nama(self) -> str:
        """As the report says it."""
        return ALL_OPDS if self.opd is None else self.opd.nama

    @property
    def kode(self) -> str:
        """As the address says it."""
        return ALL if self.opd is None else self.opd.slug

    def opd_name(self, opd_id: int) -> str:
        """The name of a member."""
        return next(opd.nama for opd in self.members if opd.id == opd_id)


def coverage(
    session: Session, actor: Actor, kode: str, permission: str, *, unit: bool = True
) -> ReportScope:
    """The OPD of this code or short name with its units, or all OPDs for the word `semua`; without
    `unit` the OPD alone.

    NotFound for an OPD that the actor may not see; Forbidden for all OPDs to actors who see only
    some.
    """
    statement = select(Opd).order_by(Opd.nama, Opd.id)
    if kode == ALL:
        if actor.opds_for(permission) is not None:
            raise Forbidden(
                "Laporan semua OPD hanya untuk yang bertugas pada semua OPD. Sebut satu OPD."
            )
        return ReportScope(None, tuple(session.scalars(statement)))
    opd = session.scalars(select(Opd).where(or_(Opd.kode == kode, Opd.slug == kode))).one_or_none()
    if opd is None or not actor.sees(opd.id):
        raise NotFound(f"OPD “{kode[:40]}” tidak ada. Periksa kodenya.", field="opd")
    require(actor, permission, opd.id)
    if not unit:
        return ReportScope(opd, (opd,))
    units = session.scalars(statement.where(Opd.induk_id == opd.id))
    return ReportScope(opd, (opd, *(unit for unit in units if actor.can(permission, unit.id))))


@dataclass(frozen=True, slots=True)
class BooksAsOf:
    """The books of a report's OPDs as of a day: facts, and parts."""

    facts: ledger.Facts
    parts: tuple[ledger.Part, ...]

    def told(self, span: Span) -> list[ledger.Part]:
        """The parts that belong on papers of these months, by their bill's month."""
        return [part for part in self.parts if told_in(self.facts, part) in span.bulan]

    def blocks(self) -> list[ledger.BillBlock]:
        """Each final bill, with its sum by place."""
        return ledger.bill_blocks(self.facts, self.parts)

    @property
    def owed(self) -> Rupiah:
        """What the budget bears and has not paid."""
        return ledger.owed(self.parts)


def moment(session: Session, opd_ids: Collection[int], day: date) -> BooksAsOf:
    """The books of these OPDs as of the day."""
    facts = ledger.facts(session, opd_ids, day)
    return BooksAsOf(facts, ledger.split(facts))


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """The inputs of one report. `day` is its own date; `kartu` narrows a DPR to one card."""

    session: Session
    coverage: ReportScope
    span: Span
    paper_frame: Frame
    day: date
    kartu: str = ""

    def within(self, model: Any) -> tuple[ColumnElement[bool], ...]:
        """The SQL conditions for rows (with opd_id, tahun and bulan) of this report."""
        return (
            model.opd_id.in_(self.coverage.ids),
            model.tahun == self.span.tahun,
            model.bulan.between(self.span.start, self.span.finish),
        )

    @property
    def day_before(self) -> date:
        """The day before its first."""
        return self.span.mulai - timedelta(days=1)

    def as_of(self, day: date) -> BooksAsOf:
        """The books of its OPDs as of a day."""
        return moment(self.session, self.coverage.ids, day)

    def belanja(self, ids: Collection[int | None]) -> dict[int, Transaksi]:
        """These purchases by key, for their words."""
        rows = self.session.scalars(select(Transaksi).where(Transaksi.id.in_(set(ids))))
        return {row.id: row for row in rows}

    def skpd(self, opd_id: int) -> str:
        """The OPD's name for the column SKPD."""
        return self.coverage.opd_name(opd_id)

    def officer(self, peran: Role) -> Officer:
        """Who holds the office on the report's day; for all OPDs the Kuasa BUD."""
        if self.coverage.opd is None:
            found = officer(self.session, None, Role.BUD, self.day)
        else:
            found = officer(self.session, self.coverage.opd.id, peran, self.day)
        return EMPTY if found is None else as_printed(found)

    @property
    def signed_by(self) -> list[SignatureBlock]:
        """PA and treasurer; Kuasa BUD alone where the report is about all OPDs."""
        if self.coverage.opd is None:
            return [SignatureBlock("Kuasa Bendahara Umum Daerah", self.officer(Role.BUD))]
        return usual_signers(self.officer(Role.PA), self.officer(Role.BENDAHARA))

    def sheet(
        self,
        shape: ListShape,
        kelompok: Sequence[Group],
        said: str = "",
        *,
        catatan: Sequence[str] = (),
        judul: str = "",
    ) -> FrozenDocument:
        """This list over groups of rows, for the report's months (or as `said`) and signers."""
        return listing(
            shape,
            self.paper_frame,
            kelompok or [("", ())],
            self.signed_by,
            catatan=catatan,
            subjudul=[said or self.span.nama],
            judul=judul,
        )

    def kosong(self, what: str) -> NotFound:
        """The error when there is nothing to print."""
        return NotFound(
            f"{what} {self.coverage.nama} tidak ada untuk {self.span.nama}. "
            "Periksa OPD dan periodenya.",
            field="periode",
        )
