"""The inspector's board: every OPD by month, what is open, how old it is, what to look at first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.peran import Actor
from kkpd.models import BarisBank, Ceiling, Cocok, DtsFinal, Opd, Periode, Selisih, Temuan
from kkpd.queries.cocok import DIHITUNG


@dataclass(frozen=True, slots=True)
class Sel:
    """One OPD's month: its open difference, the age in days of its oldest open line, its state."""

    selisih: Rupiah
    umur: int | None
    status: str
    ada: bool


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
    def tertua(self) -> int:
        """The age of its oldest open line in days, 0 for none."""
        return max((cell.umur or 0 for cell in self.bulan), default=0)

    @property
    def periode_tertua(self) -> int | None:
        """The earliest month (1..12) with an open line."""
        return next((n for n, cell in enumerate(self.bulan, 1) if cell.umur is not None), None)


def papan(session: Session, actor: Actor, tahun: int, hari: date) -> list[BarisPapan]:
    """All OPDs the actor may see, those that need eyes first: age, then amount."""
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
    ]
    return sorted(rows, key=lambda row: (-row.tertua, -row.selisih.sen, row.nama))


def _opds(actor: Actor) -> Select[Opd]:
    statement = select(Opd).where(Opd.aktif.is_(True)).order_by(Opd.nama)
    return statement if actor.opd_ids is None else statement.where(Opd.id.in_(actor.opd_ids))


def _open_lines(
    session: Session, actor: Actor, tahun: int
) -> dict[tuple[int, int], list[tuple[Rupiah, date | None]]]:
    """(opd, month) -> (open remainder, day) of each counted line; zero for settled ones."""
    covered = _covered(Cocok)
    explained = _covered(Selisih)
    rows = session.execute(
        select(
            BarisBank.opd_id,
            BarisBank.bulan,
            BarisBank.nilai,
            covered.c.nilai,
            explained.c.nilai,
            func.coalesce(BarisBank.tanggal_posting, BarisBank.tanggal_transaksi),
        )
        .outerjoin(covered, covered.c.baris_bank_id == BarisBank.id)
        .outerjoin(explained, explained.c.baris_bank_id == BarisBank.id)
        .where(
            BarisBank.tahun == tahun,
            BarisBank.jenis.in_(DIHITUNG),
            BarisBank.id.not_in(select(DtsFinal.gugur_id)),
        )
    )
    found: dict[tuple[int, int], list[tuple[Rupiah, date | None]]] = {}
    for opd_id, bulan, nilai, matched, told, day in rows:
        if actor.sees(opd_id):
            rest = nilai - (matched or NOL) - (told or NOL)
            found.setdefault((opd_id, bulan), []).append((rest, day))
    return found


def _covered(model: type[Cocok] | type[Selisih]):  # type: ignore[no-untyped-def]  # as in cocok
    return (
        select(model.baris_bank_id, func.sum(model.nilai).label("nilai"))
        .where(model.dicabut_at.is_(None))
        .group_by(model.baris_bank_id)
        .subquery()
    )


def _cell(lines: list[tuple[Rupiah, date | None]] | None, status: str | None, hari: date) -> Sel:
    if lines is None:
        return Sel(NOL, None, status or "", ada=False)
    waiting = [(rest, day) for rest, day in lines if rest]
    ages = [(hari - day).days for _rest, day in waiting if day is not None]
    return Sel(
        total(rest for rest, _day in waiting),
        max(ages, default=0) if waiting else None,
        status or "terbuka",
        ada=True,
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


@dataclass(frozen=True, slots=True)
class BarisTemuan:
    """A finding with its OPD, for the inspectors' list."""

    id: int
    opd: str
    slug: str
    periode: tuple[int, int]
    aturan: str
    berat: str
    subjek: str
    pesan: str
    masukan: dict[str, str]
    umur: int


def temuan(
    session: Session, actor: Actor, hari: date, *, opd_id: int | None = None, banyak: int = 200
) -> list[BarisTemuan]:
    """Open findings, the gravest and oldest first, within what the actor may see."""
    require(actor, "temuan:lihat", opd_id)
    statement = (
        select(Temuan, Opd.nama, Opd.slug)
        .join(Opd, Opd.id == Temuan.opd_id)
        .where(Temuan.selesai_at.is_(None))
        .order_by(Temuan.berat.desc(), Temuan.id)
        .limit(banyak)
    )
    if opd_id is not None:
        statement = statement.where(Temuan.opd_id == opd_id)
    elif actor.opd_ids is not None:
        statement = statement.where(Temuan.opd_id.in_(actor.opd_ids))
    return [
        BarisTemuan(
            row.id,
            nama,
            slug,
            (row.tahun, row.bulan),
            row.aturan,
            row.berat,
            row.subjek,
            row.pesan,
            row.masukan,
            (hari - row.at.date()).days,
        )
        for row, nama, slug in session.execute(statement)
    ]
