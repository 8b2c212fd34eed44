"""What decisions make available: UP KKPD on a day, SPDs and the newest anggaran kas by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import Span
from kkpd.core.money import Rupiah, total
from kkpd.core.shapes import shaped
from kkpd.models import Orang, RencanaDana, RencanaDanaBaris, UpKeputusan, UpUsulan


def effective(session: Session, opd_id: int, tahun: int, day: date) -> Rupiah | None:
    """The UP KKPD of that day: the newest decision and every TUP in its days; None without any."""
    rows = session.scalars(
        select(UpKeputusan)
        .where(UpKeputusan.opd_id == opd_id, UpKeputusan.tahun == tahun)
        .order_by(UpKeputusan.mulai, UpKeputusan.id)
    ).all()
    found = by_decisions(rows, day)
    return None if found is None else found[1]


def by_decisions(rows: Sequence[UpKeputusan], day: date) -> tuple[Rupiah, Rupiah] | None:
    """(UP, UP KKPD) of that day by these decisions of one year, in the order of their days."""
    if not rows:
        return None
    base = [row for row in rows if row.jenis == "up" and row.mulai <= day][-1:]
    extra = [row for row in rows if row.sampai is not None and row.mulai <= day <= row.sampai]
    return total(row.up for row in (*base, *extra)), total(row.up_kkpd for row in (*base, *extra))


def month_ends(session: Session, opd_id: int, tahun: int) -> dict[int, Rupiah]:
    """Month -> UP KKPD on its last day; a month without a decision is left out."""
    rows = session.scalars(
        select(UpKeputusan)
        .where(UpKeputusan.opd_id == opd_id, UpKeputusan.tahun == tahun)
        .order_by(UpKeputusan.mulai, UpKeputusan.id)
    ).all()
    found = {n: by_decisions(rows, Span(tahun, n, n).sampai) for n in range(1, 13)}
    return {month: up[1] for month, up in found.items() if up is not None}


@dataclass(frozen=True, slots=True)
class UpRow:
    """A decision as the history shows it; `keadaan`: berlaku, nanti, or lewat."""

    nomor: str
    jenis: str
    mulai: date
    sampai: date | None
    up: Rupiah
    up_kkpd: Rupiah
    dasar_hukum: str
    dicatat_at: datetime
    oleh: str
    state: str


def history(session: Session, opd_id: int, tahun: int, day: date) -> list[UpRow]:
    """Every decision of the year, newest first."""
    rows = session.execute(
        select(UpKeputusan, Orang.nama)
        .join(Orang, Orang.id == UpKeputusan.oleh_id)
        .where(UpKeputusan.opd_id == opd_id, UpKeputusan.tahun == tahun)
        .order_by(UpKeputusan.mulai.desc(), UpKeputusan.id.desc())
    ).all()
    newest = next((row.id for row, _ in rows if row.jenis == "up" and row.mulai <= day), None)
    return [shaped(UpRow, row, oleh=nama, state=_state(row, newest, day)) for row, nama in rows]


def _state(row: UpKeputusan, newest: int | None, day: date) -> str:
    if row.mulai > day:
        return "nanti"
    holds = row.id == newest if row.sampai is None else day <= row.sampai
    return "berlaku" if holds else "lewat"


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A request with its answer; `keputusan` is the number of the decision that grants it."""

    id: int
    alasan: str
    uraian: str
    up_kkpd: Rupiah
    at: datetime
    oleh: str
    keputusan: str | None
    ditolak_alasan: str | None

    @property
    def still_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.keputusan is None and self.ditolak_alasan is None


def proposals(session: Session, opd_id: int, tahun: int) -> list[ProposalRow]:
    """The requests of the OPD's year, newest first."""
    rows = session.execute(
        select(UpUsulan, Orang.nama, UpKeputusan.nomor)
        .join(Orang, Orang.id == UpUsulan.oleh_id)
        .outerjoin(UpKeputusan, UpKeputusan.usulan_id == UpUsulan.id)
        .where(UpUsulan.opd_id == opd_id, UpUsulan.tahun == tahun)
        .order_by(UpUsulan.id.desc())
    )
    return [
        shaped(
            ProposalRow,
            row,
            oleh=nama,
            keputusan=nomor,
            ditolak_alasan=row.ditolak_alasan if row.ditolak_at is not None else None,
        )
        for row, nama, nomor in rows
    ]


@dataclass(frozen=True, slots=True)
class MonthlyPlan:
    """The months of one line; `rekening` empty where the document goes no deeper."""

    sub_kegiatan: str
    rekening: str
    bulan: Mapping[int, Rupiah]


def monthly(
    session: Session, opd_id: int, tahun: int, jenis: str, sub_kegiatan: str, rekening: str
) -> MonthlyPlan | None:
    """The line's months; empty months when the documents lack it; None when there are none."""
    documents = select(RencanaDana.id).where(
        RencanaDana.opd_id == opd_id, RencanaDana.tahun == tahun, RencanaDana.jenis == jenis
    )
    ids = session.scalars(documents.order_by(RencanaDana.urut)).all()
    if not ids:
        return None
    rows = session.execute(
        select(RencanaDanaBaris.rekening, RencanaDanaBaris.bulan, func.sum(RencanaDanaBaris.nilai))
        .where(
            RencanaDanaBaris.rencana_id.in_(ids if jenis == "spd" else ids[-1:]),
            RencanaDanaBaris.sub_kegiatan == sub_kegiatan,
            RencanaDanaBaris.rekening.in_((rekening, "")),
        )
        .group_by(RencanaDanaBaris.rekening, RencanaDanaBaris.bulan)
    )
    found: dict[str, dict[int, Rupiah]] = {}
    for account, month, amount in rows:
        found.setdefault(account, {})[month] = amount
    if rekening not in found and "" in found:
        return MonthlyPlan(sub_kegiatan, "", found[""])
    return MonthlyPlan(sub_kegiatan, rekening, found.get(rekening, {}))


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """One SPD or anggaran kas as a list shows it."""

    jenis: str
    nomor: str
    tanggal: date
    jumlah: Rupiah
    baris: int
    dicatat_at: datetime
    oleh: str


def listing(session: Session, opd_id: int, tahun: int) -> list[PlanSummary]:
    """The OPD's SPDs and anggaran kas of the year, newest first."""
    rows = session.execute(
        select(
            RencanaDana.jenis,
            RencanaDana.nomor,
            RencanaDana.tanggal,
            func.sum(RencanaDanaBaris.nilai),
            func.count(),
            RencanaDana.dicatat_at,
            Orang.nama,
        )
        .join(RencanaDanaBaris, RencanaDanaBaris.rencana_id == RencanaDana.id)
        .join(Orang, Orang.id == RencanaDana.oleh_id)
        .where(RencanaDana.opd_id == opd_id, RencanaDana.tahun == tahun)
        .group_by(RencanaDana.id, Orang.nama)
        .order_by(RencanaDana.id.desc())
    )
    return [PlanSummary(*row) for row in rows]
