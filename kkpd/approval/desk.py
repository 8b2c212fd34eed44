"""The desk of PPTK and PA: the month's waiting lines with what the program knows of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kkpd.approval import reads
from kkpd.approval.evidence_rules import EvidenceSeen
from kkpd.approval.reads import SixTestRow
from kkpd.approval.six_tests import LineTest
from kkpd.core.money import ZERO
from kkpd.core.permissions import ROLE_NAMES, Role, holders
from kkpd.models import Berkas, Bukti, Orang, Penugasan, Temuan, Transaksi
from kkpd.records.office_holders import in_force


@dataclass(frozen=True, slots=True)
class DeskEvidence:
    """A file of evidence as the desk shows it, and what the program knows of it in words."""

    id: int
    nama: str
    media: str
    ukuran: int
    wording: str


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A waiting line: its tests, its evidence, and its open findings in words."""

    row: SixTestRow
    tests: tuple[LineTest, ...]
    bukti: tuple[DeskEvidence, ...]
    findings: tuple[str, ...]

    @property
    def unfit(self) -> tuple[LineTest, ...]:
        """The tests that the program found not to hold."""
        return tuple(one for one in self.tests if one.hasil == "tidak_sesuai")

    @property
    def unknown(self) -> tuple[LineTest, ...]:
        """The tests that the program could know and does not, of this line."""
        return tuple(one for one in self.tests if one.hasil == "menunggu" and not one.by_eye)

    @property
    def exceptional(self) -> bool:
        """Whether the line is decided by itself: a refund, a finding, a test unfit or unknown."""
        return bool(self.row.nilai < ZERO or self.findings or self.unfit or self.unknown)


def lines(session: Session, rows: Sequence[SixTestRow]) -> tuple[DeskLine, ...]:
    """These lines as the desk shows them; so many queries for any number."""
    ids = [row.id for row in rows]
    found = session.scalars(select(Transaksi).where(Transaksi.id.in_(ids))).all()
    tests = reads.line_tests(session, found)
    evidence, findings = _evidence(session, ids), _findings(session, ids)
    return tuple(
        DeskLine(
            row,
            tests[row.id],
            tuple(evidence[row.id]),
            tuple(findings[f"transaksi:{row.id}"]),
        )
        for row in rows
    )


def _evidence(session: Session, ids: Sequence[int]) -> dict[int, list[DeskEvidence]]:
    found: dict[int, list[DeskEvidence]] = defaultdict(list)
    for id_, bukti_id, name, media, size, text in session.execute(
        select(Bukti.transaksi_id, Bukti.id, Berkas.nama, Berkas.media, Berkas.ukuran, Berkas.teks)
        .join(Berkas, Berkas.id == Bukti.berkas_id)
        .where(Bukti.transaksi_id.in_(ids), Bukti.dicabut_at.is_(None))
        .order_by(Bukti.id)
    ):
        seen = EvidenceSeen(name, media, size, text)
        found[id_].append(DeskEvidence(bukti_id, seen.nama, seen.media, seen.ukuran, seen.wording))
    return found


def _findings(session: Session, ids: Sequence[int]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    rows = session.scalars(
        select(Temuan)
        .where(
            Temuan.subjek.in_([f"transaksi:{id_}" for id_ in ids]),
            Temuan.selesai_at.is_(None),
            Temuan.berat != "info",
        )
        .order_by(Temuan.id)
    )
    for row in rows:
        found[row.subjek].append(row.pesan)
    return found


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who acts for the holder of an office, by which letter and until when."""

    orang_id: int
    nama: str
    atas_nama: str
    peran: str
    dasar: str
    sampai: date | None


def stand_ins(session: Session, opd_id: int, permission: str, day: date) -> tuple[StandIn, ...]:
    """The delegations in force that let somebody take this step in the OPD."""
    officer = aliased(Orang)
    rows = session.execute(
        select(Penugasan, Orang.nama, officer.nama)
        .join(Orang, Orang.id == Penugasan.orang_id)
        .join(officer, officer.id == Penugasan.atas_nama_id)
        .where(
            Penugasan.peran.in_(sorted(holders(permission))),
            Penugasan.opd_id == opd_id,
            in_force(day),
            Orang.aktif,
            officer.aktif,
        )
        .order_by(Penugasan.id)
    )
    return tuple(
        StandIn(row.orang_id, nama, of, ROLE_NAMES[Role(row.peran)], row.dasar, row.sampai)
        for row, nama, of in rows
    )
