"""Year end of an OPD: unsettled on 31 December, what the new year has or lacks, what went over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.models import (
    Ceiling,
    Dpa,
    Kartu,
    Opd,
    Periode,
    Rekening,
    RencanaDana,
    Setelan,
    SubKegiatan,
    TahunBuka,
    Temuan,
    UpKeputusan,
)
from kkpd.organisation import holidays
from kkpd.records import settings as records_settings
from kkpd.year.rules import Syarat, pola_bertahun
from kkpd.year.unsettled import belum_lunas

_TAMAT: Final = ("hilang", "ditutup")


@dataclass(frozen=True, slots=True)
class AkhirTahun:
    """One OPD at the turn of the year; `tahun` is the new one."""

    opd_id: int
    slug: str
    nama: str
    tahun: int
    banyak: int
    utang: Rupiah
    lewat_batas: int
    syarat: tuple[Syarat, ...]
    dibuka_at: datetime | None

    @property
    def kurang(self) -> tuple[Syarat, ...]:
        """What the new year lacks."""
        return tuple(one for one in self.syarat if one.ada is False)


def semua(session: Session, actor: Actor, tahun: int) -> list[AkhirTahun]:
    """Every OPD the actor may look at, by name, at the turn to `tahun`."""
    require(actor, "tahun:lihat")
    return _all(session, actor.jangkauan("tahun:lihat"), tahun)


def satu(session: Session, actor: Actor, opd_id: int, tahun: int) -> AkhirTahun:
    """One OPD at the turn to `tahun`."""
    require(actor, "tahun:lihat", opd_id)
    return _all(session, frozenset({opd_id}), tahun)[0]


def _all(session: Session, reach: frozenset[int] | None, tahun: int) -> list[AkhirTahun]:
    query = select(Opd).where(Opd.aktif.is_(True)).order_by(Opd.nama, Opd.id)
    opds = session.scalars(query if reach is None else query.where(Opd.id.in_(reach))).all()
    ids = [opd.id for opd in opds]
    debts = {id_: belum_lunas(session, id_, tahun - 1) for id_ in ids}
    past = _past_cutoff(session, ids, tahun - 1)
    opened = {
        row.opd_id: row.at
        for row in session.scalars(select(TahunBuka).where(TahunBuka.tahun == tahun))
    }
    needs = _Kebutuhan(session, ids, tahun)
    return [
        AkhirTahun(
            opd_id=opd.id,
            slug=opd.slug,
            nama=opd.nama,
            tahun=tahun,
            banyak=len(debts[opd.id]),
            utang=total(debts[opd.id].values()),
            lewat_batas=past.get(opd.id, 0),
            syarat=needs.dari(opd.id),
            dibuka_at=opened.get(opd.id),
        )
        for opd in opds
    ]


def _past_cutoff(session: Session, ids: Sequence[int], tahun: int) -> dict[int, int]:
    """Findings of card use after the year's last day of use."""
    rows = session.execute(
        select(Temuan.opd_id, func.count())
        .where(Temuan.opd_id.in_(ids), Temuan.tahun == tahun, Temuan.aturan == "lewat_batas_pakai")
        .group_by(Temuan.opd_id)
    )
    return {opd_id: count for opd_id, count in rows}  # noqa: C416 -- a Row is no typed pair


