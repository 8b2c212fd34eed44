"""Which classes want a person's look, worst first; and how well the engine has done so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from sqlalchemy import String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.domain.money import Rupiah
from kkpd.models import PutusanKelas, Temuan, Transaksi

#: Below this confidence (per mille) a class that nobody has confirmed is worth a look.
YAKIN: Final = 900
_BOLEH: Final = ("tercatat", "berbukti", "diajukan")
_ATURAN: Final = ("kelas_bertentangan", "kelas_beda_rekening")


@dataclass(frozen=True, slots=True)
class BarisTinjau:
    """A line whose class is unsure, with the decision that stands."""

    id: int
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah
    kelas: str
    keyakinan: int
    alasan: str
    yang_mengubah: str
    bertentangan: bool


def perlu_ditinjau(session: Session, opd_id: int, batas: int = 100) -> tuple[BarisTinjau, ...]:
    """Unsure, contradicted or weakly founded classes: contradictions first, then the least sure,
    the larger amount before the smaller.
    """
    any_of = aliased(PutusanKelas)
    newest = (
        select(func.max(any_of.id)).where(any_of.transaksi_id == Transaksi.id).scalar_subquery()
    )
    conflict = exists().where(
        Temuan.opd_id == opd_id,
        Temuan.subjek == "transaksi:" + cast(Transaksi.id, String),
        Temuan.aturan.in_(_ATURAN),
        Temuan.selesai_at.is_(None),
    )
    weak = and_(PutusanKelas.oleh_id.is_(None), PutusanKelas.keyakinan < YAKIN)
    rows = session.execute(
        select(
            Transaksi.id,
            Transaksi.tanggal,
            Transaksi.merchant,
            Transaksi.uraian,
            Transaksi.rekening,
            Transaksi.nilai,
            Transaksi.kelas,
            PutusanKelas.keyakinan,
            PutusanKelas.alasan,
            PutusanKelas.yang_mengubah,
            conflict.label("bertentangan"),
        )
        .join(PutusanKelas, PutusanKelas.id == newest)
        .where(Transaksi.opd_id == opd_id, Transaksi.status.in_(_BOLEH))
        .where(or_(Transaksi.kelas == "ragu", conflict, weak))
        .order_by(
            conflict.desc(),
            PutusanKelas.keyakinan,
            Transaksi.nilai.desc(),
            Transaksi.id,
        )
        .limit(batas)
    )
    return tuple(BarisTinjau(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Pasang:
    """What the engine said and what a person said afterwards, about one line."""

    tahun: int
    bulan: int
    mesin: str
    keyakinan: int
    orang: str


def pasangan(session: Session, opd_id: int, tahun: int) -> tuple[Pasang, ...]:
    """Every line of the year on which a person decided operasi or modal, with the engine's last
    answer before.
    """
    orang, mesin = aliased(PutusanKelas), aliased(PutusanKelas)
    last_person = (
        select(func.max(PutusanKelas.id))
        .correlate(Transaksi)
        .where(PutusanKelas.transaksi_id == Transaksi.id, PutusanKelas.oleh_id.is_not(None))
        .scalar_subquery()
    )
    last_engine = (
        select(func.max(PutusanKelas.id))
        .correlate(Transaksi, orang)
        .where(
            PutusanKelas.transaksi_id == Transaksi.id,
            PutusanKelas.oleh_id.is_(None),
            PutusanKelas.aturan != "pengembalian",
            PutusanKelas.id < orang.id,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(Transaksi.tahun, Transaksi.bulan, mesin.kelas, mesin.keyakinan, orang.kelas)
        .select_from(Transaksi)
        .join(orang, orang.id == last_person)
        .join(mesin, mesin.id == last_engine)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == tahun,
            Transaksi.status != "dibatalkan",
            orang.kelas != "ragu",
        )
        .order_by(Transaksi.bulan, Transaksi.id)
    )
    return tuple(Pasang(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Ketelitian:
    """How often the engine answered and was right, on some decisions; shares are exact."""

    label: str
    semua: int
    dijawab: int
    benar: int

    @property
    def keliru(self) -> int:
        """How many answers were wrong."""
        return self.dijawab - self.benar

    @property
    def bagian(self) -> Fraction:
        """Share answered, zero of nothing."""
        return Fraction(self.dijawab, self.semua) if self.semua else Fraction(0)

    @property
    def teliti(self) -> Fraction | None:
        """Share right among the answered; None when none was answered."""
        return Fraction(self.benar, self.dijawab) if self.dijawab else None


def tabel_silang(pairs: Iterable[Pasang]) -> dict[tuple[str, str], int]:
    """(engine, person) -> count, all six cells."""
    counted = Counter((pair.mesin, pair.orang) for pair in pairs)
    return {
        (mesin, orang): counted[(mesin, orang)]
        for mesin in ("operasi", "modal", "ragu")
        for orang in ("operasi", "modal")
    }


def ukur(label: str, pairs: Sequence[Pasang], ambang: int = 0) -> Ketelitian:
    """Answered: not `ragu`, and at least `ambang` per mille sure."""
    answered = [p for p in pairs if p.mesin != "ragu" and p.keyakinan >= ambang]
    right = sum(p.mesin == p.orang for p in answered)
    return Ketelitian(label, len(pairs), len(answered), right)


def menurut_bulan(pairs: Sequence[Pasang]) -> list[Ketelitian]:
    """One measure a month, the months in order."""
    months = sorted({(p.tahun, p.bulan) for p in pairs})
    return [
        ukur(f"{tahun}-{bulan:02d}", [p for p in pairs if (p.tahun, p.bulan) == (tahun, bulan)])
        for tahun, bulan in months
    ]


def menurut_ambang(pairs: Sequence[Pasang]) -> list[Ketelitian]:
    """Accuracy against share answered: the stricter the threshold, the fewer answers."""
    return [ukur(f"{at / 10:.0f}%", pairs, at) for at in (0, 750, 850, 900, 950, 980)]


def kalibrasi(pairs: Sequence[Pasang]) -> list[Ketelitian]:
    """How often answers of each band of confidence were right: near the band is honest."""
    bands = ((500, 750), (750, 850), (850, 900), (900, 950), (950, 1001))
    made = []
    for low, high in bands:
        inside = [p for p in pairs if p.mesin != "ragu" and low <= p.keyakinan < high]
        made.append(ukur(f"{low // 10}–{min(high, 1000) // 10}%", inside))
    return [band for band in made if band.semua]
