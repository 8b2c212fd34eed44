"""What taking an import out again would do: which lines go, which stay, and what stands in the way.

A line goes when no other import in force gives it. One that another file gives too stays as it is,
with what was decided on it; that file must show it as part of the same bill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.money import NOL, Rupiah
from kkpd.ledger.active import berkas_keluar, diberikan, tagihan_ada, terlihat
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
class Lingkup:
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
            diberikan(),
        )

    def _given_elsewhere(self, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        """Another import in force gives the line; `more` narrows the sightings."""
        brought = and_(
            BarisBank.berkas_id != self.berkas_id, BarisBank.berkas_id.not_in(berkas_keluar())
        )
        seen = exists().where(
            SumberBaris.baris_bank_id == BarisBank.id,
            SumberBaris.berkas_id != self.berkas_id,
            terlihat(),
            *more,
        )
        return or_(brought, seen.correlate(BarisBank))

    @property
    def pergi(self) -> ColumnElement[bool]:
        """Lines that nothing gives any more without this import."""
        return and_(self._own, not_(self._given_elsewhere()))

    @property
    def tetap(self) -> ColumnElement[bool]:
        """Lines of this import that another one gives too."""
        return and_(self._own, self._given_elsewhere())

    @property
    def berpindah(self) -> ColumnElement[bool]:
        """Of those that stay, the ones that no other import has in the same bill or list."""
        # + 0: by its line a sighting is found at once; by the bill's index each line looks at all
        same = SumberBaris.tagihan_id + 0 == BarisBank.tagihan_id
        return and_(self.tetap, not_(self._given_elsewhere(same)))

    @property
    def bersama(self) -> ColumnElement[bool]:
        """Condition on Cocok: of lines that stay, to purchases that lines which go paid too."""
        lines = select(BarisBank.id).where(self.pergi)
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
        return and_(Tagihan.id.in_(mine), tagihan_ada(), not_(others.correlate(Tagihan)))

    def berkas_lain(self) -> ColumnElement[bool]:
        """Condition on Impor: others in force of this OPD."""
        return and_(
            Impor.opd_id == self.opd_id,
            Impor.id != self.impor_id,
            Impor.id.not_in(select(ImporKeluar.impor_id)),
        )


@dataclass(frozen=True, slots=True)
class Banyak:
    """How many lines go and stay, what those that go ask for (without payments), and how many pairs
    that the program made by itself are let go with them.
    """

    baris: int
    tetap: int
    jumlah: Rupiah
    otomatis: int


def lingkup(impor: Impor) -> Lingkup:
    """The conditions for this import."""
    return Lingkup(impor.id, impor.berkas_id, impor.opd_id)


def hitung(session: Session, ini: Lingkup) -> Banyak:
    """Count what goes and what stays."""
    baris = tetap = 0
    jumlah = NOL
    for jenis, count, amount in session.execute(
        select(BarisBank.jenis, func.count(), func.sum(BarisBank.nilai))
        .where(ini.pergi)
        .group_by(BarisBank.jenis)
    ):
        baris += count
        jumlah = jumlah if jenis == "pembayaran" else jumlah + amount
    tetap = session.scalar(select(func.count()).select_from(BarisBank).where(ini.tetap)) or 0
    lines = select(BarisBank.id).where(ini.pergi)
    own = and_(Cocok.baris_bank_id.in_(lines), Cocok.dicabut_at.is_(None))
    otomatis = session.scalar(
        select(func.count())
        .select_from(Cocok)
        .where(or_(own, ini.bersama), Cocok.status == "pasti")
    )
    return Banyak(baris, tetap, jumlah, otomatis or 0)


@dataclass(frozen=True, slots=True)
class BarisPergi:
    """A line that goes, as the check shows it."""

    id: int
    tanggal: date | None
    uraian: str
    kartu_akhir: str | None
    nilai: Rupiah


def contoh(session: Session, ini: Lingkup, banyak: int) -> tuple[BarisPergi, ...]:
    """The first lines that go, in the order of receipt."""
    rows = session.scalars(select(BarisBank).where(ini.pergi).order_by(BarisBank.id).limit(banyak))
    return tuple(
        BarisPergi(
            row.id,
            row.tanggal_transaksi or row.tanggal_posting,
            row.keterangan or row.merchant,
            row.kartu_akhir,
            row.nilai,
        )
        for row in rows
    )


def nama_berkas(session: Session, berkas_ids: list[int]) -> str:
    """The names of these files for a sentence, at most three."""
    names = session.scalars(
        select(Berkas.nama).where(Berkas.id.in_(berkas_ids)).order_by(Berkas.id).limit(4)
    ).all()
    return ", ".join(names[:3]) + (" dan lainnya" if len(names) > 3 else "")
