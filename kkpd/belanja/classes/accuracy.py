"""Accuracy of the engine: its answers beside people's decisions, also for retraining."""

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


class AnswerPair(NamedTuple):
    """The engine's answer and a person's later decision about one line.

    `chosen_by_person`: a person chose the class; otherwise it was approved together with the line.
    """

    opd: str
    tahun: int
    bulan: int
    machine: str
    keyakinan: int
    aturan: str
    orang: str
    chosen_by_person: bool


#: The person's row, and the engine's last row before it.
_PERSON = aliased(PutusanKelas)
_ENGINE = aliased(PutusanKelas)
#: From approval on, the class is on a signed document, which counts as confirmed.
APPROVED: Final = ("disetujui", "dpt", "npd", "spp", "spm", "sp2d", "lunas")


def _decided(opd_ids: frozenset[int] | None, tahun: int) -> Select[Transaksi]:
    """Lines of the year, with the last decision of a person if any, and the engine's last answer
    before it; `opd_ids` None: of every OPD.
    """
    last_person = (
        select(func.max(PutusanKelas.id))
        .correlate(Transaksi)
        .where(PutusanKelas.transaksi_id == Transaksi.id, PutusanKelas.oleh_id.is_not(None))
        .scalar_subquery()
    )
    last_engine = (
        select(func.max(PutusanKelas.id))
        .correlate(Transaksi, _PERSON)
        .where(
            PutusanKelas.transaksi_id == Transaksi.id,
            PutusanKelas.oleh_id.is_(None),
            PutusanKelas.aturan != "pengembalian",
            or_(_PERSON.id.is_(None), PutusanKelas.id < _PERSON.id),
        )
        .scalar_subquery()
    )
    found = (
        select(Transaksi)
        .outerjoin(_PERSON, _PERSON.id == last_person)
        .join(_ENGINE, _ENGINE.id == last_engine)
        .join(Opd, Opd.id == Transaksi.opd_id)
        .where(Transaksi.tahun == tahun, Transaksi.status != "dibatalkan")
        .order_by(Opd.nama, Transaksi.bulan, Transaksi.id)
    )
    return found if opd_ids is None else found.where(Transaksi.opd_id.in_(opd_ids))


def pairings(
    session: Session, opd_ids: frozenset[int] | None, tahun: int
) -> tuple[AnswerPair, ...]:
    """Every line of the year whose class a person decided, or approved with the line, beside the
    engine's last answer before. `opd_ids` None: of every OPD.
    """
    decided = and_(_PERSON.id.is_not(None), _PERSON.kelas != "ragu")
    approved = and_(_PERSON.id.is_(None), Transaksi.status.in_(APPROVED))
    rows = session.execute(
        _decided(opd_ids, tahun)
        .where(or_(decided, approved), Transaksi.kelas != "ragu")
        .with_only_columns(
            Opd.nama,
            Transaksi.tahun,
            Transaksi.bulan,
            _ENGINE.kelas,
            _ENGINE.keyakinan,
            _ENGINE.aturan,
            func.coalesce(_PERSON.kelas, Transaksi.kelas),
            _PERSON.id.is_not(None),
            maintain_column_froms=True,
        )
    )
    return tuple(map(AnswerPair._make, rows))


class Correction(NamedTuple):
    """A line as the classifier reads it, with a person's decision: a row for training."""

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