class _Kebutuhan:
    """What is there for the new year, asked once for all OPDs."""

    def __init__(self, session: Session, ids: Sequence[int], tahun: int) -> None:
        self.session, self.tahun = session, tahun
        self.rekening = _count(session, Rekening, tahun)
        self.sub_kegiatan = _count(session, SubKegiatan, tahun)
        self.libur = len(holidays.libur(session, tahun))
        self.dpa = _having(session, Dpa, ids, tahun)
        self.up = _having(session, UpKeputusan, ids, tahun)
        self.rencana = {
            jenis: _having(session, RencanaDana, ids, tahun, RencanaDana.jenis == jenis)
            for jenis in ("spd", "kas")
        }
        self.kartu, self.berbatas = _cards(session, ids, tahun)
        self.setelan = records_settings.semua(
            session,
            ("periksa_spd", "periksa_kas", "year_end_use_cutoff", "year_end_spm_cutoff"),
            date(tahun, 12, 31),
        )
        self.pola = _patterns(session, tahun)
        self.desember = set(
            session.scalars(
                select(Periode.opd_id).where(
                    Periode.opd_id.in_(ids),
                    Periode.tahun == tahun - 1,
                    Periode.bulan == 12,
                    Periode.status != "terbuka",
                )
            )
        )

    def dari(self, opd_id: int) -> tuple[Syarat, ...]:
        """The list of one OPD, in the order of the page."""
        cards, limited = self.kartu[opd_id], self.berbatas[opd_id]
        return (
            Syarat("rekening", self.rekening > 0, self.rekening),
            Syarat("sub_kegiatan", self.sub_kegiatan > 0, self.sub_kegiatan),
            Syarat("dpa", opd_id in self.dpa),
            Syarat("up", opd_id in self.up),
            *(self._rencana(jenis, opd_id) for jenis in ("spd", "kas")),
            Syarat("kartu", None if not cards else limited == cards, limited),
            Syarat("nomor", all(pola_bertahun(one) for one in self.pola)),
            Syarat("libur", self.libur > 0, self.libur),
            Syarat("batas_pakai", self._hari("year_end_use_cutoff", opd_id)),
            Syarat("batas_spm", self._hari("year_end_spm_cutoff", opd_id)),
            Syarat("desember", opd_id in self.desember),
        )

    def _rencana(self, jenis: str, opd_id: int) -> Syarat:
        binds = self.setelan(f"periksa_{jenis}", opd_id) is not None
        return Syarat(jenis, (opd_id in self.rencana[jenis]) if binds else None)

    def _hari(self, kunci: str, opd_id: int) -> bool:
        """A cut-off of the new year: last year's day says nothing of this one."""
        return (self.setelan(kunci, opd_id) or "").startswith(f"{self.tahun}-")


def _count(session: Session, table: type[Rekening] | type[SubKegiatan], tahun: int) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.tahun == tahun)) or 0


def _having(
    session: Session,
    table: type[Dpa] | type[UpKeputusan] | type[RencanaDana],
    ids: Sequence[int],
    tahun: int,
    *more: ColumnElement[bool],
) -> set[int]:
    query = select(table.opd_id).where(table.opd_id.in_(ids), table.tahun == tahun)
    return set(session.scalars(query.where(*more)))


def _cards(session: Session, ids: Sequence[int], tahun: int) -> tuple[Counter[int], Counter[int]]:
    """(cards in use, those with a limit in the new year or one to carry over) by OPD."""
    limited = select(Ceiling.kunci).where(
        Ceiling.opd_id.in_(ids), Ceiling.jenis == "kartu", Ceiling.tahun.in_((tahun - 1, tahun))
    )
    rows = session.execute(
        select(Kartu.opd_id, Kartu.token.in_(limited)).where(
            Kartu.opd_id.in_(ids), Kartu.status.not_in(_TAMAT)
        )
    ).all()
    return Counter(opd for opd, _ in rows), Counter(opd for opd, has in rows if has)


def _patterns(session: Session, tahun: int) -> list[str]:
    """The number patterns in force when the year begins."""
    rows = session.execute(
        select(Setelan.kunci, Setelan.opd_id, Setelan.nilai)
        .where(Setelan.kunci.like("nomor\\_%", escape="\\"), Setelan.mulai <= date(tahun, 1, 1))
        .order_by(Setelan.mulai, Setelan.id)
    )
    newest = {(kunci, opd_id): nilai for kunci, opd_id, nilai in rows}
    return [nilai for nilai in newest.values() if nilai]
