"""The treasurer's month as a task list: nine steps, what holds each, how many are done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.ceilings import State
from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.peran import Actor
from kkpd.models import (
    Ceiling,
    Dokumen,
    ImporTagihan,
    Pencairan,
    Tagihan,
    Temuan,
    Transaksi,
)
from kkpd.queries import cocok

#: A purchase in one of these states has left the treasurer's desk towards DPT or beyond.
_SESUDAH_DPT = ("dpt", "npd", "spp", "spm", "sp2d", "lunas")


@dataclass(frozen=True, slots=True)
class Langkah:
    """One step: key, what is done and left of it. `mulai` False: it waits for earlier steps."""

    kunci: str
    keterangan: str
    tersisa: int
    selesai: bool
    mulai: bool = True


@dataclass(frozen=True, slots=True)
class BulanIni:
    """Everything on the treasurer's first page."""

    ringkasan: cocok.Ringkasan
    langkah: tuple[Langkah, ...]
    jatuh_tempo: date | None
    up: State | None
    temuan: tuple[Temuan, ...]
    operasi: tuple[Rupiah, ...]
    modal: tuple[Rupiah, ...]

    @property
    def selesai(self) -> int:
        """How many steps are done."""
        return sum(step.selesai for step in self.langkah)


def bulan_ini(session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]) -> BulanIni:
    """The month of an OPD."""
    require(actor, "bulan:lihat", opd_id)
    work = cocok.kerja(session, actor, opd_id, periode)
    statuses, unsure = _statuses(session, opd_id, periode)
    bills = session.execute(
        select(func.count(Tagihan.id), func.min(Tagihan.jatuh_tempo)).where(
            Tagihan.opd_id == opd_id, Tagihan.tahun == periode[0], Tagihan.bulan == periode[1]
        )
    ).one()
    operasi, modal = _by_month(session, opd_id, periode[0])
    return BulanIni(
        ringkasan=work.ringkasan,
        langkah=_steps(session, opd_id, periode, work.ringkasan, statuses, unsure, bills[0]),
        jatuh_tempo=bills[1],
        up=_up(session, opd_id, periode[0]),
        temuan=tuple(_findings(session, opd_id, periode)),
        operasi=operasi,
        modal=modal,
    )


def _statuses(session: Session, opd_id: int, periode: tuple[int, int]) -> tuple[Counter[str], int]:
    rows = session.execute(
        select(Transaksi.status, Transaksi.kelas, func.count())
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == periode[0],
            Transaksi.bulan == periode[1],
            Transaksi.status != "dibatalkan",
        )
        .group_by(Transaksi.status, Transaksi.kelas)
    )
    found: Counter[str] = Counter()
    unsure = 0
    for status, kelas, count in rows:
        found[status] += count
        unsure += count if kelas == "ragu" else 0
    return found, unsure


def _steps(
    session: Session,
    opd_id: int,
    periode: tuple[int, int],
    ringkasan: cocok.Ringkasan,
    statuses: Counter[str],
    unsure: int,
    bills: int,
) -> tuple[Langkah, ...]:
    purchases = statuses.total()
    without = statuses["tercatat"]
    waiting = ringkasan.baris - ringkasan.baris_cocok
    before_dpr = statuses["tercatat"] + statuses["berbukti"]
    in_test = statuses["diajukan"] + statuses["diperiksa"]
    approved = statuses["disetujui"]
    issued = sum(statuses[status] for status in _SESUDAH_DPT)
    paid = statuses["lunas"]
    files, lines = _taken_in(session, opd_id, periode)
    has_bill = bills > 0
    return (
        Langkah("tagihan", f"{files} berkas, {lines} baris", 0, has_bill),
        Langkah(
            "cocok",
            f"{ringkasan.baris_cocok} cocok, {waiting} tersisa",
            waiting,
            has_bill and not waiting,
            has_bill,
        ),
        Langkah(
            "bukti", f"{without} belanja belum berbukti", without, purchases > 0 and not without
        ),
        Langkah("kelas", f"{unsure} kelas masih ragu", unsure, purchases > 0 and not unsure),
        Langkah(
            "dpr",
            f"{before_dpr} belanja belum diajukan",
            before_dpr,
            purchases > 0 and not before_dpr,
            purchases > 0,
        ),
        Langkah(
            "uji",
            f"{in_test} menunggu PPTK atau Pengguna Anggaran",
            in_test,
            purchases > before_dpr and not in_test,
            purchases > before_dpr,
        ),
        Langkah(
            "dpt",
            f"{approved} disetujui menunggu DPT",
            approved,
            issued > 0 and not approved and not in_test and not before_dpr,
            approved + issued > 0,
        ),
        Langkah(
            "spm",
            "NPD, SPP, SPM atas DPT",
            issued - paid,
            issued > 0 and issued == paid,
            issued > 0,
        ),
        Langkah(
            "bayar",
            f"{paid} belanja lunas",
            issued - paid,
            issued > 0 and issued == paid and not before_dpr + in_test + approved,
            _has_sp2d(session, opd_id, periode),
        ),
    )


def _taken_in(session: Session, opd_id: int, periode: tuple[int, int]) -> tuple[int, int]:
    row = session.execute(
        select(func.count(ImporTagihan.id), func.sum(ImporTagihan.baris))
        .join(Tagihan, Tagihan.id == ImporTagihan.tagihan_id)
        .where(Tagihan.opd_id == opd_id, Tagihan.tahun == periode[0], Tagihan.bulan == periode[1])
    ).one()
    return row[0], int(row[1] or 0)


def _has_sp2d(session: Session, opd_id: int, periode: tuple[int, int]) -> bool:
    found = session.scalars(
        select(Pencairan.id)
        .join(Dokumen, Dokumen.id == Pencairan.dpt_id)
        .where(
            Dokumen.opd_id == opd_id,
            Dokumen.tahun == periode[0],
            Dokumen.bulan == periode[1],
            Pencairan.langkah == "sp2d",
        )
        .limit(1)
    )
    return found.first() is not None


def _up(session: Session, opd_id: int, tahun: int) -> State | None:
    row = session.scalars(
        select(Ceiling).where(
            Ceiling.opd_id == opd_id, Ceiling.tahun == tahun, Ceiling.jenis == "up_kkpd"
        )
    ).one_or_none()
    return None if row is None else State(row.limit, row.reserved, row.posted)


def _findings(session: Session, opd_id: int, periode: tuple[int, int]) -> list[Temuan]:
    return list(
        session.scalars(
            select(Temuan)
            .where(
                Temuan.opd_id == opd_id,
                Temuan.tahun == periode[0],
                Temuan.bulan == periode[1],
                Temuan.selesai_at.is_(None),
            )
            .order_by(Temuan.berat.desc(), Temuan.id)
            .limit(6)
        )
    )


def _by_month(
    session: Session, opd_id: int, tahun: int
) -> tuple[tuple[Rupiah, ...], tuple[Rupiah, ...]]:
    rows = session.execute(
        select(Transaksi.bulan, Transaksi.kelas, func.sum(Transaksi.nilai))
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == tahun,
            Transaksi.status.not_in(("dibatalkan", "ditolak", "dibayar_pribadi")),
        )
        .group_by(Transaksi.bulan, Transaksi.kelas)
    )
    sums = {(bulan, kelas): amount for bulan, kelas, amount in rows}
    months = range(1, 13)
    return (
        tuple(sums.get((month, "operasi"), NOL) for month in months),
        tuple(sums.get((month, "modal"), NOL) for month in months),
    )