def corrections(
    session: Session, opd_ids: frozenset[int] | None, tahun: int
) -> tuple[Correction, ...]:
    """The classes that people chose in the year as labelled rows, with person and reason."""
    rows = session.execute(
        _decided(opd_ids, tahun)
        .where(_PERSON.kelas != "ragu")
        .join(Orang, Orang.id == _PERSON.oleh_id)
        .with_only_columns(
            Transaksi.uraian,
            Transaksi.satuan,
            Transaksi.volume,
            Transaksi.harga_satuan,
            Transaksi.nilai,
            Transaksi.merchant,
            Transaksi.rekening,
            _PERSON.kelas,
            _ENGINE.kelas,
            _ENGINE.keyakinan,
            _ENGINE.aturan,
            _PERSON.alasan,
            Orang.nama,
            _PERSON.at,
            Opd.nama,
            Transaksi.tanggal,
            maintain_column_froms=True,
        )
    )
    return tuple(map(Correction._make, rows))


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often the engine answered and was right, on some decisions; shares are exact."""

    label: str
    everything: int
    given: int
    correct: int

    @property
    def wrong_count(self) -> int:
        """How many answers were wrong."""
        return self.given - self.correct

    @property
    def bagian(self) -> Fraction:
        """Share answered, zero of nothing."""
        return Fraction(self.given, self.everything) if self.everything else Fraction(0)

    @property
    def right_share(self) -> Fraction | None:
        """Share right among the answered; None when none was answered."""
        return Fraction(self.correct, self.given) if self.given else None


def cross_table(pairs: Iterable[AnswerPair]) -> dict[tuple[str, str], int]:
    """(engine, person) -> count, all six cells."""
    counted = Counter((pair.machine, pair.orang) for pair in pairs)
    return {
        (machine, orang): counted[(machine, orang)]
        for machine in ("operasi", "modal", "ragu")
        for orang in ("operasi", "modal")
    }


def measure(label: str, pairs: Sequence[AnswerPair], threshold: int = 0) -> Accuracy:
    """Answered: not `ragu`, and at least `threshold` per mille sure."""
    answered = [p for p in pairs if p.machine != "ragu" and p.keyakinan >= threshold]
    right = sum(p.machine == p.orang for p in answered)
    return Accuracy(label, len(pairs), len(answered), right)


def by_month(pairs: Sequence[AnswerPair]) -> list[Accuracy]:
    """One measure a month, the months in order."""
    months = sorted({(p.tahun, p.bulan) for p in pairs})
    return [
        measure(f"{tahun}-{bulan:02d}", [p for p in pairs if (p.tahun, p.bulan) == (tahun, bulan)])
        for tahun, bulan in months
    ]


def by_opd(pairs: Sequence[AnswerPair]) -> list[Accuracy]:
    """One measure an OPD, by name."""
    names = sorted({pair.opd for pair in pairs})
    return [measure(name, [p for p in pairs if p.opd == name]) for name in names]


def by_rule(pairs: Sequence[AnswerPair]) -> list[Accuracy]:
    """One measure a rule (`kata`, `rekening`, ...), the most used first."""
    counts = Counter(pair.aturan.partition(":")[0] for pair in pairs)
    return [
        measure(rule, [p for p in pairs if p.aturan.partition(":")[0] == rule])
        for rule, _count in counts.most_common()
    ]


def by_threshold(pairs: Sequence[AnswerPair]) -> list[Accuracy]:
    """Accuracy against share answered: the stricter the threshold, the fewer answers."""
    return [measure(f"{at / 10:.0f}%", pairs, at) for at in (0, 750, 850, 900, 950, 980)]


#: Bands of confidence in per mille, lower edge included.
_BANDS = ((500, 750), (750, 850), (850, 900), (900, 950), (950, 1001))


@dataclass(frozen=True, slots=True)
class AccuracySpan:
    """Answers of one band of confidence: how sure they were, and how often they were right."""

    label: str
    confidence: Fraction
    right_share: Fraction
    given: int


def calibration(pairs: Sequence[AnswerPair]) -> list[AccuracySpan]:
    """The bands that contain answers; good calibration means that `confidence` and `right_share`
    are close.
    """
    made = []
    for low, high in _BANDS:
        inside = [p for p in pairs if p.machine != "ragu" and low <= p.keyakinan < high]
        if inside:
            sure = Fraction(sum(p.keyakinan for p in inside), 1000 * len(inside))
            right = Fraction(sum(p.machine == p.orang for p in inside), len(inside))
            label = f"{low // 10}–{min(high, 1000) // 10}%"
            made.append(AccuracySpan(label, sure, right, len(inside)))
    return made
