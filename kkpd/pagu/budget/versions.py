"""DPA versions and the ceilings that follow from them (law 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, FileRefused, Unreadable
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.core.reference_row import ReferenceRow
from kkpd.models import Ceiling, Dpa, DpaBaris
from kkpd.pagu.budget import budget_findings
from kkpd.pagu.budget import rows as domain
from kkpd.pagu.budget.budget_findings import check_codes
from kkpd.pagu.budget.rows import DpaLine
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import dpa_key
from kkpd.records import event_log


@dataclass(frozen=True, slots=True)
class DpaVersion:
    """The head of a DPA version; `keputusan` allows lines below what they have used already."""

    opd_id: int
    tahun: int
    versi: str
    nomor: str
    tanggal: date
    keputusan: str = ""


def load_dpa(
    session: Session, actor: Actor, head: DpaVersion, rows: Sequence[ReferenceRow], now: datetime
) -> Dpa:
    """A DPA version from rows with `sub_kegiatan, rekening, sumber_dana, pagu`; all or nothing."""
    found = domain.dpa(rows)
    if found.mistakes:
        raise FileRefused(found.mistakes)
    return save_dpa(session, actor, head, found.baris, now)[0]


def save_dpa(
    session: Session, actor: Actor, head: DpaVersion, lines: Sequence[DpaLine], now: datetime
) -> tuple[Dpa, bool]:
    """Save the version; (row, whether it is new). The newest version again changes nothing.

    A line that is missing in the new version has limit zero. A line below what is reserved and
    posted needs `head.keputusan` and leaves a finding.
    """
    role = require(actor, "anggaran:kelola", head.opd_id)
    if not lines:
        raise Unreadable("Tidak ada baris pagu dalam berkas ini.")
    check_codes(session, head.tahun, lines)
    versions = _versions(session, head)
    if versions and _is_same(session, versions[-1], head, lines):
        return versions[-1], False
    _check_version(head, versions)
    dpa = _keep(session, head, lines, len(versions) + 1)
    limits = {dpa_key(*line.kunci): line.pagu for line in lines}
    short = ceilings_movements.set_limits(session, head.opd_id, head.tahun, "dpa", limits)
    _decided(head, short)
    budget_findings.below(session, short, f"DPA {head.nomor}", head.tanggal, now)
    event_log.record(
        session,
        actor,
        role,
        "anggaran:dpa:muat",
        f"dpa:{dpa.id}",
        now=now,
        opd_id=head.opd_id,
        after={
            "nomor": head.nomor,
            "versi": head.versi,
            "baris": len(lines),
            "jumlah": total(line.pagu for line in lines).sen,
            "keputusan": head.keputusan,
        },
    )
    return dpa, True


def _versions(session: Session, head: DpaVersion) -> list[Dpa]:
    return list(
        session.scalars(
            select(Dpa).where(Dpa.opd_id == head.opd_id, Dpa.tahun == head.tahun).order_by(Dpa.urut)
        )
    )


def _is_same(session: Session, dpa: Dpa, head: DpaVersion, lines: Sequence[DpaLine]) -> bool:
    if dpa.versi != head.versi or head.nomor not in ("", dpa.nomor):
        return False
    kept: dict[tuple[str, str, str], Rupiah] = {
        (row.sub_kegiatan, row.rekening, row.sumber_dana): row.pagu
        for row in session.scalars(select(DpaBaris).where(DpaBaris.dpa_id == dpa.id))
    }
    return kept == {line.kunci: line.pagu for line in lines}


def _check_version(head: DpaVersion, versions: Sequence[Dpa]) -> None:
    """Murni comes first and once; a number is used once; dates of versions increase."""
    if head.versi == "murni" and versions:
        raise Conflict(
            f"DPA tahun {head.tahun} sudah ada (versi {versions[-1].versi}, nomor "
            f"{versions[-1].nomor or '-'}). Muat sebagai pergeseran atau perubahan.",
            rule="DPA murni hanya satu; sesudahnya pergeseran atau perubahan",
            field="versi",
        )
    if head.nomor and head.nomor in {one.nomor for one in versions}:
        raise Conflict(
            f"Nomor DPA {head.nomor} sudah dipakai versi lain tahun {head.tahun}. "
            "Nomor dokumen tidak dipakai dua kali; periksa nomornya.",
            rule="nomor dokumen unik per OPD, tahun dan jenis",
            field="nomor",
        )
    if versions and head.tanggal < versions[-1].tanggal:
        raise Conflict(
            f"Tanggal DPA {head.tanggal:%d-%m-%Y} sebelum versi terakhir "
            f"({versions[-1].tanggal:%d-%m-%Y}). Periksa tanggalnya.",
            field="tanggal",
        )


def _keep(session: Session, head: DpaVersion, lines: Sequence[DpaLine], urut: int) -> Dpa:
    dpa = Dpa(
        opd_id=head.opd_id,
        tahun=head.tahun,
        urut=urut,
        versi=head.versi,
        nomor=head.nomor,
        tanggal=head.tanggal,
        keputusan=head.keputusan,
    )
    session.add(dpa)
    session.flush()
    session.add_all(
        DpaBaris(
            dpa_id=dpa.id,
            opd_id=head.opd_id,
            tahun=head.tahun,
            sub_kegiatan=line.sub_kegiatan,
            rekening=line.rekening,
            sumber_dana=line.sumber_dana,
            pagu=line.pagu,
        )
        for line in sorted(lines, key=lambda one: one.kunci)
    )
    session.flush()
    return dpa


def _decided(head: DpaVersion, short: Sequence[Ceiling]) -> None:
    if not short or head.keputusan.strip():
        return
    first = short[0]
    more = f" dan {len(short) - 1} baris lain" if len(short) > 1 else ""
    raise Conflict(
        f"Pagu baru {first.kunci.replace('|', ' ')} Rp {first.sasaran} di bawah yang sudah dipesan "
        f"dan terpakai (Rp {first.limit}){more}. Selesaikan belanjanya, atau sebutkan keputusan "
        "yang membolehkannya.",
        rule="pengeluaran tidak melebihi anggaran yang tersedia (PP 12/2019)",
        field="keputusan",
    )
