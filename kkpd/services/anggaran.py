"""Budgets: DPA versions and UP decisions, and the ceilings that follow from them (law 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.acuan import BarisAcuan
from kkpd.domain.errors import DomainError, Unreadable
from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.peran import Actor
from kkpd.models import Ceiling, Dpa, DpaBaris, Rekening, SubKegiatan, UpKeputusan
from kkpd.services import ceilings, log
from kkpd.services.acuan import rekening_kode
from kkpd.services.ceilings import Key
from kkpd.services.pagu import dpa_kunci


@dataclass(frozen=True, slots=True)
class VersiDpa:
    """The head of a DPA version."""

    opd_id: int
    tahun: int
    versi: str
    nomor: str
    tanggal: date


def load_dpa(
    session: Session, actor: Actor, head: VersiDpa, rows: Sequence[BarisAcuan], now: datetime
) -> Dpa:
    """A DPA version from rows with `sub_kegiatan, rekening, sumber_dana, pagu`; all or nothing.

    Two equal keys, unknown codes, or a row `JUMLAH` that is not the sum are refused. A line that is
    missing in the new version has limit zero; below what is used it is refused (hard-parts 5).
    """
    role = require(actor, "anggaran:kelola", head.opd_id)
    lines = _lines(session, head, rows)
    number = session.scalar(
        select(func.count())
        .select_from(Dpa)
        .where(Dpa.opd_id == head.opd_id, Dpa.tahun == head.tahun)
    )
    dpa = Dpa(
        opd_id=head.opd_id,
        tahun=head.tahun,
        urut=(number or 0) + 1,
        versi=head.versi,
        nomor=head.nomor,
        tanggal=head.tanggal,
    )
    session.add(dpa)
    session.flush()
    for (sub_kegiatan, rekening, sumber_dana), pagu in sorted(lines.items()):
        session.add(
            DpaBaris(
                dpa_id=dpa.id,
                opd_id=head.opd_id,
                tahun=head.tahun,
                sub_kegiatan=sub_kegiatan,
                rekening=rekening,
                sumber_dana=sumber_dana,
                pagu=pagu,
            )
        )
    _set_limits(session, head, {dpa_kunci(*key): pagu for key, pagu in lines.items()})
    log.record(
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
            "jumlah": total(lines.values()).sen,
        },
    )
    return dpa


def _lines(
    session: Session, head: VersiDpa, rows: Sequence[BarisAcuan]
) -> dict[tuple[str, str, str], Rupiah]:
    accounts = _known(session, Rekening, head.tahun)
    activities = _known(session, SubKegiatan, head.tahun)
    lines: dict[tuple[str, str, str], Rupiah] = {}
    for row in rows:
        pagu = _amount(row)
        if row["sub_kegiatan"].casefold() in {"jumlah", "total"}:
            _check_sum(row, pagu, total(lines.values()))
            continue
        key = (row["sub_kegiatan"], rekening_kode(row["rekening"]), row["sumber_dana"])
        if key[0] not in activities or key[1] not in accounts:
            wrong = key[0] if key[0] not in activities else key[1]
            raise Unreadable(f"Baris {row.nomor}: kode {wrong} tidak ada pada tahun {head.tahun}.")
        if key in lines:
            raise Unreadable(
                f"Baris {row.nomor}: {key[0]} {key[1]} {key[2]} sudah ada di atasnya. "
                "Gabungkan kedua baris itu."
            )
        lines[key] = pagu
    if not lines:
        raise Unreadable("Tidak ada baris pagu dalam berkas ini.")
    return lines


def _known(session: Session, model: type[Rekening] | type[SubKegiatan], tahun: int) -> set[str]:
    return set(session.scalars(select(model.kode).where(model.tahun == tahun)))


def _amount(row: BarisAcuan) -> Rupiah:
    try:
        pagu = Rupiah.parse(row["pagu"])
    except DomainError as error:
        raise Unreadable(f"Baris {row.nomor}, kolom pagu: {error.message}", field="pagu") from error
    if pagu < NOL:
        raise Unreadable(f"Baris {row.nomor}: pagu tidak boleh negatif.", field="pagu")
    return pagu


def _check_sum(row: BarisAcuan, printed: Rupiah, summed: Rupiah) -> None:
    if printed != summed:
        raise Unreadable(
            f"Baris {row.nomor}: jumlah tertulis Rp {printed}, penjumlahan barisnya Rp {summed}."
        )


def _set_limits(session: Session, head: VersiDpa, limits: dict[str, Rupiah]) -> None:
    known = session.scalars(
        select(Ceiling.kunci).where(
            Ceiling.opd_id == head.opd_id, Ceiling.tahun == head.tahun, Ceiling.jenis == "dpa"
        )
    ).all()
    for kunci in sorted({*known, *limits}):
        key = Key(head.opd_id, head.tahun, "dpa", kunci)
        ceilings.set_limit(session, key, limits.get(kunci, NOL))


@dataclass(frozen=True, slots=True)
class TetapkanUp:
    """A UP decision (kkpd.md 1.5): the whole UP and what of it is spent by card."""

    opd_id: int
    tahun: int
    nomor: str
    mulai: date
    up: Rupiah
    up_kkpd: Rupiah
    dasar_hukum: str


def tetapkan_up(session: Session, actor: Actor, command: TetapkanUp, now: datetime) -> UpKeputusan:
    """Keep the decision and set the UP KKPD ceiling to its card share."""
    role = require(actor, "anggaran:kelola", command.opd_id)
    if not NOL <= command.up_kkpd <= command.up:
        raise DomainError("Bagian KKPD harus antara nol dan seluruh UP.", field="up_kkpd")
    row = UpKeputusan(
        opd_id=command.opd_id,
        tahun=command.tahun,
        nomor=command.nomor,
        mulai=command.mulai,
        up=command.up,
        up_kkpd=command.up_kkpd,
        dasar_hukum=command.dasar_hukum,
    )
    session.add(row)
    ceilings.set_limit(
        session, Key(command.opd_id, command.tahun, "up_kkpd", "UP"), command.up_kkpd
    )
    log.record(
        session,
        actor,
        role,
        "anggaran:up:tetapkan",
        f"up:{command.opd_id}/{command.tahun}",
        now=now,
        opd_id=command.opd_id,
        after={"nomor": command.nomor, "up": command.up.sen, "up_kkpd": command.up_kkpd.sen},
    )
    return row
