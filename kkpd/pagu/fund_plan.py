"""SPD and anggaran kas: saved as documents; the ceilings in use follow them (law 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, Unreadable
from kkpd.core.money import ZERO, total
from kkpd.core.permissions import Actor, require
from kkpd.models import Ceiling, RencanaDana, RencanaDanaBaris
from kkpd.pagu import available as reads
from kkpd.pagu import plan_rules
from kkpd.pagu.budget import budget_findings
from kkpd.pagu.budget.budget_findings import check_codes
from kkpd.pagu.budget.rows import FundPlanLine
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.records import event_log


@dataclass(frozen=True, slots=True)
class PlanHead:
    """The head of an SPD or anggaran kas."""

    opd_id: int
    tahun: int
    jenis: str
    nomor: str
    tanggal: date
    sha256: str = ""


def load_data(
    session: Session,
    actor: Actor,
    head: PlanHead,
    lines: Sequence[FundPlanLine],
    now: datetime,
) -> tuple[RencanaDana, bool]:
    """Keep the document; (row, whether it is new). The same number with the same lines changes
    nothing.

    A used number with other lines is refused; for the anggaran kas the newest version is valid.
    Ceilings below their use leave a finding.
    """
    role = require(actor, "anggaran:kelola", head.opd_id)
    if not lines:
        raise Unreadable("Tidak ada baris nilai dalam berkas ini.")
    check_codes(session, head.tahun, lines)
    same = _same(session, head, lines)
    if same is not None:
        return same, False
    row = _keep(session, actor, head, lines, now)
    short = _follow(session, head)
    budget_findings.below(session, short, f"{head.jenis} {row.nomor}", row.tanggal, now)
    event_log.record(
        session,
        actor,
        role,
        f"anggaran:{head.jenis}:muat",
        f"rencana_dana:{row.id}",
        now=now,
        opd_id=head.opd_id,
        after={
            "nomor": row.nomor,
            "tanggal": row.tanggal.isoformat(),
            "baris": len(lines),
            "jumlah": total(line.nilai for line in lines).sen,
            "sha256": head.sha256,
        },
    )
    return row, True


def _same(session: Session, head: PlanHead, lines: Sequence[FundPlanLine]) -> RencanaDana | None:
    """The document of this number (or, without a number, of these lines) when it is kept."""
    kept = session.scalars(
        select(RencanaDana).where(
            RencanaDana.opd_id == head.opd_id,
            RencanaDana.tahun == head.tahun,
            RencanaDana.jenis == head.jenis,
        )
    ).all()
    wanted = {line.kunci: line.nilai for line in lines if line.nilai}
    for row in kept:
        equal = _lines_of(session, row) == wanted
        if head.nomor == row.nomor and not equal:
            raise Conflict(
                f"{head.jenis.upper()} nomor {row.nomor} sudah dimuat dengan isi lain. "
                "Nomor dokumen tidak dipakai dua kali; periksa nomornya.",
                rule="nomor dokumen unik per OPD, tahun dan jenis",
                field="nomor",
            )
        if equal and head.nomor in ("", row.nomor):
            return row
    return None


def _lines_of(session: Session, row: RencanaDana) -> dict[tuple[str, str, int], object]:
    lines = session.scalars(select(RencanaDanaBaris).where(RencanaDanaBaris.rencana_id == row.id))
    return {(one.sub_kegiatan, one.rekening, one.bulan): one.nilai for one in lines}


def _keep(
    session: Session,
    actor: Actor,
    head: PlanHead,
    lines: Sequence[FundPlanLine],
    now: datetime,
) -> RencanaDana:
    numbers = session.scalars(
        select(RencanaDana.urut).where(
            RencanaDana.opd_id == head.opd_id,
            RencanaDana.tahun == head.tahun,
            RencanaDana.jenis == head.jenis,
        )
    ).all()
    urut = max(numbers, default=0) + 1
    row = RencanaDana(
        opd_id=head.opd_id,
        tahun=head.tahun,
        jenis=head.jenis,
        urut=urut,
        nomor=head.nomor or f"tanpa nomor ({urut})",
        tanggal=head.tanggal,
        dicatat_at=now,
        oleh_id=actor.orang_id,
        sha256=head.sha256,
    )
    session.add(row)
    session.flush()
    session.add_all(
        RencanaDanaBaris(
            rencana_id=row.id,
            opd_id=head.opd_id,
            tahun=head.tahun,
            bulan=line.bulan,
            sub_kegiatan=line.sub_kegiatan,
            rekening=line.rekening,
            nilai=line.nilai,
        )
        for line in lines
        if line.nilai
    )
    session.flush()
    return row


def _follow(session: Session, head: PlanHead) -> list[Ceiling]:
    """Set the limits of the ceilings in use; returns those with more used than the new limit."""
    keys = session.scalars(
        select(Ceiling.kunci).where(
            Ceiling.opd_id == head.opd_id,
            Ceiling.tahun == head.tahun,
            Ceiling.jenis == head.jenis,
        )
    ).all()
    limits = {}
    for key in keys:
        sub_kegiatan, rekening, bulan, cara = plan_rules.parse_key(key)
        found = reads.monthly(session, head.opd_id, head.tahun, head.jenis, sub_kegiatan, rekening)
        months = found.bulan if found is not None and found.rekening == rekening else {}
        limits[key] = plan_rules.bound(months, bulan, cara) if months else ZERO
    return ceilings_movements.set_limits(session, head.opd_id, head.tahun, head.jenis, limits)
