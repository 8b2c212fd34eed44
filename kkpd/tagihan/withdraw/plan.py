"""What taking an import out again would do: which lines go, which stay, and what stands in the way.

A line goes when no other import in force gives it. One that another file gives too stays as it is,
with what was decided on it; that file must show it as part of the same bill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.money import ZERO, Rupiah
from kkpd.ledger.active import bill_exists, is_given, visible, withdrawn_files
from kkpd.models import (
    BarisBank,
    Berkas,
    Cocok,
    Impor,
    ImporKeluar,
    ImporTagihan,
    SumberBaris,
    Tagihan,
)


@dataclass(frozen=True, slots=True)
class ImportScope:
    """The import in question, as conditions on BarisBank."""

    impor_id: int
    berkas_id: int
    opd_id: int

    @property
    def _own(self) -> ColumnElement[bool]:
        bills = select(ImporTagihan.tagihan_id).where(ImporTagihan.impor_id == self.impor_id)
        brought = select(BarisBank.id).where(
            BarisBank.tagihan_id.in_(bills), BarisBank.berkas_id == self.berkas_id
        )
        seen = select(SumberBaris.baris_bank_id).where(SumberBaris.berkas_id == self.berkas_id)
        return and_(
            BarisBank.opd_id == self.opd_id,
            BarisBank.id.in_(brought.union_all(seen)),
            is_given(),
        )

    def _given_elsewhere(self, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        """Another import in force gives the line; `more` narrows the sightings."""
        brought = and_(
            BarisBank.berkas_id != self.berkas_id, BarisBank.berkas_id.not_in(withdrawn_files())
        )
        seen = exists().where(
            SumberBaris.baris_bank_id == BarisBank.id,
            SumberBaris.berkas_id != self.berkas_id,
            visible(),
            *more,
        )
        return or_(brought, seen.correlate(BarisBank))

    @property
    def going(self) -> ColumnElement[bool]:
        """Lines that nothing gives any more without this import."""
        return and_(self._own, not_(self._given_elsewhere()))

    @property
    def tetap(self) -> ColumnElement[bool]:
        """Lines of this import that another one gives too."""
        return and_(self._own, self._given_elsewhere())

    @property
    def moving(self) -> ColumnElement[bool]:
        """Of those that stay, the ones that no other import has in the same bill or list."""
        # + 0: by its line a sighting is found at once; by the bill's index each line looks at all
        same = SumberBaris.tagihan_id + 0 == BarisBank.tagihan_id
        return and_(self.tetap, not_(self._given_elsewhere(same)))

    @property
    def shared(self) -> ColumnElement[bool]:
        """Condition on Cocok: of lines that stay, to purchases that lines which go paid too."""
        lines = select(BarisBank.id).where(self.going)
        paid = aliased(Cocok)
        purchases = select(paid.transaksi_id).where(
            paid.opd_id == self.opd_id, paid.baris_bank_id.in_(lines), paid.dicabut_at.is_(None)
        )
        return and_(
            Cocok.opd_id == self.opd_id,
            Cocok.transaksi_id.in_(purchases),
            Cocok.baris_bank_id.not_in(lines),
            Cocok.dicabut_at.is_(None),
        )

    @property
    def tagihan(self) -> ColumnElement[bool]:
        """Condition on Tagihan: bills that no other import in force shows."""
        mine = select(ImporTagihan.tagihan_id).where(ImporTagihan.impor_id == self.impor_id)
        others = exists().where(
            ImporTagihan.tagihan_id == Tagihan.id,
            ImporTagihan.impor_id != self.impor_id,
            ImporTagihan.impor_id.not_in(select(ImporKeluar.impor_id)),
        )
        return and_(Tagihan.id.in_(mine), bill_exists(), not_(others.correlate(Tagihan)))

    def other_imports(self) -> ColumnElement[bool]:
        """Condition on Impor: others in force of this OPD."""
        return and_(
            Impor.opd_id == self.opd_id,
            Impor.id != self.impor_id,
            Impor.id.not_in(select(ImporKeluar.impor_id)),
        )


@dataclass(frozen=True, slots=True)
class LineCounts:
    """How many lines go and stay, what those that go ask for (without payments), and how many pairs
    that the program made by itself are let go with them.
    """

    baris: int
    tetap: int
    jumlah: Rupiah
    automatic: int


def scope_of(impor: Impor) -> ImportScope:
    """The conditions for this import."""
    return ImportScope(impor.id, impor.berkas_id, impor.opd_id)


def tally(session: Session, this_one: ImportScope) -> LineCounts:
    """Count what goes and what stays."""
    baris = tetap = 0
    jumlah = ZERO
    for jenis, count, amount in session.execute(
        select(BarisBank.jenis, func.count(), func.sum(BarisBank.nilai))
        .where(this_one.going)
        .group_by(BarisBank.jenis)
    ):
        baris += count
        jumlah = jumlah if jenis == "pembayaran" else jumlah + amount
    tetap = session.scalar(select(func.count()).select_from(BarisBank).where(this_one.tetap)) or 0
    lines = select(BarisBank.id).where(this_one.going)
    own = and_(Cocok.baris_bank_id.in_(lines), Cocok.dicabut_at.is_(None))
    automatic = session.scalar(
        select(func.count())
        .select_from(Cocok)
        .where(or_(own, this_one.shared), Cocok.status == "pasti")
    )
    return LineCounts(baris, tetap, jumlah, automatic or 0)


@dataclass(frozen=True, slots=True)
class LeavingLine:
    """A line that goes, as the check shows it."""

    id: int
    tanggal: date | None
    uraian: str
    kartu_akhir: str | None
    nilai: Rupiah


def leaving_lines(session: Session, this_one: ImportScope, banyak: int) -> tuple[LeavingLine, ...]:
    """The first lines that go, in the order of receipt."""
    rows = session.scalars(
        select(BarisBank).where(this_one.going).order_by(BarisBank.id).limit(banyak)
    )
    return tuple(
        LeavingLine(
            row.id,
            row.tanggal_transaksi or row.tanggal_posting,
            row.keterangan or row.merchant,
            row.kartu_akhir,
            row.nilai,
        )
        for row in rows
    )


def file_name(session: Session, file_ids: list[int]) -> str:
    """The names of these files for a sentence, at most three."""
    names = session.scalars(
        select(Berkas.nama).where(Berkas.id.in_(file_ids)).order_by(Berkas.id).limit(4)
    ).all()
    return ", ".join(names[:3]) + (" dan lainnya" if len(names) > 3 else "")
