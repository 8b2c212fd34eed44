"""Open data of some months: spending by OPD, function, kind, account and channel.

No person, card, merchant or description leaves the office. A group of fewer purchases than
SEL_KECIL is folded step by step: into the object of its account, its kind, its function, the OPD.
What is left of a kind or a function and still as small takes the smallest group beside it along.
What is so small even of the OPD goes without its amount: no single purchase can be read out of the
table, nor by subtraction, since a purchase stands in one row and no other total is published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.span import Span
from kkpd.engines.paper.model import rupiah_text
from kkpd.ledger import cancelled
from kkpd.models import Dokumen, DokumenBaris, Opd, Transaksi
from kkpd.pagu.functions import UNKNOWN, BudgetFunction, budget_function
from kkpd.payment.charges import nama_rekening

#: Fewer purchases than this are not shown by themselves.
SMALL_CELL: Final = 3
OTHERS: Final = "lainnya"


class _GroupKey(NamedTuple):
    """What a group is grouped by."""

    opd_id: int
    budget_function: BudgetFunction
    jenis: str
    rekening: str
    kanal: str


#: From the finest group to the coarsest; an object is the fourth level of an account's code.
_FOLDS: Final[tuple[Callable[[_GroupKey], _GroupKey], ...]] = (
    lambda one: one._replace(rekening=".".join(one.rekening.split(".")[:4]), kanal=OTHERS),
    lambda one: one._replace(rekening=""),
    lambda one: one._replace(jenis=OTHERS),
    lambda one: one._replace(budget_function=UNKNOWN),
)
#: The folds (from 1) whose remainder takes another group along: by kind and by function.
_TAKING_ALONG: Final = (2, 3)
_Tally = tuple[int, Rupiah]


@dataclass(frozen=True, slots=True)
class OpenDataRow:
    """One group of an OPD's charged purchases; `nilai` None: too few to be told."""

    periode: str
    opd_code: str
    opd_name: str
    budget_function: BudgetFunction
    jenis: str
    rekening: str
    nama_rekening: str
    kanal: str
    transaksi: int | None
    nilai: Rupiah | None

    def sel(self) -> list[str]:
        """The cells as text, in the order of the published columns."""
        return [
            self.periode,
            self.opd_code,
            self.opd_name,
            self.budget_function.kode or OTHERS,
            self.budget_function.nama,
            self.jenis,
            self.rekening or OTHERS,
            self.nama_rekening,
            self.kanal,
            "" if self.transaksi is None else str(self.transaksi),
            "" if self.nilai is None else rupiah_text(self.nilai),
        ]


def available_rows(session: Session, span: Span) -> list[OpenDataRow]:
    """The same; NotFound where DPTs of these months have charged nothing yet."""
    rows = belanja(session, span)
    if not rows:
        raise NotFound(
            f"Belum ada belanja yang dibebankan lewat DPT untuk {span.nama}. Pilih periode lain.",
            field="periode",
        )
    return rows


def belanja(session: Session, span: Span) -> list[OpenDataRow]:
    """What DPTs of the months charged, grouped; small groups folded, in a total order."""
    groups = _folded(_groups(session, span))
    names = nama_rekening(session, span.tahun, ((0, "", key.rekening) for key in groups))
    opds = {opd.id: opd for opd in session.scalars(select(Opd))}
    found = []
    for key, (count, amount) in groups.items():
        opd, told = opds[key.opd_id], count >= SMALL_CELL
        found.append(
            OpenDataRow(
                span.kode, opd.kode, opd.nama, key.budget_function, key.jenis, key.rekening,
                names.get(key.rekening, ""), key.kanal,
                count if told else None, amount if told else None,
            )
        )  # fmt: skip
    return sorted(found, key=_order)


def _order(row: OpenDataRow) -> tuple[str | bool, ...]:
    """By OPD, function, account and channel, what was folded behind."""
    code = row.budget_function.kode
    return row.opd_code, code == "", code, row.rekening == "", row.rekening, row.jenis, row.kanal


def _folded(groups: dict[_GroupKey, _Tally]) -> dict[_GroupKey, _Tally]:
    """The groups that are large enough, small ones together in the next coarser one."""
    found: dict[_GroupKey, _Tally] = {}
    for level, fold in enumerate(_FOLDS, 1):
        small = {key: part for key, part in groups.items() if part[0] < SMALL_CELL}
        found |= {key: part for key, part in groups.items() if key not in small}
        groups = _summed((fold(key), part) for key, part in small.items())
        if level in _TAKING_ALONG:
            groups = _summed([*groups.items(), *_taken_along(found, groups, level)])
    return found | groups


def _taken_along(
    found: dict[_GroupKey, _Tally], groups: dict[_GroupKey, _Tally], level: int
) -> list[tuple[_GroupKey, _Tally]]:
    """For every group that is still small the smallest one that folds into it, no longer found."""
    taken = []
    for key in [key for key, (count, _) in groups.items() if count < SMALL_CELL]:
        beside = [one for one in found if _coarse(one, level) == key]
        if beside:
            taken.append((key, found.pop(min(beside, key=lambda one: (found[one][0], one)))))
    return taken


def _coarse(key: _GroupKey, level: int) -> _GroupKey:
    """The key after so many folds."""
    for fold in _FOLDS[:level]:
        key = fold(key)
    return key


def _summed(parts: Iterable[tuple[_GroupKey, _Tally]]) -> dict[_GroupKey, _Tally]:
    found: dict[_GroupKey, _Tally] = defaultdict(lambda: (0, ZERO))
    for key, (count, amount) in parts:
        before = found[key]
        found[key] = before[0] + count, before[1] + amount
    return dict(found)


def _groups(session: Session, span: Span) -> dict[_GroupKey, _Tally]:
    """How many purchases the months' DPTs charged, and what, by the finest groups."""
    columns = (Transaksi.opd_id, Transaksi.sub_kegiatan, Transaksi.rekening, Transaksi.kanal)
    rows = session.execute(
        select(*columns, func.count(), func.sum(DokumenBaris.nilai))
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(
            Dokumen.jenis == "dpt",
            cancelled.effective(Dokumen),
            Dokumen.tahun == span.tahun,
            Dokumen.bulan.between(span.start, span.finish),
        )
        .group_by(*columns)
    )
    return _summed(
        (
            _GroupKey(
                opd_id,
                budget_function(sub_kegiatan),
                "modal" if account.startswith("5.2") else "operasi",
                account,
                channel,
            ),
            (count, amount or ZERO),
        )
        for opd_id, sub_kegiatan, account, channel, count, amount in rows
    )
