"""UP decisions from a file: one row a decision, TUP where the row has a last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError, FileRefused, Finding, Unreadable
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.core.reference_row import TOTAL_MARK, ReferenceRow
from kkpd.models import Opd, UpKeputusan
from kkpd.pagu import up
from kkpd.pagu.budget import rows as domain
from kkpd.pagu.up import DecideUp


@dataclass(frozen=True, slots=True)
class UpFile:
    """The rows, the OPD for each name, and what the person entered where the file says nothing."""

    tahun: int
    rows: Sequence[ReferenceRow]
    opd: Mapping[str, Opd]
    nomor: str = ""
    tanggal: date | None = None
    dasar_hukum: str = ""


def load_data(
    session: Session, actor: Actor, command: UpFile, now: datetime
) -> list[tuple[Opd, str, Rupiah, bool]]:
    """(OPD, what it is, UP KKPD, whether it is new) of every decision of the file."""
    found: list[tuple[Opd, str, Rupiah, bool]] = []
    wrong: list[Finding] = []
    for opd, decision, nomor in _read(command):
        kept = _kept(session, decision)
        try:
            row = kept or up.decide_up(session, actor, decision, now)
        except DomainError as refusal:
            wrong.append(_wrong_at(nomor, refusal.message))
            continue
        found.append((opd, f"{row.jenis.upper()} {row.nomor}", row.up_kkpd, kept is None))
    if wrong:
        raise FileRefused(wrong)
    return found


def _read(command: UpFile) -> list[tuple[Opd, DecideUp, int]]:
    wrong: list[Finding] = []
    found: list[tuple[Opd, DecideUp, int]] = []
    seen: set[tuple[int, date, date | None]] = set()
    for row in command.rows:
        try:
            if row[TOTAL_MARK]:
                _compare(row, "up", [one.up for _, one, _ in found])
                shares = [one.up_kkpd for _, one, _ in found if one.up_kkpd is not None]
                if row["up_kkpd"] and len(shares) == len(found):
                    _compare(row, "up_kkpd", shares)
                continue
            opd = command.opd[domain.header(row).opd]
            decision = _decision(command, row, opd)
            key = (opd.id, decision.mulai, decision.sampai)
            if key in seen:
                wrong.append(_wrong(row, f"UP {opd.nama} sudah ada di atasnya. Hapus salah satu."))
            seen.add(key)
            found.append((opd, decision, row.nomor))
        except DomainError as refusal:
            wrong.append(_wrong(row, refusal.message))
    if wrong:
        raise FileRefused(wrong)
    if not found:
        raise Unreadable("Tidak ada baris UP dalam berkas ini.")
    return found


def _wrong(row: ReferenceRow, sentence: str) -> Finding:
    return _wrong_at(row.nomor, sentence)


def _wrong_at(nomor: int, sentence: str) -> Finding:
    return Finding("anggaran:up", f"Baris {nomor}: {sentence}", "salah", row=nomor)


def _compare(row: ReferenceRow, column: str, amounts: Sequence[Rupiah]) -> None:
    printed = domain.nilai(row, column)
    if printed != total(amounts):
        raise DomainError(
            f"jumlah {column} tertulis Rp {printed}, penjumlahan barisnya Rp {total(amounts)}. "
            "Periksa nilai barisnya, atau perbaiki baris jumlahnya."
        )


def _decision(command: UpFile, row: ReferenceRow, opd: Opd) -> DecideUp:
    head = domain.header(row)
    first = command.tanggal or date(command.tahun, 1, 1)
    if row["jenis"].casefold() not in ("", "up", "tup"):
        raise DomainError(f"jenis “{row['jenis'][:20]}” bukan up atau tup.", field="jenis")
    if (row["jenis"].casefold() == "tup") != bool(row["sampai"]) and row["jenis"]:
        raise DomainError("TUP memerlukan hari terakhir (kolom sampai); UP tidak memakainya.")
    return DecideUp(
        opd_id=opd.id,
        tahun=command.tahun,
        nomor=head.nomor or command.nomor,
        mulai=domain.day(head.tanggal) if head.tanggal else first,
        up=domain.nilai(row, "up"),
        up_kkpd=domain.nilai(row, "up_kkpd") if row["up_kkpd"] else None,
        dasar_hukum=row["dasar_hukum"] or command.dasar_hukum or head.nomor or command.nomor,
        sampai=domain.day(row["sampai"]) if row["sampai"] else None,
    )


def _kept(session: Session, decision: DecideUp) -> UpKeputusan | None:
    """The same decision if it exists; other amounts under its number are refused.

    Where the file gives no card share, the saved one is kept.
    """
    share = () if decision.up_kkpd is None else (UpKeputusan.up_kkpd == decision.up_kkpd,)
    return session.scalars(
        select(UpKeputusan).where(
            UpKeputusan.opd_id == decision.opd_id,
            UpKeputusan.tahun == decision.tahun,
            UpKeputusan.nomor == decision.nomor,
            UpKeputusan.mulai == decision.mulai,
            UpKeputusan.up == decision.up,
            UpKeputusan.sampai.is_not_distinct_from(decision.sampai),
            *share,
        )
    ).first()
