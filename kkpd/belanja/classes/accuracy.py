"""How well the engine has done: its answers beside what people decided; these for retraining."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final, NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from kkpd.core.money import Rupiah
from kkpd.models import Opd, Orang, PutusanKelas, Transaksi


class Pasang(NamedTuple):
    """What the engine said and what a person said afterwards, about one line.

    `ditetapkan`: a person chose the class; otherwise it was approved together with the line.
    """

    opd: str
    tahun: int
    bulan: int
    mesin: str
    keyakinan: int
    aturan: str
    orang: str
    ditetapkan: bool


#: The person's row, and the engine's last row before it.
_ORANG = aliased(PutusanKelas)
_MESIN = aliased(PutusanKelas)
#: From the approval on a document carries the class: whoever signed it has confirmed it.
DISETUJUI: Final = ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas")


def _diputuskan(opd_ids: frozenset[int] | None, tahun: int) -> Select[Transaksi]:
    """Lines of the year, with the last word of a person where there is one, and the engine's last
    answer before it; `opd_ids` None: of every OPD.
    """
    last_person = (
        select(func.max(PutusanKelas.id))
        .correlate(Transaksi)
        .where(PutusanKelas.transaksi_id == Transaksi.id, PutusanKelas.oleh_id.is_not(None))
        .scalar_subquery()
    )
    last_engine = (
        select(func.max(PutusanKelas.id))
        .correlate(Transaksi, _ORANG)
        .where(
            PutusanKelas.transaksi_id == Transaksi.id,
            PutusanKelas.oleh_id.is_(None),
            PutusanKelas.aturan != "pengembalian",
            or_(_ORANG.id.is_(None), PutusanKelas.id < _ORANG.id),
        )
        .scalar_subquery()
    )
    found = (
        select(Transaksi)
        .outerjoin(_ORANG, _ORANG.id == last_person)
        .join(_MESIN, _MESIN.id == last_engine)
        .join(Opd, Opd.id == Transaksi.opd_id)
        .where(Transaksi.tahun == tahun, Transaksi.status != "dibatalkan")
        .order_by(Opd.nama, Transaksi.bulan, Transaksi.id)
    )
    return found if opd_ids is None else found.where(Transaksi.opd_id.in_(opd_ids))


def pasangan(session: Session, opd_ids: frozenset[int] | None, tahun: int) -> tuple[Pasang, ...]:
    """Every line of the year whose class a person decided, or approved with the line, beside the
    engine's last answer before. `opd_ids` None: of every OPD.
    """
    decided = and_(_ORANG.id.is_not(None), _ORANG.kelas != "ragu")
    approved = and_(_ORANG.id.is_(None), Transaksi.status.in_(DISETUJUI))
    rows = session.execute(
        _diputuskan(opd_ids, tahun)
        .where(or_(decided, approved), Transaksi.kelas != "ragu")
        .with_only_columns(
            Opd.nama,
            Transaksi.tahun,
            Transaksi.bulan,
            _MESIN.kelas,
            _MESIN.keyakinan,
            _MESIN.aturan,
            func.coalesce(_ORANG.kelas, Transaksi.kelas),
            _ORANG.id.is_not(None),
            maintain_column_froms=True,
        )
    )
    return tuple(map(Pasang._make, rows))


class Koreksi(NamedTuple):
    """A line as the classifier reads it, with a person's word on it: a row to train on."""

    uraian: str
    satuan: str
    volume: int | None
    harga: Rupiah | None
    nilai: Rupiah
    merchant: str
    kode_rekening: str
    label: str
    kelas_mesin: str
    keyakinan_mesin: int
    aturan_mesin: str
    alasan: str
    oleh: str
    at: datetime
    opd: str
    tanggal: date


def koreksi(session: Session, opd_ids: frozenset[int] | None, tahun: int) -> tuple[Koreksi, ...]:
    """The classes that people chose in the year as labelled rows, who and why beside each."""
    rows = session.execute(
        _diputuskan(opd_ids, tahun)
        .where(_ORANG.kelas != "ragu")
        .join(Orang, Orang.id == _ORANG.oleh_id)
        .with_only_columns(
            Transaksi.uraian,
            Transaksi.satuan,
            Transaksi.volume,
            Transaksi.harga_satuan,
            Transaksi.nilai,
            Transaksi.merchant,
            Transaksi.rekening,
            _ORANG.kelas,
            _MESIN.kelas,
            _MESIN.keyakinan,
            _MESIN.aturan,
            _ORANG.alasan,
            Orang.nama,
            _ORANG.at,
            Opd.nama,
            Transaksi.tanggal,
            maintain_column_froms=True,
        )
    )
    return tuple(map(Koreksi._make, rows))


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


def menurut_opd(pairs: Sequence[Pasang]) -> list[Ketelitian]:
    """One measure an OPD, by name."""
    names = sorted({pair.opd for pair in pairs})
    return [ukur(name, [p for p in pairs if p.opd == name]) for name in names]


def menurut_aturan(pairs: Sequence[Pasang]) -> list[Ketelitian]:
    """One measure a rule (`kata`, `rekening`, ...), the most used first."""
    counts = Counter(pair.aturan.partition(":")[0] for pair in pairs)
    return [
        ukur(rule, [p for p in pairs if p.aturan.partition(":")[0] == rule])
        for rule, _count in counts.most_common()
    ]


def menurut_ambang(pairs: Sequence[Pasang]) -> list[Ketelitian]:
    """Accuracy against share answered: the stricter the threshold, the fewer answers."""
    return [ukur(f"{at / 10:.0f}%", pairs, at) for at in (0, 750, 850, 900, 950, 980)]


#: Bands of confidence in per mille, lower edge inside.
_RENTANG = ((500, 750), (750, 850), (850, 900), (900, 950), (950, 1001))


@dataclass(frozen=True, slots=True)
class Rentang:
    """Answers of one band of confidence: how sure they were, and how often they were right."""

    label: str
    yakin: Fraction
    teliti: Fraction
    dijawab: int


def kalibrasi(pairs: Sequence[Pasang]) -> list[Rentang]:
    """The bands that hold answers: the nearer `yakin` and `teliti`, the more honest."""
    made = []
    for low, high in _RENTANG:
        inside = [p for p in pairs if p.mesin != "ragu" and low <= p.keyakinan < high]
        if inside:
            sure = Fraction(sum(p.keyakinan for p in inside), 1000 * len(inside))
            right = Fraction(sum(p.mesin == p.orang for p in inside), len(inside))
            label = f"{low // 10}–{min(high, 1000) // 10}%"
            made.append(Rentang(label, sure, right, len(inside)))
    return made
