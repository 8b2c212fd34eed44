"""The inputs of one OPD's identities: papers as drawn now, the frozen data of issued papers, tables
by plain selects, and the ledger. Each is read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.errors import Conflict, NotFound
from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.parts import Entries, Sel
from kkpd.ledger.active import holds
from kkpd.ledger.shapes import Facts, Part
from kkpd.ledger.sums import BillBlock
from kkpd.models import BarisBank, Dokumen, Opd, Pencairan, Periode, Transaksi
from kkpd.reports import named

#: An amount, and in words where it was read.
Side = tuple[Rupiah, str]
#: The key of docs/kebenaran.md and the two sides that must be the same amount.
Identity = tuple[str, Side, Side]


@dataclass(frozen=True, slots=True)
class Claim:
    """One identity for one OPD and period: it holds when both sides are the same amount.

    `key` is that of docs/kebenaran.md; the sources say in words where each side was read.
    """

    key: str
    opd: str
    period: str
    left: Rupiah
    right: Rupiah
    left_source: str
    right_source: str

    @property
    def difference(self) -> Rupiah:
        """Left minus right."""
        return self.left - self.right

    @property
    def holds(self) -> bool:
        """Whether both sides say the same."""
        return not self.difference

    @property
    def sentence(self) -> str:
        """What fails, for a person."""
        return (
            f"{self.key} {self.opd} {self.period}: {self.left_source} Rp {self.left}, "
            f"{self.right_source} Rp {self.right}, beda Rp {self.difference}."
        )


#: The actor who draws the papers: every role over every OPD, so that nothing is hidden.
READER: Final = Actor(0, 0, "tie-out", tuple(Assignment(peran, None) for peran in Role))


class Paper:
    """A paper's figures by the keys of its columns and the words of its labels.

    A report without data for the period is empty: its sums are zero.
    """

    def __init__(self, document: Document | None) -> None:
        self._document = document
        self._tables = [] if document is None else list(document.data_table)

    @property
    def exists(self) -> bool:
        """Whether there was anything to print."""
        return self._document is not None

    def rows(self, *having: str) -> Iterator[dict[str, Sel]]:
        """The rows of the first table with these columns, cells by column key."""
        for one in self._tables:
            keys = [kolom.kunci for kolom in one.kolom]
            if set(having) <= set(keys):
                for row in one.baris:
                    yield dict(zip(keys, row, strict=True))
                return

    def sum(self, key: str, *beside: str) -> Rupiah:
        """The sum of a column of the first table that has it (and those `beside` it); empty cells
        count nothing.
        """
        cells = (row[key] for row in self.rows(key, *beside))
        return total(cell for cell in cells if isinstance(cell, Rupiah))

    def first(self, key: str) -> Rupiah:
        """The cell of the first row."""
        return next((c for row in self.rows(key) if isinstance(c := row[key], Rupiah)), ZERO)

    def last(self, key: str) -> Rupiah:
        """The cell of the last row."""
        cells = [c for row in self.rows(key) if isinstance(c := row[key], Rupiah)]
        return cells[-1] if cells else ZERO

    def label(self, words: str) -> Rupiah:
        """The amount that stands behind these words among the label rows; zero without them."""
        for part in self._document.isi if self._document else ():
            if isinstance(part, Entries):
                for butir in part.butir:
                    if butir.label == words:
                        return Rupiah.parse(butir.isi)
        return ZERO


@dataclass(slots=True)
class World:
    """One OPD as of a day: everything that the identities need, cached."""

    session: Session
    opd: Opd
    day: date
    _papers: dict[tuple[str, Span], Paper] = field(default_factory=dict)
    _parts: dict[date, tuple[Part, ...]] = field(default_factory=dict)

    def paper(self, name: str, span: Span) -> Paper:
        """The report of this name as drawn now; an empty one if it has no data."""
        key = (name, span)
        if key not in self._papers:
            asked = named.ReportRequest(nama=name, opd=self.opd.slug, span=span, unit=False)
            try:
                document = named.compose(self.session, READER, asked, self.day)
            except (NotFound, Conflict):
                document = None
            self._papers[key] = Paper(document)
        return self._papers[key]

    def issued(self, jenis: str, span: Span) -> list[tuple[Dokumen, Paper]]:
        """Issued papers of this kind that hold, booked in the months, with their frozen figures."""
        rows = self.session.scalars(
            select(Dokumen)
            .where(
                Dokumen.opd_id == self.opd.id,
                Dokumen.jenis == jenis,
                Dokumen.tahun == span.tahun,
                Dokumen.bulan.between(span.start, span.finish),
                holds(Dokumen),
            )
            .order_by(Dokumen.id)
        )
        return [(row, Paper(Document.from_json(row.data))) for row in rows]

    def facts(self, on: date) -> Facts:
        """The ledger's facts as of a day."""
        return ledger.facts(self.session, [self.opd.id], on)

    def parts(self, on: date) -> tuple[Part, ...]:
        """The ledger's parts as of a day."""
        if on not in self._parts:
            self._parts[on] = ledger.split(self.facts(on))
        return self._parts[on]

    def blocks(self, span: Span) -> list[BillBlock]:
        """The bills of the months, as they stand on the day."""
        found = ledger.bill_blocks(self.facts(self.day), self.parts(self.day))
        months = set(span.bulan)
        return [one for one in found if one.bill.month in months]

    def owed(self, on: date) -> Rupiah:
        """What the budget owes to the bank on that day."""
        return ledger.owed(self.parts(on))

    def eve(self, span: Span) -> date:
        """The day before the months."""
        return span.mulai - timedelta(days=1)

    def sum(self, column: Any, *conditions: ColumnElement[bool]) -> Rupiah:
        """The sum of a money column by a plain select; zero for none."""
        return self.session.scalar(select(func.sum(column)).where(*conditions)) or ZERO

    def steps(self, langkah: str, *conditions: ColumnElement[bool]) -> Rupiah:
        """The sum of recorded SP2D or debits of the OPD that hold."""
        mine = (Pencairan.opd_id == self.opd.id, Pencairan.langkah == langkah, holds(Pencairan))
        return self.sum(Pencairan.nilai, *mine, *conditions)

    def documents(self, jenis: str, span: Span) -> list[Dokumen]:
        """Issued papers of this kind that hold, of the months."""
        return [row for row, _ in self.issued(jenis, span)]

    def months(self, tahun: int) -> list[Span]:
        """The year's months up to the day, from the first in which the OPD has anything."""
        last = 12 if tahun < self.day.year else self.day.month
        if tahun > self.day.year:
            return []
        used = set(self._used(tahun))
        first = min(used, default=last + 1) if not self._before(tahun) else 1
        return [Span(tahun, month, month) for month in range(first, last + 1)]

    def closed(self, span: Span) -> bool:
        """Whether the month is closed."""
        row = self.session.get(Periode, (self.opd.id, span.tahun, span.start))
        return row is not None and row.status != "terbuka"

    def _used(self, tahun: int) -> Sequence[int]:
        found: set[int] = set()
        for model in (BarisBank, Transaksi):
            found |= set(
                self.session.scalars(
                    select(model.bulan)
                    .where(model.opd_id == self.opd.id, model.tahun == tahun)
                    .distinct()
                )
            )
        return sorted(found)

    def _before(self, tahun: int) -> bool:
        return any(
            self.session.scalar(
                select(model.id).where(model.opd_id == self.opd.id, model.tahun < tahun).limit(1)
            )
            for model in (BarisBank, Transaksi)
        )

    def claims(self, period: Span | str, identities: Iterable[Identity]) -> Iterator[Claim]:
        """These identities as claims about this OPD."""
        code = period if isinstance(period, str) else period.kode
        for key, (left, said), (right, beside) in identities:
            yield Claim(key, self.opd.slug, code, left, right, said, beside)
