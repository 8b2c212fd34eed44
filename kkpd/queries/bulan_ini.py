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
from kkpd.domain.pengembalian import BUKAN_BEBAN
from kkpd.domain.peran import Actor
from kkpd.ledger.active import tagihan_ada
from kkpd.models import (
    Ceiling,
    Dokumen,
    ImporKeluar,
    ImporTagihan,
    Pencairan,
    Tagihan,
    Temuan,
    Transaksi,
)
from kkpd.queries import batal, cocok
from kkpd.queries.temuan import Tentang, tentang
from kkpd.queries.utang import beban

#: A purchase in one of these states has left the treasurer's desk towards DPT or beyond.
_SESUDAH_DPT = ("dpt", "npd", "spp", "spm", "sp2d", "lunas")


@dataclass(frozen=True, slots=True)
class Langkah:
    """One step: key, two counts of what it is about (the page words them by the key), how many
    are left. `mulai` False: it waits for earlier steps.
    """

    kunci: str
    angka: tuple[int, int]
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
    tentang: dict[str, Tentang]
    operasi: tuple[Rupiah, ...]
    modal: tuple[Rupiah, ...]

    @property
    def selesai(self) -> int:
        """How many steps are done."""
        return sum(step.selesai for step in self.langkah)


def bulan_ini(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    ringkasan: cocok.Ringkasan,
) -> BulanIni:
    """The month of an OPD around the headline of its reconciliation (`cocok.kerja`)."""
    require(actor, "bulan:lihat", opd_id)
    statuses, classes = _statuses(session, opd_id, periode)
    bills = session.execute(
        select(func.count(Tagihan.id), func.min(Tagihan.jatuh_tempo)).where(
            Tagihan.opd_id == opd_id,
            Tagihan.tahun == periode[0],
            Tagihan.bulan == periode[1],
            tagihan_ada(),
        )
    ).one()
    operasi, modal = _by_month(session, opd_id, periode[0])
    findings = tuple(_findings(session, opd_id, periode))
    return BulanIni(
        ringkasan=ringkasan,
        langkah=_steps(session, opd_id, periode, ringkasan, statuses, classes, bills[0]),
        jatuh_tempo=bills[1],
        up=_up(session, opd_id, periode[0]),
        temuan=findings,
        tentang=tentang(session, (one.subjek for one in findings)),
        operasi=operasi,
        modal=modal,
    )


def _statuses(
    session: Session, opd_id: int, periode: tuple[int, int]
) -> tuple[Counter[str], Counter[str]]:
    """The month's living purchases by status, and by class."""
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
    statuses: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    for status, kelas, count in rows:
        statuses[status] += count
        classes[kelas] += count
    return statuses, classes


def _steps(
    session: Session,
    opd_id: int,
    periode: tuple[int, int],
    ringkasan: cocok.Ringkasan,
    statuses: Counter[str],
    classes: Counter[str],
    bills: int,
) -> tuple[Langkah, ...]:
    files = _taken_in(session, opd_id, periode)
    has_sp2d = _has_sp2d(session, opd_id, periode)
    return (
        *_before_dpr(ringkasan, statuses, classes, files, bills > 0),
        *_after_dpr(statuses, has_sp2d=has_sp2d),
    )


def _before_dpr(
    ringkasan: cocok.Ringkasan,
    statuses: Counter[str],
    classes: Counter[str],
    files: tuple[int, int],
    has_bill: bool,
) -> tuple[Langkah, ...]:
    """From the bill to the DPR: the treasurer's own steps."""
    purchases, without = statuses.total(), statuses["tercatat"]
    waiting = ringkasan.baris - ringkasan.baris_cocok
    unsure, ready = classes["ragu"], statuses["tercatat"] + statuses["berbukti"]
    some = purchases > 0
    return (
        Langkah("tagihan", files, 0, has_bill),
        Langkah("cocok", (ringkasan.baris_cocok, 0), waiting, has_bill and not waiting, has_bill),
        Langkah("bukti", (purchases, 0), without, some and not without),
        Langkah("kelas", (classes["operasi"], classes["modal"]), unsure, some and not unsure),
        Langkah("dpr", (purchases - ready, 0), ready, some and not ready, some),
    )


def _after_dpr(statuses: Counter[str], *, has_sp2d: bool) -> tuple[Langkah, ...]:
    """From the PPTK's desk to the bank."""
    before = statuses["tercatat"] + statuses["berbukti"]
    pptk, pa, approved = (statuses[one] for one in ("diajukan", "diperiksa", "disetujui"))
    issued = sum(statuses[status] for status in _SESUDAH_DPT)
    without_spm = sum(statuses[status] for status in ("dpt", "npd", "spp"))
    paid, forward = statuses["lunas"], statuses.total() > before
    settled = not before + pptk + pa + approved
    return (
        Langkah("uji", (pptk, pa), pptk + pa, forward and not pptk + pa, forward),
        Langkah("dpt", (issued, 0), approved, issued > 0 and settled, approved + issued > 0),
        Langkah(
            "spm",
            (issued - without_spm, 0),
            without_spm,
            issued > 0 and not without_spm,
            issued > 0,
        ),
        Langkah(
            "bayar", (paid, 0), issued - paid, issued > 0 and issued == paid and settled, has_sp2d
        ),
    )


def _taken_in(session: Session, opd_id: int, periode: tuple[int, int]) -> tuple[int, int]:
    row = session.execute(
        select(func.count(ImporTagihan.id), func.sum(ImporTagihan.baris))
        .join(Tagihan, Tagihan.id == ImporTagihan.tagihan_id)
        .where(Tagihan.opd_id == opd_id, Tagihan.tahun == periode[0], Tagihan.bulan == periode[1])
        .where(ImporTagihan.impor_id.not_in(select(ImporKeluar.impor_id)))
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
            batal.berlaku(Pencairan),
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
        select(Transaksi.bulan, Transaksi.kelas, func.sum(beban()))
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == tahun,
            Transaksi.status.not_in(BUKAN_BEBAN),
        )
        .group_by(Transaksi.bulan, Transaksi.kelas)
    )
    sums = {(bulan, kelas): amount for bulan, kelas, amount in rows}
    months = range(1, 13)
    return (
        tuple(sums.get((month, "operasi"), NOL) for month in months),
        tuple(sums.get((month, "modal"), NOL) for month in months),
    )
