"""The inspector's board: every OPD by month, what is open, how old it is, what to look at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.peran import Actor
from kkpd.ledger.active import berlaku
from kkpd.models import BarisBank, Ceiling, Cocok, Opd, Periode, Selisih, Temuan
from kkpd.queries.cocok import DIHITUNG

#: The open remainder of a line, its day, its id.
_Line = tuple[Rupiah, date | None, int]


@dataclass(frozen=True, slots=True)
class Sel:
    """One OPD's month: its open difference, the age in days of its oldest open line, its state.

    `baris` lines were billed, `tercakup` of them are settled; `tertua` is the oldest open line.
    """

    selisih: Rupiah
    umur: int | None
    status: str
    ada: bool
    baris: int = 0
    tercakup: int = 0
    tertua: int | None = None


@dataclass(frozen=True, slots=True)
class BarisPapan:
    """One OPD of the board."""

    opd_id: int
    slug: str
    nama: str
    bulan: tuple[Sel, ...]
    up_terpakai: int | None
    temuan: int

    @property
    def selisih(self) -> Rupiah:
        """Its open differences over all months, whatever their sign: one never hides another."""
        return total(abs(cell.selisih) for cell in self.bulan)

    @property
    def cakupan(self) -> int | None:
        """How many of its lines are settled, in whole percent, rounded down; None without lines."""
        lines = sum(cell.baris for cell in self.bulan)
        return sum(cell.tercakup for cell in self.bulan) * 100 // lines if lines else None

    @property
    def tertutup(self) -> int:
        """How many of its months are closed."""
        return sum(cell.status not in ("", "terbuka") for cell in self.bulan)

    @property
    def tertua(self) -> int:
        """The age of its oldest open line in days, 0 for none."""
        return max((cell.umur or 0 for cell in self.bulan), default=0)

    @property
    def periode_tertua(self) -> int | None:
        """The month (1..12) that holds its oldest open line: one that came late stands in a later
        month than its day; the earlier month of two.
        """
        ages = {n: cell.umur for n, cell in enumerate(self.bulan, 1) if cell.umur is not None}
        return max(ages, key=lambda n: (ages[n], -n), default=None)


#: What the board can be sorted by; each ends with the name, so that the order is total.
URUT: Final[Mapping[str, Callable[[BarisPapan], tuple[int, str]]]] = {
    "nama": lambda row: (0, row.nama),
    "selisih": lambda row: (row.selisih.sen, row.nama),
    "umur": lambda row: (row.tertua, row.nama),
    "cakupan": lambda row: (-1 if row.cakupan is None else row.cakupan, row.nama),
    "up": lambda row: (row.up_terpakai or 0, row.nama),
    "temuan": lambda row: (row.temuan, row.nama),
}


def papan(
    session: Session,
    actor: Actor,
    tahun: int,
    hari: date,
    urut: tuple[str, bool] = ("perlu", False),
) -> list[BarisPapan]:
    """All OPDs the actor may see, those that need eyes first: age, then amount; or sorted by one
    of URUT, descending when the second says so. An OPD that ended stays while the year has lines.
    """
    require(actor, "papan:lihat")
    open_lines = _open_lines(session, actor, tahun)
    states = {
        (row.opd_id, row.bulan): row.status
        for row in session.scalars(select(Periode).where(Periode.tahun == tahun))
    }
    findings = _counts(
        session,
        select(Temuan.opd_id, func.count())
        .where(Temuan.tahun == tahun, Temuan.selesai_at.is_(None))
        .group_by(Temuan.opd_id),
    )
    used = _used(session, tahun)
    rows = [
        BarisPapan(
            opd_id=opd.id,
            slug=opd.slug,
            nama=opd.nama,
            bulan=tuple(
                _cell(open_lines.get((opd.id, month)), states.get((opd.id, month)), hari)
                for month in range(1, 13)
            ),
            up_terpakai=used.get(opd.id),
            temuan=findings.get(opd.id, 0),
        )
        for opd in session.scalars(_opds(actor))
        if opd.aktif or any((opd.id, month) in open_lines for month in range(1, 13))
    ]
    rows.sort(key=lambda row: (-row.tertua, -row.selisih.sen, row.nama))
    key, descending = urut
    return sorted(rows, key=URUT[key], reverse=descending) if key in URUT else rows


def _opds(actor: Actor) -> Select[Opd]:
    statement = select(Opd).order_by(Opd.nama)
    return statement if actor.opd_ids is None else statement.where(Opd.id.in_(actor.opd_ids))


def _open_lines(session: Session, actor: Actor, tahun: int) -> dict[tuple[int, int], list[_Line]]:
    """(opd, month) -> (open remainder, day, id) of each counted line; zero for settled ones."""
    covered = _covered(Cocok)
    explained = _covered(Selisih)
    rows = session.execute(
        select(
            BarisBank.opd_id,
            BarisBank.bulan,
            BarisBank.nilai,
            BarisBank.id,
            covered.c.nilai,
            explained.c.nilai,
            func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting),
        )
        .outerjoin(covered, covered.c.baris_bank_id == BarisBank.id)
        .outerjoin(explained, explained.c.baris_bank_id == BarisBank.id)
        .where(
            BarisBank.tahun == tahun,
            BarisBank.jenis.in_(DIHITUNG),
            berlaku(),
        )
    )
    found: dict[tuple[int, int], list[_Line]] = {}
    for opd_id, bulan, nilai, baris_id, matched, told, day in rows:
        if actor.sees(opd_id):
            rest = nilai - (matched or NOL) - (told or NOL)
            found.setdefault((opd_id, bulan), []).append((rest, day, baris_id))
    return found


def _covered(model: type[Cocok] | type[Selisih]):  # type: ignore[no-untyped-def]  # as in cocok
    return (
        select(model.baris_bank_id, func.sum(model.nilai).label("nilai"))
        .where(model.dicabut_at.is_(None))
        .group_by(model.baris_bank_id)
        .subquery()
    )


def _cell(lines: list[_Line] | None, status: str | None, hari: date) -> Sel:
    if lines is None:
        return Sel(NOL, None, status or "", ada=False)
    waiting = [line for line in lines if line[0]]
    oldest = min(waiting, key=lambda line: (line[1] or hari, line[2]), default=None)
    return Sel(
        total(line[0] for line in waiting),
        max((hari - (oldest[1] or hari)).days, 0) if oldest else None,
        status or "terbuka",
        ada=True,
        baris=len(lines),
        tercakup=len(lines) - len(waiting),
        tertua=oldest[2] if oldest else None,
    )


def _used(session: Session, tahun: int) -> dict[int, int]:
    """OPD -> how much of UP KKPD is reserved or posted, in whole percent."""
    rows = session.scalars(
        select(Ceiling).where(Ceiling.tahun == tahun, Ceiling.jenis == "up_kkpd")
    )
    return {
        row.opd_id: (row.reserved + row.posted).sen * 100 // row.limit.sen
        for row in rows
        if row.limit
    }


def _counts(session: Session, statement: Select[int, int]) -> dict[int, int]:
    return {opd_id: count for opd_id, count in session.execute(statement)}  # noqa: C416 -- a Row is no typed pair
